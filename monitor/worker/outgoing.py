"""Outputs and rejected records as records to send, topics named as the settings say."""

import logging
import traceback

from monitor import __version__
from monitor.codec import binary
from monitor.config import Settings
from monitor.core.channels import DEAD_LETTERS
from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.events import Output
from monitor.dead_letter import dead_letter
from monitor.ingest import Record
from monitor.stages.decision import Decisions
from monitor.worker.sender import Outgoing

log = logging.getLogger(__name__)


def outgoing(decisions: Decisions, settings: Settings, *, stage: str) -> list[Outgoing]:
    """Everything a batch sends before its states may be written: dead letters, then outputs in decided order."""
    letters = []
    for record, error in decisions.rejected:
        if error.code is RejectCode.INTERNAL_ERROR:
            _report(record, error, stage)
        key, value, headers = dead_letter(
            record, error, stage=stage, version=__version__, limit=settings.max_record_bytes
        )
        letters.append(Outgoing(settings.topic(DEAD_LETTERS), key, value, headers))
    return letters + [output_record(output, settings) for output in decisions.outputs]


def _report(record: Record, error: InvalidRecord, stage: str) -> None:
    """Our own fault, with the way to it and without the exception's message, which may quote a person."""
    cause = error.__cause__
    way = "".join(traceback.format_tb(cause.__traceback__)) if cause is not None else ""
    log.error("%s: %s-%d@%d is dead-lettered: %s\n%s", stage, *_place(record), error, way)


def _place(record: Record) -> tuple[str, int, int]:
    return record.at.topic, record.at.partition, record.at.offset


def output_record(
    output: Output, settings: Settings, *, extra: tuple[tuple[str, bytes], ...] = (), partition: int | None = None
) -> Outgoing:
    """One output as a record; ``extra`` headers lie outside its id and payload."""
    headers, value = binary(output)
    return Outgoing(settings.topic(output.channel), output.key.encode(), value, [*headers, *extra], partition)
