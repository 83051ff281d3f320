"""The native format's own rules: what is filled in, what is read in two ways, what is cut, what is left out."""

import json

import pytest

from monitor.core.interaction import Interaction
from monitor.core.vocabulary import Role, Stake
from monitor.ingest import IngestOptions, Record, decode
from monitor.ingest.native import MAX_LABEL
from tests.ingest.wrap import AT

OPTIONS = IngestOptions()


def decoded_value(value: bytes, timestamp: float | None = 1_700_000_000.0) -> Interaction:
    return decode(Record(AT, value, timestamp=timestamp), OPTIONS)


def decoded(**fields: object) -> Interaction:
    base = {"system_id": "bot", "session_id": "s", "role": "user", "text": "hello"}
    return decoded_value(json.dumps(base | fields).encode())


def raw(member: bytes) -> bytes:
    return b'{"system_id": "bot", "session_id": "s", "role": "user", "text": "hello", ' + member + b"}"


def test_id_missing_is_the_place_in_the_log() -> None:
    assert decoded().id == "oversight.interactions.v1-3-42"
    assert decoded(id="").id == "oversight.interactions.v1-3-42"


@pytest.mark.parametrize(
    ("ts", "seconds"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T01:01:00+01:00", 60.0),
        ("1970-01-01 00:01:00.123456789", 60.123456),
        (60, 60.0),
        (60.5, 60.5),
        (1_700_000_000_000, 1_700_000_000.0),
        (-5, -5.0),
        ("9999-12-31T23:59:59Z", 253_402_300_799.0),
    ],
)
def test_ts_written_in_either_way_is_epoch_seconds(ts: object, seconds: float) -> None:
    assert decoded(ts=ts).ts == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(("timestamp", "seconds"), [(5.0, 5.0), (None, 0.0), (float("nan"), 0.0)])
def test_ts_missing_is_the_records_time_or_zero(timestamp: float | None, seconds: float) -> None:
    assert decoded_value(raw(b'"turn": 1'), timestamp).ts == seconds


@pytest.mark.parametrize("role", ["Assistant", "ASSISTANT", " assistant "])
def test_role_in_any_case_is_known(role: str) -> None:
    assert decoded(role=role).role is Role.ASSISTANT


def test_text_empty_without_tool_call_is_accepted() -> None:
    assert decoded(text="").text == ""


def test_text_missing_with_tool_call_is_empty() -> None:
    found = decoded(text=None, tool_call={"name": "search"})
    assert (found.text, found.tool_call and found.tool_call.name) == ("", "search")


def test_stakes_unknown_words_and_repeats_are_left_out_and_flagged() -> None:
    turn = decoded(stakes=["health", "Money", "health", "luck", 3, None])
    assert (turn.stakes, turn.flags) == ((Stake.HEALTH, Stake.MONEY), ("unknown_stake",))
    assert decoded(stakes=["health", "Money"]).flags == ()


def test_turn_written_as_float_is_whole() -> None:
    assert decoded(turn=3.0).turn == 3
    assert decoded(turn=0).turn == 0


@pytest.mark.parametrize("field", ["speaker", "intent"])
def test_description_too_long_is_cut(field: str) -> None:
    assert getattr(decoded(**{field: "x" * 1000}), field) == "x" * MAX_LABEL


def test_latency_negative_is_not_known() -> None:
    assert decoded(latency_ms=-1).latency_ms is None


def test_nan_and_infinity_read_as_null() -> None:
    numbers = b'"evaluations": {"a": NaN, "b": 0.5, "c": Infinity, "d": 1e999}, "latency_ms": NaN, "ts": NaN'
    found = decoded_value(raw(numbers))
    assert (found.evaluations, found.latency_ms, found.ts) == ({"b": 0.5}, None, 1_700_000_000.0)


def test_lone_surrogate_is_replaced() -> None:
    found = decoded_value(raw(b'"speaker": "a\\ud800b", "attributes": {"\\udc00": "\\ud83d\\ude00"}'))
    assert (found.speaker, found.attributes) == ("a\ufffdb", {"\ufffd": "\U0001f600"})


def test_byte_order_mark_is_skipped() -> None:
    assert decoded_value(b"\xef\xbb\xbf" + raw(b'"turn": 1')).turn == 1


def test_duplicate_key_takes_the_last() -> None:
    assert decoded_value(raw(b'"text": "later"')).text == "later"
    assert decoded_value(raw(b'"text": "later", "latency_ms": NaN')).text == "later"


@pytest.mark.parametrize("digits", [25, 5000])
def test_huge_integer_is_kept_as_text(digits: int) -> None:
    found = decoded_value(raw(b'"attributes": {"n": ' + b"9" * digits + b"}"))
    assert found.attributes == {"n": "9" * digits}


def test_huge_integer_evaluation_is_left_out() -> None:
    assert decoded_value(raw(b'"evaluations": {"n": ' + b"9" * 320 + b', "m": 1}')).evaluations == {"m": 1.0}


def test_label_and_unknown_fields_are_dropped() -> None:
    assert decoded(label={"truth": 1}, entities=["x"]) == decoded()


def test_sources_null_item_is_left_out_and_textless_is_empty() -> None:
    assert [source.text for source in decoded(sources=[None, "a", {"uri": "u"}]).sources] == ["a", ""]
