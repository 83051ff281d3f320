"""The demo's ear: every output topic from its beginning, decoded as any consumer would."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from monitor.codec import decode_event, decode_log
from monitor.core import channels
from monitor.core.errors import InvalidRecord
from monitor.core.events import Heartbeat
from monitor.demo.tally import DeadLetter, Heard

Decode = Callable[[Any], Heard]
BATCH = 500
WATERMARK_SECONDS = 5.0


class Listener:
    """A consumer of all output topics; joins no group, commits nothing."""

    def __init__(self, bootstrap_servers: str, partitions: dict[str, int]) -> None:
        """``partitions``: topic -> its number of partitions; topics that nobody here decodes are left out."""
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap_servers,
                "group.id": "oversight-demo-view",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 50,
                "log_level": 0,
            }
        )
        self._places = [
            TopicPartition(topic, number, OFFSET_BEGINNING)
            for topic in DECODERS
            for number in range(partitions.get(topic, 0))
        ]
        self._consumer.assign(self._places)
        self._next: dict[tuple[str, int], int] = {}

    def hear(self, seconds: float) -> Iterator[tuple[Heard, int, int]]:
        """What came within so many seconds: the record, its partition, its offset."""
        for message in self._consumer.consume(BATCH, seconds):
            if message.error() is not None:
                continue
            topic, partition, offset = message.topic(), message.partition(), message.offset()
            self._next[topic, partition] = offset + 1
            try:
                yield DECODERS[topic](message), partition, offset
            except (InvalidRecord, msgspec.MsgspecError):
                continue  # not an event of this version

    @property
    def caught_up(self) -> bool:
        """Whether everything that lies in the topics now was heard."""
        return all(
            self._next.get((place.topic, place.partition), 0)
            >= self._consumer.get_watermark_offsets(place, timeout=WATERMARK_SECONDS)[1]
            for place in self._places
            if place.topic not in BEATING
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()


def _event(message: Any) -> Heard:  # noqa: ANN401 - a client without types
    return decode_event(tuple(message.headers() or ()), message.value())


def _log(message: Any) -> Heard:  # noqa: ANN401 - as above
    return decode_log(message.value() or b"")


def _beat(message: Any) -> Heard:  # noqa: ANN401 - as above
    return msgspec.json.decode(message.value() or b"", type=Heartbeat)


def _dead(message: Any) -> Heard:  # noqa: ANN401 - as above
    told = {name: value.decode("utf-8", "replace") for name, value in message.headers() or ()}
    return DeadLetter(
        told.get("dlq.error.code", "unreadable"),
        told.get("dlq.error.message", ""),
        int(told.get("dlq.original.partition", message.partition())),
        int(told.get("dlq.original.offset", -1)),
    )


DECODERS: dict[str, Decode] = {
    channels.ESCALATIONS: _event,
    channels.BREAKERS: _event,
    channels.BREAKER_TRANSITIONS: _event,
    channels.OBSERVATIONS: _log,
    channels.HEARTBEATS: _beat,
    channels.DEAD_LETTERS: _dead,
}
BEATING = frozenset({channels.OBSERVATIONS, channels.HEARTBEATS, channels.BREAKERS})
"""Topics that grow by the clock alone (ticks, beats, renewed leases): their end says nothing."""
