"""The watchdog: a thread outside the event loop that compares log ends with our own progress (DESIGN.md 6.9).

Faust's commit can stick, and on some broker outages the whole worker stands still while it looks healthy. Lag above 0
and no progress for ``stall_timeout`` ends the process, and so does a recovery that gets no further for as long; whoever
runs it starts it again.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from confluent_kafka import Consumer, KafkaException, TopicPartition

from monitor.config import Settings
from monitor.worker.clients import librdkafka_options
from monitor.worker.leave import leave

INTERVAL = 5.0
QUERY_TIMEOUT = 5.0

Partition = tuple[str, int]
log = logging.getLogger(__name__)


class Watchdog(threading.Thread):
    """Watches partitions.

    Args:
        settings: brokers, and how long is too long.
        progress: next offset to apply, per partition held.
        recovering: per partition assigned and not yet held, a number that grows while its recovery gets further.
    """

    def __init__(
        self,
        settings: Settings,
        progress: Callable[[], Mapping[Partition, int]],
        recovering: Callable[[], Mapping[Partition, int]] = dict,
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._lag: dict[Partition, int] = {}
        self._settings = settings
        self._progress = progress
        self._recovering = recovering
        self._moved: dict[Partition, tuple[int, float]] = {}
        self._signs: dict[Partition, tuple[int, float]] = {}
        self._over = threading.Event()

    def run(self) -> None:
        """Look every few seconds until stopped."""
        consumer = Consumer({**librdkafka_options(self._settings), "group.id": f"{self._settings.app_id}-watchdog"})
        while not self._over.wait(INTERVAL):
            try:
                reason = self._look(consumer, time.monotonic())
            except Exception as error:
                log.exception("the watchdog failed")
                reason = f"the watchdog failed: {error!r}"
            if reason:
                leave(reason)
        consumer.close()

    def lag(self) -> Mapping[Partition, int]:
        """Records waiting in the partitions held, as of the last look; never changed once given out."""
        return self._lag

    def stop(self) -> None:
        """Let the thread end."""
        self._over.set()

    def _look(self, consumer: Consumer, now: float) -> str | None:
        """Why the process must end, or None."""
        progress = dict(self._progress())
        self._moved = {source: moved for source, moved in self._moved.items() if source in progress}
        lag = {}
        reason = None
        for source, reached in progress.items():
            end = self._end(consumer, source)
            if end is not None:
                lag[source] = max(0, end - reached)
                reason = reason or self.stalled(source, reached, lag[source], now)
        self._lag = lag
        return reason or self._look_at_recoveries(consumer, now)

    def _look_at_recoveries(self, consumer: Consumer, now: float) -> str | None:
        recovering = dict(self._recovering())
        self._signs = {source: signs for source, signs in self._signs.items() if source in recovering}
        reason = None
        for source, signs in recovering.items():
            if self._end(consumer, source) is None:  # no broker, no verdict
                self._signs.pop(source, None)
            else:
                reason = reason or self.hanging(source, signs, now)
        return reason

    def hanging(self, source: Partition, signs: int, now: float) -> str | None:
        """Why the recovery of this partition hangs, or None.

        Args:
            source: the partition.
            signs: the number that grows while it gets further.
            now: monotonic seconds.
        """
        before, since = self._signs.setdefault(source, (signs, now))
        if signs != before:
            self._signs[source] = (signs, now)
            return None
        if now - since < self._settings.stall_timeout:
            return None
        return f"{source[0]}-{source[1]} was assigned, and its recovery gets no further for {now - since:.0f} s"

    def stalled(self, source: Partition, reached: int, lag: int, now: float) -> str | None:
        """Why this partition is stalled, or None. No broker, no verdict: an outage is not a stall.

        Args:
            source: the partition.
            reached: next offset to apply.
            lag: records waiting behind it.
            now: monotonic seconds.
        """
        before, since = self._moved.get(source, (-1, now))
        if reached != before or lag == 0:
            self._moved[source] = (reached, now)
            return None
        if now - since < self._settings.stall_timeout:
            return None
        waiting = f"{lag} records waiting for {now - since:.0f} s"
        return f"{source[0]}-{source[1]} stands at {reached} with {waiting}"

    def _end(self, consumer: Consumer, source: Partition) -> int | None:
        try:
            return int(consumer.get_watermark_offsets(TopicPartition(*source), timeout=QUERY_TIMEOUT)[1])
        except KafkaException as error:
            log.warning("watchdog: %s-%d: %s", *source, error)
            self._moved.pop(source, None)
            return None
