"""The table of optional fields: which ones a turn carried."""

import json

import msgspec

from monitor.core.interaction import Interaction, Position
from monitor.ingest import IngestOptions, Record, decode
from monitor.ingest.fields import OPTIONAL_FIELDS, carried
from tests.ingest.test_format_contract import GOLDEN

SMALL = {"system_id": "bot", "session_id": "s", "role": "user", "text": ""}


def record(turn: object) -> Record:
    return Record(Position("t", 0, 1), json.dumps(turn).encode(), timestamp=5.0)


def test_carried_smallest_turn_is_nothing() -> None:
    at = record(SMALL)
    assert carried(decode(at, IngestOptions()), at) == ()


def test_carried_full_turn_is_everything() -> None:
    full = GOLDEN | {"tool_call": {"name": "x", "result": 1, "error": True, "approved_by": "kim"}}
    at = record(full)
    assert carried(decode(at, IngestOptions()), at) == tuple(field.name for field in OPTIONAL_FIELDS)


def test_carried_without_record_leaves_out_what_it_cannot_tell() -> None:
    names = carried(decode(record(GOLDEN), IngestOptions()))
    assert "id" not in names
    assert "ts" not in names
    assert "turn" in names


def test_fields_cover_every_optional_field_of_an_interaction() -> None:
    others = {"system_id", "session_id", "role", "flags"}  # required, and what reading found
    fields = {field.name for field in msgspec.structs.fields(Interaction)} - others
    assert fields == {field.name.partition(".")[0].partition("[")[0] for field in OPTIONAL_FIELDS}
