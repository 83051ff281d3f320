"""The watchdog: a thread outside the event loop that compares log ends with our own progress (DESIGN.md 6.9).

Faust's commit can stick, and on some broker outages the whole worker stands still while it looks healthy. Lag above 0
and no progress for ``stall_timeout`` ends the process; whoever runs it starts it again.
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
    """Watches the partitions that ``progress`` names (next offset to apply, per owned partition)."""

    def __init__(self, settings: Settings, progress: Callable[[], Mapping[Partition, int]]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._lag: dict[Partition, int] = {}
        self._settings = settings
        self._progress = progress
        self._moved: dict[Partition, tuple[int, float]] = {}
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
        return reason

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
