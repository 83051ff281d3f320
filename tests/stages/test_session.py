from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import SnapshotError
from monitor.core.events import Output
from monitor.core.log import Observation
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy
from monitor.stages.decision import Decisions, MemoryStates
from monitor.stages.session import MAX_DEAD_KEYS, SessionControl, SessionStage, load_control
from tests.stages.feed import broken, codes, told, turn

POLICY = load_policy(None)
IDLE = POLICY.base.idle_seconds
PERSON = "I want to speak to a human agent now."


def stage(
    states: MemoryStates | None = None, control: SessionControl | None = None, guards: dict[str, int] | None = None
) -> SessionStage:
    return SessionStage(
        0,
        MemoryStates() if states is None else states,
        policy=POLICY,
        options=IngestOptions(),
        control=control,
        guards=guards,
    )


def decided(folding: SessionStage, records: Sequence[Record]) -> Decisions:
    return folding.decide(folding.prepare(records))


def seen(outputs: Sequence[Output]) -> list[Observation]:
    return [output.data for output in outputs if isinstance(output.data, Observation)]


def kept(folding: SessionStage, states: MemoryStates, progress: int) -> SessionControl:
    """Store what the stage touched; the control record that goes with it, through its bytes."""
    states.store(folding.writes())
    control = load_control(folding.control_record(progress))
    folding.settled()
    assert control is not None
    return control


def run(records: Sequence[Record], cuts: Sequence[int]) -> tuple[list[Output], MemoryStates, SessionControl]:
    """Everything a stage says over batches cut at these indices, restarted from its store at every cut."""
    states, control, said = MemoryStates(), SessionControl(), []
    for start, end in pairwise([0, *sorted(cuts), len(records)]):
        folding = stage(states, control)
        said.extend(decided(folding, records[start:end]).outputs)
        control = kept(folding, states, end - 1)
    return said, states, control


# guards ---------------------------------------------------------------------------------------------------------------


def test_decide_record_that_the_state_includes_is_skipped() -> None:
    states, folding = MemoryStates(), stage()
    decided(folding, [turn(0), turn(1)])
    kept(folding, states, 1)
    again = decided(stage(states), [turn(0), turn(1), turn(2)])
    assert (again.skipped, again.folded) == (2, 1)
    assert [observation.source.offset for observation in seen(again.outputs)] == [2]


def test_decide_record_that_a_tombstone_includes_is_skipped() -> None:
    again = decided(stage(guards={"0/bot/s": 1}), [turn(0), turn(1), turn(2)])
    assert (again.skipped, again.folded) == (2, 1)


def test_decide_duplicate_interaction_is_told_as_one_and_scores_nothing() -> None:
    folding = stage()
    outputs = decided(folding, [turn(0, id="a", text=PERSON), turn(1, id="a", text=PERSON)]).outputs
    first, second = seen(outputs)
    assert first.flags == ()
    assert (second.flags, second.scores) == (("duplicate",), {})


def test_decide_rejects_what_does_not_decode_and_goes_on() -> None:
    decisions = decided(stage(), [turn(0), broken(1), Record(turn(2).at, None, b"s"), turn(3)])
    assert codes(decisions.rejected) == [(1, "invalid_json"), (2, "null_value")]
    assert decisions.folded == 2


def test_decide_session_with_a_dead_record_is_incomplete_and_others_are_not() -> None:
    outputs = decided(stage(), [turn(0), broken(1), turn(2), turn(3, "other")]).outputs
    assert [observation.incomplete for observation in seen(outputs)] == [False, True, False]


def test_decide_dead_key_outlives_a_restart() -> None:
    states, folding = MemoryStates(), stage()
    decided(folding, [broken(0)])
    control = kept(folding, states, 0)
    (observation,) = seen(decided(stage(states, control), [turn(1)]).outputs)
    assert observation.incomplete


def test_decide_dead_keys_are_capped_and_the_oldest_goes_first() -> None:
    folding = stage()
    decided(folding, [broken(offset, f"s{offset}") for offset in range(MAX_DEAD_KEYS)])
    decided(folding, [broken(MAX_DEAD_KEYS, "s0"), broken(MAX_DEAD_KEYS + 1, "new")])
    assert len(folding.control.dead_keys) == MAX_DEAD_KEYS
    assert "s0" in folding.control.dead_keys  # it died again: it is not the oldest any more
    assert "s1" not in folding.control.dead_keys


def test_decide_dead_record_without_a_key_marks_nobody() -> None:
    folding = stage()
    decided(folding, [Record(turn(0).at, b"{", None)])
    assert folding.control.dead_keys == {}


def test_decide_endless_keys_of_dead_records_do_not_outgrow_the_control_record() -> None:
    folding = stage()
    decided(folding, [Record(turn(offset).at, b"{", bytes([65 + offset]) * 500_000) for offset in range(4)])
    assert len(folding.control_record(3)) < 1_000


# partition time -------------------------------------------------------------------------------------------------------


def test_decide_late_turn_never_moves_partition_time_back() -> None:
    folding = stage()
    decided(folding, [turn(0, at=500.0), turn(1, "late", at=100.0)])
    assert folding.control.partition_time == 500.0


def test_decide_turn_far_ahead_of_its_record_moves_time_by_the_bound_only() -> None:
    folding = stage()
    ahead = Record(turn(0, at=9e9).at, turn(0, at=9e9).value, b"s", (), 1000.0)
    (observation,) = seen(decided(folding, [ahead]).outputs)
    assert (folding.control.partition_time, observation.flags) == (1300.0, ("ts_future",))


@pytest.mark.parametrize("ts", [1e18, -1e18, 1e308, 253402300800.0, -5.0, 0.0])
def test_decide_absurd_time_without_anything_to_compare_with_is_no_crash(ts: float) -> None:
    decisions = decided(stage(), [turn(0, at=ts), turn(1, at=10.0)])
    assert decisions.folded + len(decisions.rejected) == 2


def test_decide_session_past_its_idle_time_is_forgotten_with_a_final_observation() -> None:
    folding, states = stage(), MemoryStates()
    decided(folding, [turn(0, "a", text=PERSON)])
    kept(folding, states, 0)
    outputs = decided(folding, [turn(1, "b", at=IDLE + 1)]).outputs
    told_of_b, final = seen(outputs)
    assert (told_of_b.session_id, told_of_b.final) == ("b", False)
    assert (final.session_id, final.final, final.source.offset) == ("a", True, 1)
    assert final.ordinal > 0
    assert final.escalations, "what is open travels on"
    kept(folding, states, 1)
    assert list(states) == ["0/bot/b"]


def test_decide_turn_after_its_own_session_ended_starts_a_fresh_one() -> None:
    folding = stage()
    outputs = decided(folding, [turn(0), turn(1), turn(2, at=IDLE + 2)]).outputs
    assert [(each.turn, each.final) for each in seen(outputs)] == [(0, False), (1, False), (0, False), (1, True)]


def test_decide_ends_session_forgets_at_once_and_later_turns_start_fresh() -> None:
    folding, states = stage(), MemoryStates()
    outputs = decided(folding, [turn(0), turn(1, ends_session=True)]).outputs
    kept(folding, states, 1)
    assert states == {}
    assert seen(outputs)[-1].final


def test_policy_with_another_idle_time_moves_the_ends_of_open_sessions() -> None:
    base = msgspec.structs.replace(POLICY.base, idle_seconds=10.0)
    shorter = msgspec.structs.replace(POLICY, base=base)
    for first, second, end in ((POLICY, shorter, 12.0), (shorter, POLICY, IDLE + 2)):
        states, folding = MemoryStates(), stage()
        folding.policy = first
        decided(folding, [turn(0, "stored")])
        kept(folding, states, 0)
        folding = stage(states, folding.control)
        folding.policy = first
        decided(folding, [turn(1, "live")])
        folding.policy = second
        outputs = decided(folding, [turn(2, "x", at=end - 2.5), turn(3, "x", at=end)]).outputs
        assert sorted((each.session_id, each.source.offset) for each in seen(outputs) if each.final) == [
            ("live", 3),
            ("stored", 3),
        ]


def test_decide_quiet_session_stays_while_partition_time_stands() -> None:
    folding = stage()
    outputs = decided(folding, [turn(offset, f"s{offset}", at=5.0) for offset in range(50)]).outputs
    assert not any(observation.final for observation in seen(outputs))


# the same whatever the batching ---------------------------------------------------------------------------------------

steps = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from([0.0, 1.0, 60.0, IDLE / 2, IDLE + 1, -100.0]),
    st.sampled_from(["Good morning.", PERSON, "", None]),
)


def traffic(moves: list[tuple[str, float, str | None]]) -> list[Record]:
    now, records = 10_000.0, []
    for offset, (session, by, text) in enumerate(moves):
        now = max(now, now + by)
        at = now if by >= 0 else now + by
        records.append(broken(offset, session) if text is None else turn(offset, session, at=at, text=text))
    return records


@given(st.lists(steps, min_size=1, max_size=14), st.data())
@settings(max_examples=40, deadline=None)
def test_decide_any_batching_and_restart_says_the_same(
    moves: list[tuple[str, float, str | None]], data: st.DataObject
) -> None:
    records = traffic(moves)
    cuts = data.draw(st.lists(st.integers(0, len(records)), max_size=5))
    whole, states, control = run(records, [])
    parts, other, later = run(records, cuts)
    assert told(parts) == told(whole)
    assert other == states
    assert (later.partition_time, later.dead_keys) == (control.partition_time, control.dead_keys)


@given(st.lists(steps, min_size=2, max_size=12), st.data())
@settings(max_examples=40, deadline=None)
def test_decide_again_from_an_older_control_record_invents_nothing(
    moves: list[tuple[str, float, str | None]], data: st.DataObject
) -> None:
    """The states of a batch are stored, its control record is not: all of it is read again."""
    records = traffic(moves)
    cut = data.draw(st.integers(0, len(records) - 1))
    whole, _, _ = run(records, [])
    _, states, control = run(records[:cut], [])
    older = SessionControl(partition_time=control.partition_time, dead_keys=dict(control.dead_keys))
    folding = stage(states, control)
    decided(folding, records[cut:])
    guards = {write.key: write.included for write in folding.writes() if write.value is None}
    states.store(folding.writes())
    again = decided(stage(states, older, guards), records[cut:])
    assert set(told(again.outputs)) <= set(told(whole))


# control record -------------------------------------------------------------------------------------------------------


def test_control_record_round_trip_keeps_everything() -> None:
    folding = stage()
    decided(folding, [turn(0, at=77.0), broken(1, "x")])
    found = load_control(folding.control_record(1))
    assert found == SessionControl(1, 77.0, POLICY.fingerprint, {"x": 1})


def test_load_control_without_a_record_is_none_and_garbage_is_an_error() -> None:
    assert load_control(None) is None
    with pytest.raises(SnapshotError):
        load_control(b"\xc1")
