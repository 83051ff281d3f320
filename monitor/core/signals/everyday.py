"""Everyday words of a system, as its sessions know them: what it says all the time tells no two turns apart.

Words travel as the group that a hash puts them in, never as themselves: an observation carries the groups of its turn,
the standing says what a shared word of an everyday group counts. Some fifty words of a language share a group, and no
more than MOST groups are told of a turn, without order or number. Who knows the hash can hold a guess at a word against
them and hear "may be"; no text comes back from them.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from zlib import crc32

from monitor.core.signals.combine import jaccard, likeness
from monitor.core.signals.pair import KIN, SAME

GROUPS = 1024
"""Groups of words: enough that two everyday words seldom share one, too few to tell a rare word by."""
MOST = 16
"""Groups told of one turn: all of most turns', a sample of a long one's."""

Weights = Mapping[str, float]
"""Group, as JSON's keys are -> what a word of it counts, in [0, 1]; a word of any other group counts 1."""
NO_WEIGHTS: Weights = {}
"""Of a system of which not enough was seen."""
HARDLY = 0.5
"""What a word of every turn still counts where words are counted, and not compared."""


@lru_cache(maxsize=16384)
def group_of(word: str) -> int:
    """The group of a folded content word: of its kin (pair.py), so that both ways of keeping words meet.

    >>> group_of("wrote") == group_of("write") == group_of("writers")
    True
    """
    kin = SAME.get(word[:KIN], word[:KIN]) if word.isalpha() else word
    return crc32(kin.encode("utf-8", "surrogatepass")) % GROUPS


@lru_cache(maxsize=16384)
def _key(word: str) -> str:
    return str(group_of(word))


def groups_of(terms: Iterable[str]) -> tuple[int, ...]:
    """The groups of a turn's content words, sorted, so that they say nothing of their order; at most MOST of them."""
    found = sorted(set(map(group_of, terms)))
    if len(found) <= MOST:
        return tuple(found)
    return tuple([found[place * len(found) // MOST] for place in range(MOST)])


def weight_of(words: Iterable[str], everyday: Weights) -> float:
    """How many ordinary words these are worth."""
    return sum([everyday.get(_key(word), 1.0) for word in words])


def alike(one: Collection[str], other: Collection[str], everyday: Weights) -> float:
    """:func:`likeness` where everyday words count less; never more than without.

    Two texts of the same words stay wholly alike, whatever the words are.

    >>> flights = {str(group_of("flight")): 0.2, str(group_of("book")): 0.2}
    >>> round(alike({"book", "flight"}, {"book", "flight", "baggage"}, flights), 2), alike({"book"}, {"book"}, flights)
    (0.64, 1.0)
    """
    plain = likeness(one, other)
    if not everyday or jaccard(one, other) == 1.0:
        return plain
    first, second = set(one), set(other)
    shared = weight_of(sorted(first & second), everyday)
    mine, theirs = weight_of(sorted(first), everyday), weight_of(sorted(second), everyday)
    smaller, union = min(mine, theirs), mine + theirs - shared
    return min(plain, (shared / smaller + shared / union) / 2.0) if smaller > 0.0 else 0.0


def count_of(words: Collection[str], everyday: Weights) -> float:
    """How many words these are where an everyday one counts down to HARDLY.

    >>> count_of(["book", "flight"], {str(group_of("flight")): 0.2})
    1.6
    """
    return HARDLY * len(words) + (1.0 - HARDLY) * weight_of(words, everyday)
