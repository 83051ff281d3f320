"""Sources that are records (``name: x; date: y``).

A statement that mixes the values of two records contradicts both.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from monitor.annotate.claims import statements_of
from monitor.annotate.tokens import tokenise
from monitor.core.annotation import Claim
from monitor.core.interaction import Source
from monitor.core.table import DENIED, Table, table_of

MIN_FIELDS = 2
MIN_DIGITS = 2
"""Of a number that tells two places apart."""
MAX_FIELDS = 24
MAX_RECORDS = 64
CACHED_RECORDS = 1024
CACHED_TABLES = 128
_WAYS = "drive driv dr avenue avenu ave av of street st lane lan ln road rd court ct way wai"
WAYS = frozenset(_WAYS.split())
"""Words for a street, written in several ways: of a table's values they tell nothing apart."""
LONGEST_FIELD = 200
ALONE = 0.75
"""A claim that names a place like those of the records, with another number."""
CERTAIN = 0.9
"""A claim of which one value is a record's and another one of the same kind is not."""
_FIELDS = re.compile(r"[;|\n]")
_FIELD = re.compile(r"[\s\-*]*([A-Za-z][\w ./-]{0,40}?)\s*[:=]\s*(.+)")


@dataclass(frozen=True, slots=True)
class Record:
    """A source's fields: name -> the folded words and quantities of the value."""

    fields: dict[str, frozenset[str]]


@lru_cache(maxsize=CACHED_RECORDS)
def record_of(text: str) -> Record | None:
    """The source as a record; None for prose.

    >>> sorted(record_of("event: lunch; time: 2pm").fields)
    ['event', 'time']
    >>> record_of("The lunch is at two: do come.") is None
    True
    """
    if len(text) > LONGEST_FIELD * MAX_FIELDS:
        return None
    parts = [part.strip() for part in _FIELDS.split(text) if part.strip()]
    fields: dict[str, frozenset[str]] = {}
    for part in parts[:MAX_FIELDS]:
        match = _FIELD.fullmatch(part) if len(part) <= LONGEST_FIELD else None
        if match is None:
            return None
        keys = _keys(match[2])
        if keys:
            fields[match[1].lower()] = keys
    return Record(fields) if len(fields) >= MIN_FIELDS else None


def table_of_sources(sources: Iterable[Source]) -> Table | None:
    """The sources that are records, side by side; None where they are not.

    >>> table_of_sources((Source("who: Ann; seat: 4"), Source("who: Bob; seat: 5"))).records[1]["who"]
    frozenset({'bob'})
    """
    return _table(tuple([source.text for source in sources][:MAX_RECORDS]))


@lru_cache(maxsize=CACHED_TABLES)
def _table(texts: tuple[str, ...]) -> Table | None:
    records = [record for record in map(record_of, texts) if record is not None]
    return table_of([{name: keys - WAYS or keys for name, keys in record.fields.items()} for record in records])


def _keys(value: str) -> frozenset[str]:
    return frozenset(key for claim in statements_of(tokenise(value), 4) for key in said_by(claim))


def said_by(claim: Claim) -> Iterable[str]:
    """The words and quantities of a claim, and a mark where it is denied: ``no delay`` is a value of its own."""
    return (*claim.terms, *claim.numbers, *((DENIED,) if claim.negated else ()))


def record_conflict(claim: Claim, records: tuple[tuple[int, Record], ...]) -> tuple[float, int | None]:
    """How surely no record says what the claim does, and the nearest record.

    The values that the claim names are looked at field by field. If one record has all of them, all is well.
    Otherwise the record that has most of them is contradicted by the rest. A claim that denies names what is not.
    """
    if claim.negated and not any(DENIED in keys for _, record in records for keys in record.fields.values()):
        return 0.0, None
    named = _named(claim, records)
    if len(named) == 1 and not all(named.values()):
        return ALONE, records[0][0]  # a value that no record has, in the form of those they have
    if len(named) < MIN_FIELDS:
        return 0.0, None
    best, owner = -1, None
    for index, record in records:
        agreeing = sum(1 for field, values in named.items() if record.fields.get(field) in values)
        if agreeing > best:
            best, owner = agreeing, index
    if best == len(named) or best == 0:
        return 0.0, owner
    return CERTAIN, owner


def _named(claim: Claim, records: tuple[tuple[int, Record], ...]) -> dict[str, set[frozenset[str]]]:
    """Field -> the values of it that the claim names in full; none where it names one that no record has."""
    said = frozenset(said_by(claim))
    named: dict[str, set[frozenset[str]]] = {}
    kinds: dict[str, set[str]] = {}
    for _, record in records:
        for field, keys in record.fields.items():
            if keys <= said:
                named.setdefault(field, set()).add(keys)
            if len(keys) == 1:
                kinds.setdefault(_kind(next(iter(keys))), set()).add(field)
    known = frozenset(key for values in named.values() for keys in values for key in keys)
    for number in claim.numbers:
        fields = kinds.get(_kind(number), set()) if _kind(number) else set()
        if number not in known and len(fields) == 1:
            named.setdefault(next(iter(fields)), set())
    for field in _misnumbered(claim, records, said) - named.keys():
        named[field] = set()
    return {field: _fullest(values) for field, values in named.items()}


def _misnumbered(claim: Claim, records: tuple[tuple[int, Record], ...], said: frozenset[str]) -> set[str]:
    """Fields of which the claim names a value's words (a street) with a bare number that no record has there."""
    bare = {number for number in claim.numbers if number.isdecimal() and len(number) >= MIN_DIGITS}
    if not bare:
        return set()
    found: set[str] = set()
    known: set[str] = set()
    for _, record in records:
        for field, keys in record.fields.items():
            numbers = {key for key in keys if key.isdecimal() and len(key) >= MIN_DIGITS}
            known |= numbers
            if numbers and len(keys) > len(numbers) and (keys - numbers) <= said:
                found.add(field)
    return found if not bare & known else set()


def _fullest(values: set[frozenset[str]]) -> set[frozenset[str]]:
    """Without the values that are only part of another one the claim names as well."""
    return {one for one in values if not any(one < other for other in values)}


def _kind(key: str) -> str:
    """What a quantity counts; empty for a word and a bare number.

    >>> [_kind(key) for key in ("14:00", "6 mil", "6", "lunch")]
    [':', 'mil', '', '']
    """
    if not key[:1].isdigit():
        return ""
    return ":" if ":" in key else key.partition(" ")[2]
