"""What two statements share and where they differ, as numbers a small model reads.

The later statement is laid over the earlier one: shared words say that they are about the same, names and quantities
that only one of them has say that they do not agree. Words count by their first letters, so that *directed by* meets
*director of*.
"""

from functools import lru_cache
from typing import NamedTuple

from monitor.core.quantity import by_kind, differing_kinds
from monitor.core.signals.opposites import OPPOSITES_OF
from monitor.core.signals.statement import Statement

KIN = 5
"""Letters at the beginning that make two words kin."""
OPPOSABLE = frozenset(OPPOSITES_OF)
MEASURES = frozenset(("identifier", "time", "date", "year", "bare"))
"""Kinds of quantities without a unit."""


class Side(NamedTuple):
    """One statement, ready to be compared: its words as kin in order, which are names, its quantities by kind."""

    statement: Statement
    order: tuple[str, ...]
    kin: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    kinds: dict[str, set[str]]


class Around(NamedTuple):
    """What else was said before: the kin of all statements, and the highest cover of the later one by another."""

    known: frozenset[str] = frozenset()
    cover: float = 0.0


@lru_cache(maxsize=8192)
def side_of(statement: Statement) -> Side:
    """A statement, ready to be compared."""
    order = tuple([term[:KIN] if term.isalpha() else term for term in statement.terms])
    names = frozenset([kin for index, kin in enumerate(order) if statement.names >> index & 1])
    numbers = frozenset(statement.numbers)
    return Side(statement, order, frozenset(order), names, numbers, by_kind(numbers))


FEATURES = (
    "shared", "cover_now", "cover_old", "alike", "shared_names", "shared_words", "new_words", "new_names",
    "dropped_words", "dropped_names", "names_replaced", "words_replaced", "nothing_new", "same_beginning",
    "same_end", "replaced_in_place", "name_replaced_in_place", "number_differs", "new_numbers", "number_only_new",
    "identifier_differs", "shared_numbers", "time_differs", "date_differs", "year_differs", "amount_differs",
    "polarity_differs", "opposite", "hedged", "listed", "personal_now", "personal_old", "length_now", "length_old",
    "numbers_old", "share_new", "share_new_names", "same_subject", "only_subject", "known_elsewhere", "said_elsewhere",
)  # fmt: skip
"""Names of the numbers that :func:`compared` gives, in their order."""


def compared(now: Side, old: Side, around: Around) -> tuple[float, ...]:
    """The later statement beside the earlier one, one number for each of FEATURES."""
    shared = now.kin & old.kin
    new, dropped = now.kin - shared, old.kin - shared
    new_names, dropped_names = new & now.names, dropped & old.names
    new_numbers = now.numbers - old.numbers
    beginning, end = _equal_run(now.order, old.order), _equal_run(now.order[::-1], old.order[::-1])
    one, other = now.statement, old.statement
    both_names = len(shared & (now.names | old.names))
    brought = len(new) + len(new_numbers)
    return (
        len(shared),
        len(shared) / max(1, len(now.kin)),
        len(shared) / max(1, len(old.kin)),
        len(shared) / max(1, len(now.kin) + len(dropped)),
        both_names,
        len(shared) - both_names,
        len(new) - len(new_names),
        len(new_names),
        len(dropped) - len(dropped_names),
        len(dropped_names),
        float(bool(new_names and dropped_names)),
        float(len(new) > len(new_names) and len(dropped) > len(dropped_names)),
        float(not brought),
        beginning,
        end,
        *_in_place(now, old),
        *_quantities(now, old, new_numbers),
        float(one.negated is not other.negated),
        float(_opposed(one, other)),
        float(one.hedged or other.hedged),
        float(one.listed or other.listed),
        float(one.personal),
        float(other.personal),
        len(now.order),
        len(old.order),
        float(bool(old.numbers)),
        brought / max(1, len(now.kin) + len(now.numbers)),
        len(new_names) / max(1, len(now.names)),
        float(now.order[:1] == old.order[:1] and bool(now.order)),
        float(0 < beginning == len(shared) and bool(new and dropped)),
        len(new & around.known) / max(1, len(new)),
        max(0.0, around.cover - len(shared) / max(1, len(now.kin))),
    )


def _equal_run(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many words in a row are the same at the beginning."""
    run = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        run += 1
    return run


def _in_place(now: Side, old: Side) -> tuple[float, float]:
    """Whether beside a shared word another word stands on each side; and whether both are names."""
    where = {kin: index for index, kin in enumerate(old.order)}
    replaced = False
    for index, kin in enumerate(now.order):
        if kin in old.kin:
            continue
        for step in (-1, 1):
            beside = index + step
            if not 0 <= beside < len(now.order) or now.order[beside] not in where:
                continue
            place = where[now.order[beside]] - step
            if not 0 <= place < len(old.order) or old.order[place] in now.kin:
                continue
            if kin in now.names and old.order[place] in old.names:
                return 1.0, 1.0
            replaced = True
    return float(replaced), 0.0


def _quantities(now: Side, old: Side, new: frozenset[str]) -> tuple[float, ...]:
    if not now.numbers:
        return _NO_QUANTITIES
    differing = differing_kinds(now.kinds, old.kinds)
    real = len(differing) - ("identifier" in differing)
    return (
        float(real > 0),
        len(new),
        float(bool(new) and not real),
        float("identifier" in differing),
        len(now.numbers & old.numbers),
        float("time" in differing),
        float("date" in differing),
        float("year" in differing),
        float(not MEASURES.issuperset(differing)),
    )


_NO_QUANTITIES = (0.0,) * 9


def _opposed(one: Statement, other: Statement) -> bool:
    if OPPOSABLE.isdisjoint(one.terms):
        return False
    theirs = frozenset(other.terms) - frozenset(one.terms)
    return any(not OPPOSITES_OF[term].isdisjoint(theirs) for term in OPPOSABLE.intersection(one.terms))
