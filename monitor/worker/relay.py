"""The relay: what people send (reviews, commands) goes onto the system stage's one log, with its source named.

It keeps no state. A record that is relayed twice has the same source position, and the system stage folds it once
(DESIGN.md 6.4). Its progress is the group's commit, told only after the acknowledgement.
"""

import logging

import msgspec

from monitor import __version__
from monitor.config import Settings
from monitor.core.channels import COMMANDS, DEAD_LETTERS, OBSERVATIONS, REVIEWS
from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.interaction import Position
from monitor.core.log import Command, Review
from monitor.dead_letter import dead_letter
from monitor.ingest import Record
from monitor.worker.sender import Outgoing

log = logging.getLogger(__name__)

MAX_BYTES = 65_536
"""Largest review or command: what the log's topic refuses would end the worker, and again after every restart."""
KINDS: dict[str, type[Review] | type[Command]] = {REVIEWS: Review, COMMANDS: Command}


def relayed(record: Record, settings: Settings) -> Outgoing:
    """The record for the log, or its dead letter."""
    kind = KINDS[record.at.topic.removeprefix(settings.topic_prefix)]
    try:
        entry = parse(record, kind)
    except InvalidRecord as error:
        log.warning("%s-%d@%d rejected: %s", record.at.topic, record.at.partition, record.at.offset, error)
        key, value, headers = dead_letter(
            record, error, stage="relay", version=__version__, limit=settings.max_record_bytes
        )
        return Outgoing(settings.topic(DEAD_LETTERS), key, value, headers)
    return Outgoing(settings.topic(OBSERVATIONS), entry.system_id.encode(), msgspec.json.encode(entry))


def parse(record: Record, kind: type[Review] | type[Command]) -> Review | Command:
    """A person's record with its source filled in.

    Raises:
        InvalidRecord: no value, too much of it, no JSON, or fields that do not fit the schema.
    """
    if record.value is None:
        raise InvalidRecord(RejectCode.NULL_VALUE, "the record has no value")
    if len(record.value) > MAX_BYTES:
        raise InvalidRecord(RejectCode.TOO_LARGE, f"{len(record.value)} bytes; at most {MAX_BYTES} are read")
    try:
        tree = msgspec.json.decode(record.value)
        if not isinstance(tree, dict):
            raise InvalidRecord(RejectCode.WRONG_TYPE, "the record is not an object")
        entry = msgspec.convert({**tree, "kind": kind.__struct_config__.tag}, kind)
    except msgspec.ValidationError as error:
        raise InvalidRecord(RejectCode.WRONG_TYPE, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRecord(RejectCode.INVALID_JSON, str(error)) from error
    at = entry.at if entry.at is not None else record.timestamp
    return msgspec.structs.replace(entry, source=Position(*msgspec.structs.astuple(record.at)), at=at)
