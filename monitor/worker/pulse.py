"""Everything the worker does by wall time: beats, due writes, ticks, heartbeats, leases (DESIGN.md 6.6, 6.7, 7).

Wall time enters the log as ticks and leaves in headers and heartbeats; it never enters a decision of a session.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Coroutine, Mapping

import msgspec

from monitor.config import Settings
from monitor.core.channels import OBSERVATIONS
from monitor.core.events import Heartbeat
from monitor.core.log import Tick
from monitor.core.outputs import heartbeat_output
from monitor.core.rfc3339 import render
from monitor.core.system.reducer import breakers_of
from monitor.delivery.lease import Lease
from monitor.worker.batch import Partition
from monitor.worker.leave import leave
from monitor.worker.outgoing import output_record
from monitor.worker.ownership import Ownership
from monitor.worker.sender import Outgoing, Sender
from monitor.worker.work import SystemWork

WORKER = f"{socket.gethostname()}-{os.getpid()}"
"""This process among the workers of its application, for heartbeats."""
VALID_UNTIL = "ce_validuntil"
"""Header of a breaker: wall-clock end of its lease, RFC 3339; outside its id and payload."""
BEATS_PER_TIMEOUT = 20

log = logging.getLogger(__name__)


class Pulse:
    """The worker's clocks."""

    def __init__(
        self,
        settings: Settings,
        *,
        lease: Lease,
        sender: Sender,
        ownership: Ownership,
        lag: Callable[[], Mapping[Partition, int]],
    ) -> None:
        self._settings = settings
        self._lease = lease
        self._sender = sender
        self._ownership = ownership
        self._lag = lag
        self._renewed: dict[Partition, float] = {}

    def tasks(self) -> list["asyncio.Task[None]"]:
        """Start every clock."""
        settings = self._settings
        return [
            asyncio.create_task(self._every(settings.session_timeout / BEATS_PER_TIMEOUT, self._beat)),
            asyncio.create_task(self._every(settings.write_interval / 2, self._ownership.wake)),
            asyncio.create_task(self._every(settings.tick_interval, self._tick)),
        ]

    async def _every(self, seconds: float, work: Callable[[], Coroutine[None, None, None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - a send that fails here is as final as in a batch
                leave(f"{work.__name__} failed: {error!r}")

    async def _beat(self) -> None:
        reason = self._lease.beat(time.monotonic())
        if reason:
            leave(reason)

    async def _tick(self) -> None:
        """Tick, heartbeat and renew for every system partition held now."""
        for source, runner in self._ownership.owned():
            # asked again before each: a rebalance may have come while the one before was sent
            if isinstance(runner.work, SystemWork) and self._ownership.holds(source):
                await self._sender.send(self._records(source, runner.work, runner.protocol.progress))

    def _records(self, source: Partition, work: SystemWork, progress: int) -> list[Outgoing]:
        wall, partition = time.time(), source[1]
        lag = self._lag().get(source, 0)
        policy = work.stage.policy.fingerprint
        tick = Tick(wall=round(wall, 3), lag=self._input_lag(), partition=partition, policy=policy)
        beat = Heartbeat(
            partition=partition,
            progress=progress,
            lag=lag,
            worker=WORKER,
            policy=policy,
            wall=round(wall, 3),
        )
        records = [
            Outgoing(self._settings.topic(OBSERVATIONS), None, msgspec.json.encode(tick), partition=partition),
            output_record(heartbeat_output(beat), self._settings),
        ]
        return records + self._renewals(source, work, wall)

    def _renewals(self, source: Partition, work: SystemWork, wall: float) -> list[Outgoing]:
        """Breakers again at their same epoch, every third of their lease, with a later ``ce_validuntil``."""
        lease = work.stage.policy.base.breaker.lease_seconds
        now = time.monotonic()  # a wall clock that is set back must not let leases run out
        if now - self._renewed.get(source, -lease) < lease / 3 - self._settings.tick_interval / 2:
            return []
        self._renewed[source] = now
        extra = ((VALID_UNTIL, render(wall + lease).encode()),)
        return [
            output_record(output, self._settings, extra=extra)
            for state in work.stage.states()
            for output in breakers_of(state, work.stage.policy)
        ]

    def _input_lag(self) -> int:
        """Records waiting in the input partitions this worker holds."""
        log_topic = self._settings.topic(OBSERVATIONS)
        return sum(lag for (topic, _), lag in self._lag().items() if topic != log_topic)
