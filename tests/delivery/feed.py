"""How one partition's records reach its task: fetched ahead, and in disorder where the seed says so.

Disorder is what clients do around a rebalance: they resume before they seek, hand over what was queued before a seek,
and deliver while the task is busy.
"""

from typing import TYPE_CHECKING

from monitor.delivery.partition import Phase
from tests.delivery.broker import Record

if TYPE_CHECKING:
    from tests.delivery.task import Task

Batch = tuple[int, int, list[Record]]
"""Epoch, the offset the fetch was asked from, and what it found."""
AHEAD = 2
"""Batches fetched ahead."""


class Feed:
    """Fetches for one task."""

    def __init__(self, task: "Task") -> None:
        self._task = task
        self._world = task.world
        self._position = 0
        self._fetch = 0
        self._under_way = False
        self._queue: list[Batch] = []

    def clear(self) -> None:
        """Drop what is queued."""
        self._queue.clear()

    def cancel(self) -> None:
        """The partition is gone: what is under way is worthless."""
        self._fetch += 1

    def seek(self, offset: int) -> None:
        """Fetch from there next."""
        self._position = offset
        self._fetch += 1
        if not self._disorder():
            self._queue.clear()
        self._under_way = False
        self._ask()

    def resume_too_early(self) -> None:
        """Read from where the group's commit, the old position or nothing at all says, before anyone sought."""
        if self._disorder():
            source = self._task.source
            log, commit = self._world.broker.logs[source], self._world.commits.get(source, 0)
            self.seek(self._world.rng.choice((commit, self._position, log.end)))

    def next(self) -> None:
        """Hand over the next batch, if there is one."""
        if self._queue:
            batch = self._queue.pop(0)
            self._ask()
            self._task.take(*batch)

    def _disorder(self) -> bool:
        return self._world.rng.random() < self._world.disorder

    def _ask(self) -> None:
        """One fetch at a time, while there is room for what it brings."""
        if self._under_way or len(self._queue) >= AHEAD or self._task.protocol.phase is Phase.UNASSIGNED:
            return
        self._under_way = True
        epoch = self._task.protocol.epoch
        self._world.clock.after(self._world.network.quick(), self._read, self._fetch, epoch, self._position)

    def _read(self, fetch: int, epoch: int, start: int) -> None:
        """At the broker: waits there while there is nothing."""
        if fetch != self._fetch or not self._task.worker.alive:
            return
        world, source = self._world, self._task.source
        log = world.broker.logs[source]
        if not world.broker.is_up(source):
            world.clock.after(1.0, self._read, fetch, epoch, start)
        elif log.end <= start:
            log.waiting.append(lambda: self._read(fetch, epoch, start))
        else:
            batch = (epoch, start, log.records[start : start + world.rng.randint(1, world.max_batch)])
            world.clock.after(world.network.quick(), self._task.worker.deliver, "fetch", self._fetched, fetch, batch)

    def _fetched(self, fetch: int, batch: Batch) -> None:
        stale = fetch != self._fetch
        if stale and not self._disorder():
            return
        phase = self._task.protocol.phase
        self._queue.append(batch)
        if not stale:
            self._under_way = False
            self._position = batch[2][-1].offset + 1
            self._ask()
        if phase is Phase.READY or self._disorder():
            self.next()
