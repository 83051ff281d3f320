"""Sources that are records (``name: x; date: y``), side by side: which of their values a statement names.

A value is named where the statement has the words that tell it from the other values of its field: ``heavy`` in
``heavy traffic`` beside ``no traffic``.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from msgspec import Struct

from monitor.core.quantity import by_kind
from monitor.core.words import fold

Fields = Mapping[str, frozenset[str]]
"""One record: field -> the folded words and quantities of its value."""

DENIED = "\u00ac"
"""The key of a denial."""
IDENTIFYING = 0.75
"""Different values per record from which on a field tells which record is meant."""
MAX_VALUES = 512


class Value(Struct, frozen=True):
    """One value of a field: its keys, those that tell it from the other values, and the records that have it, as bits.

    ``identifies``: hardly two records share a value of this field, and the value is not only a quantity.
    """

    field: str
    keys: frozenset[str]
    telling: frozenset[str]
    records: int
    identifies: bool


class Table(Struct, frozen=True):
    """All records of a turn.

    ``by_key``: telling key -> the values it may name; ``quantities``: for each record its quantities by kind;
    ``numbers``: the numbers that name something (a street number, an order), where nearly every record has one;
    ``words``: all keys and the words of the field names.
    """

    records: tuple[Fields, ...]
    by_key: dict[str, tuple[Value, ...]]
    quantities: tuple[dict[str, set[str]], ...]
    numbers: frozenset[str]
    words: frozenset[str]


def table_of(records: Sequence[Fields]) -> Table | None:
    """The values of several records; None for fewer than two, which tell nothing apart.

    >>> table = table_of([{"who": frozenset(("ann",))}, {"who": frozenset(("bob",))}])
    >>> [(key, value.records, value.identifies) for key, (value,) in table.by_key.items()]
    [('ann', 1, True), ('bob', 2, True)]
    """
    if len(records) < 2:
        return None
    carriers: dict[str, dict[frozenset[str], int]] = {}
    for index, record in enumerate(records):
        for field, keys in record.items():
            values = carriers.setdefault(field, {})
            values[keys] = values.get(keys, 0) | 1 << index
    found = [value for field, values in carriers.items() for value in _values(field, values)][:MAX_VALUES]
    by_key: dict[str, list[Value]] = {}
    for value in found:
        by_key.setdefault(min(value.telling), []).append(value)
    quantities = tuple([by_kind(filter(is_quantity, chain.from_iterable(record.values()))) for record in records])
    return Table(
        tuple(records),
        {key: tuple(values) for key, values in by_key.items()},
        quantities,
        _numbers(quantities),
        frozenset().union(*[value.keys for value in found])
        | {fold(word) for field in carriers for word in _split(field)},
    )


def _split(field: str) -> list[str]:
    return field.replace("_", " ").replace("-", " ").split()


def _numbers(quantities: Sequence[dict[str, set[str]]]) -> frozenset[str]:
    found = [kinds["identifier"] for kinds in quantities if "identifier" in kinds]
    return frozenset().union(*found) if len(found) >= IDENTIFYING * len(quantities) else frozenset()


def _values(field: str, carriers: dict[frozenset[str], int]) -> list[Value]:
    having: dict[str, int] = {}
    for keys in carriers:
        for key in keys:
            having[key] = having.get(key, 0) + 1
    apart = len(carriers) >= IDENTIFYING * sum(mask.bit_count() for mask in carriers.values())
    found = []
    for keys, mask in carriers.items():
        fewest = min(having[key] for key in keys)
        telling = frozenset(key for key in keys if having[key] == fewest)
        if fewest > 1 or all(is_quantity(key) or key == DENIED for key in telling):
            telling = keys
        identifies = apart and not all(is_quantity(key) for key in keys)
        found.append(Value(field, keys, telling, mask, identifies))
    return found


def is_quantity(key: str) -> bool:
    """Whether a key is a quantity, not a word."""
    return key[:1].isdecimal()


def named(table: Table, said: frozenset[str]) -> dict[str, list[Value]]:
    """Field -> the values of it that are named; of values of which one holds the other, only the fuller one."""
    found: dict[str, list[Value]] = {}
    for key in said & table.by_key.keys():
        for value in table.by_key[key]:
            if value.telling <= said:
                found.setdefault(value.field, []).append(value)
    return {field: _fullest(values) if len(values) > 1 else values for field, values in found.items()}


def _fullest(values: list[Value]) -> list[Value]:
    return [one for one in values if not any(one.telling < other.telling for other in values)]


def meant(fields: Mapping[str, list[Value]]) -> int:
    """The records that the named values point at, as bits; 0 where no value tells them apart.

    Where two fields point at different records, all of these.
    """
    common, anywhere = -1, 0
    for values in fields.values():
        mask = 0
        for value in values:
            if value.identifies:
                mask |= value.records
        if mask:
            common &= mask
            anywhere |= mask
    return common if anywhere and common else anywhere
