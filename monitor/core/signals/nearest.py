"""The earlier statements that a later one is worth comparing with: a cheap look before the close one."""

from collections.abc import Iterable, Sequence

from monitor.core.signals.everyday import Weights, weight_of
from monitor.core.signals.pair import RELATIONS, Around, Side

MAX_CLOSE = 4
"""Earlier statements compared closely with one statement."""
COVERED = 0.35
"""Share of a statement that an earlier one must have for a close look, unless both begin alike."""
SHORT = 3
"""Words up to which a statement is about the same by one shared word."""


def nearest(now: Side, memory: Sequence[Side], everyday: Weights) -> list[tuple[float, Side]]:
    """The earlier statements that share most with this one, best first, each with the share of this one it covers.

    Two shared words or quantities, or one where a statement has hardly more or begins with it. Not where all that is
    shared is a few of the system's ``everyday`` words.
    """
    found: list[tuple[float, Side]] = []
    kin, numbers = now.kin, now.numbers
    if not kin:
        return found
    first = now.order[:1]
    for old in memory:
        if kin.isdisjoint(old.kin) and (not numbers or numbers.isdisjoint(old.numbers)):
            continue
        words = len(kin & old.kin)
        if words < 2:
            common = words + len(numbers & old.numbers) + (old.order[:1] == first)
            if common < 2 and min(len(kin), len(old.kin)) > SHORT:
                continue
        if everyday and _says_little(now, old, everyday):
            continue
        found.append((words / len(kin), old))
    found.sort(key=_cover, reverse=True)
    return found


def _says_little(now: Side, old: Side, everyday: Weights) -> bool:
    """Whether what two statements share is worth less than one ordinary word, and a small part of the later one.

    Never so where it is a quantity, or a word for what a thing has only one of, however often the system says it.
    """
    shared = now.kin & old.kin
    if not now.numbers.isdisjoint(old.numbers) or not RELATIONS.isdisjoint(shared):
        return False
    weight = weight_of(sorted(shared), everyday)
    return weight < 1.0 and weight < COVERED * weight_of(sorted(now.kin), everyday)


def _cover(found: tuple[float, Side]) -> float:
    return found[0]


def worth_a_look(now: Side, old: Side, cover: float) -> bool:
    """Whether a contradiction is possible at all: the same matter, something new, and no entry of a list."""
    if cover < COVERED and now.order[:1] != old.order[:1]:
        return False
    if now.statement.listed or old.statement.listed:
        return False
    return not (now.kin <= old.kin and now.numbers <= old.numbers)


def around(found: Sequence[tuple[float, Side]], index: int, memory: Iterable[Side]) -> Around:
    """What else was said before, beside one of the earlier statements."""
    others = found[1:2] if index == 0 else found[:1]
    return Around(memory, others[0][0] if others else 0.0)
