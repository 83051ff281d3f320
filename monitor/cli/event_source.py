"""Published events from a file of a replay, or from a topic read to its end without a group."""

from collections.abc import Iterator
from pathlib import Path

from monitor.codec import decode_event, decode_structured
from monitor.config import Settings
from monitor.core.errors import InvalidRecord, OperatorError
from monitor.core.events import Output
from monitor.replay.reader import STDIN, Inputs

MAX_EVENT_BYTES = 16_777_216
_MARK = b"oversight."


def is_file(source: str) -> bool:
    """Whether the source is a file (or standard input) rather than the name of a topic."""
    return source == STDIN or Path(source).exists()


def events_of(settings: Settings, source: str) -> Iterator[Output]:
    """The events of a file or topic, in order; other lines and records say nothing and are passed over.

    Raises:
        OperatorError: there is no such file or topic, or no broker answers.
    """
    return _of_file(source) if is_file(source) else of_topic(settings, source)


def _of_file(path: str) -> Iterator[Output]:
    for record in Inputs([path], max_bytes=MAX_EVENT_BYTES).records():
        if record.value is None or _MARK not in record.value:
            continue
        try:
            yield decode_structured(record.value)
        except InvalidRecord:
            continue


def of_topic(settings: Settings, name: str, *, must_exist: bool = True) -> Iterator[Output]:
    """The events of a topic. ``must_exist`` false: one that is not there has none.

    Raises:
        OperatorError: there is no such topic, or no broker answers.
    """
    from monitor.cli.topic_end import read_to_end  # noqa: PLC0415 - a Kafka client is loaded when one is asked for

    try:
        for record in read_to_end(settings, name):
            try:
                yield decode_event(record.headers, record.value)
            except InvalidRecord:
                continue
    except OperatorError:
        if must_exist:
            raise
