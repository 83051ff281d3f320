"""What is known of a word, in one row: one look-up per word as it was written serves every annotator.

The tables of the annotators come together here; a row is worked out when its word is first met, and kept while it is
in use (:class:`~monitor.annotate.memo.Memo`). The same is done for what stands between two words.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct

from monitor.annotate import small_words
from monitor.annotate.claim_words import HEDGES, NEGATIONS, PARTIAL, PERSONS, term_of
from monitor.annotate.figures import quantity_of
from monitor.annotate.grams import Gram
from monitor.annotate.memo import Memo
from monitor.annotate.mood_table import mood_of
from monitor.annotate.people_words import BODIES, FAMILY, LIVED, MACHINES, PEOPLE
from monitor.annotate.phrases import State, table
from monitor.annotate.readings_words import READS
from monitor.annotate.said_table import said_of
from monitor.annotate.slips import slips
from monitor.annotate.valence_words import CONTRAST, NEGATORS, STRENGTH, mark_value, rating_of
from monitor.annotate.voiced_words import VOICES
from monitor.core.words import LONGEST_WORD, STOP_WORDS, fold

MOST_WORDS = 32_768
"""Rows kept, about 900 bytes each: the forms that a language's talk is made of, and room for names and numbers."""
MOST_GAPS = 4_096
LEAD = 32
"""Characters before the first word that are read."""

CAPITAL = 1 << 0
"""Begins with a capital."""
LOUD = 1 << 1
"""Two or more letters, all capitals."""
DIGIT = 1 << 2
QUANTITY = 1 << 3
"""A figure, a number word or a code."""
ENGLISH = 1 << 4
"""A small word of English ..."""
FOREIGN = 1 << 5
"""... and of another language."""
RATED = 1 << 6
"""Has a valence."""
DEGREE = 1 << 7
"""Makes a valence stronger or weaker."""
NEGATES = 1 << 8
"""Turns what follows into its opposite."""
TURNS = 1 << 9
"""A ``but``."""
PERSON = 1 << 10
"""The speaker or the listener; this bit and the next three are what ``claim_words.py`` says."""
DENIES = 1 << 11
HEDGED = 1 << 12
OTHERS = 1 << 13
SLIP = 1 << 14
"""A slip of the fingers."""
STAKE = 1 << 15
"""Begins a phrase of the stakes."""
PEOPLED = 1 << 21
"""A word for people, their lives, or for machines (``people_words.py``)."""
VOICED = 1 << 22
"""A word without which no other voice is asked for (``voiced.py``)."""
READING = 1 << 23
"""A word without which no two readings show (``readings.py``)."""
ENDS = 1 << 16
"""From here on of a gap. It ends a sentence, unless it is the full stop of a shortening."""
ASKS = 1 << 17
CALLS = 1 << 18
QUOTES = 1 << 19
"""May open a quotation."""
MARK = 1 << 20
"""Holds an emoji or emoticon that has a valence."""


class Word(Struct, frozen=True, gc=False):
    """What is known of a word.

    ``plain``: lower-case with straight apostrophes, ``folded``: without inflection; ``content``: folded, empty for a
    stop word; ``term``: what it adds to a statement (``claim_words.py``); ``kinds``: the bits of this file;
    ``rating`` and ``degree``: ``valence_words.py``; ``quantity``: ``figures.py``; ``cue`` and ``stake``: where its
    phrases go on, None where it begins none; ``mood`` and ``said``: its rows there.
    """

    plain: str
    folded: str
    content: str
    term: str
    kinds: int
    rating: float
    degree: float
    quantity: tuple[str, str] | None
    cue: State | None
    stake: State | None
    mood: Gram
    said: Gram


def word_of(raw: str) -> Word:
    """The row of a word as it was written; at least one letter or digit.

    >>> row = word_of("Refunds")
    >>> row.plain, row.folded, row.term, bool(row.kinds & CAPITAL), bool(row.kinds & QUANTITY)
    ('refunds', 'refund', 'refund', True, False)
    """
    plain = raw[:LONGEST_WORD].lower().replace("\u2019", "'")
    folded = fold(plain)
    rating, quantity, stake = rating_of(plain), quantity_of(plain), table("stakes").after(plain)
    return Word(
        plain,
        folded,
        "" if plain in STOP_WORDS else folded,
        term_of(plain),
        _written(raw) | _meant(plain) | _has(RATED, rating) | _has(QUANTITY, quantity) | _has(STAKE, stake),
        rating or 0.0,
        STRENGTH.get(plain, 0.0),
        quantity,
        table("cues").after(plain),
        stake,
        mood_of(plain),
        said_of(plain),
    )


def _has(kind: int, column: object | None) -> int:
    return 0 if column is None else kind


def _written(raw: str) -> int:
    """The bits of how a word is written."""
    kinds = CAPITAL if raw[0].isupper() else 0
    if len(raw) > 1 and raw.isupper():
        kinds |= LOUD
    return kinds if raw.isalpha() or not any(map(str.isdecimal, raw)) else kinds | DIGIT


def _meant(plain: str) -> int:
    """The bits of the classes that a word is in."""
    return _classes().get(plain, 0) | (NEGATES | DENIES if plain.endswith("n't") else 0)


@cache
def _classes() -> Mapping[str, int]:
    """Word -> the bits of its classes."""
    members: tuple[tuple[int, Iterable[str]], ...] = (
        (ENGLISH, small_words.ENGLISH),
        (FOREIGN, small_words.FOREIGN),
        (DEGREE, STRENGTH),
        (NEGATES, NEGATORS),
        (TURNS, CONTRAST),
        (PERSON, PERSONS),
        (DENIES, NEGATIONS),
        (HEDGED, HEDGES),
        (OTHERS, PARTIAL),
        (SLIP, slips()),
        (VOICED, VOICES),
        (READING, READS),
        (PEOPLED, PEOPLE | BODIES | MACHINES | FAMILY | LIVED),
    )
    kinds: dict[str, int] = {}
    for kind, words in members:
        for word in words:
            kinds[word] = kinds.get(word, 0) | kind
    return kinds


_ENDS = frozenset(".!?…\n。！？")  # noqa: RUF001 - the full-width forms are meant
_QUOTES = frozenset("\"'\u201c\u2018")


def gap_kinds(gap: str) -> int:
    """The bits of what stands between two words.

    >>> gap_kinds("?! ") == ENDS | ASKS | CALLS, gap_kinds(", ")
    (True, 0)
    """
    classes = (
        (ENDS, not _ENDS.isdisjoint(gap)),
        (ASKS, "?" in gap),
        (CALLS, "!" in gap),
        (QUOTES, not _QUOTES.isdisjoint(gap)),
        (MARK, any(mark_value(mark) is not None for mark in gap.split())),
    )
    return sum(bit for bit, member in classes if member)


WORDS = Memo(word_of, most=MOST_WORDS)
GAPS = Memo(gap_kinds, most=MOST_GAPS)
