"""What is kept of a rejected record."""

import json
from hashlib import sha256
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.interaction import Position
from monitor.dead_letter import SLACK, dead_letter
from monitor.ingest import Record

AT = Position("oversight.interactions.v1", 3, 42)
ERROR = InvalidRecord(RejectCode.WRONG_TYPE, "turn: wrong type")
LIMIT = 100_000


def letter(**fields: Any) -> tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]:  # noqa: ANN401 - Record's own
    return dead_letter(Record(AT, **fields), ERROR, stage="session", version="0.1.0", limit=LIMIT)


def size(key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> int:
    return len(key or b"") + len(value or b"") + sum(len(name) + len(text) for name, text in headers)


def test_dead_letter_ordinary_record_is_untouched_and_says_why() -> None:
    key, value, headers = letter(value=b"\xff{", key=b"s1", headers=(("traceparent", b"00-1"),), timestamp=1.5)
    assert (key, value) == (b"s1", b"\xff{")
    assert headers == [
        ("traceparent", b"00-1"),
        ("dlq.original.topic", b"oversight.interactions.v1"),
        ("dlq.original.partition", b"3"),
        ("dlq.original.offset", b"42"),
        ("dlq.error.code", b"wrong_type"),
        ("dlq.error.message", b"turn: wrong type"),
        ("dlq.stage", b"session"),
        ("dlq.service.version", b"0.1.0"),
        ("dlq.original.timestamp", b"1500"),
    ]


def test_dead_letter_null_value_stays_null_beside_a_key() -> None:
    key, value, headers = letter(key=b"s1", value=None)
    assert (key, value) == (b"s1", None)
    assert "dlq.original.timestamp" not in dict(headers)


def test_dead_letter_of_neither_key_nor_value_is_one_that_the_client_sends() -> None:
    assert letter(value=None)[:2] == (None, b"")


def test_dead_letter_of_a_dead_letter_names_the_newer_place() -> None:
    _, _, headers = letter(value=b"x", headers=(("dlq.original.topic", b"elsewhere"),))
    assert [text for name, text in headers if name == "dlq.original.topic"] == [b"oversight.interactions.v1"]


def test_dead_letter_value_at_the_input_limit_is_kept() -> None:
    value = b"x" * LIMIT
    assert letter(value=value)[1] == value


def test_dead_letter_value_above_limit_and_slack_is_hash_and_size() -> None:
    value = b"x" * (LIMIT + SLACK)
    key, kept, headers = letter(value=value, key=b"s1")
    assert json.loads(kept or b"") == {"sha256": sha256(value).hexdigest(), "size": len(value)}
    assert (key, dict(headers)["dlq.truncated"]) == (b"s1", b"hash")


@given(
    value=st.integers(0, 3 * LIMIT),
    key=st.integers(0, 2 * LIMIT),
    header=st.integers(0, 2 * LIMIT),
    count=st.integers(0, 3),
)
def test_dead_letter_of_any_record_fits_the_topic(value: int, key: int, header: int, count: int) -> None:
    found = letter(value=b"v" * value, key=b"k" * key, headers=(("h", b"h" * header),) * count)
    assert size(*found) <= LIMIT + SLACK
    assert ("dlq.truncated" in dict(found[2])) == (found[1] != b"v" * value)
