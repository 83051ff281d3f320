"""What two statements share and where they differ, as numbers a small model reads.

The later statement is laid over the earlier one: shared words say that they are about the same, names and quantities
that only one of them has say that they do not agree. Words count by their first letters, so that *directed by* meets
*director of*.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from monitor.core.quantity import by_kind, differing_kinds
from monitor.core.signals.statement import Statement

KIN = 5
"""Letters at the beginning that make two words kin."""
_SAME = """write/wrote write/writt write/autho write/scree write/penne start/begin start/began start/comme found/estab
    found/forme found/creat film/movie show/seri relea/publi relea/premi locat/situa live/resid buy/purch cost/price
    send/sent leave/left leave/depar arriv/reach"""
SAME = {word: one for one, _, word in (pair.partition("/") for pair in _SAME.split())}
"""Kin -> the kin that stands for it: words for one relation."""
_RELATIONS = """write compo produ direc found relea locat born died capit genre name owner leade manag start end open
    clos cost leave arriv due size colou color age led play star group won win"""
RELATIONS = frozenset(_RELATIONS.split())
"""Kin of words for what a thing has only one of, as a rule: its maker, its place, its price, its time."""


class Side(NamedTuple):
    """One statement, ready to be compared: its words as kin in order, which are names, its quantities by kind."""

    statement: Statement
    order: tuple[str, ...]
    kin: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    kinds: dict[str, set[str]]


class Around(NamedTuple):
    """What else was said before: all statements, and the highest cover of the later one by another of them."""

    memory: Iterable["Side"] = ()
    cover: float = 0.0


@lru_cache(maxsize=8192)
def side_of(statement: Statement) -> Side:
    """A statement, ready to be compared."""
    order = tuple([_kin(term) if term.isalpha() else term for term in statement.terms])
    names = frozenset([kin for index, kin in enumerate(order) if statement.names >> index & 1])
    numbers = frozenset(statement.numbers)
    return Side(statement, order, frozenset(order), names, numbers, by_kind(numbers))


def _kin(term: str) -> str:
    kin = term[:KIN]
    return SAME.get(kin, kin)


FEATURES = (
    "shared", "cover_now", "cover_old", "alike", "shared_names", "shared_words", "new_words", "new_names",
    "dropped_words", "dropped_names", "names_replaced", "words_replaced", "same_beginning",
    "same_end", "replaced_in_place", "name_replaced_in_place", "number_differs", "new_numbers", "number_only_new",
    "year_differs", "hedged", "personal_now", "personal_old", "length_now", "length_old",
    "numbers_old", "share_new", "share_new_names", "same_subject", "only_subject", "known_elsewhere", "said_elsewhere",
    "partial_now", "partial_old", "relations",
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
        beginning,
        end,
        *_in_place(now, old),
        *_quantities(now, old, new_numbers),
        float(one.hedged or other.hedged),
        float(one.personal),
        float(other.personal),
        len(now.order),
        len(old.order),
        float(bool(old.numbers)),
        brought / max(1, len(now.kin) + len(now.numbers)),
        len(new_names) / max(1, len(now.names)),
        float(now.order[:1] == old.order[:1] and bool(now.order)),
        float(0 < beginning == len(shared) and bool(new and dropped)),
        _known(new, around.memory) / max(1, len(new)),
        max(0.0, around.cover - len(shared) / max(1, len(now.kin))),
        float(one.partial),
        float(other.partial),
        len(shared & RELATIONS),
    )


def _known(new: frozenset[str], memory: Iterable[Side]) -> int:
    """How many of the words were said before in any statement."""
    left = new
    for old in memory:
        if not left:
            break
        left = left - old.kin
    return len(new) - len(left)


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
        float("year" in differing),
    )


_NO_QUANTITIES = (0.0,) * 4
