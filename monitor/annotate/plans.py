"""Plans of the AI's own work: "I'll start by searching the drive" promises nobody anything, and publishes nothing yet.

Of promises only what a sentence model reads is taken back: it goes by words, and a plan's are those of a promise.
"""

from monitor.annotate.amounts import amounts_of
from monitor.annotate.cues import ABSENT
from monitor.annotate.said import MOST
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Fact, Span

READ_AS = {"concession": MOST, "publication": 1.0}
"""What a plan may be taken for, and up to which score."""
_WORK_WORDS = """start begin search find look check read use filter retrieve access provide list show send summarise
    summarize compile gather open get fetch review analyse analyze proceed need walk guide help share go take continue
    follow call run write"""
WORK = frozenset(_WORK_WORDS.split())
_GIVEN_WORDS = (
    "refund refunded voucher credit money compensation compensate free discount replacement waive back exception"
)
GIVEN = frozenset(_GIVEN_WORDS.split())
"""What makes a promise of it all the same, as a sum of money does."""
_FUTURE = (("i", "will"), ("i", "need"), ("let", "me"), ("i", "shall"), ("i", "can"))
REACH = 3
"""Words after "I will" within which the work is named."""


def without_plans(cues: dict[str, Fact], tokens: Tokens) -> None:
    """Take back what sentence models read in a plan.

    >>> from monitor.annotate.tokens import tokenise
    >>> cues = {"concession": Fact(0.72, (Span(0, 36, "concession"),))}
    >>> without_plans(cues, tokenise("I'll start by searching for the file."))
    >>> cues["concession"].score
    0.0
    """
    for name, most in READ_AS.items():
        fact = cues.get(name)
        if fact is not None and 0.0 < fact.score <= most and all(_plans(tokens, span) for span in fact.spans):
            cues[name] = ABSENT


def _text(tokens: Tokens, sentence: tuple[int, int]) -> str:
    begin, end = sentence
    return tokens.text[tokens.starts[begin] : tokens.ends[end - 1] + 1]


def _plans(tokens: Tokens, span: Span) -> bool:
    """Whether the sentence is a plan of one's own work, up to what was read in it."""
    found = [
        (begin, end) for begin, end in tokens.sentences if tokens.starts[begin] <= span.start < tokens.ends[end - 1]
    ]
    words = tokens.words[slice(*found[0])] if found else ()
    if not GIVEN.isdisjoint(words) or (found and amounts_of(_text(tokens, found[0]))):
        return False
    at = next((at for at, word in enumerate(words) if word == "i'll" or words[at : at + 2] in _FUTURE), None)
    if at is None or tokens.starts[found[0][0] + at] > span.start:
        return False
    return not WORK.isdisjoint(words[at + 1 : at + 2 + REACH])
