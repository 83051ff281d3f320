"""What is kept of a record that was rejected: its bytes, untouched, and why (DESIGN.md sections 5 and 6.10).

The dead-letter topic accepts the input limit and 64 kB more. A larger record is kept as hash and size; its place in the
source topic, which the headers name, still leads to the bytes.
"""

from hashlib import sha256

import msgspec

from monitor.core.errors import InvalidRecord
from monitor.ingest import Record

SLACK = 65_536
"""Bytes a dead letter may have beyond the input limit: key, headers and the broker's own framing."""
FRAMING = 1_024
"""Bytes of that set aside for the record batch around it."""
MAX_KEPT = 16_384
"""Largest key, and largest sum of original headers, kept beside a value that was replaced by its hash."""
MAX_MESSAGE = 1_024

Headers = list[tuple[str, bytes]]


def dead_letter(
    record: Record, error: InvalidRecord, *, stage: str, version: str, limit: int
) -> tuple[bytes | None, bytes | None, Headers]:
    """Key, value and headers of the dead letter.

    Args:
        record: the rejected record.
        error: why.
        stage: the stage that rejected it ("session", "system").
        version: ours.
        limit: the input limit in bytes (``OVERSIGHT_MAX_RECORD_BYTES``).

    Returns:
        The original key, value and headers, with ours (``dlq.*``) behind; or, above ``limit`` + 64 kB, the value
        replaced by ``{"sha256", "size"}`` and the header ``dlq.truncated`` = ``hash``.
    """
    ours = _headers(record, error, stage, version)
    original = [(name, value) for name, value in record.headers if not name.startswith("dlq.")]
    if _size(record.key, record.value, original + ours) <= limit + SLACK - FRAMING:
        # The client sends no record without both key and value; that the value was null, the code says.
        nothing = record.key is None and record.value is None
        return record.key, b"" if nothing else record.value, original + ours
    ours.append(("dlq.truncated", b"hash"))
    value = record.value or b""
    digest = msgspec.json.encode({"sha256": sha256(value).hexdigest(), "size": len(value)})
    key = record.key if len(record.key or b"") <= MAX_KEPT else None
    return key, digest, (original if _size(None, None, original) <= MAX_KEPT else []) + ours


def _headers(record: Record, error: InvalidRecord, stage: str, version: str) -> Headers:
    """Where the record lay, what was wrong, and who says so. Times are epoch milliseconds, as Kafka keeps them."""
    named = {
        "dlq.original.topic": record.at.topic,
        "dlq.original.partition": str(record.at.partition),
        "dlq.original.offset": str(record.at.offset),
        "dlq.error.code": error.code.value,
        "dlq.error.message": str(error)[:MAX_MESSAGE],
        "dlq.stage": stage,
        "dlq.service.version": version,
    }
    if record.timestamp is not None:
        named["dlq.original.timestamp"] = str(round(record.timestamp * 1000))
    return [(name, text.encode("utf-8", "replace")) for name, text in named.items()]


def _size(key: bytes | None, value: bytes | None, headers: Headers) -> int:
    return len(key or b"") + len(value or b"") + sum(len(name) + len(text) + 10 for name, text in headers)
