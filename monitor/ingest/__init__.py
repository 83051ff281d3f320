"""Bytes and headers become an Interaction: one file per format.

A new format is a file with a :class:`~monitor.ingest.record.Format` and a line in ``FORMATS``; the contract suite
(tests/ingest/test_format_contract.py) then asks for its wrapper by itself.
"""

from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.interaction import Interaction
from monitor.ingest import cloudevent, native
from monitor.ingest.record import Format, IngestOptions, Record

__all__ = ["FORMATS", "Format", "IngestOptions", "Record", "decode"]

FORMATS: tuple[Format, ...] = (cloudevent.STRUCTURED, cloudevent.BINARY, native.FORMAT)
"""In the order they are asked; native takes what no other claims."""


def decode(record: Record, options: IngestOptions) -> Interaction:
    """The turn a record carries.

    Raises:
        InvalidRecord: nothing else, whatever the bytes; its message names the field and never quotes the text.

    >>> from monitor.core.interaction import Position
    >>> line = b'{"session_id": "s1", "role": "user", "text": "Where is my parcel?"}'
    >>> decode(Record(Position("t", 0, 7), line), IngestOptions(default_system="shop-bot")).id
    't-0-7'
    """
    value = record.value
    if value is None:
        raise InvalidRecord(RejectCode.NULL_VALUE, "value: null")
    if len(value) > options.max_bytes:
        raise InvalidRecord(RejectCode.TOO_LARGE, f"value: {len(value)} bytes, at most {options.max_bytes}")
    if not record.headers:  # nothing to tell a format by, and the usual case
        return native.decode(record, value, options)
    found = next(format_ for format_ in FORMATS if format_.accepts(record.headers))
    return found.decode(record, value, options)
