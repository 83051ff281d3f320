"""CloudEvents around a turn: which mode, what the envelope fills in, what is refused; the SDK writes what we read."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.interaction import Interaction
from monitor.ingest import IngestOptions, Record, decode
from monitor.ingest.record import Headers
from tests.ingest.wrap import AT

TURN = {"system_id": "bot", "session_id": "s", "role": "user", "text": "hello"}
EVENT = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "turn", "time": "1970-01-01T00:01:00Z"}
STRUCTURED: Headers = (("Content-Type", b"Application/CloudEvents+JSON; charset=UTF-8"),)
BINARY: Headers = (("ce_specversion", b"1.0"), ("ce_id", b"e1"), ("ce_time", b"1970-01-01T00:01:00Z"))


def decoded(value: object, headers: Headers) -> Interaction:
    return decode(Record(AT, json.dumps(value).encode(), headers=headers, timestamp=9.0), IngestOptions())


def code(value: object, headers: Headers) -> RejectCode:
    with pytest.raises(InvalidRecord) as caught:
        decoded(value, headers)
    return caught.value.code


MODES: list[tuple[Any, Headers]] = [(EVENT | {"data": TURN}, STRUCTURED), (TURN, BINARY)]


@pytest.mark.parametrize(("value", "headers"), MODES)
def test_envelope_fills_missing_id_and_time(value: object, headers: Headers) -> None:
    found = decoded(value, headers)
    assert (found.id, found.ts, found.text) == ("e1", 60.0, "hello")


def test_turn_with_own_id_and_time_wins() -> None:
    own = TURN | {"id": "own", "ts": 5}
    for value, headers in ((EVENT | {"data": own}, STRUCTURED), (own, BINARY)):
        found = decoded(value, headers)
        assert (found.id, found.ts) == ("own", 5.0)


def test_structured_data_as_text_or_base64_is_read() -> None:
    text = json.dumps(TURN)
    assert decoded(EVENT | {"data": text}, STRUCTURED).text == "hello"
    assert decoded(EVENT | {"data_base64": base64.b64encode(text.encode()).decode()}, STRUCTURED).text == "hello"


def test_structured_null_data_beside_base64_is_read() -> None:
    data = base64.b64encode(json.dumps(TURN).encode()).decode()
    assert decoded(EVENT | {"data": None, "data_base64": data}, STRUCTURED).id == "e1"


@pytest.mark.parametrize(
    ("value", "headers", "expected"),
    [
        (EVENT, STRUCTURED, RejectCode.MISSING_FIELD),
        (EVENT | {"data": [1]}, STRUCTURED, RejectCode.WRONG_TYPE),
        (EVENT | {"data": "hello"}, STRUCTURED, RejectCode.INVALID_JSON),
        (EVENT | {"data_base64": "%"}, STRUCTURED, RejectCode.WRONG_TYPE),
        (EVENT | {"data": TURN, "specversion": "0.3"}, STRUCTURED, RejectCode.UNKNOWN_FORMAT),
        ({"data": TURN}, STRUCTURED, RejectCode.MISSING_FIELD),
        (TURN, (("ce_specversion", b"0.3"),), RejectCode.UNKNOWN_FORMAT),
        (TURN, (("ce_specversion", b"1.0"), ("ce_time", b"soon")), RejectCode.OUT_OF_RANGE),
        ([EVENT], (("content-type", b"application/cloudevents-batch+json"),), RejectCode.UNKNOWN_FORMAT),
        (EVENT, (("content-type", b"application/cloudevents+avro"),), RejectCode.UNKNOWN_FORMAT),
    ],
)
def test_event_that_is_no_turn_is_rejected(value: object, headers: Headers, expected: RejectCode) -> None:
    assert code(value, headers) is expected


def test_native_with_ordinary_content_type_is_native() -> None:
    assert decoded(TURN, (("content-type", b"application/json"), ("traceparent", b"00-1-2-01"))).ts == 9.0


@pytest.mark.parametrize("write", [to_binary, to_structured])
def test_event_written_by_the_sdk_is_read(write: Callable[..., KafkaMessage]) -> None:
    attributes = {
        "id": "e1",
        "source": "/shop",
        "type": "turn",
        "specversion": "1.0",
        "time": datetime(1970, 1, 1, 0, 1, tzinfo=UTC),
        "datacontenttype": "application/json",
    }
    message = write(CloudEvent(attributes=attributes, data=TURN), JSONFormat())
    record = Record(AT, message.value, headers=tuple(message.headers.items()))
    found = decode(record, IngestOptions())
    assert (found.id, found.ts, found.session_id) == ("e1", 60.0, "s")
