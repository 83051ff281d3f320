"""Text becomes tokens once: every annotator of a turn reads these, none scans the text again.

The work is bounded by characters, not by what a producer sends: of a long text the beginning and the end are read.
"""

import re
from bisect import bisect_right
from itertools import accumulate
from operator import itemgetter

from msgspec import Struct

from monitor.annotate.lexicon import ASKS, CALLS, CAPITAL, ENDS, GAPS, LEAD, LOUD, QUOTES, WORDS, Word
from monitor.annotate.sentences import quoted_ranges

HEAD = 12_000
"""Characters read from the beginning of a text."""
TAIL = 4_000
"""Characters read from the end of a text longer than HEAD + TAIL."""
LONGEST_GAP = 16
"""Characters kept of what stands between two words."""
_FIRST = itemgetter(0)

# Numbers with inner separators (12.50, 14:00, 1,000), words with inner apostrophes (don't), else letters and digits.
_WORD = re.compile(r"(\d+(?:[.,:]\d+)+|[^\W_]+(?:['\u2019][^\W_]+)*)")
_ASCII_WORD = re.compile(r"([0-9]+(?:[.,:][0-9]+)+|[0-9A-Za-z]+(?:'[0-9A-Za-z]+)*)")
"""The same where there is nothing but ASCII, which is read a quarter faster."""

_CUT = ASKS | CALLS | QUOTES
"""What the part of a gap that is cut off may hold."""
_SHORTENED = frozenset(("mr", "mrs", "ms", "dr", "prof", "st", "vs", "approx", "dept", "inc"))
"""Words whose full stop seldom ends a sentence."""


class Tokens(Struct, frozen=True, gc=False):
    """The words of a text and where they stand.

    ``words`` are lower-case with straight apostrophes, ``known`` what is known of each (``lexicon.py``); ``starts`` and
    ``ends`` are their character spans in ``text``; ``gaps`` is what stands between a word and the next (punctuation and
    space); ``sentences`` are ranges ``[first, past)`` of word indices; ``caps`` are the indices of words of two or more
    letters in capitals only; ``quoted`` are the character ranges in quotation marks. ``kinds`` has the bits of all
    words and gaps: a bit that is missing here, no word has.
    """

    text: str
    words: tuple[str, ...] = ()
    known: tuple[Word, ...] = ()
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    gaps: tuple[str, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    caps: tuple[int, ...] = ()
    quoted: tuple[tuple[int, int], ...] = ()
    kinds: int = 0

    def asks(self, sentence: int) -> bool:
        """Whether a sentence ends with a question mark."""
        return "?" in self.gaps[self.sentences[sentence][1] - 1]

    def is_quoted(self, index: int) -> bool:
        """Whether a word stands in quotation marks. The ranges stand in order, apart, and a text may have thousands."""
        start = self.starts[index]
        place = bisect_right(self.quoted, start, key=_FIRST) - 1
        return place >= 0 and start < self.quoted[place][1]


def tokenise(text: str) -> Tokens:
    """Cut a text into words and sentences.

    >>> tokens = tokenise("I paid $12.50. Don't you see?")
    >>> tokens.words, tokens.sentences
    (('i', 'paid', '12.50', "don't", 'you', 'see'), ((0, 3), (3, 6)))
    """
    pieces = _pieces(text)
    raw, gaps = pieces[1::2], pieces[2::2]
    known = tuple(map(WORDS.__getitem__, raw))
    edges = list(accumulate(map(len, pieces)))
    sentences, kinds = _sentences(gaps, raw, known)
    kinds |= _lead_kinds(pieces[0])
    for word in known:
        kinds |= word.kinds
    return Tokens(
        text,
        tuple([word.plain for word in known]),
        known,
        tuple(edges[:-1:2]),
        tuple(edges[1::2]),
        tuple(gaps),
        tuple(sentences),
        tuple([index for index, word in enumerate(known) if word.kinds & LOUD]) if kinds & LOUD else (),
        quoted_ranges(text) if kinds & QUOTES else (),
        kinds,
    )


def _pieces(text: str) -> list[str]:
    """What stands before the first word, the word, what follows it, and so on: as many words as gaps, and one gap."""
    split = (_ASCII_WORD if text.isascii() else _WORD).split
    if len(text) <= HEAD + TAIL:
        return split(text)
    *head, before = split(text[:HEAD])
    after, *tail = split(text[-TAIL:])
    return [*head, before + text[HEAD:-TAIL] + after, *tail]


def _lead_kinds(lead: str) -> int:
    """The kinds of what stands before the first word, where no sentence can end."""
    if not lead:
        return 0
    return GAPS[lead[:LEAD]] & ~ENDS | (_CUT if len(lead) > LEAD else 0)


def _sentences(gaps: list[str], raw: list[str], known: tuple[Word, ...]) -> tuple[list[tuple[int, int]], int]:
    """Where sentences end, and the kinds of all gaps; gaps are clipped to LONGEST_GAP on the way."""
    found: list[tuple[int, int]] = []
    first = kinds = 0
    for index, gap in enumerate(gaps):
        if gap == " ":
            continue
        if len(gap) > LONGEST_GAP:
            gaps[index] = gap[:LONGEST_GAP]
            kinds |= _CUT
        kind = GAPS[gaps[index]]
        kinds |= kind
        if kind & ENDS and not (gap[0] == "." and _joins(gap, raw, known, index)):
            found.append((first, index + 1))
            first = index + 1
    if first < len(gaps):
        found.append((first, len(gaps)))
    return found, kinds


def _joins(gap: str, raw: list[str], known: tuple[Word, ...], index: int) -> bool:
    """Whether a full stop belongs to the words beside it: ``example.org``, ``U.S.``, ``Dr. Lind``."""
    if index + 1 == len(raw):
        return False
    initial, goes_on = len(raw[index]) == 1, not known[index + 1].kinds & CAPITAL
    if gap == ".":
        return initial or goes_on
    return gap == ". " and (known[index].plain in _SHORTENED or (initial and goes_on))


def content_terms(tokens: Tokens, limit: int = 64) -> tuple[str, ...]:
    """The folded content words in order, each once.

    >>> content_terms(tokenise("My refunds: where is my refund for the order?"))
    ('refund', 'order')
    """
    terms = dict.fromkeys([word.content for word in tokens.known])
    terms.pop("", None)
    return tuple(terms)[:limit]
