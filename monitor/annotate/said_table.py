"""The weights of what is said in other words than the phrases, ``models/said.tsv``: words, pairs, ends of sentences."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from monitor.annotate.grams import Gram, by_word, lifted, packed, signs
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
    ``width``: lanes in all; ``lift``: what is added to a sum before its signs are looked at.
    """

    readers: Mapping[Role, Reader]
    grams: Mapping[str, Gram]
    bias: int
    opens: Mapping[str, int]
    stop: Gram
    asks: Gram
    width: int
    lift: int


@cache
def table() -> Table:
    """The table, packed."""
    lanes: dict[tuple[str, str], int] = {}
    weights: dict[str, dict[int, int]] = {}
    for role, fact, gram, weight in rows("said"):
        lane = lanes.setdefault((role, fact), len(lanes))
        weights.setdefault(gram, {})[lane] = int(weight)
    width = len(lanes)
    sums = {gram: packed([of.get(lane, 0) for lane in range(width)]) for gram, of in weights.items()}
    bias = sums.pop(BIAS)
    grams = by_word(sums.items())
    readers = {Role(role): _reader(role, lanes) for role, _ in lanes}
    return Table(readers, grams, bias, grams[OPENS].after, grams[STOP], grams[ASKS], width, lifted(0, width))


def _reader(role: str, lanes: Mapping[tuple[str, str], int]) -> Reader:
    own = tuple([(fact, lane) for (speaker, fact), lane in lanes.items() if speaker == role])
    return Reader(own, signs(lane for _, lane in own))


def said_name(word: str) -> str:
    """A word as the models know it: folded, every figure alike."""
    if len(word) > LONGEST_KNOWN:
        return fold(word)
    return NUMBER if word[0].isdigit() else fold(_SAME.get(word, word))


def said_of(word: str) -> Gram:
    """A word with its weights."""
    name = said_name(word)
    return table().grams.get(name) or Gram(name, 0, {})
