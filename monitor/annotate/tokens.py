"""Text becomes tokens once: every annotator of a turn reads these, none scans the text again.

The work is bounded by characters, not by what a producer sends: of a long text the beginning and the end are read.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

HEAD = 12_000
"""Characters read from the beginning of a text."""
TAIL = 4_000
"""Characters read from the end of a text longer than HEAD + TAIL."""
LONGEST_WORD = 64
"""A longer token is kept with its first characters (its span stays whole): nothing said in words is longer."""

LONGEST_GAP = 16
"""Characters kept of what stands between two words."""

# Numbers with inner separators (12.50, 14:00, 1,000), words with inner apostrophes (don't), else letters and digits.
_WORD = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:['\u2019][^\W_]+)*")
_ENDS = frozenset(".!?…\n。！？")  # noqa: RUF001 - the full-width forms are meant

_STOP = """a about above after again all also am an and any are as at be because been before being but by can could did
    do does doing done during each few for from further get got had has have having he her here hers him his how i if in
    into is it its just let me more most much my of off on once only or other our ours out over own please same she
    should so some such than that the their theirs them then there these they this those through to too up us very was
    we were what when where which while who whom why will with would you your yours i'm i've i'd i'll it's that's
    there's we're we've you're you've you'll they're he's she's what's let's ok okay yes hi hello hey thanks thank well
    really actually maybe one"""
_SHORTENED = frozenset(("mr", "mrs", "ms", "dr", "prof", "st", "vs", "approx", "dept", "inc"))
"""Words whose full stop seldom ends a sentence."""

STOP_WORDS = frozenset(_STOP.split())
"""Words that carry no matter of their own. Negations are not among them."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text and where they stand.

    ``words`` are lower-case with straight apostrophes; ``starts`` and ``ends`` are their character spans in ``text``;
    ``gaps`` is what stands between a word and the next (punctuation and space); ``sentences`` are ranges
    ``[first, past)`` of word indices; ``caps`` are the indices of words of two or more letters in capitals only.
    """

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    gaps: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...]
    caps: tuple[int, ...]


def tokenise(text: str) -> Tokens:
    """Cut a text into words and sentences.

    >>> tokens = tokenise("I paid $12.50. Don't you see?")
    >>> tokens.words, tokens.sentences
    (('i', 'paid', '12.50', "don't", 'you', 'see'), ((0, 3), (3, 6)))
    """
    matches = _matches(text)
    raw = [match[0] for match in matches]
    starts = [match.start() for match in matches]
    ends = [match.end() for match in matches]
    stops = [*starts[1:], len(text)] if ends else []
    gaps = tuple(
        [
            text[end:stop] if stop - end < LONGEST_GAP else text[end : end + LONGEST_GAP]
            for end, stop in zip(ends, stops, strict=True)
        ]
    )
    return Tokens(
        text,
        tuple([_plain(word) for word in raw]),
        tuple(starts),
        tuple(ends),
        gaps,
        _sentences(gaps, raw),
        tuple([index for index, word in enumerate(raw) if len(word) > 1 and word.isupper()]),
    )


def _matches(text: str) -> list[re.Match[str]]:
    if len(text) <= HEAD + TAIL:
        return list(_WORD.finditer(text))
    return [*_WORD.finditer(text, 0, HEAD), *_WORD.finditer(text, len(text) - TAIL)]


def _sentences(gaps: tuple[str, ...], raw: list[str]) -> tuple[tuple[int, int], ...]:
    found, first = [], 0
    for index, gap in enumerate(gaps):
        if gap != " " and not _ENDS.isdisjoint(gap) and not (gap[0] == "." and _joins(gap, raw, index)):
            found.append((first, index + 1))
            first = index + 1
    if first < len(gaps):
        found.append((first, len(gaps)))
    return tuple(found)


def _joins(gap: str, raw: list[str], index: int) -> bool:
    """Whether a full stop belongs to the words beside it: ``example.org``, ``U.S.``, ``Dr. Lind``."""
    if index + 1 == len(raw):
        return False
    initial, goes_on = len(raw[index]) == 1, not raw[index + 1][0].isupper()
    if gap == ".":
        return initial or goes_on
    return gap == ". " and (raw[index].lower() in _SHORTENED or (initial and goes_on))


@lru_cache(maxsize=65_536)
def _plain(word: str) -> str:
    return word[:LONGEST_WORD].lower().replace("\u2019", "'")


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """A word without its inflection, so that ``refunds`` and ``refunded`` meet. Light: it never tries to be a lemma.

    >>> [fold(word) for word in ("refunds", "refunded", "policies", "policy", "cancelled", "cancel", "approve")]
    ['refund', 'refund', 'polici', 'polici', 'cancel', 'cancel', 'approv']
    """
    word = word[:LONGEST_WORD].lower().replace("\u2019", "'").removesuffix("'s")
    if len(word) <= 3 or not word.isalpha():
        return word
    word = _without_ending(word)
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word


def _without_ending(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-2] if word.endswith(("sses", "xes", "zes", "ches", "shes")) else word[:-1]
    for ending, shortest in (("ing", 6), ("ed", 5), ("ly", 6)):
        if word.endswith(ending) and len(word) >= shortest:
            return _undoubled(word[: -len(ending)])
    return word


def _undoubled(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sz" else word


def content_terms(tokens: Tokens, limit: int = 64) -> tuple[str, ...]:
    """The folded content words in order, each once.

    >>> content_terms(tokenise("My refunds: where is my refund for the order?"))
    ('refund', 'order')
    """
    seen: dict[str, None] = {}
    for word in tokens.words:
        if word not in STOP_WORDS:
            seen[fold(word)] = None
            if len(seen) >= limit:
                break
    return tuple(seen)
