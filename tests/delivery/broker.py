"""The simulated broker: logs, idempotent produce, fetches that wait, compaction, nodes that go down."""

from collections.abc import Callable
from typing import NamedTuple

from tests.delivery.clock import Clock

TP = tuple[str, int]
"""Topic and partition."""

TOMBSTONES_KEPT = 120.0
"""Seconds that a tombstone outlives the request that may still be under way (delete.retention.ms)."""


class Record(NamedTuple):
    """One record of a log."""

    offset: int
    key: str
    value: object
    landed: float


class Log:
    """One partition. ``history`` keeps what compaction removes, for the checks alone."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.history: list[Record] = []
        self.start = 0
        self.end = 0
        self.waiting: list[Callable[[], None]] = []

    def append(self, key: str, value: object, now: float) -> None:
        record = Record(self.end, key, value, now)
        self.records.append(record)
        self.history.append(record)
        self.end += 1

    def compact(self, before: float, now: float) -> int:
        """Keep the last record per key of what landed before; answers how many were removed."""
        dirty = [record for record in self.records if record.landed < before]
        last = {record.key: record.offset for record in dirty}
        kept = [
            record
            for record in dirty
            if last[record.key] == record.offset
            and not (getattr(record.value, "value", record) is None and record.landed < now - TOMBSTONES_KEPT)
        ]
        self.records = kept + self.records[len(dirty) :]
        return len(dirty) - len(kept)


class Broker:
    """All logs, and who may reach them."""

    def __init__(self, clock: Clock, partitions: int) -> None:
        self.clock = clock
        self.partitions = partitions
        self.logs: dict[TP, Log] = {
            (topic, partition): Log() for topic in ("in", "obs", "session", "system") for partition in range(partitions)
        }
        self.logs["out", 0] = Log()
        self.logs["standings", 0] = Log()
        self.down_until = [0.0, 0.0]
        self.under_way = 0
        self._sequences: dict[tuple[int, TP], int] = {}

    def is_up(self, tp: TP) -> bool:
        """Whether the node that leads the partition answers."""
        return self.clock.now >= self.down_until[(len(tp[0]) + tp[1]) % 2]

    @property
    def coordinator_up(self) -> bool:
        """Whether the group's coordinator answers."""
        return self.clock.now >= self.down_until[0]

    def produce(self, producer: int, sequence: int, tp: TP, items: tuple[tuple[str, object], ...]) -> None:
        """Append one request, unless it is a retry of one that landed (or one overtaken by such)."""
        if sequence <= self._sequences.get((producer, tp), -1):
            return
        self._sequences[producer, tp] = sequence
        log = self.logs[tp]
        for key, value in items:
            log.append(key, value, self.clock.now)
        waiting, log.waiting = log.waiting, []
        for wake in waiting:
            self.clock.after(0.002, wake)
