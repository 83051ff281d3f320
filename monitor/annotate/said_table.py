"""The weights of what is said in other words than the phrases, ``models/said.tsv``: words, pairs, ends of sentences."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from monitor.annotate.grams import Gram, Lanes, by_word, packed
from monitor.annotate.phrases import rows
from monitor.core.vocabulary import Role
from monitor.core.words import fold

BIAS = "<>"
"""The feature that every sentence has."""
OPENS, STOP, ASKS = "^", ".", "?"
NUMBER = "0"
LONGEST_KNOWN = 16
"""Letters of a word up to which figures and spellings are made alike."""
_SAME = {"cannot": "can't", "n't": "not", "wont": "won't", "dont": "don't", "im": "i'm"}


class Reader(NamedTuple):
    """The models of one role: each fact with its lane, and the bits that tell which of them are at least even."""

    lanes: tuple[tuple[str, int], ...]
    signs: int


class Table(NamedTuple):
    """The models of all roles over one vocabulary.

    ``bias`` is what every sentence begins with; ``opens`` pairs with its first word, ``stop`` or ``asks`` end it.
    ``lanes`` read a sum.
    """

    readers: Mapping[Role, Reader]
    grams: Mapping[str, Gram]
    bias: int
    opens: Mapping[str, int]
    stop: Gram
    asks: Gram
    lanes: Lanes


@cache
def table() -> Table:
    """The table, packed."""
    columns: dict[tuple[str, str], int] = {}
    weights: dict[str, dict[int, int]] = {}
    lanes: range = range(0)
    for gram, *cells in rows("said"):
        if gram.startswith("["):
            lanes = range(len(columns), len(columns) + len(cells))
            columns.update({(gram[1:-1], fact): lane for fact, lane in zip(cells, lanes, strict=True)})
            continue
        row = weights.setdefault(gram, {})
        row.update({lane: int(cell) for lane, cell in zip(lanes, cells, strict=False) if cell})
    sums = {gram: packed([of.get(lane, 0) for lane in columns.values()]) for gram, of in weights.items()}
    bias = sums.pop(BIAS)
    grams = by_word(sums.items())
    packing = Lanes(len(columns))
    readers = {Role(role): _reader(role, columns, packing) for role, _ in columns}
    return Table(readers, grams, bias, grams[OPENS][2], grams[STOP], grams[ASKS], packing)


def _reader(role: str, columns: Mapping[tuple[str, str], int], lanes: Lanes) -> Reader:
    own = tuple([(fact, lane) for (speaker, fact), lane in columns.items() if speaker == role])
    return Reader(own, sum([lanes.sign(lane) for _, lane in own]))


def said_name(word: str) -> str:
    """A word as the models know it: folded, every figure alike."""
    if len(word) > LONGEST_KNOWN:
        return fold(word)
    return NUMBER if word[0].isdigit() else fold(_SAME.get(word, word))


def said_of(word: str) -> Gram:
    """A word with its weights."""
    name = said_name(word)
    return table().grams.get(name) or (name, 0, {})
