"""What every input format owes: the same turn is the same Interaction, and nothing but InvalidRecord ever escapes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.interaction import Decision, Interaction, Model, Source, ToolCall
from monitor.core.vocabulary import Autonomy, Delivery, Role, Stake
from monitor.ingest import FORMATS, IngestOptions, Record, decode
from tests.ingest.wrap import AT, WRAP

OPTIONS = IngestOptions(max_bytes=4_096)
SECRET = "the customer's own words"
GOLDEN: dict[str, Any] = {
    "id": "turn-7",
    "ts": "2026-03-01T10:00:00.25Z",
    "system_id": "shop-bot",
    "session_id": "s1",
    "turn": 7,
    "role": "assistant",
    "speaker": "Ada",
    "text": "Your refund of 40 € is on its way.",
    "tool_call": {"name": "refund", "arguments": {"amount": 40}, "error": None, "approved_by": "kim"},
    "sources": ["Refunds take five days.", {"id": "p2", "text": "Up to 50 €.", "uri": "kb:2", "trusted": False}],
    "intent": "refund",
    "capability": "refunds",
    "autonomy": "act",
    "stakes": ["money", "unheard-of"],
    "decision": {"type": "approval", "final": True, "reversible": False},
    "delivery": "draft",
    "ends_session": True,
    "model": {"name": "m", "version": "2"},
    "usage": {"input_tokens": 120, "details": {"cached": 3}},
    "latency_ms": 310.5,
    "evaluations": {"faithfulness": 0.75, "flagged": False, "missing": None},
    "attributes": {"tier": "gold"},
    "label": {"truth": True},
}
DECODED = Interaction(
    id="turn-7",
    ts=1_772_359_200.25,
    system_id="shop-bot",
    session_id="s1",
    turn=7,
    role=Role.ASSISTANT,
    speaker="Ada",
    text="Your refund of 40 € is on its way.",
    tool_call=ToolCall("refund", {"amount": 40}, approved_by="kim"),
    sources=(Source("Refunds take five days."), Source("Up to 50 €.", "p2", "kb:2", trusted=False)),
    intent="refund",
    capability="refunds",
    autonomy=Autonomy.ACT,
    stakes=(Stake.MONEY,),
    flags=("unknown_stake",),
    decision=Decision("approval", final=True, reversible=False),
    delivery=Delivery.DRAFT,
    ends_session=True,
    model=Model("m", "2"),
    usage={"input_tokens": 120.0},
    latency_ms=310.5,
    evaluations={"faithfulness": 0.75, "flagged": 0.0},
    attributes={"tier": "gold"},
)


def turn(**fields: object) -> bytes:
    """A small valid turn, some of its fields set."""
    base = {"id": "t", "system_id": "shop-bot", "session_id": "s1", "role": "user", "text": SECRET}
    return json.dumps(base | fields).encode()


def without(*fields: str) -> bytes:
    return json.dumps({name: value for name, value in json.loads(turn()).items() if name not in fields}).encode()


def rejection(record: Record, options: IngestOptions = OPTIONS) -> InvalidRecord:
    with pytest.raises(InvalidRecord) as caught:
        decode(record, options)
    return caught.value


NAMES = [format_.name for format_ in FORMATS]
every_format = pytest.mark.parametrize("name", NAMES)


def test_formats_each_have_a_wrapper_here() -> None:
    assert sorted(WRAP) == sorted(NAMES)


@every_format
def test_format_wrapped_turn_is_claimed_by_it(name: str) -> None:
    headers = WRAP[name](turn()).headers
    assert next(format_ for format_ in FORMATS if format_.accepts(headers)).name == name


@every_format
def test_decode_golden_turn_is_the_same_in_every_format(name: str) -> None:
    assert decode(WRAP[name](json.dumps(GOLDEN).encode()), OPTIONS) == DECODED


@every_format
def test_decode_null_value_is_rejected(name: str) -> None:
    assert rejection(WRAP[name](None)).code is RejectCode.NULL_VALUE


REJECTED = {
    "broken": (b'{"text": "' + SECRET.encode(), RejectCode.INVALID_JSON, "value"),
    "empty": (b"", RejectCode.INVALID_JSON, "value"),
    "two values": (turn() + turn(), RejectCode.INVALID_JSON, "value"),
    "deep": (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", RejectCode.INVALID_JSON, "nested"),
    "deep arguments": (turn(tool_call={"arguments": json.loads("[" * 70 + "]" * 70)}), RejectCode.INVALID_JSON, "nest"),
    "latin-1": (turn(text="é").replace(b"\\u00e9", b"\xe9"), RejectCode.INVALID_UTF8, "value"),
    "latin-1 in a dropped field": (turn(x="é").replace(b"\\u00e9", b"\xe9"), RejectCode.INVALID_UTF8, "value"),
    "no session": (without("session_id"), RejectCode.MISSING_FIELD, "session_id"),
    "empty session": (turn(session_id=""), RejectCode.MISSING_FIELD, "session_id"),
    "null session": (turn(session_id=None), RejectCode.MISSING_FIELD, "session_id"),
    "no system": (without("system_id"), RejectCode.MISSING_FIELD, "system_id"),
    "no role": (without("role"), RejectCode.MISSING_FIELD, "role"),
    "nothing said": (without("text"), RejectCode.EMPTY_TURN, "text"),
    "session a number": (turn(session_id=7), RejectCode.WRONG_TYPE, "session_id"),
    "text a list": (turn(text=[SECRET]), RejectCode.WRONG_TYPE, "text"),
    "turn a flag": (turn(turn=True), RejectCode.WRONG_TYPE, "turn"),
    "turn text": (turn(turn="3"), RejectCode.WRONG_TYPE, "turn"),
    "tool call a list": (turn(tool_call=[SECRET]), RejectCode.WRONG_TYPE, "tool_call"),
    "approver a flag": (turn(tool_call={"approved_by": True}), RejectCode.WRONG_TYPE, "tool_call.approved_by"),
    "source a number": (turn(sources=["a", 3]), RejectCode.WRONG_TYPE, "sources[1]"),
    "sources a string": (turn(sources=SECRET), RejectCode.WRONG_TYPE, "sources"),
    "evaluations a list": (turn(evaluations=[0.5]), RejectCode.WRONG_TYPE, "evaluations"),
    "decision a word": (turn(decision=SECRET), RejectCode.WRONG_TYPE, "decision"),
    "time a flag": (turn(ts=False), RejectCode.WRONG_TYPE, "ts"),
    "system with a slash": (turn(system_id="shop/bot"), RejectCode.OUT_OF_RANGE, "system_id"),
    "system with a line end": (turn(system_id="bot\n"), RejectCode.OUT_OF_RANGE, "system_id"),
    "system too long": (turn(system_id="b" * 129), RejectCode.OUT_OF_RANGE, "system_id"),
    "session too long": (turn(session_id="s" * 513), RejectCode.OUT_OF_RANGE, "session_id"),
    "id too long": (turn(id="i" * 513), RejectCode.OUT_OF_RANGE, "id"),
    "tool name too long": (turn(tool_call={"name": "t" * 257}), RejectCode.OUT_OF_RANGE, "tool_call.name"),
    "capability too long": (turn(capability="c" * 129), RejectCode.OUT_OF_RANGE, "capability"),
    "role unknown": (turn(role=SECRET), RejectCode.OUT_OF_RANGE, "role"),
    "autonomy unknown": (turn(autonomy="none"), RejectCode.OUT_OF_RANGE, "autonomy"),
    "delivery unknown": (turn(delivery=SECRET), RejectCode.OUT_OF_RANGE, "delivery"),
    "turn negative": (turn(turn=-1), RejectCode.OUT_OF_RANGE, "turn"),
    "turn a half": (turn(turn=1.5), RejectCode.OUT_OF_RANGE, "turn"),
    "turn huge": (turn(turn=10**30), RejectCode.OUT_OF_RANGE, "turn"),
    "time in words": (turn(ts=SECRET), RejectCode.OUT_OF_RANGE, "ts"),
    "time beyond dates": (turn(ts="0001-01-01T00:00:00+23:59x"), RejectCode.OUT_OF_RANGE, "ts"),
    "time beyond floats": (turn(ts=10**400), RejectCode.OUT_OF_RANGE, "ts"),
}


@every_format
@pytest.mark.parametrize("case", REJECTED)
def test_decode_bad_turn_is_rejected_with_code_and_field(name: str, case: str) -> None:
    value, code, field = REJECTED[case]
    error = rejection(WRAP[name](value), IngestOptions())
    assert (error.code, field in str(error)) == (code, True), str(error)
    assert SECRET not in str(error)


@every_format
def test_decode_value_above_limit_is_rejected_unread(name: str) -> None:
    error = rejection(WRAP[name](turn(text="x" * OPTIONS.max_bytes)))
    assert error.code is RejectCode.TOO_LARGE


@every_format
def test_decode_turn_without_system_takes_the_default(name: str) -> None:
    options = IngestOptions(default_system="fallback-bot")
    assert decode(WRAP[name](without("system_id")), options).system_id == "fallback-bot"
    assert decode(WRAP[name](turn()), options).system_id == "shop-bot"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
words = st.sampled_from(["user", "assistant", "act", "draft", "money", "shop-bot", "{'a': 1}", "\ud800", "2026-01-01"])
turns = st.dictionaries(st.sampled_from(sorted(GOLDEN)), words | json_values, max_size=len(GOLDEN))
almost_valid = turns.map(lambda fields: {"session_id": "s", "system_id": "b", "role": "user", "text": ""} | fields)


def check_total(record: Record) -> None:
    try:
        found = decode(record, OPTIONS)
    except InvalidRecord:
        return
    assert found.session_id
    json.dumps([found.attributes, found.evaluations, found.ts, found.latency_ms], allow_nan=False)
    found.text.encode()
    found.session_id.encode()


@every_format
@given(value=st.binary(max_size=200))
def test_decode_any_bytes_gives_turn_or_rejection(name: str, value: bytes) -> None:
    check_total(WRAP[name](value))


@every_format
@given(value=turns | almost_valid | json_values)
def test_decode_any_json_gives_turn_or_rejection(name: str, value: object) -> None:
    check_total(WRAP[name](json.dumps(value).encode()))


@every_format
@given(cut=st.integers(0, 700), junk=st.binary(max_size=3))
def test_decode_damaged_turn_gives_turn_or_rejection(name: str, cut: int, junk: bytes) -> None:
    value = json.dumps(GOLDEN).encode()
    check_total(WRAP[name](value[:cut] + junk + value[cut + 1 :]))


@given(
    headers=st.lists(
        st.tuples(st.sampled_from(["content-type", "ce_specversion", "ce_id", "ce_time", "x"]), st.binary(max_size=40)),
        max_size=4,
    )
)
def test_decode_any_headers_give_turn_or_rejection(headers: list[tuple[str, bytes]]) -> None:
    check_total(Record(AT, turn(), headers=tuple(headers)))
