"""Linear models over words and pairs of neighbours: what a gram weighs in all of them is one whole number.

A model's weight stands in its own lane of that number, so that one addition serves every model, and sums are the same
on every machine and in any order.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

LANE = 32
"""Bits of one model's lane: sums of the grams of 16,000 characters never leave it."""
_HALF = 1 << (LANE - 1)
_MASK = (1 << LANE) - 1


class Gram(NamedTuple):
    """A word as a family of models knows it: its name there, its packed weights, and those of pairs it begins."""

    name: str
    own: int
    after: Mapping[str, int]


def packed(weights: Iterable[int]) -> int:
    """Whole numbers in lanes, the first one lowest."""
    return sum(weight << (lane * LANE) for lane, weight in enumerate(weights))


def lifted(total: int, lanes: int) -> int:
    """A sum with half a lane added to each lane: no lane is negative, and its highest bit says that it was not."""
    return total + packed([_HALF] * lanes)


def unpacked(total: int, lanes: int) -> list[int]:
    """The lanes of a sum.

    >>> unpacked(packed((3, -4, 0)) + packed((-5, 1, 2)), 3)
    [-2, -3, 2]
    """
    total = lifted(total, lanes)
    return [((total >> (lane * LANE)) & _MASK) - _HALF for lane in range(lanes)]


def signs(lanes: Iterable[int]) -> int:
    """The highest bits of some lanes."""
    return sum(_HALF << (lane * LANE) for lane in lanes)


def by_word(rows: Iterable[tuple[str, int]]) -> dict[str, Gram]:
    """Packed weights of grams, by the (first) word.

    >>> by_word([("oh", 5), ("oh no", 7)])
    {'oh': Gram(name='oh', own=5, after={'no': 7})}
    """
    own: dict[str, int] = {}
    after: dict[str, dict[str, int]] = {}
    for gram, weights in rows:
        word, _, following = gram.partition(" ")
        if following:
            after.setdefault(word, {})[following] = weights
        else:
            own[word] = weights
    return {word: Gram(word, own.get(word, 0), after.get(word, {})) for word in own.keys() | after.keys()}
