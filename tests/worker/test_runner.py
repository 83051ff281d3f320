"""The runner does what the protocol says, in its order, and nothing after a failure or a revoke."""

import asyncio
import time

import pytest

from monitor.core.errors import OperatorError
from monitor.delivery.order import batch_order
from monitor.delivery.recovery import Entry
from monitor.delivery.steps import Wake
from monitor.stages.decision import Write
from monitor.worker.changelog import changelog_entry
from monitor.worker.leave import INTERNAL, OPERATOR
from monitor.worker.runner import STRANDED_SECONDS
from monitor.worker.store import CONTROL, CONTROL_KEY
from tests.worker.fakes import CHANGELOG, OUT, Bench, Left

ORDER = [step.name for step in batch_order()]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def steps(bench: Bench) -> list[str]:
    return [call for call in bench.calls if call in ORDER]


def test_take_carries_out_a_batch_in_the_order_of_delivery(bench: Bench) -> None:
    async def play() -> None:
        assert await bench.assigned() == 0
        await bench.take(0, 1, 2)

    asyncio.run(play())
    assert steps(bench) == ORDER
    assert bench.calls.index("settled") > bench.calls.index("CONTROL")
    assert bench.place.committed[-1] == 3
    assert bench.runner.protocol.progress == 2
    assert bench.store.get("0/bot/s") == b"state"


def test_take_sends_states_with_what_they_include_and_our_tenure(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned()
        await bench.take(0, 1, 2)

    asyncio.run(play())
    sent = [record for record in bench.sender.sent if record.topic == CHANGELOG]
    assert [(record.key, dict(record.headers)) for record in sent] == [
        (b"0/bot/s", {"included": b"2", "tenure": b"5"}),
        (CONTROL_KEY.encode(), {"included": b"2", "tenure": b"5"}),
    ]
    assert {record.partition for record in sent} == {0}
    assert len([record for record in bench.sender.sent if record.topic == OUT]) == 3


def test_take_changed_policy_is_acknowledged_before_anything_is_decided(bench: Bench) -> None:
    bench.place.end = 0  # before that, an earlier owner may have decided under the old one

    async def play() -> None:
        await bench.assigned()
        bench.work.adopting = [Write(CONTROL + "policy", b"new", -1)]
        await bench.take(0)

    asyncio.run(play())
    assert bench.calls[:3] == ["assert", "ADOPT", "DECIDE"]
    assert bench.store.get(CONTROL + "policy") == b"new"


def test_take_changed_policy_waits_while_an_earlier_owner_may_have_decided(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned()
        bench.work.adopting = [Write(CONTROL + "policy", b"new", -1)]
        await bench.take(0)

    asyncio.run(play())
    assert "ADOPT" not in bench.calls


@pytest.mark.parametrize("step", ["SEND", "CHANGELOG", "CONTROL"])
def test_take_failed_send_leaves_and_does_nothing_after_it(bench: Bench, step: str) -> None:
    async def play() -> None:
        await bench.assigned()
        bench.place.committed.clear()
        bench.sender.fails_at = step
        await bench.take(0, 1)

    with pytest.raises(Left) as left:
        asyncio.run(play())
    assert left.value.args[0] == INTERNAL
    assert f"{step} failed" in left.value.args[1]
    assert steps(bench) == ORDER[: ORDER.index(step) + 1]
    assert bench.place.committed == []


@pytest.mark.parametrize("step", ["SEND", "CHANGELOG", "CONTROL"])
def test_revoked_in_the_middle_of_a_batch_nothing_further_is_written(bench: Bench, step: str) -> None:
    async def play() -> None:
        await bench.assigned()
        bench.place.committed.clear()
        bench.sender.waits_at = step
        batch = asyncio.create_task(bench.take(0, 1))
        await bench.sender.waiting.wait()
        await bench.runner.revoked(2)
        bench.sender.go_on.set()
        await batch

    asyncio.run(play())
    assert steps(bench) == ORDER[: ORDER.index(step) + 1]
    assert bench.place.committed == []
    assert bench.runner.protocol.progress == -1


def test_take_batch_of_an_older_epoch_is_not_taken(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned(epoch=1)
        await bench.assigned(epoch=2)
        await bench.take(0, 1, epoch=1)

    asyncio.run(play())
    assert bench.calls == []


def test_take_folds_only_what_is_above_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, progress=4)

    async def play() -> None:
        assert await bench.assigned() == 5
        await bench.take(3, 4, 5, 6)

    asyncio.run(play())
    assert bench.work.folded == [5, 6]


def test_take_batch_above_the_next_record_is_sought_back(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned()
        await bench.take(7, 8)

    asyncio.run(play())
    assert bench.calls == ["seek 0"]


def test_take_without_records_does_nothing(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned()
        await bench.take()

    asyncio.run(play())
    assert bench.calls == []


def test_system_stage_sends_at_once_and_writes_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, write_every=1e9)

    async def play() -> None:
        await bench.assigned()
        await bench.take(0)  # the first write is due at once
        bench.calls.clear()
        await bench.take(1)
        await bench.take(2)
        await bench.runner.wake()
        assert steps(bench) == ["DECIDE", "SEND"] * 2
        await bench.runner.wake(flush=True)

    asyncio.run(play())
    assert steps(bench) == ["DECIDE", "SEND"] * 2 + ["CHANGELOG", "STORE", "CONTROL", "COMMIT"]
    assert bench.runner.protocol.progress == 2


def test_assigned_rewrites_regressed_keys_before_it_says_where_it_begins(bench: Bench) -> None:
    for entry in (Entry("0/bot/a", b"new", 9, 1), Entry("0/bot/a", b"old", 4, 1)):
        bench.merge.add(entry)
    bench.work.progress = 9
    assert asyncio.run(bench.runner.assigned(1)) == 10
    assert [(record.key, record.value) for record in bench.sender.sent] == [
        (b"0/bot/a", b"new"),
        (b"~policy", b"p"),
        (b"~control", b"control"),
    ]


def test_assigned_log_shorter_than_the_progress_halts_for_an_operator(bench: Bench) -> None:
    bench.work.progress = 500
    with pytest.raises(Left) as left:
        asyncio.run(bench.runner.assigned(1))
    assert left.value.args[0] == OPERATOR
    assert bench.sender.sent == []


@pytest.mark.parametrize(
    ("error", "code"), [(OperatorError("the directory is taken"), OPERATOR), (ConnectionError("gone"), INTERNAL)]
)
def test_assigned_recovery_that_fails_leaves_with_the_code_for_it(bench: Bench, error: Exception, code: int) -> None:
    def fail() -> None:
        raise error

    bench.recovers = fail
    with pytest.raises(Left) as left:
        asyncio.run(bench.runner.assigned(1))
    assert left.value.args[0] == code
    assert str(error) in left.value.args[1]


def test_changelog_entry_reads_what_the_runner_wrote(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned()
        await bench.take(0)

    asyncio.run(play())
    record = next(record for record in bench.sender.sent if record.topic == CHANGELOG)
    assert changelog_entry(record) == Entry("0/bot/s", b"state", 0, 5)


def test_wake_after_a_refresh_what_is_forgotten_takes_no_room(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned()
        await bench.take(0, 1)
        bench.store.apply([Entry("0/bot/gone", None, 1, 5)])
        bench.sender.sent.clear()
        await bench.runner.drive(Wake(1e12))

    asyncio.run(play())
    assert ("0/bot/gone", None) in [((record.key or b"").decode(), record.value) for record in bench.sender.sent]
    assert "0/bot/gone" not in [entry.key for entry in bench.store.entries()]
    assert bench.store.get("0/bot/s") == b"state"


def test_assigned_what_recovery_read_is_let_go(bench: Bench) -> None:
    """It holds every state of the partition, whatever the store keeps on disk."""
    asyncio.run(bench.runner.assigned(1))
    assert all(value is not bench.merge for value in vars(bench.runner).values())


def test_take_markers_of_a_transaction_are_neither_lag_nor_a_gap(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned()
        await bench.take(0, 1, behind=3)  # the marker lies at 2
        assert bench.runner.reached == 3
        await bench.take(3, start=3, behind=4)
        await bench.take(start=4, behind=5)  # nothing but a marker
        assert bench.runner.reached == 5

    asyncio.run(play())
    assert bench.work.folded == [0, 1, 3]
    assert not [call for call in bench.calls if call.startswith("seek")]


def test_take_position_behind_a_batch_that_was_lost_is_not_reached(bench: Bench) -> None:
    async def play() -> None:
        await bench.assigned()
        await bench.take(start=5, behind=6)  # 0 to 4 never came
        assert bench.runner.reached == 0
        await bench.take(6, start=6, behind=8)

    asyncio.run(play())
    assert bench.runner.reached == 0
    assert bench.calls == ["seek 0"]


def test_wake_batch_that_was_fetched_and_never_came_is_fetched_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)

    async def play() -> None:
        nonlocal now
        await bench.assigned()
        bench.place.fetched = 3
        await bench.runner.wake()
        await bench.take(0)
        bench.calls.clear()
        for step in (0.0, STRANDED_SECONDS / 2):  # one batch came meanwhile: waiting begins anew
            now += step
            await bench.runner.wake()
        assert bench.calls == []
        now += STRANDED_SECONDS
        await bench.runner.wake()

    asyncio.run(play())
    assert bench.calls == ["seek 1"]
