"""Linear models over words and pairs of neighbours: what a gram weighs in all of them is one whole number.

A model's weight stands in its own lane of that number, so that one addition serves every model, and sums are the same
on every machine and in any order.
"""

from collections.abc import Iterable, Mapping
from struct import Struct

LANE = 32
"""Bits of one model's lane: sums of the grams of 16,000 characters never leave it."""
_HALF = 1 << (LANE - 1)


Gram = tuple[str, int, Mapping[str, int]]
"""A word as a family of models knows it: its name there, its packed weights, and those of the pairs it begins."""


def packed(weights: Iterable[int]) -> int:
    """Whole numbers in lanes, the first one lowest."""
    return sum(weight << (lane * LANE) for lane, weight in enumerate(weights))


class Lanes:
    """So many lanes, and how to read them: their whole numbers, or which of them are not negative.

    >>> three = Lanes(3)
    >>> total = packed((3, -4, 0)) + packed((-5, 1, 2))
    >>> three.read(total)
    (-2, -3, 2)
    >>> [bool((total + three.lift) & three.sign(lane)) for lane in range(3)]
    [False, False, True]
    """

    __slots__ = ("_bytes", "_mask", "_unpack", "lift")

    def __init__(self, count: int) -> None:
        self.lift = packed([_HALF] * count)
        self._bytes = count * LANE // 8
        self._mask = (1 << (count * LANE)) - 1
        self._unpack = Struct(f"<{count}I").unpack

    def read(self, total: int) -> tuple[int, ...]:
        """The whole numbers of a sum; what stands above the lanes is left aside."""
        lifted = (total + self.lift) & self._mask
        return tuple([lane - _HALF for lane in self._unpack(lifted.to_bytes(self._bytes, "little"))])

    def sign(self, lane: int) -> int:
        """The bit of a sum, with ``lift`` added, that says that a lane is not negative."""
        return _HALF << (lane * LANE)


def by_word(rows: Iterable[tuple[str, int]]) -> dict[str, Gram]:
    """Packed weights of grams, by the (first) word.

    >>> by_word([("oh", 5), ("oh no", 7)])
    {'oh': ('oh', 5, {'no': 7})}
    """
    own: dict[str, int] = {}
    after: dict[str, dict[str, int]] = {}
    for gram, weights in rows:
        word, _, following = gram.partition(" ")
        if following:
            after.setdefault(word, {})[following] = weights
        else:
            own[word] = weights
    return {word: (word, own.get(word, 0), after.get(word, {})) for word in own.keys() | after.keys()}
