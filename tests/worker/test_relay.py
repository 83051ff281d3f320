"""What people send goes onto the log with its source named, or to the dead letters; nothing ends the relay."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.codec import decode_log
from monitor.config import Settings
from monitor.core.channels import COMMANDS, DEAD_LETTERS, OBSERVATIONS, REVIEWS
from monitor.core.interaction import Position
from monitor.core.log import Command, Review
from monitor.ingest import Record
from monitor.worker.relay import relayed
from tests.strategies import json_values

SETTINGS = Settings(topic_prefix="acme.")
REVIEW = {"escalation_id": "e1", "reviewer": "kim", "system_id": "desk"}
COMMAND = {"action": "reset", "system_id": "desk", "issued_by": "kim", "reason": "checked"}


def record(address: str, value: bytes | None, *, timestamp: float | None = 12.5) -> Record:
    return Record(at=Position("acme." + address, 2, 7), value=value, key=b"k", timestamp=timestamp)


def encoded(**fields: Any) -> bytes:  # noqa: ANN401 - any JSON
    return msgspec.json.encode(fields)


@pytest.mark.parametrize(("address", "fields", "kind"), [(REVIEWS, REVIEW, Review), (COMMANDS, COMMAND, Command)])
def test_relayed_order_lies_on_the_log_with_source_and_time(
    address: str, fields: dict[str, str], kind: type[Review] | type[Command]
) -> None:
    sent = relayed(record(address, encoded(**fields)), SETTINGS)
    assert (sent.topic, sent.key, sent.partition) == ("acme." + OBSERVATIONS, b"desk", None)
    entry = decode_log(sent.value or b"")
    assert isinstance(entry, kind)
    assert (entry.source, entry.at) == (Position("acme." + address, 2, 7), 12.5)


def test_relayed_by_a_second_application_goes_onto_its_own_log() -> None:
    beside = Settings(topic_prefix="acme.", output_prefix="candidate.")
    assert relayed(record(REVIEWS, encoded(**REVIEW)), beside).topic == "acme.candidate." + OBSERVATIONS
    assert relayed(record(REVIEWS, None), beside).topic == "acme.candidate." + DEAD_LETTERS


def test_relayed_twice_is_the_same_record() -> None:
    once = record(REVIEWS, encoded(**REVIEW))
    assert relayed(once, SETTINGS) == relayed(once, SETTINGS)


def test_relayed_source_and_kind_are_never_the_senders_to_say() -> None:
    forged = encoded(**REVIEW, source={"topic": "x", "partition": 0, "offset": 0}, kind="tick", at=3.0)
    entry = decode_log(relayed(record(REVIEWS, forged), SETTINGS).value or b"")
    assert isinstance(entry, Review)
    assert (entry.source, entry.at) == (Position("acme." + REVIEWS, 2, 7), 3.0)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, b"null_value"),
        (b"[]", b"wrong_type"),
        (b'{"escalation_id": 1}', b"wrong_type"),
        (b"{", b"invalid_json"),
        (b'{"a": "\xff"}', b"invalid_json"),
        (b"[" * 60_000, b"invalid_json"),
        (encoded(**REVIEW, reason="x" * 65_536), b"too_large"),
    ],
)
def test_relayed_broken_record_becomes_a_dead_letter(value: bytes | None, code: bytes) -> None:
    sent = relayed(record(REVIEWS, value), SETTINGS)
    assert (sent.topic, sent.value) == ("acme." + DEAD_LETTERS, value)
    headers = dict(sent.headers)
    assert (headers["dlq.error.code"], headers["dlq.stage"]) == (code, b"relay")


@given(value=st.binary() | json_values.map(msgspec.json.encode), address=st.sampled_from((REVIEWS, COMMANDS)))
def test_relayed_anything_is_answered_with_one_record(value: bytes, address: str) -> None:
    assert relayed(record(address, value), SETTINGS).topic in {"acme." + DEAD_LETTERS, "acme." + OBSERVATIONS}
