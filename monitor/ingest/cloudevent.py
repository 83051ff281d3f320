"""CloudEvents 1.0 around a native turn, in both modes of the Kafka binding.

Structured: the content type begins with ``application/cloudevents``; the value is the event, the turn its data. Binary:
attributes are ``ce_`` headers; the value is the turn. The turn's own fields win; the envelope's id and time only fill
what the turn leaves out, so that a producer's retry keeps its identity.
"""

import binascii
from base64 import b64decode

import msgspec
from msgspec import Struct

from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.interaction import Interaction
from monitor.ingest import native
from monitor.ingest.json_value import read
from monitor.ingest.record import Format, Headers, IngestOptions, Record, header
from monitor.ingest.wire import WireTurn

CONTENT_TYPE = "content-type"
PREFIX = "application/cloudevents"
JSON_EVENT = "application/cloudevents+json"
VERSION = "1.0"


class WireEvent(Struct):
    """A structured event. ``data`` is text where the turn was written as text (another data content type)."""

    specversion: str | None = None
    id: str | None = None
    time: str | None = None
    data: WireTurn | str | None = None
    data_base64: str | None = None


EVENT: msgspec.json.Decoder[WireEvent] = msgspec.json.Decoder(WireEvent)


def is_structured(headers: Headers) -> bool:
    """Whether the headers announce an event in structured mode."""
    return bool(headers) and (header(headers, CONTENT_TYPE) or "").strip().lower().startswith(PREFIX)


def is_binary(headers: Headers) -> bool:
    """Whether the headers carry an event's attributes."""
    return bool(headers) and header(headers, "ce_specversion") is not None


def decode_structured(record: Record, value: bytes, options: IngestOptions) -> Interaction:
    """The turn inside an event. Raises InvalidRecord."""
    media = (header(record.headers, CONTENT_TYPE) or "").partition(";")[0].strip().lower()
    if media != JSON_EVENT:
        raise InvalidRecord(RejectCode.UNKNOWN_FORMAT, f"content-type: only {JSON_EVENT} is read in structured mode")
    event = read(value, EVENT)
    _check_version(event.specversion)
    return native.interaction(_turn(event, options), record, options, default_id=event.id, ts=event.time)


def decode_binary(record: Record, value: bytes, options: IngestOptions) -> Interaction:
    """The turn beside an event's headers. Raises InvalidRecord."""
    _check_version(header(record.headers, "ce_specversion"))
    default_id, time = header(record.headers, "ce_id"), header(record.headers, "ce_time")
    return native.interaction(read(value, native.TURN), record, options, default_id=default_id, ts=time)


STRUCTURED = Format("cloudevent_structured", is_structured, decode_structured)
BINARY = Format("cloudevent_binary", is_binary, decode_binary)


def _check_version(version: str | None) -> None:
    if version is None:
        raise InvalidRecord(RejectCode.MISSING_FIELD, "specversion: missing")
    if version != VERSION:
        raise InvalidRecord(RejectCode.UNKNOWN_FORMAT, f"specversion: only {VERSION} is read")


def _turn(event: WireEvent, options: IngestOptions) -> WireTurn:
    if isinstance(event.data, WireTurn):
        return event.data
    if event.data is not None:
        return read(event.data.encode(), native.TURN)
    if event.data_base64 is None:
        raise InvalidRecord(RejectCode.MISSING_FIELD, "data: missing")
    try:
        data = b64decode(event.data_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRecord(RejectCode.WRONG_TYPE, "data_base64: not base64") from error
    if len(data) > options.max_bytes:
        raise InvalidRecord(RejectCode.TOO_LARGE, f"data_base64: {len(data)} bytes, at most {options.max_bytes}")
    return read(data, native.TURN)
