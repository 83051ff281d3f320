"""Which partitions this worker holds: recovery when they come, an orderly end when they go, batches in between.

The transport calls the two hooks; the agents call :meth:`Ownership.take`. Everything about order and guards is the
protocol's (``delivery/``), one :class:`PartitionRunner` a partition.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from monitor.core.interaction import Position
from monitor.delivery.lease import Lease
from monitor.ingest import Record
from monitor.worker.batch import Batch, Partition
from monitor.worker.runner import PartitionRunner

SETTLE_SECONDS = 5.0
"""How long a revoked partition may finish its batch. What is cut off is read again by the next owner."""

Make = Callable[[str, int], PartitionRunner | None]
log = logging.getLogger(__name__)


class Ownership:
    """The delivery hooks of the worker. ``make`` builds the runner of a partition, None for topics without state."""

    def __init__(self, make: Make, lease: Lease) -> None:
        self._make = make
        self._lease = lease
        self._runners: dict[Partition, PartitionRunner] = {}
        self._owned: frozenset[Partition] = frozenset()
        self._coming: tuple[int, frozenset[Partition]] = (-1, frozenset())
        self._locks: dict[Partition, asyncio.Lock] = {}

    async def on_assigned(self, epoch: int, partitions: frozenset[Partition]) -> Mapping[Partition, int | None]:
        """Recover every stateful partition and answer where each begins."""
        began = time.monotonic()
        self._coming = (epoch, partitions)
        try:
            starts = await asyncio.gather(*(self._assign(epoch, source) for source in sorted(partitions)))
        finally:
            if self._coming[0] == epoch:  # it may be another rebalance that cancelled us
                self._coming = (epoch, frozenset())
        self._owned = partitions
        log.info("epoch %d: %d partitions, recovered in %.1f s", epoch, len(partitions), time.monotonic() - began)
        return dict(zip(sorted(partitions), starts, strict=True))

    async def on_revoked(self, epoch: int, partitions: frozenset[Partition]) -> None:
        """Finish what is in flight, write what is due, let go."""
        self._owned = frozenset()
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                await asyncio.gather(*(self._settle(source) for source in partitions))
        except TimeoutError:
            log.warning("epoch %d: some partitions did not settle in %.0f s", epoch, SETTLE_SECONDS)
        finally:  # the transport may cancel us earlier; the protocol must hear of it all the same
            for source in partitions & self._runners.keys():
                await self._runners[source].revoked(epoch)
            self._lease.release()

    async def take(self, batch: Batch) -> None:
        """Run one batch through its partition's protocol."""
        source = (batch.topic, batch.partition)
        runner = self._runners.get(source)
        if runner is None:
            return
        async with self._locks[source]:
            await runner.take(batch.epoch, batch.start, records_of(batch), batch.next_offset)

    async def wake(self) -> None:
        """Write what is applied and due, everywhere."""
        for source, runner in self.owned():
            async with self._locks[source]:
                if source in self._owned:
                    await runner.wake()

    def owned(self) -> list[tuple[Partition, PartitionRunner]]:
        """The runners of the partitions held now. Safe from another thread: the watchdog's."""
        return [(source, runner) for source, runner in list(self._runners.items()) if source in self._owned]

    def holds(self, source: Partition) -> bool:
        """Whether the partition is held now, its state recovered and its store open."""
        return source in self._owned

    def progress(self) -> dict[Partition, int]:
        """The offset behind everything taken, per partition held now."""
        return {source: runner.reached for source, runner in self.owned()}

    def recovering(self) -> dict[Partition, int]:
        """Signs that the recovery gets further, per partition that was assigned and is not held yet."""
        _, coming = self._coming
        return {source: runner.signs for source, runner in list(self._runners.items()) if source in coming}

    async def _assign(self, epoch: int, source: Partition) -> int | None:
        if source not in self._runners:
            runner = self._make(*source)
            if runner is None:
                return None
            self._runners[source], self._locks[source] = runner, asyncio.Lock()
        async with self._locks[source]:
            return await self._runners[source].assigned(epoch)

    async def _settle(self, source: Partition) -> None:
        if source in self._runners:
            async with self._locks[source]:
                await self._runners[source].wake(flush=True)


def records_of(batch: Batch) -> list[Record]:
    """The batch's records as ingest reads them; times in seconds."""
    return [
        Record(
            at=Position(batch.topic, batch.partition, raw.offset),
            value=raw.value,
            key=raw.key,
            headers=raw.headers,
            timestamp=raw.timestamp / 1000.0 if raw.timestamp >= 0 else None,
        )
        for raw in batch.records
    ]
