"""How a native turn is written in each format: what a new line in FORMATS must add for the contract suite."""

import json
from collections.abc import Callable

from monitor.core.interaction import Position
from monitor.ingest import Record
from monitor.ingest.record import Headers

AT = Position("oversight.interactions.v1", 3, 42)


def native(turn: bytes | None, headers: Headers = ()) -> Record:
    return Record(AT, turn, key=b"s1", headers=headers, timestamp=1_700_000_000.0)


def binary(turn: bytes | None) -> Record:
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", b"envelope-id"),
        ("ce_source", b"/shop"),
        ("ce_type", b"com.example.turn.v1"),
        ("content-type", b"application/json"),
    )
    return native(turn, headers)


def structured(turn: bytes | None) -> Record:
    headers = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
    if turn is None:
        return native(None, headers)
    envelope = {"specversion": "1.0", "id": "envelope-id", "source": "/shop", "type": "com.example.turn.v1"}
    head = json.dumps(envelope).encode()[:-1]
    return native(head + b', "data": ' + turn + b"}", headers)


WRAP: dict[str, Callable[[bytes | None], Record]] = {
    "native": native,
    "cloudevent_binary": binary,
    "cloudevent_structured": structured,
}
