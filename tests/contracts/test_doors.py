"""The functions other tests call: what they let through, and what they stop."""

import json
from typing import Any

import msgspec
import pytest

from monitor.codec import PAYLOADS, binary, structured
from monitor.core import outputs
from monitor.core.errors import InvalidRecord
from monitor.core.events import Breaker, Escalation, Output
from monitor.core.interaction import Position
from monitor.core.vocabulary import EscalationStatus
from tests.contracts.schemas import FOLDER, assert_record_valid, assert_valid, validate_event, validate_headers

AT = Position("oversight.interactions.v1", 3, 90211)


def example(event: str, name: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads((FOLDER / "examples" / event / "valid" / f"{name}.json").read_text("utf-8"))


def with_data(output: Output, **changes: object) -> Output:
    assert output.data is not None
    return msgspec.structs.replace(output, data=msgspec.structs.replace(output.data, **changes))


@pytest.fixture
def breaker() -> Output:
    return outputs.breaker_output(msgspec.convert(example("breaker", "tripped-for-one-capability"), Breaker), AT)


@pytest.fixture
def escalation() -> Output:
    return outputs.escalation_output(msgspec.convert(example("escalation", "raised-on-one-session"), Escalation), AT)


@pytest.mark.parametrize("mode", ["breaker", "escalation"])
def test_output_passes_as_struct_and_as_record(request: pytest.FixtureRequest, mode: str) -> None:
    output: Output = request.getfixturevalue(mode)
    assert_valid(output)
    headers, value = binary(output)
    assert assert_record_valid(output.channel, headers, value).id == output.id


def test_structured_form_carries_the_same_payload(breaker: Output) -> None:
    event = json.loads(structured(breaker))
    validate_event(event["type"], event["data"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "oversight.breaker.opened.v1"}, "is not a type of"),
        ({"channel": "oversight.escalations.v1"}, r"not on \('oversight\.breakers\.v1',\)"),
        ({"key": "shop assistant"}, "key 'shop assistant'"),
        ({"id": ""}, "an event has an id"),
        ({"source": ""}, "an event has a source"),
    ],
)
def test_output_outside_the_contract_stopped(breaker: Output, change: dict[str, str], reason: str) -> None:
    with pytest.raises(AssertionError, match=reason):
        assert_valid(msgspec.structs.replace(breaker, **change))


def test_payload_outside_its_schema_stopped_with_the_path(breaker: Output) -> None:
    with pytest.raises(AssertionError, match=r"at \$\.lease_seconds"):
        assert_valid(with_data(breaker, lease_seconds=0))


def test_number_that_json_cannot_say_stopped(breaker: Output) -> None:
    with pytest.raises(AssertionError, match=r"at \$\.since"):
        assert_valid(with_data(breaker, since=float("nan")))


def test_type_and_status_of_an_escalation_must_agree(escalation: Output) -> None:
    with pytest.raises(AssertionError, match="raised"):
        assert_valid(with_data(escalation, status=EscalationStatus.CLEARED))


def test_tombstone_on_compacted_topics_only(breaker: Output, escalation: Output) -> None:
    assert_valid(msgspec.structs.replace(breaker, data=None))
    with pytest.raises(AssertionError, match="tombstone"):
        assert_valid(msgspec.structs.replace(escalation, data=None))


def test_record_on_another_topic_stopped(breaker: Output) -> None:
    headers, value = binary(breaker)
    with pytest.raises(AssertionError, match="not on"):
        assert_record_valid("oversight.escalations.v1", headers, value)


def test_record_that_is_no_event_of_ours_stopped(breaker: Output) -> None:
    headers, value = binary(breaker)
    foreign = [(name, b"com.example.other" if name == "ce_type" else text) for name, text in headers]
    with pytest.raises(InvalidRecord):
        assert_record_valid(breaker.channel, foreign, value)


def test_headers_without_id_stopped(breaker: Output) -> None:
    headers = {name: text.decode() for name, text in binary(breaker)[0] if name != "ce_id"}
    with pytest.raises(AssertionError, match="ce_id"):
        validate_headers(headers)


@pytest.mark.parametrize("kind", sorted(PAYLOADS))
def test_every_type_of_the_codec_is_known(kind: str) -> None:
    with pytest.raises(AssertionError, match="at"):
        validate_event(kind, {})
