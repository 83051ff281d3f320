"""Which record of its sources an answer speaks of, in the light of the talk before it, and whether the record agrees.

"It is 3 miles away" contradicts nothing by itself. It does where the place spoken of lies 6 miles away, by its record
or by what the assistant said two turns ago.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from monitor.core.quantity import by_kind
from monitor.core.signals.statement import Statement
from monitor.core.table import DENIED, Table, Value, is_quantity, meant, named

Named = Mapping[str, list[Value]]

STRAYED, REVISED = 0.96, 0.94
"""Another record than the one spoken of; another value of the same record than before."""
OFF, OTHER_NUMBER = 0.9, 0.85
"""A value that the record meant does not have; a quantity of a kind the record has, with another number."""
MAX_LOOKED_AT = 16
"""Earlier turns that are looked at."""
_ELSE = "another els different instead alternativ anything chang wrong mistak correction correct"
ELSE = frozenset(_ELSE.split())
"""Words of a user who wants something other than what was spoken of."""


class Line(NamedTuple):
    """One earlier turn: its index, the values of the table it names, the records these point at, its quantities."""

    turn: int
    names: Named
    records: int
    quantities: dict[str, set[str]]


class Answer(NamedTuple):
    """The turn that is judged, beside the table: its values and records, and what the talk was about before."""

    said: frozenset[str]
    names: Named
    records: int
    earlier: tuple[Line, ...]
    asked: Named
    other: bool

    @property
    def before(self) -> int:
        """The records last spoken of."""
        return next((line.records for line in reversed(self.earlier) if line.records), 0)


def said_by(statements: Iterable[Statement]) -> frozenset[str]:
    """The words and quantities of several statements, and the mark of a denial if one denies."""
    keys: set[str] = set()
    for one in statements:
        keys.update(one.terms, one.numbers)
        if one.negated:
            keys.add(DENIED)
    return frozenset(keys)


def answer(table: Table, said: frozenset[str], memory: Iterable[Statement], asked: Iterable[str]) -> Answer:
    """Lay an answer and the talk before it over the table."""
    turns = [(turn, said_by(members)) for turn, members in groupby(memory, attrgetter("turn"))][-MAX_LOOKED_AT:]
    wish = frozenset(asked)
    return Answer(
        said,
        names := named(table, said),
        meant(names),
        tuple([_line(table, turn, keys) for turn, keys in turns]),
        named(table, wish),
        not ELSE.isdisjoint(wish),
    )


def _line(table: Table, turn: int, said: frozenset[str]) -> Line:
    names = named(table, said)
    return Line(turn, names, meant(names), by_kind(filter(is_quantity, said)))


class Contradicted(NamedTuple):
    """How surely the answer contradicts an earlier turn, which one, and how."""

    score: float
    turn: int
    told: str


def contradicted(found: Answer) -> Contradicted | None:
    """The earlier turn that the answer contradicts, if it does."""
    turn = _strayed(found)
    if turn is not None:
        return Contradicted(STRAYED, turn, "it speaks of another record of its sources than it did before")
    turn = _revised(found)
    if turn is not None:
        return Contradicted(REVISED, turn, "it gives another value of the same record than it did before")
    return None


def _strayed(found: Answer) -> int | None:
    """The turn that spoke of a record of which the answer suddenly speaks no more, though nobody asked for another."""
    here = found.records
    spoken = 0
    for line in found.earlier:
        spoken |= line.records
    if not here or not spoken or here & spoken or here & meant(found.asked) or found.other or attribute_only(found):
        return None
    return next(line.turn for line in reversed(found.earlier) if line.records)


def attribute_only(found: Answer) -> bool:
    """Whether the answer points at its record only by what a record has (an address), not by what it is called."""
    fields = _pointing(found.names)
    return all(is_quantity(key) for field in fields for key in _keys(found.names[field])) or not any(
        fields & _pointing(line.names) or not _with_quantity(found.names, fields) for line in found.earlier
    )


def _keys(values: list[Value]) -> Iterable[str]:
    return (key for value in values for key in value.keys)


def _with_quantity(names: Named, fields: set[str]) -> bool:
    return all(any(is_quantity(key) for key in _keys(names[field])) for field in fields)


def _pointing(names: Named) -> set[str]:
    return {field for field, values in names.items() if any(value.identifies for value in values)}


def _revised(found: Answer) -> int | None:
    """The turn that gave another value of the same record."""
    focus = found.records or found.before
    mine = by_kind(filter(is_quantity, found.said))
    for line in reversed(found.earlier):
        if line.records and focus and not line.records & focus:
            continue
        for field in found.names.keys() & line.names.keys():
            now, then = found.names[field], line.names[field]
            if len(now) == len(then) == 1 and now[0] is not then[0] and not now[0].identifies:
                return line.turn
        for kind in mine.keys() & line.quantities.keys():
            now_said, then_said = mine[kind], line.quantities[kind]
            if len(now_said) == len(then_said) == 1 and now_said != then_said:
                return line.turn
    return None


def belied(table: Table, found: Answer) -> float:
    """How surely the record that the answer speaks of says otherwise."""
    if DENIED in found.said and not any(DENIED in key for values in found.names.values() for key in map(_all, values)):
        return OFF if _denies_a_record(found.names) else 0.0
    focus = _focus(found)
    left = focus or -1
    for values in found.names.values():
        left &= _records(values)
        if not left:
            return OFF
    if found.records and found.before and not found.records & found.before and attribute_only(found):
        return OTHER_NUMBER
    return OTHER_NUMBER if _other_number(table, found.said, focus) else 0.0


def _all(value: Value) -> frozenset[str]:
    return value.keys


def _records(values: Iterable[Value]) -> int:
    mask = 0
    for value in values:
        mask |= value.records
    return mask


def _denies_a_record(names: Named) -> bool:
    """Whether there is a record of just what the answer says is not."""
    mask = -1
    for values in names.values():
        mask &= _records(values)
    return len(names) >= 2 and mask > 0


def _focus(found: Answer) -> int:
    """The records that the answer speaks of, as bits: by its own words, the question, the talk before; 0: unknown."""
    wished = -1 if found.asked else 0
    for values in found.asked.values():
        wished &= _records(values)
    before = found.before
    return found.records or (wished & before) or meant(found.asked) or before or wished


def _other_number(table: Table, said: frozenset[str], focus: int) -> bool:
    mine = by_kind(filter(is_quantity, said))
    if table.numbers and mine.get("identifier", set()) - table.numbers:
        return True
    if not focus:
        return False
    records = [kinds for index, kinds in enumerate(table.quantities) if focus >> index & 1]
    for kind in mine.keys() - {"bare"}:
        theirs = [kinds[kind] for kinds in records if kind in kinds]
        if theirs and all(mine[kind].isdisjoint(numbers) for numbers in theirs):
            return True
    return False
