"""The state machine of one partition, event by event: the order of a batch, its guards, and illegal orders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import InternalError
from monitor.delivery.partition import MAX_GAPS, PartitionProtocol, Phase, batch_order
from monitor.delivery.rules import ALL_RULES, Rule
from monitor.delivery.steps import (
    Action,
    Assigned,
    Do,
    Done,
    Exit,
    Failed,
    Fetched,
    Halt,
    Recovered,
    Revoked,
    Seek,
    Skip,
    Step,
    Wake,
    Warn,
)


def steps(actions: tuple[Action, ...]) -> list[Step]:
    return [action.step for action in actions if isinstance(action, Do)]


def ready(
    protocol: PartitionProtocol, *, progress: int | None = 4, end: int = 10, epoch: int = 1, start: int = 0
) -> None:
    """Take the protocol through an assignment."""
    protocol.on(Assigned(epoch, start, end))
    actions = protocol.on(Recovered(epoch, progress, 0))
    while actions and (wanted := steps(actions)) and wanted != [Step.COMMIT]:
        actions = protocol.on(Done(wanted[0], epoch, 0.0))
    assert protocol.phase is Phase.READY


def fetched(first: int, last: int, *, epoch: int = 1, start: int | None = None, now: float = 0.0) -> Fetched:
    return Fetched(epoch, first if start is None else start, first, last, now)


def drive(protocol: PartitionProtocol, event: Fetched | Wake, *, now: float = 0.0) -> list[Do]:
    """Answer every step with Done; the steps in the order they were asked for."""
    done: list[Do] = []
    waiting = list(protocol.on(event))
    while waiting:
        action = waiting.pop(0)
        if isinstance(action, Do):
            done.append(action)
            waiting += protocol.on(Done(action.step, action.epoch, now))
    return done


def test_assignment_recovers_asserts_records_and_only_then_seeks() -> None:
    protocol = PartitionProtocol()
    assert protocol.on(Assigned(1, 0, 10)) == (Do(Step.RECOVER, 1),)
    assert protocol.on(Recovered(1, 4, 0)) == (Do(Step.REWRITE, 1, last=4),)
    assert protocol.on(Done(Step.REWRITE, 1, 0.0)) == (Do(Step.CONTROL, 1, last=4),)
    assert protocol.on(Done(Step.CONTROL, 1, 0.0)) == (Seek(5, "assignment"), Do(Step.COMMIT, 1, last=4))
    assert protocol.phase is Phase.READY


def test_assignment_of_a_new_partition_records_its_initial_offset() -> None:
    protocol = PartitionProtocol()
    protocol.on(Assigned(1, 0, 10))
    protocol.on(Recovered(1, None, 7))
    assert protocol.on(Done(Step.REWRITE, 1, 0.0)) == (Do(Step.CONTROL, 1, last=6),)
    assert protocol.on(Done(Step.CONTROL, 1, 0.0))[0] == Seek(7, "assignment")


def test_assignment_whose_initial_offset_is_younger_than_its_bounds_goes_on() -> None:
    protocol = PartitionProtocol()
    protocol.on(Assigned(1, 0, 10))
    assert steps(protocol.on(Recovered(1, None, 12))) == [Step.REWRITE]


def test_assignment_with_a_log_that_ends_below_the_progress_halts() -> None:
    protocol = PartitionProtocol()
    protocol.on(Assigned(1, 0, 3))
    (halt,) = protocol.on(Recovered(1, 4, 0))
    assert isinstance(halt, Halt)
    assert "OVERSIGHT_APP_ID" in halt.reason
    assert protocol.phase is Phase.STOPPED
    assert isinstance(protocol.on(fetched(5, 6))[0], Skip)


def test_assignment_with_records_lost_to_retention_warns_and_goes_on_at_the_start() -> None:
    protocol = PartitionProtocol()
    protocol.on(Assigned(1, 8, 10))
    warning, rewrite = protocol.on(Recovered(1, 4, 0))
    assert warning == Warn("records 5..7 were deleted by retention before they were read")
    assert rewrite == Do(Step.REWRITE, 1, last=7)


@given(applied=st.integers(0, 20), first=st.integers(0, 30), length=st.integers(1, 10))
def test_batch_anywhere_is_cut_skipped_or_sought_back(applied: int, first: int, length: int) -> None:
    protocol = PartitionProtocol()
    ready(protocol, progress=applied, end=1000)
    actions = protocol.on(fetched(first, first + length - 1))
    if first + length - 1 <= applied:
        assert isinstance(actions[0], Skip)
    elif first > applied + 1:
        assert actions == (Seek(applied + 1, f"batch began at {first}"),)
    else:
        assert actions == (Do(Step.DECIDE, 1, applied + 1, first + length - 1),)


def test_batch_runs_its_steps_in_order_and_moves_the_progress() -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    assert [do.step for do in drive(protocol, fetched(5, 7))] == list(batch_order())
    assert (protocol.applied, protocol.progress) == (7, 7)


def test_batch_that_a_fetch_from_here_found_later_is_taken() -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    assert protocol.on(fetched(8, 9, start=5)) == (Do(Step.DECIDE, 1, 8, 9),)


def test_batches_above_without_end_end_the_process() -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    answers = [protocol.on(fetched(9, 9))[0] for _ in range(MAX_GAPS + 1)]
    assert all(isinstance(answer, Seek) for answer in answers[:-1])
    assert isinstance(answers[-1], Exit)


def test_batch_during_another_is_skipped_and_fetched_again_afterwards() -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    protocol.on(fetched(5, 5))
    assert isinstance(protocol.on(fetched(6, 6))[0], Skip)
    actions: tuple[Action, ...] = ()
    for step in batch_order()[:-1]:
        actions = protocol.on(Done(step, 1, 0.0))
    assert actions == (Seek(6, "a batch came while busy"), Do(Step.COMMIT, 1, last=5))


def test_batch_past_the_end_at_assignment_may_adopt() -> None:
    protocol = PartitionProtocol()
    ready(protocol, progress=4, end=6)
    assert not protocol.may_adopt
    drive(protocol, fetched(5, 5))
    assert protocol.may_adopt
    assert drive(protocol, fetched(6, 8))[0] == Do(Step.ADOPT, 1, 6, 8)


def test_adoption_begins_at_the_next_record_even_where_the_batch_begins_later() -> None:
    protocol = PartitionProtocol()
    ready(protocol, progress=4, end=5)
    assert drive(protocol, fetched(8, 9, start=5))[:2] == [Do(Step.ADOPT, 1, 5, 9), Do(Step.DECIDE, 1, 8, 9)]


def test_deferred_writes_wait_until_due_and_cover_all_that_was_applied() -> None:
    protocol = PartitionProtocol(write_every=1.0)
    ready(protocol)
    drive(protocol, fetched(5, 5), now=10.0)
    assert [do.step for do in drive(protocol, fetched(6, 6), now=10.5)] == [Step.DECIDE, Step.SEND]
    assert (protocol.applied, protocol.progress) == (6, 5)
    assert drive(protocol, Wake(10.9)) == []
    written = drive(protocol, Wake(11.0), now=11.0)
    assert written[0] == Do(Step.CHANGELOG, 1, 6, 6)
    assert protocol.progress == 6


def test_deferred_writes_are_flushed_on_demand() -> None:
    protocol = PartitionProtocol(write_every=100.0)
    ready(protocol)
    drive(protocol, fetched(5, 5))
    drive(protocol, fetched(6, 7))
    assert [do.step for do in drive(protocol, Wake(1.0, flush=True))][-2:] == [Step.CONTROL, Step.COMMIT]
    assert protocol.progress == 7


def test_deferred_writes_hold_back_adoption_until_they_are_written() -> None:
    protocol = PartitionProtocol(write_every=100.0)
    ready(protocol, end=5)
    drive(protocol, fetched(5, 5))
    drive(protocol, fetched(6, 6))
    assert not protocol.may_adopt
    drive(protocol, Wake(1.0, flush=True))
    assert protocol.may_adopt


def test_wake_refreshes_a_quiet_partition_once_per_interval() -> None:
    protocol = PartitionProtocol(refresh_every=10.0)
    ready(protocol)
    assert drive(protocol, Wake(9.0)) == []
    refreshed = drive(protocol, Wake(10.0))
    assert [do.step for do in refreshed] == [Step.REFRESH, Step.CONTROL, Step.COMMIT]
    assert refreshed[1].last == protocol.progress == 4
    assert drive(protocol, Wake(19.0)) == []


@pytest.mark.parametrize("step", [step for step in batch_order() if step is not Step.COMMIT])
def test_failed_step_ends_the_process_and_nothing_follows(step: Step) -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    protocol.on(fetched(5, 5))
    for done in batch_order()[: batch_order().index(step)]:
        protocol.on(Done(done, 1, 0.0))
    assert protocol.on(Failed(step, 1, "timed out")) == (Exit(f"{step.name} failed: timed out"),)
    assert protocol.phase is Phase.STOPPED
    assert isinstance(protocol.on(fetched(5, 5))[0], Skip)


def test_failed_commit_is_only_a_hint_lost() -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    assert protocol.on(Failed(Step.COMMIT, 1, "rebalance")) == ()
    assert protocol.phase is Phase.READY


@pytest.mark.parametrize("revoked_epoch", [1, 2])
def test_step_done_after_revocation_writes_nothing(revoked_epoch: int) -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    protocol.on(fetched(5, 5))
    protocol.on(Done(Step.DECIDE, 1, 0.0))
    protocol.on(Revoked(revoked_epoch))
    assert isinstance(protocol.on(Done(Step.SEND, 1, 0.0))[0], Skip)
    assert isinstance(protocol.on(fetched(5, 5))[0], Skip)


def test_step_of_an_older_assignment_does_not_touch_the_new_one() -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    protocol.on(fetched(5, 5))
    ready(protocol, progress=8, epoch=2, end=20)
    assert isinstance(protocol.on(Done(Step.DECIDE, 1, 0.0))[0], Skip)
    assert isinstance(protocol.on(Failed(Step.DECIDE, 1, "late"))[0], Skip)
    assert isinstance(protocol.on(fetched(9, 9))[0], Skip)
    assert protocol.on(fetched(9, 9, epoch=2)) == (Do(Step.DECIDE, 2, 9, 9),)


def test_event_of_an_epoch_never_assigned_is_an_error_of_ours() -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    with pytest.raises(InternalError, match="epoch 5"):
        protocol.on(fetched(5, 5, epoch=5))
    with pytest.raises(InternalError, match="epoch 0"):
        protocol.on(Assigned(0, 0, 10))


@pytest.mark.parametrize("step", [Step.SEND, Step.CONTROL, Step.REWRITE])
def test_step_that_was_not_asked_for_is_an_error_of_ours(step: Step) -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    protocol.on(fetched(5, 5))
    with pytest.raises(InternalError, match="is what was asked for"):
        protocol.on(Done(step, 1, 0.0))


def test_recovery_reported_twice_is_not_begun_twice() -> None:
    protocol = PartitionProtocol()
    ready(protocol)
    assert isinstance(protocol.on(Recovered(1, 4, 0))[0], Skip)


@pytest.mark.parametrize("rule", [Rule.OUTPUTS_BEFORE_STATES, Rule.STATES_BEFORE_CONTROL])
def test_batch_order_without_a_rule_is_the_one_it_forbids(rule: Rule) -> None:
    order = batch_order(ALL_RULES - {rule})
    before, after = {
        Rule.OUTPUTS_BEFORE_STATES: (Step.CHANGELOG, Step.SEND),
        Rule.STATES_BEFORE_CONTROL: (Step.CONTROL, Step.CHANGELOG),
    }[rule]
    assert order.index(before) < order.index(after)
    assert sorted(order, key=lambda step: step.name) == sorted(batch_order(), key=lambda step: step.name)
