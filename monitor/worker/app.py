"""The Faust application: two stages and the relay as agents, each a few lines; the work is elsewhere.

Faust brings the group, the streams and the service tree. Batches, guards, states and sends are ours.
"""

import asyncio
import logging
import os
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

import faust

from monitor.config import Settings
from monitor.core.channels import (
    COMMANDS,
    INTERACTIONS,
    OBSERVATIONS,
    REVIEWS,
    SESSION_CHANGELOG,
    SYSTEM_CHANGELOG,
)
from monitor.core.events import PolicyReload, PolicyText
from monitor.core.outputs import policy_output, reload_output, reload_retired
from monitor.core.policy.model import Policy
from monitor.delivery.lease import Lease
from monitor.stages.decision import Decisions
from monitor.telemetry import Telemetry, reader_for
from monitor.worker.batch import Batch, batch_topic
from monitor.worker.clients import faust_credentials
from monitor.worker.inbox import PolicyBook, StandingInbox
from monitor.worker.leave import leave
from monitor.worker.loaded import load
from monitor.worker.outgoing import outgoing, output_record
from monitor.worker.ownership import Ownership, records_of
from monitor.worker.place import LogPlace
from monitor.worker.policy_watch import PolicyWatch, in_mode
from monitor.worker.pulse import WORKER, Pulse
from monitor.worker.relay import relayed
from monitor.worker.runner import PartitionRunner
from monitor.worker.sender import Outgoing, Sender
from monitor.worker.transport import transport_settings
from monitor.worker.watchdog import Watchdog
from monitor.worker.work import SessionWork, SystemWork

SAME_SIGNAL_SECONDS = 2.0
"""A terminal and whoever wraps us may both pass on one Ctrl-C."""

RETIRE_SECONDS = 5.0
STDIN = 0

log = logging.getLogger(__name__)


def _agent(take: Callable[[Batch], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    """An agent that hands each batch over and ends the process on anything unforeseen.

    Faust would start the agent again with the *next* batch (DESIGN.md 6.2).
    """

    async def agent(stream: Any) -> None:  # noqa: ANN401 - faust ships no types we can use
        async for batch in stream:
            try:
                await take(batch)
            except Exception as error:
                log.exception("%s-%d: batch at %d failed", batch.topic, batch.partition, batch.start)
                leave(f"unforeseen: {error!r}")

    return agent


def _asking(stop: asyncio.Event) -> Callable[[], None]:
    """A signal's handler. Once: finish what is in flight. Again: end now; what is in flight is read again."""
    first: list[float] = []

    def ask() -> None:
        now = time.monotonic()
        if first and now - first[0] > SAME_SIGNAL_SECONDS:
            leave("asked twice to stop")
        first.append(now)
        stop.set()

    return ask


def _on_hangup(stop: Callable[[], None], reload: Callable[[], None]) -> Callable[[], None]:
    """SIGHUP's handler: read the policy again, unless it says that the terminal we were started from is gone."""
    terminal = os.isatty(STDIN)

    def hung_up() -> None:
        (stop if terminal and not os.isatty(STDIN) else reload)()

    return hung_up


class Worker:
    """One process: the Faust app with everything it needs around it."""

    def __init__(self, settings: Settings, policy: Policy) -> None:
        self.settings = settings
        self._lease = Lease(session_timeout=settings.session_timeout, now=time.monotonic())
        self._sender = Sender(settings, self._lease)
        self._policies = PolicyBook(settings, in_mode(policy, settings.mode))
        self._watch = PolicyWatch(
            settings, self._policies, publish=self._publish_policy, report=self._report_reload, worker=WORKER
        )
        self._standings = StandingInbox(settings)
        self._ownership = Ownership(self._runner, self._lease)
        self._watchdog = Watchdog(settings, self._ownership.progress, self._ownership.recovering)
        service = settings.output_prefix + settings.app_id
        self._telemetry = Telemetry(reader_for(settings.metrics), service=service, lag=self._watchdog.lag)
        self._tasks: list[asyncio.Task[None]] = []
        self.app = self._faust()

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT, then leave the group cleanly. SIGHUP reads the policy again."""
        stop = asyncio.Event()
        loop, ask = asyncio.get_running_loop(), _asking(stop)
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, ask)
        loop.add_signal_handler(signal.SIGHUP, _on_hangup(ask, self._watch.ask))
        load()
        await self._start()
        over = {asyncio.create_task(stop.wait()), asyncio.create_task(self.app.wait_until_stopped())}
        await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
        await self._stop()
        if self.app.crashed:
            leave(f"the app crashed: {self.app.crash_reason!r}")

    async def _start(self) -> None:
        await self._sender.start()
        await self._publish_policy(self._policies.current)
        await self._retire_reload()  # of a process before us that was killed and had our name
        pulse = Pulse(
            self.settings, lease=self._lease, sender=self._sender, ownership=self._ownership, lag=self._watchdog.lag
        )
        follow = (self._standings.follow(), self._watch.follow())
        self._tasks = [*pulse.tasks(), *map(asyncio.create_task, follow)]
        await self.app.start()
        self._watchdog.start()
        settings, policy = self.settings, self._policies.current
        log.info("worker %s runs on %s", settings.group, settings.bootstrap_servers)
        place = settings.policy or "the shipped default"
        log.info("policy %s, fingerprint %s (%s), mode %s", policy.name, policy.fingerprint, place, settings.mode)

    async def _stop(self) -> None:
        log.info("stopping: finishing what is in flight")
        self._watchdog.stop()
        await self.app.stop()
        for task in self._tasks:
            task.cancel()
        await self._retire_reload()
        await self._sender.stop()
        self._telemetry.stop()

    async def _publish_policy(self, policy: Policy) -> None:
        """The text under its fingerprint, so that any event's decision can be looked up."""
        text = PolicyText(fingerprint=policy.fingerprint, name=policy.name, text=policy.text)
        await self._sender.send([output_record(policy_output(text, 0.0), self.settings)])

    async def _report_reload(self, reload: PolicyReload) -> None:
        self._telemetry.reloaded(reload.outcome)
        await self._sender.send([output_record(reload_output(reload), self.settings)])

    async def _retire_reload(self) -> None:
        """A worker leaves no last reload behind; an outage must not keep it from stopping."""
        try:
            async with asyncio.timeout(RETIRE_SECONDS):
                await self._sender.send([output_record(reload_retired(WORKER, time.time()), self.settings)])
        except Exception as error:  # noqa: BLE001 - it only says that this worker is gone
            log.warning("the last reload could not be retired: %r", error)

    def _faust(self) -> Any:  # noqa: ANN401 - faust ships no types we can use
        settings, topic = self.settings, self.settings.topic
        app = faust.App(
            settings.group,
            **transport_settings(
                settings.bootstrap_servers,
                broker_session_timeout=settings.session_timeout,
                broker_heartbeat_interval=settings.session_timeout / 10,
                broker_request_timeout=max(40.0, settings.session_timeout + 10),
                broker_credentials=faust_credentials(settings),
                datadir=tempfile.mkdtemp(prefix="oversight-"),  # it makes one that nothing uses, else where we stand
            ),
        )
        app.delivery_hooks = self._ownership
        app.lease = self._lease
        log_topic = batch_topic(app, topic(OBSERVATIONS))
        people = batch_topic(app, topic(REVIEWS), topic(COMMANDS))

        turns = batch_topic(app, topic(INTERACTIONS))
        app.agent(turns, name="session-stage")(_agent(self._ownership.take))
        app.agent(log_topic, name="system-stage")(_agent(self._ownership.take))
        app.agent(people, name="relay")(_agent(self._relay))
        return app

    async def _relay(self, batch: Batch) -> None:
        await self._sender.send(relayed(record, self.settings) for record in records_of(batch))
        self.app.consumer.note_progress(batch.topic, batch.partition, batch.next_offset)

    def _runner(self, topic: str, partition: int) -> PartitionRunner | None:
        """The runner of a partition with state; None for the relay's."""
        settings = self.settings
        work: SessionWork | SystemWork
        if topic == settings.topic(INTERACTIONS):
            work, suffix = SessionWork(partition, settings, self._policies, self._standings), SESSION_CHANGELOG
        elif topic == settings.topic(OBSERVATIONS):
            work, suffix = SystemWork(partition, settings, self._policies), SYSTEM_CHANGELOG
        else:
            return None

        def records(decisions: Decisions) -> list[Outgoing]:
            codes = [error.code for _, error in decisions.rejected]
            self._telemetry.folded(work.name, decisions.folded, skipped=decisions.skipped, rejected=codes)
            self._telemetry.decided(decisions.outputs)
            return outgoing(decisions, settings, stage=work.name)

        return PartitionRunner(
            work,
            LogPlace(self.app, settings, topic, partition),
            source=(topic, partition),
            changelog=settings.topic(f"{settings.app_id}-{suffix}"),
            settings=settings,
            sender=self._sender,
            outgoing=records,
        )
