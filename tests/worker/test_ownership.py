"""Partitions come and go: whatever happens meanwhile, a revoked one is let go and the lease with it."""

import asyncio

import pytest

from monitor.delivery.lease import Lease
from monitor.delivery.order import Phase
from monitor.worker.batch import Batch, Partition, Record
from monitor.worker.ownership import Ownership, records_of
from monitor.worker.runner import PartitionRunner
from tests.worker.fakes import Bench

SOURCE = ("in", 0)


def batch(*offsets: int, epoch: int = 1, timestamp: int = 1500) -> Batch:
    records = tuple(Record(offset, b"k", b"{}", (), timestamp) for offset in offsets)
    return Batch(*SOURCE, epoch, offsets[0], offsets[-1] + 1, records)


def lease() -> Lease:
    held = Lease(session_timeout=30.0, now=0.0)
    held.renew(0.0)
    return held


def ownership(bench: Bench, held: Lease) -> Ownership:
    def make(topic: str, partition: int) -> PartitionRunner | None:
        return bench.runner if (topic, partition) == SOURCE else None

    return Ownership(make, held)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_assigned_stateful_partitions_say_where_to_begin_and_others_do_not(bench: Bench) -> None:
    owned = ownership(bench, lease())
    starts = asyncio.run(owned.on_assigned(1, frozenset({SOURCE, ("reviews", 0)})))
    assert starts == {SOURCE: 0, ("reviews", 0): None}
    assert owned.progress() == {SOURCE: 0}


def test_revoked_what_is_applied_is_written_first(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, held = Bench(monkeypatch, write_every=1e9), lease()
    owned = ownership(bench, held)

    async def play() -> None:
        await owned.on_assigned(1, frozenset({SOURCE}))
        await owned.take(batch(0))
        await owned.take(batch(1, 2))
        await owned.on_revoked(2, frozenset({SOURCE}))

    asyncio.run(play())
    assert bench.runner.protocol.progress == 2
    assert owned.progress() == {}
    assert held.expired(1000.0) is None


def test_revoke_cancelled_while_a_batch_hangs_still_ends_the_partition(bench: Bench) -> None:
    held = lease()
    owned = ownership(bench, held)

    async def play() -> None:
        await owned.on_assigned(1, frozenset({SOURCE}))
        bench.sender.waits_at = "SEND"
        hanging = asyncio.create_task(owned.take(batch(0)))
        await bench.sender.waiting.wait()
        revoke = asyncio.create_task(owned.on_revoked(2, frozenset({SOURCE})))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        revoke.cancel()
        with pytest.raises(asyncio.CancelledError):
            await revoke
        bench.sender.go_on.set()
        await hanging

    asyncio.run(play())
    assert bench.runner.protocol.phase is Phase.UNASSIGNED
    assert "CHANGELOG" not in bench.calls
    assert held.expired(1000.0) is None


def test_recovering_is_what_was_assigned_until_it_is_held_and_signs_grow(bench: Bench) -> None:
    owned = ownership(bench, lease())
    seen: list[dict[Partition, int]] = []
    bench.recovers = lambda: seen.append(owned.recovering())
    asyncio.run(owned.on_assigned(1, frozenset({SOURCE, ("reviews", 0)})))
    assert [each.keys() for each in seen] == [{SOURCE}]
    assert owned.recovering() == {}
    assert bench.runner.signs > seen[0][SOURCE] > 0


def test_recovering_ends_when_the_takeover_is_cancelled_but_not_that_of_the_next(bench: Bench) -> None:
    owned = ownership(bench, lease())

    async def play() -> None:
        bench.sender.waits_at = "assert"
        first = asyncio.create_task(owned.on_assigned(1, frozenset({SOURCE})))
        await bench.sender.waiting.wait()
        assert owned.recovering().keys() == {SOURCE}
        second = asyncio.create_task(owned.on_assigned(2, frozenset({SOURCE})))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        assert owned.recovering().keys() == {SOURCE}
        bench.sender.go_on.set()
        await second
        assert owned.recovering() == {}

    asyncio.run(play())


def test_take_of_a_partition_that_is_not_ours_does_nothing(bench: Bench) -> None:
    asyncio.run(ownership(bench, lease()).take(batch(0)))
    assert bench.calls == []


@pytest.mark.parametrize(("timestamp", "seconds"), [(1500, 1.5), (0, 0.0), (-1, None)])
def test_records_of_times_are_seconds_and_unknown_is_none(timestamp: int, seconds: float | None) -> None:
    assert records_of(batch(0, timestamp=timestamp))[0].timestamp == seconds
