"""Our events on the wire: CloudEvents 1.0, binary mode out, both modes in; and the system stage's log.

Kafka binary mode: the value is the payload, every attribute a ``ce_`` header, no value is a tombstone. JSON is written
in one deterministic order. NaN and infinity leave as null; a reader whose field must be a number refuses that record.
"""

from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from monitor.core import channels
from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.events import (
    Breaker,
    BreakerTransition,
    Escalation,
    Heartbeat,
    Output,
    PolicyReload,
    PolicyText,
    Standing,
)
from monitor.core.log import Command, LogRecord, Observation, Review, Tick
from monitor.core.rfc3339 import parse, render
from monitor.core.vocabulary import EscalationStatus, Severity

Headers = list[tuple[str, bytes]]


class Kind(NamedTuple):
    """What a CloudEvents type carries, and the topic it is sent to."""

    payload: type[Struct]
    channel: str


KINDS: dict[str, Kind] = {
    **{f"oversight.escalation.{status}.v1": Kind(Escalation, channels.ESCALATIONS) for status in EscalationStatus},
    "oversight.observation.v1": Kind(Observation, channels.OBSERVATIONS),
    "oversight.review.v1": Kind(Review, channels.OBSERVATIONS),
    "oversight.command.v1": Kind(Command, channels.OBSERVATIONS),
    "oversight.tick.v1": Kind(Tick, channels.OBSERVATIONS),
    "oversight.breaker.state.v1": Kind(Breaker, channels.BREAKERS),
    "oversight.breaker.transition.v1": Kind(BreakerTransition, channels.BREAKER_TRANSITIONS),
    "oversight.standing.v1": Kind(Standing, channels.STANDINGS),
    "oversight.policy.v1": Kind(PolicyText, channels.POLICIES),
    "oversight.policy.reload.v1": Kind(PolicyReload, channels.POLICIES),
    "oversight.heartbeat.v1": Kind(Heartbeat, channels.HEARTBEATS),
}
PAYLOADS: dict[str, type[Struct]] = {name: kind.payload for name, kind in KINDS.items()}
"""CloudEvents type -> the struct of its payload."""

SEVERITY = {Severity.INFO: (9, "INFO"), Severity.WARNING: (13, "WARN"), Severity.CRITICAL: (17, "ERROR")}
"""Our severities on OpenTelemetry's scale, as the CloudEvents severity extension asks (FATAL is for a lost process)."""

_SEVERITY_TEXTS = {severity: (str(number), text) for severity, (number, text) in SEVERITY.items()}
_SEVERITIES = {number: severity for severity, (number, _) in SEVERITY.items()}
_ATTRIBUTES = frozenset({"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"})
_OURS = frozenset({"partitionkey", "severitynumber", "severitytext"})
_STRUCTURED_ONLY = frozenset({"data", "data_base64", "topic", "key"})

_encoder = msgspec.json.Encoder(order="deterministic")
_log: msgspec.json.Decoder[LogRecord] = msgspec.json.Decoder(LogRecord)
_review: msgspec.json.Decoder[Review] = msgspec.json.Decoder(Review)
_command: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_payloads = {kind.payload: msgspec.json.Decoder(kind.payload) for kind in KINDS.values()}
T = TypeVar("T")


def attributes(output: Output) -> dict[str, str]:
    """The CloudEvents attributes of an output, extensions included, all as text. Empty ones are left out.

    An extension cannot replace an attribute: the output's own field wins.
    """
    number, text = _SEVERITY_TEXTS[output.severity]
    own = {
        "specversion": "1.0",
        "id": output.id,
        "source": output.source,
        "type": output.type,
        "time": render(output.time),
        "subject": output.subject,
        "partitionkey": output.key,
        "severitynumber": number,
        "severitytext": text,
    }
    for name, value in output.extensions.items():
        own.setdefault(name, value)
    return own if all(own.values()) else {name: value for name, value in own.items() if value}


def payload(output: Output) -> bytes | None:
    """The payload as JSON; None: a tombstone."""
    return None if output.data is None else _encoder.encode(output.data)


def binary(output: Output) -> tuple[Headers, bytes | None]:
    """Headers and value of an output in binary mode."""
    value = payload(output)
    named = attributes(output).items()
    try:
        headers = [("ce_" + name, text.encode()) for name, text in named]
    except UnicodeEncodeError:  # half of a character, as broken input may have it
        headers = [("ce_" + name, text.encode("utf-8", "replace")) for name, text in named]
    if value is not None:
        headers.append(("content-type", b"application/json"))
    return headers, value


def structured(output: Output) -> bytes:
    """The output as one JSON object in structured form, with ``topic`` and ``key`` besides; names sorted.

    ``data`` has the bytes of binary mode's value and is missing for a tombstone.
    """
    event: dict[str, Any] = dict(attributes(output))
    event["severitynumber"] = int(event["severitynumber"])
    value = payload(output)
    if value is not None:
        event |= {"data": msgspec.Raw(value), "datacontenttype": "application/json"}
    return _encoder.encode(event | {"topic": output.channel, "key": output.key})


def decode_event(headers: Headers | tuple[tuple[str, bytes], ...], value: bytes | None) -> Output:
    """An event of ours, in either mode.

    Raises:
        InvalidRecord: UNKNOWN_FORMAT (a type that is not ours), MISSING_FIELD, WRONG_TYPE, INVALID_JSON, INVALID_UTF8.
    """
    named = {name.lower(): text for name, text in headers}
    if named.get("content-type", b"").strip().lower().startswith(b"application/cloudevents"):
        return decode_structured(value or b"")
    found = {
        name.removeprefix("ce_"): text.decode("utf-8", "replace")
        for name, text in named.items()
        if name.startswith("ce_")
    }
    kind = _kind(found)
    return _output(found, kind, None if value is None else _decode(value, _payloads[kind.payload]))


def decode_structured(value: bytes) -> Output:
    """An event of ours in structured form, such as a line of the replay's outputs. Raises InvalidRecord."""
    event = _decode(value, _event)
    kind = _kind(event)
    data = event.get("data")
    try:
        decoded = None if data is None else msgspec.convert(data, kind.payload)
    except msgspec.ValidationError as error:
        raise InvalidRecord(RejectCode.WRONG_TYPE, f"data: {_fault(error)}") from error
    return _output(event, kind, decoded)


def decode_log(value: bytes) -> LogRecord:
    """A record of the observations topic: an observation, a relayed review or command, or a tick.

    Raises:
        InvalidRecord: WRONG_TYPE (also an unknown kind), INVALID_JSON or INVALID_UTF8.
    """
    return _decode(value, _log)


def decode_review(value: bytes) -> Review:
    """A person's review as its own topic carries it; ``kind`` may be missing. Raises InvalidRecord."""
    return _decode(value, _review)


def decode_command(value: bytes) -> Command:
    """A person's command as its own topic carries it; ``kind`` may be missing. Raises InvalidRecord."""
    return _decode(value, _command)


_event: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


def _decode(value: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    try:
        return decoder.decode(value)
    except msgspec.ValidationError as error:
        raise InvalidRecord(RejectCode.WRONG_TYPE, f"value: {_fault(error)}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidRecord(RejectCode.INVALID_JSON, f"value: {error}") from error
    except UnicodeDecodeError as error:
        raise InvalidRecord(RejectCode.INVALID_UTF8, f"value: not UTF-8 at byte {error.start}") from error


def _fault(error: msgspec.ValidationError) -> str:
    """What msgspec says, without the word it quotes.

    >>> _fault(msgspec.ValidationError("Invalid enum value 'Bob' - at `$.role`"))
    'not a known word - at `$.role`'
    """
    what, at, where = str(error).rpartition(" - at `")
    return "not a known word" + at + where if what.startswith("Invalid") else what + at + where


def _kind(event: dict[str, Any]) -> Kind:
    name = event.get("type")
    if not name:
        raise InvalidRecord(RejectCode.MISSING_FIELD, "type: missing; a CloudEvent of ours names its type")
    kind = KINDS.get(str(name))
    if kind is None:
        raise InvalidRecord(RejectCode.UNKNOWN_FORMAT, f"type: not one of {', '.join(KINDS)}")
    return kind


def _output(event: dict[str, Any], kind: Kind, data: Struct | None) -> Output:
    for name in ("id", "source", "time"):
        if not isinstance(event.get(name), str):
            raise InvalidRecord(RejectCode.MISSING_FIELD, f"{name}: missing or no text")
    try:
        time = parse(event["time"])
        severity = _SEVERITIES.get(int(event.get("severitynumber", 9)), Severity.INFO)
    except (ValueError, TypeError) as error:
        raise InvalidRecord(RejectCode.WRONG_TYPE, "time, severitynumber: no RFC 3339 time or no number") from error
    known = _ATTRIBUTES | _OURS | _STRUCTURED_ONLY
    return Output(
        channel=kind.channel,
        key=str(event.get("key") or event.get("partitionkey") or ""),
        id=event["id"],
        type=event["type"],
        source=event["source"],
        subject=str(event.get("subject") or ""),
        time=time,
        data=data,
        severity=severity,
        extensions={name: str(value) for name, value in event.items() if name not in known},
    )
