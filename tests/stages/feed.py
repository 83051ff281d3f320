"""Records for the stages, written as a producer or the relay would write them."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from monitor.core.errors import InvalidRecord
from monitor.core.events import Output
from monitor.core.interaction import Position
from monitor.core.log import LogRecord
from monitor.ingest import Record

INPUT = "oversight.interactions.v1"
LOG = "oversight.observations.v1"


def turn(offset: int, session: str = "s", at: float | None = None, **fields: Any) -> Record:  # noqa: ANN401 - JSON
    """One turn as a record of partition 0; ``at`` is its event time, by default its offset."""
    told = {"system_id": "bot", "session_id": session, "role": "user", "text": "Good morning.", "ts": at, **fields}
    if at is None:
        told["ts"] = float(offset)
    value = json.dumps(told).encode()
    return Record(Position(INPUT, 0, offset), value, session.encode(), (), fields.get("stamp"))


def broken(offset: int, session: str = "s") -> Record:
    """A record that does not decode, under the key of a session."""
    return Record(Position(INPUT, 0, offset), b"{", session.encode())


def logged(offset: int, entry: LogRecord) -> Record:
    """A record of the system stage's log."""
    return Record(Position(LOG, 0, offset), msgspec.json.encode(entry), b"bot")


def told(outputs: Sequence[Output]) -> list[tuple[str, bytes]]:
    """What two runs are compared by: id and payload of every output, in order."""
    return [(output.id, msgspec.json.encode(output.data)) for output in outputs]


def codes(rejected: Sequence[tuple[Record, InvalidRecord]]) -> list[tuple[int, str]]:
    """Offset and code of what was rejected."""
    return [(record.at.offset, str(error.code)) for record, error in rejected]
