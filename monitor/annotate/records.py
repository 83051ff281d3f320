"""Sources that are records (``name: x; date: y``): a statement that mixes the values of two records contradicts both."""

import re
from dataclasses import dataclass
from functools import lru_cache

from monitor.annotate.claims import statements_of
from monitor.annotate.tokens import tokenise
from monitor.core.annotation import Claim

MIN_FIELDS = 2
MAX_FIELDS = 24
LONGEST_FIELD = 200
CERTAIN = 0.9
"""A claim of which one value is a record's and another one of the same kind is not."""
_FIELDS = re.compile(r"\s*[;|\n]\s*")
_FIELD = re.compile(r"[\s\-*]*([A-Za-z][\w ./-]{0,40}?)\s*[:=]\s*(.+)")


@dataclass(frozen=True, slots=True)
class Record:
    """A source's fields: name -> the folded words and quantities of the value."""

    fields: dict[str, frozenset[str]]


@lru_cache(maxsize=512)
def record_of(text: str) -> Record | None:
    """The source as a record; None for prose.

    >>> sorted(record_of("event: lunch; time: 2pm").fields)
    ['event', 'time']
    >>> record_of("The lunch is at two: do come.") is None
    True
    """
    if len(text) > LONGEST_FIELD * MAX_FIELDS:
        return None
    parts = [part for part in _FIELDS.split(text) if part.strip()]
    fields: dict[str, frozenset[str]] = {}
    for part in parts[:MAX_FIELDS]:
        match = _FIELD.fullmatch(part)
        if match is None or len(part) > LONGEST_FIELD:
            return None
        keys = _keys(match[2])
        if keys:
            fields[match[1].lower()] = keys
    return Record(fields) if len(fields) >= MIN_FIELDS else None


def _keys(value: str) -> frozenset[str]:
    return frozenset(key for claim in statements_of(tokenise(value), 4) for key in (*claim.terms, *claim.numbers))


def record_conflict(claim: Claim, records: tuple[tuple[int, Record], ...]) -> tuple[float, int | None]:
    """How surely no record says what the claim does, and the nearest record.

    The values of the records that the claim names are looked at field by field. If one record has all of them, all is
    well. Otherwise the record that has most of them is contradicted by the rest.
    """
    said = frozenset((*claim.terms, *claim.numbers))
    named = _named(said, records)
    if len(named) < 2:
        return 0.0, None
    best, owner = -1, None
    for index, record in records:
        agreeing = sum(1 for field, values in named.items() if record.fields.get(field) in values)
        if agreeing > best:
            best, owner = agreeing, index
    if best == len(named) or best == 0:
        return 0.0, owner
    return CERTAIN, owner


def _named(said: frozenset[str], records: tuple[tuple[int, Record], ...]) -> dict[str, set[frozenset[str]]]:
    """Field -> the values of it that the claim names in full."""
    named: dict[str, set[frozenset[str]]] = {}
    for _, record in records:
        for field, keys in record.fields.items():
            if keys <= said:
                named.setdefault(field, set()).add(keys)
    return named
