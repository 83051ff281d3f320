"""Two readings of what was said: which one the AI took, what it picked of several, what the user left open.

Phrases know how it is said that something is unclear; here is read what is done about it. "I took old to mean before
2020" settles on a reading; "there are two Johns, I sent it to John Abel" on one of two; "close my account, I have a
savings and a current one" names two and says which of neither. Who leaves the choice to the AI leaves nothing open.
"""

from collections import Counter
from itertools import pairwise

from monitor.annotate.cues import ABSENT
from monitor.annotate.readings_words import (
    COMPARES,
    COUNTS,
    DELEGATES,
    DONE,
    HAS,
    LANGUAGE,
    MEANS,
    MEASURED,
    OFFERS,
    SPEAKER,
    SUPPOSES,
    TAKES,
    TIMES,
    TWOFOLD,
    WRITTEN_DATE,
)
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Fact, Span
from monitor.core.vocabulary import Role

SAID = 0.75
"""What a reading counts that was taken without asking, or several things of which one was picked."""
OPEN = 0.72
"""What it counts that the user named several things, or a date that can be read two ways."""
MONTHS = 12
Words = tuple[str, ...]


def with_readings(cues: dict[str, Fact], tokens: Tokens, role: Role) -> None:
    """Add what the parts of the text show of two readings; take back what is no matter of this talk.

    >>> from monitor.annotate.cues import cues_of
    >>> from monitor.annotate.tokens import tokenise
    >>> text = tokenise("I took it to mean the files of last year and archived them.")
    >>> cues = cues_of(text, Role.ASSISTANT)
    >>> with_readings(cues, text, Role.ASSISTANT)
    >>> cues["unclear"].score
    0.75
    """
    if role is Role.ASSISTANT:
        if not any(map(tokens.asks, range(len(tokens.sentences)))) and (found := _settled(tokens)) is not None:
            _lift(cues, "unclear", SAID, found)
    elif role is Role.USER:
        words = tokens.words
        if _of_language(words):
            cues["unclear"] = ABSENT
        if not DELEGATES.isdisjoint(words) or any(pair in _LEFT_TO_IT for pair in pairwise(words)):
            cues["vague"] = ABSENT
        elif (found := _open(tokens)) is not None:
            _lift(cues, "vague", OPEN, found)


_LEFT_TO_IT = frozenset((("should", "i"), ("shall", "i"), ("don't", "mind"), ("not", "the")))


def _lift(cues: dict[str, Fact], name: str, score: float, span: Span) -> None:
    if cues[name].score < score:
        cues[name] = Fact(score, (span,))


def _of_language(words: Words) -> bool:
    """Whether a word, a sentence or a work is spoken of, and nothing that is to be done."""
    return any(word.startswith("ambig") for word in words) and not LANGUAGE.isdisjoint(words)


def _settled(tokens: Tokens) -> Span | None:
    """The sentence that tells which reading was taken, or the one that counts several where one was then picked."""
    several: Span | None = None
    for begin, end in tokens.sentences:
        words = tokens.words[begin:end]
        span = Span(tokens.starts[begin], tokens.ends[end - 1], "reading")
        if any(_supposes(words, at) or _takes(words, at) for at in range(len(words))):
            return span
        if several is None and _counts(words):
            several = span
        if several is not None and _did(words):
            return several
    return None


def _supposes(words: Words, at: int) -> bool:
    """Whether it is supposed here what the user means: I assume you mean, not sure whether you want."""
    if words[at] in SUPPOSES:
        behind = words[at + 1 : at + 4]
        meant = words[at + 2 : at + 7]
        return "you" in behind and not MEANS.isdisjoint(meant) and OFFERS.isdisjoint(meant)
    if words[at] in {"sure", "certain"}:
        before, behind = words[max(0, at - 2) : at], words[at + 1 : at + 3]
        denied = any(word == "not" or word.endswith("n't") for word in before)
        return denied and behind[1:] == ("you",) and behind[0] in {"whether", "which", "if", "what"}
    return False


def _takes(words: Words, at: int) -> bool:
    """Whether something was taken for something: I took old to mean, I've read this as."""
    if words[at] not in TAKES or SPEAKER.isdisjoint(words[max(0, at - 3) : at]):
        return False
    behind = words[at + 1 : at + 7]
    if words[at] == "took":
        return ("to", "mean") in pairwise(behind)
    return any(one == "as" and other not in COMPARES for one, other in pairwise(behind[:6]))


def _counts(words: Words) -> bool:
    """Whether several things are said to be there that the request could be about."""
    for at, word in enumerate(words):
        if word in COUNTS:
            before = words[max(0, at - 3) : at]
            if before[-2:] in {("there", "are"), ("you", "have"), ("of", "the"), ("i", "found"), ("i", "see")}:
                return True
    return False


def _did(words: Words) -> bool:
    """Whether the AI says what it has done."""
    return any(word in DONE and not SPEAKER.isdisjoint(words[max(0, at - 2) : at]) for at, word in enumerate(words))


def _open(tokens: Tokens) -> Span | None:
    """Where the user names several things of the kind that is asked about, or what can be read two ways."""
    contents = [each.content for each in tokens.known]
    met = Counter(contents)
    for at, word in enumerate(tokens.words):
        if word in TWOFOLD or _date(tokens, at):
            return Span(tokens.starts[at], tokens.ends[at], "vague")
        if word in COUNTS and not HAS.isdisjoint(tokens.words[max(0, at - 3) : at]):
            here = contents[at : at + 3]
            if any(kind and kind not in TIMES and met[kind] > here.count(kind) for kind in here[1:]):
                return Span(tokens.starts[at], tokens.ends[at], "vague")
    return None


def _date(tokens: Tokens, at: int) -> bool:
    """Whether a date stands here whose day and month may be changed for each other."""
    if at == 0 or at + 1 >= len(tokens.words) or tokens.gaps[at] != "/":
        return False
    one, other = tokens.words[at], tokens.words[at + 1]
    if not (one.isdecimal() and other.isdecimal()) or len(one) > 2 or len(other) > 2:
        return False
    both = 1 <= int(one) <= MONTHS and 1 <= int(other) <= MONTHS
    measured = not MEASURED.isdisjoint(tokens.words[at + 2 : at + 3])
    return both and int(one) != int(other) and not measured and tokens.words[at - 1] in WRITTEN_DATE
