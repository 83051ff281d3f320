"""One application's topics on a broker: created as the contract says, fed by a client that is not ours, read back."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from monitor.config import Settings
from monitor.core.channels import INTERACTIONS, OBSERVATIONS
from monitor.core.interaction import Position
from monitor.core.vocabulary import Mode
from monitor.ingest import Record
from monitor.topics import topic_specs
from tests.brokers import Broker, fresh
from tests.kafka.broker import ApacheKafka

PATIENCE_SECONDS = 120.0
"""How long a test waits before it gives up; nothing is measured by it."""
APP = "oversight"


@dataclass
class Site:
    """Topics under a prefix of their own."""

    broker: Broker
    partitions: int = 4
    store: str = "memory"
    standings: str = "live"
    max_record_bytes: int = 1_048_576
    policy: Path | None = None
    stall_timeout: float = 40.0
    hang_once: Path | None = None
    output_prefix: str = ""
    app_id: str = APP
    mode: Mode = Mode.LIVE
    prefix: str = field(default_factory=lambda: fresh("site") + ".")

    def __post_init__(self) -> None:
        self.settings = Settings(topic_prefix=self.prefix, output_prefix=self.output_prefix, app_id=self.app_id)
        specs = topic_specs(
            prefix=self.prefix,
            output_prefix=self.output_prefix,
            app_id=self.app_id,
            partitions=self.partitions,
            replication=1,
        )
        for spec in specs:
            if not spec.borrowed:
                self.broker.create_topic(spec.name, spec.partitions, compact="compact" in str(spec.config))
        self._producer = Producer({"bootstrap.servers": self.broker.bootstrap_servers, "acks": "all"})

    @property
    def embedded(self) -> bool:
        return not isinstance(self.broker, ApacheKafka)

    def topic(self, address: str) -> str:
        return self.settings.topic(address)

    def produce(
        self, values: Iterable[tuple[bytes | None, bytes | None]], *, topic: str = INTERACTIONS, partition: int = -1
    ) -> None:
        """Send (key, value) pairs and await them all."""
        for key, value in values:
            while True:
                try:
                    self._producer.produce(self.topic(topic), value, key=key, partition=partition)
                    break
                except BufferError:
                    self._producer.poll(0.1)
            self._producer.poll(0)
        assert self._producer.flush(PATIENCE_SECONDS) == 0

    def read(self, address: str) -> list[Message]:
        """Every record of a topic up to its end now, partition by partition."""
        consumer = self._consumer()
        try:
            missing = self._filled(consumer, address)
            consumer.assign([TopicPartition(self.topic(address), number, 0) for number in missing])
            found: dict[int, list[Message]] = {number: [] for number in sorted(missing)}
            deadline = time.monotonic() + PATIENCE_SECONDS
            while missing:
                assert time.monotonic() < deadline, f"{self.topic(address)} cannot be read to {missing}"
                for message in consumer.consume(5000, timeout=0.05):
                    number, offset = message.partition(), message.offset()
                    if message.error() is None and number in missing and offset is not None:
                        found[number].append(message)
                        if offset >= missing[number] - 1:
                            del missing[number]
            return [message for messages in found.values() for message in messages]
        finally:
            consumer.close()

    def records(self, address: str) -> list[Record]:
        """The same as ingest reads them, with the topic's name as the worker sees it."""
        return [_record(message) for message in self.read(address)]

    def ends(self, address: str) -> dict[int, int]:
        """The next offset of each partition."""
        consumer = self._consumer()
        try:
            return {
                number: consumer.get_watermark_offsets(TopicPartition(self.topic(address), number), timeout=20)[1]
                for number in self._numbers(consumer, address)
            }
        finally:
            consumer.close()

    def await_drained(self) -> None:
        """Wait until every input record is folded by both stages, by the control records, not by time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        lag: object = None
        while time.monotonic() < deadline:
            lag = self._lag()
            if lag == {}:
                return
            time.sleep(0.5)
        raise AssertionError(f"not drained: {lag}")

    def _lag(self) -> dict[str, object]:
        from tests.integration.offline import folded_sources, session_progress  # noqa: PLC0415 - offline reads sites
        from tests.integration.relayed import unrelayed  # noqa: PLC0415 - the same

        ends = self.ends(INTERACTIONS)
        reached = session_progress(self)
        lag: dict[str, object] = {
            f"session-{number}": (reached.get(number, 0), end)
            for number, end in ends.items()
            if reached.get(number, 0) < end
        }
        if not lag and (waiting := unrelayed(self)):
            lag["relay"] = sorted(waiting)[:3]
        if not lag and not folded_sources(self):
            lag["system"] = "observations wait"
        return lag

    def _filled(self, consumer: Consumer, address: str) -> dict[int, int]:
        """The next offset of each partition that has records."""
        ends = {}
        for number in self._numbers(consumer, address):
            tp = TopicPartition(self.topic(address), number)
            low, end = consumer.get_watermark_offsets(tp, timeout=20)
            assert low == 0, f"the broker dropped the oldest of {tp.topic}-{number}: a shorter run can be checked"
            if end > low:
                ends[number] = end
        return ends

    def _numbers(self, consumer: Consumer, address: str) -> list[int]:
        topic = self.topic(address)
        return sorted(consumer.list_topics(topic, timeout=20).topics[topic].partitions)

    def _consumer(self) -> Consumer:
        return Consumer(
            {
                "bootstrap.servers": self.broker.bootstrap_servers,
                "group.id": fresh("reader"),
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
            }
        )


def _record(message: Message) -> Record:
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None
    assert partition is not None
    assert offset is not None
    key, value = message.key(), message.value()
    return Record(
        at=Position(topic, partition, offset),
        value=value if value is None else bytes(value),
        key=key if key is None else bytes(key),
        headers=tuple((name, bytes(content or b"")) for name, content in message.headers() or ()),
        timestamp=message.timestamp()[1] / 1000.0,
    )


__all__ = ["OBSERVATIONS", "Site"]
