"""What a format is given and what it answers. Nothing here knows a format."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from monitor.core.interaction import Interaction, Position

Headers = tuple[tuple[str, bytes], ...]
"""Record headers in the order they were written; names may repeat, the last one counts."""


class Record(Struct, frozen=True):
    """One record as Kafka keeps it. ``timestamp``: the record's own time in epoch seconds, None where it has none."""

    at: Position
    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    timestamp: float | None = None


class IngestOptions(Struct, frozen=True):
    """What the operator decides about input.

    ``max_bytes``: the largest value accepted. ``default_system``: the system of turns that name none; None: such turns
    are rejected.
    """

    max_bytes: int = 1_048_576
    default_system: str | None = None


class Format(NamedTuple):
    """One way to write a turn. ``accepts`` looks at headers only; the first of the table that accepts decodes."""

    name: str
    accepts: Callable[[Headers], bool]
    decode: Callable[[Record, bytes, IngestOptions], Interaction]


def header(headers: Headers, name: str) -> str | None:
    """The last header of that name (any case) as text, or None. Bytes that are not UTF-8 are replaced.

    >>> header((("Content-Type", b"application/json"),), "content-type")
    'application/json'
    """
    for key, value in reversed(headers):
        if key.lower() == name:
            return value.decode("utf-8", "replace")
    return None
