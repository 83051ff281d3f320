"""Text becomes tokens once: every annotator of a turn reads these, none scans the text again.

The work is bounded by characters, not by what a producer sends: of a long text the beginning and the end are read.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from monitor.core.words import LONGEST_WORD, STOP_WORDS, fold

HEAD = 12_000
"""Characters read from the beginning of a text."""
TAIL = 4_000
"""Characters read from the end of a text longer than HEAD + TAIL."""
LONGEST_GAP = 16
"""Characters kept of what stands between two words."""

# Numbers with inner separators (12.50, 14:00, 1,000), words with inner apostrophes (don't), else letters and digits.
_WORD = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:['\u2019][^\W_]+)*")
_ENDS = frozenset(".!?…\n。！？")  # noqa: RUF001 - the full-width forms are meant

_SHORTENED = frozenset(("mr", "mrs", "ms", "dr", "prof", "st", "vs", "approx", "dept", "inc"))
"""Words whose full stop seldom ends a sentence."""


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
