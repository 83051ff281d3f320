"""The worker's clocks: what is ticked and renewed is what is held at that moment."""

import asyncio
import time
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from monitor.config import Settings
from monitor.core.channels import HEARTBEATS
from monitor.delivery.lease import Lease
from monitor.policy_file import load_policy
from monitor.stages.decision import MemoryStates
from monitor.stages.system import SystemStage
from monitor.worker.inbox import PolicyBook
from monitor.worker.ownership import Ownership
from monitor.worker.pulse import Pulse
from monitor.worker.sender import Outgoing, Sender
from monitor.worker.work import SystemWork
from tests.contracts.schemas import assert_record_valid

POLICY = load_policy(None)
SETTINGS = Settings()
LOG = "oversight.observations.v1"


class Keeping(Sender):
    """Keeps what is sent; ``during`` happens while the first is on its way."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.during: Callable[[], None] = _nothing

    async def send(self, records: Iterable[Outgoing]) -> int:
        self.sent += (found := list(records))
        self.during()
        return len(found)


def _nothing() -> None:
    """Nothing happens."""


def holding(*partitions: int) -> Ownership:
    """An ownership of system partitions whose stages are built."""
    owned = Ownership(lambda *_: None, Lease(session_timeout=30.0, now=0.0))
    for partition in partitions:
        work = SystemWork(partition, SETTINGS, PolicyBook(SETTINGS, POLICY))
        work._stage = SystemStage(partition, MemoryStates(), policy=POLICY)
        runner = SimpleNamespace(work=work, protocol=SimpleNamespace(progress=7))
        owned._runners[LOG, partition] = cast("Any", runner)
    owned._owned = frozenset(owned._runners)
    return owned


def pulse(owned: Ownership, sender: Sender) -> Pulse:
    lease = Lease(session_timeout=30.0, now=0.0)
    return Pulse(SETTINGS, lease=lease, sender=sender, ownership=owned, lag=dict)


def test_tick_every_system_partition_held_is_ticked() -> None:
    sender = Keeping()
    asyncio.run(pulse(holding(0, 1), sender)._tick())
    assert [record.key for record in sender.sent if record.topic == HEARTBEATS] == [b"0", b"1"]


def test_tick_heartbeat_is_an_event_of_ours() -> None:
    sender = Keeping()
    asyncio.run(pulse(holding(0), sender)._tick())
    (beat,) = [record for record in sender.sent if record.topic == HEARTBEATS]
    event = assert_record_valid(HEARTBEATS, beat.headers, beat.value)
    assert (event.type, event.subject) == ("oversight.heartbeat.v1", "0")


def test_tick_partition_revoked_meanwhile_is_neither_ticked_nor_renewed() -> None:
    sender, owned = Keeping(), holding(0, 1)

    def revoked() -> None:
        owned._owned = frozenset()

    sender.during = revoked
    asyncio.run(pulse(owned, sender)._tick())
    assert [record.key for record in sender.sent if record.topic == HEARTBEATS] == [b"0"]


def test_renewals_wall_clock_set_back_keeps_renewing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(wall=1e9, now=100.0)
    monkeypatch.setattr(time, "time", lambda: clock.wall)
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    owned = holding(0)
    (source, runner), *_ = owned.owned()
    beating, work = pulse(owned, Keeping()), cast("SystemWork", runner.work)
    lease = POLICY.base.breaker.lease_seconds
    beating._renewals(source, work, clock.wall)
    clock.wall, clock.now = clock.wall - 3600.0, clock.now + lease
    beating._renewals(source, work, clock.wall)
    assert beating._renewed[source] == clock.now
