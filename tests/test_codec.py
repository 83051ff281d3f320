"""Our events on the wire: what is written is read again, by us and by the SDK; what is not ours is refused."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from monitor import codec
from monitor.core import channels
from monitor.core import outputs as core_outputs
from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.events import Breaker, Heartbeat, Output
from monitor.core.interaction import Position
from monitor.core.log import Command, LogRecord, Observation, Review, Tick
from monitor.core.vocabulary import Autonomy, BreakerStatus, OnStale, Role, Severity
from tests.events import outputs, values_of

BREAKER = Breaker(
    system_id="bot",
    capability="",
    state=BreakerStatus.OPEN,
    ceiling=Autonomy.SUPPORT,
    granted=Autonomy.ACT,
    epoch=3,
    since=60.5,
    lease_seconds=90,
    on_stale=OnStale.FAIL_CLOSED,
    reason="contradiction_rate 0.4 of 50",
)
OUTPUT = Output(
    channel=channels.BREAKERS,
    key="bot",
    id="a1",
    type="oversight.breaker.state.v1",
    source="/oversight-monitor/bot",
    subject="bot",
    time=60.5,
    data=BREAKER,
    severity=Severity.WARNING,
    extensions={"policy": "f00d"},
)
OBSERVATION = Observation(
    source=Position("t", 0, 1), ordinal=0, system_id="bot", session_id="s", turn=0, at=1.0, role=Role.USER
)
LOG: list[LogRecord] = [
    OBSERVATION,
    Review(escalation_id="e", reviewer="kim", system_id="bot"),
    Command(action="release", system_id="bot", issued_by="kim", reason="checked"),
    Tick(wall=5.0),
]


def rejected(headers: list[tuple[str, bytes]], value: bytes | None) -> InvalidRecord:
    with pytest.raises(InvalidRecord) as caught:
        codec.decode_event(headers, value)
    return caught.value


def test_binary_breaker_has_the_bindings_headers() -> None:
    headers, value = codec.binary(OUTPUT)
    assert headers == [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"a1"),
        ("ce_source", b"/oversight-monitor/bot"),
        ("ce_type", b"oversight.breaker.state.v1"),
        ("ce_time", b"1970-01-01T00:01:00.500000Z"),
        ("ce_subject", b"bot"),
        ("ce_partitionkey", b"bot"),
        ("ce_severitynumber", b"13"),
        ("ce_severitytext", b"WARN"),
        ("ce_policy", b"f00d"),
        ("content-type", b"application/json"),
    ]
    assert json.loads(value or b"")["ceiling"] == "support"


def test_binary_tombstone_has_no_value_and_no_content_type() -> None:
    headers, value = codec.binary(msgspec.structs.replace(OUTPUT, data=None))
    assert value is None
    assert "content-type" not in dict(headers)


def test_binary_empty_attribute_is_left_out() -> None:
    headers, _ = codec.binary(msgspec.structs.replace(OUTPUT, subject="", extensions={"policy": ""}))
    assert not {"ce_subject", "ce_policy"} & dict(headers).keys()


def test_binary_extension_named_like_an_attribute_does_not_replace_it() -> None:
    headers, _ = codec.binary(msgspec.structs.replace(OUTPUT, extensions={"id": "forged"}))
    assert dict(headers)["ce_id"] == b"a1"


def test_structured_line_is_sorted_and_has_topic_key_and_the_same_data() -> None:
    line = codec.structured(OUTPUT)
    names = list(json.loads(line))
    assert names == sorted(names)
    assert {"topic": "oversight.breakers.v1", "key": "bot", "severitynumber": 13}.items() <= json.loads(line).items()
    assert (codec.binary(OUTPUT)[1] or b"?") in line
    assert b"\n" not in line


@given(outputs())
def test_output_any_round_trips_in_both_modes(output: Output) -> None:
    headers, value = codec.binary(output)
    assert codec.decode_event(headers, value) == output
    assert codec.decode_structured(codec.structured(output)) == output
    structured = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    assert codec.decode_event(structured, codec.structured(output)) == output


@given(st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False), min_size=2, max_size=5))
def test_payload_bytes_do_not_depend_on_dictionary_order(features: dict[str, float]) -> None:
    backwards = dict(reversed(features.items()))
    one, other = (msgspec.structs.replace(OBSERVATION, features=each) for each in (features, backwards))
    written = [codec.payload(msgspec.structs.replace(OUTPUT, data=data)) for data in (one, other)]
    assert written[0] == written[1]


@given(outputs().filter(lambda output: output.data is not None))
def test_sdk_reads_what_we_write(output: Output) -> None:
    headers, value = codec.binary(output)
    message = kafka.KafkaMessage(headers=dict(headers), key=output.key.encode(), value=value or b"")
    binary = kafka.from_binary(message, JSONFormat())
    structured = JSONFormat().read(None, codec.structured(output))
    expected = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=output.time)
    for event in (binary, structured):
        assert (event.get_id(), event.get_type(), event.get_source()) == (output.id, output.type, output.source)
        assert (event.get_subject(), event.get_time()) == (output.subject, expected)
        assert event.get_extension("partitionkey") == output.key
        assert event.get_data() == json.loads(value or b"")


@given(outputs().filter(lambda output: output.data is not None))
def test_we_read_what_the_sdk_writes(output: Output) -> None:
    attributes: dict[str, object] = dict(codec.attributes(output))
    attributes["time"] = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=output.time)
    attributes["datacontenttype"] = "application/json"
    event = CloudEvent(attributes=attributes, data=json.loads(codec.payload(output) or b""))
    for write in (kafka.to_binary, kafka.to_structured):
        message = write(event, JSONFormat())
        assert codec.decode_event(list(message.headers.items()), message.value) == output


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_payload_number_that_json_lacks_leaves_as_null_and_is_refused_by_its_reader(number: float) -> None:
    written = codec.payload(msgspec.structs.replace(OUTPUT, data=msgspec.structs.replace(BREAKER, since=number))) or b""
    assert json.loads(written)["since"] is None
    assert rejected(codec.binary(OUTPUT)[0], written).code is RejectCode.WRONG_TYPE


@pytest.mark.parametrize("time", [1e300, -1e300, 253_402_300_799.9999999])
def test_time_beyond_dates_is_the_nearest_that_can_be_written(time: float) -> None:
    headers, value = codec.binary(msgspec.structs.replace(OUTPUT, time=time))
    assert codec.decode_event(headers, value).data == BREAKER


def test_severity_unknown_number_reads_as_info() -> None:
    headers = [*codec.binary(OUTPUT)[0], ("ce_severitynumber", b"5")]
    assert codec.decode_event(headers, None).severity is Severity.INFO


@pytest.mark.parametrize(
    ("change", "code", "names"),
    [
        ({"ce_type": b"com.example.sale.v1"}, RejectCode.UNKNOWN_FORMAT, "oversight.breaker.state.v1"),
        ({"ce_type": b""}, RejectCode.MISSING_FIELD, "type"),
        ({"ce_time": b"noon"}, RejectCode.WRONG_TYPE, "time"),
        ({"ce_severitynumber": b"high"}, RejectCode.WRONG_TYPE, "severitynumber"),
        ({"content-type": b"application/cloudevents+json"}, RejectCode.MISSING_FIELD, "type"),
    ],
)
def test_event_with_bad_headers_is_refused_by_name(change: dict[str, bytes], code: RejectCode, names: str) -> None:
    headers, value = codec.binary(OUTPUT)
    error = rejected(list((dict(headers) | change).items()), value)
    assert (error.code, names in str(error)) == (code, True)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"{", RejectCode.INVALID_JSON),
        (b"[1]", RejectCode.WRONG_TYPE),
        (b'{"system_id": "\xff"}', RejectCode.INVALID_UTF8),
    ],
)
def test_event_with_bad_value_is_refused(value: bytes, code: RejectCode) -> None:
    assert rejected(codec.binary(OUTPUT)[0], value).code is code


@pytest.mark.parametrize("value", [b"", b"[]", b'{"type": 7}', b'{"type": "oversight.tick.v1", "data": 3}', b"\xff"])
def test_structured_event_that_is_not_ours_is_refused(value: bytes) -> None:
    with pytest.raises(InvalidRecord):
        codec.decode_structured(value)


@given(st.binary(max_size=60) | st.dictionaries(st.text(max_size=9), st.integers()).map(json.dumps).map(str.encode))
def test_decode_any_bytes_gives_event_or_rejection(value: bytes) -> None:
    for read in (codec.decode_log, codec.decode_structured, codec.decode_review, codec.decode_command):
        try:
            read(value)
        except InvalidRecord:
            continue


@pytest.mark.parametrize("entry", LOG, ids=lambda entry: type(entry).__name__)
def test_log_entry_of_each_kind_round_trips(entry: LogRecord) -> None:
    assert codec.decode_log(codec.payload(msgspec.structs.replace(OUTPUT, data=entry)) or b"") == entry


@given(st.one_of(*(values_of(kind) for kind in (Observation, Review, Command, Tick))))
def test_log_entry_any_round_trips(entry: LogRecord) -> None:
    assert codec.decode_log(codec.payload(msgspec.structs.replace(OUTPUT, data=entry)) or b"") == entry


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b'{"kind": "gossip", "wall": 1}', RejectCode.WRONG_TYPE),
        (b'{"wall": 1}', RejectCode.WRONG_TYPE),
        (b'{"kind": "tick", "wall": "noon"}', RejectCode.WRONG_TYPE),
        (b"", RejectCode.INVALID_JSON),
        (b'{"kind": "tick", "wall": 1, "x": ' + b"[" * 100_000, RejectCode.INVALID_JSON),
    ],
)
def test_log_entry_that_is_none_is_refused(value: bytes, code: RejectCode) -> None:
    with pytest.raises(InvalidRecord) as caught:
        codec.decode_log(value)
    assert caught.value.code is code
    assert "gossip" not in str(caught.value)


def test_review_and_command_from_people_need_no_kind() -> None:
    review = codec.decode_review(
        b'{"escalation_id": "e", "reviewer": "kim", "system_id": "bot", "verdict": "justified"}'
    )
    command = codec.decode_command(b'{"action": "reset", "system_id": "bot", "issued_by": "kim", "reason": "checked"}')
    assert (review.verdict, command.action) == ("justified", "reset")


def test_payloads_name_every_type_the_core_emits() -> None:
    emitted = {value for name, value in vars(core_outputs).items() if name.endswith("_TYPE")}
    assert emitted | set(core_outputs.ESCALATION_TYPES.values()) <= codec.PAYLOADS.keys()
    assert codec.PAYLOADS["oversight.heartbeat.v1"] is Heartbeat
