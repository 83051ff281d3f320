"""What the system stage accepts from its log: decoded, and within bounds that keep every state storable.

Our own records are within them. But people's records pass through the log, and whoever may write to it may write
anything: a number that no snapshot can hold, or a reason as long as a book, must not stop the worker.
"""

import re
from functools import lru_cache
from typing import Final

import msgspec

from monitor.codec import decode_log
from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.interaction import Position
from monitor.core.log import Command, LogRecord, Observation, Review, Tick
from monitor.ingest import Record

MAX_SYSTEM_ID = 128
SYSTEM_ID: Final = re.compile(r"[A-Za-z0-9._:-]+")
MAX_CAPABILITY = 128
MAX_NAME = 200
"""Characters of a person's or a rule's name."""
MAX_REASON = 1_000
"""Characters kept of a person's reason. An order is carried out however much is said about it."""
MAX_TOPIC = 249
"""Characters of a topic's name, Kafka's own limit."""
MAX_TIME = 253_402_300_800.0
"""The year 10,000: times beyond it have no RFC 3339 form."""

_packed = msgspec.msgpack.Encoder().encode


def read_entry(record: Record) -> LogRecord:
    """The log record, its free text cut to what is kept.

    Raises:
        InvalidRecord: NULL_VALUE; WRONG_TYPE (also out of bounds), INVALID_JSON or INVALID_UTF8.
    """
    if record.value is None:
        raise InvalidRecord(RejectCode.NULL_VALUE, "a log record has no value")
    entry = _shortened(decode_log(record.value))
    problem = _problem(entry)
    if problem is not None:
        raise InvalidRecord(RejectCode.WRONG_TYPE, problem)
    return entry


def _problem(entry: LogRecord) -> str | None:
    """What no state could hold, or None."""
    try:
        _packed(whole_numbers(entry) if isinstance(entry, Observation) else entry)
    except OverflowError:
        return "value: a whole number of more than 64 bits"
    if isinstance(entry, Tick):
        return None
    if len(entry.system_id) > MAX_SYSTEM_ID or not _is_name(entry.system_id):
        return "system_id: 1 to 128 letters, digits, dots, underscores, colons or hyphens"
    if not isinstance(entry, Review) and len(entry.capability) > MAX_CAPABILITY:
        return f"capability: {len(entry.capability)} characters, at most {MAX_CAPABILITY}"
    return _origin(entry.source, entry.at)


@lru_cache(maxsize=1024)
def _is_name(system_id: str) -> bool:
    return SYSTEM_ID.fullmatch(system_id) is not None


def whole_numbers(turn: Observation) -> tuple[object, ...]:
    """The parts of an observation that may hold whole numbers; all else in it is text, or a float of any size."""
    return (turn.source, turn.ordinal, turn.turn, turn.readings, turn.escalations, turn.groups)


def _origin(source: Position | None, at: float | None) -> str | None:
    """What is out of bounds about where and when it was said, or None."""
    if source is not None and len(source.topic) > MAX_TOPIC:
        return f"source: a topic of {len(source.topic)} characters, at most {MAX_TOPIC}"
    if at is not None and abs(at) >= MAX_TIME:
        return "at: beyond the year 9999"
    return None


def _shortened(entry: LogRecord) -> LogRecord:
    """A person's record with its free text cut."""
    if isinstance(entry, Command):
        return msgspec.structs.replace(
            entry,
            action=entry.action[:MAX_NAME],
            reason=entry.reason[:MAX_REASON],
            issued_by=entry.issued_by[:MAX_NAME],
            rule=entry.rule and entry.rule[:MAX_NAME],
        )
    if isinstance(entry, Review):
        reason = entry.reason and entry.reason[:MAX_REASON]
        return msgspec.structs.replace(entry, reviewer=entry.reviewer[:MAX_NAME], reason=reason)
    return entry
