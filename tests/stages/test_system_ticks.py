"""Ticks at the stage: which systems are folded, what a re-read after a crash repeats, when nothing is due."""

from typing import Any

import msgspec
import pytest

from monitor.core.errors import RejectCode
from monitor.core.events import Breaker
from monitor.core.interaction import Position
from monitor.core.log import LogRecord, Observation, Tick
from monitor.core.system import reducer
from monitor.core.vocabulary import Autonomy, EscalationStatus
from monitor.ingest import Record
from monitor.stages.decision import Decisions, MemoryStates
from monitor.stages.system import SystemControl, SystemStage, load_control
from tests.core.observed import escalations
from tests.core.systems import INPUT, answer, brief, policy, seen
from tests.stages.feed import codes, logged, told

POLICY = policy()
NARROWER = msgspec.structs.replace(policy(granted=Autonomy.SUPPORT), fingerprint="narrower")
LAG = POLICY.base.budget.freeze_lag


def stage(states: MemoryStates | None = None, control: SystemControl | None = None) -> SystemStage:
    return SystemStage(0, MemoryStates() if states is None else states, policy=POLICY, control=control)


def raised(offset: int, system: str = "bot", **given: Any) -> Observation:  # noqa: ANN401 - any field of the brief
    place = Position(INPUT, 0, offset)
    one = brief(f"{system}-{offset}", subject=f"{system}/s#support_resolution", **given)
    return seen(float(offset), system_id=system, turn=1, source=place, escalations=(one,))


def log(*entries: LogRecord) -> list[Record]:
    return [logged(offset, entry) for offset, entry in enumerate(entries)]


def statuses(decisions: Decisions) -> list[tuple[str, str]]:
    return [(each.system_id, str(each.status)) for each in escalations(decisions.outputs)]


def test_tick_is_folded_into_exactly_the_systems_with_something_due(monkeypatch: pytest.MonkeyPatch) -> None:
    folded: list[tuple[str, float]] = []
    real = reducer.observe

    def observe(state: Any, record: LogRecord, **named: Any) -> Any:  # noqa: ANN401 - stands in for the reducer
        if isinstance(record, Tick):
            folded.append((state.system_id, record.wall))
        return real(state, record, **named)

    monkeypatch.setattr(reducer, "observe", observe)
    folding = stage()
    ticks = [Tick(wall=float(wall)) for wall in (100, 159, 160, 190, 1_000)]
    slow = raised(2, "slow", response_seconds=90)
    folding.decide(log(ticks[0], raised(1, "quick"), slow, seen(3.0, system_id="calm"), *ticks[1:]))
    assert folded == [("quick", 160.0), ("slow", 190.0)]


def test_tick_says_who_is_overdue_system_by_system() -> None:
    folding = stage()
    decisions = folding.decide(log(Tick(wall=100.0), raised(1, "b"), raised(2, "a"), Tick(wall=500.0)))
    assert statuses(decisions) == [("a", "overdue"), ("b", "overdue")]
    assert (decisions.folded, decisions.rejected) == (4, [])


def test_tick_of_a_log_without_systems_moves_wall_time_only() -> None:
    folding = stage()
    assert folding.decide(log(Tick(wall=50.0, lag=3))).outputs == []
    assert (folding.control.wall, folding.control.lag, list(folding.states())) == (50.0, 3, [])


def test_tick_while_the_input_lags_says_nothing_and_the_next_one_does() -> None:
    folding = stage()
    decisions = folding.decide(log(Tick(wall=100.0), raised(1), Tick(wall=500.0, lag=LAG + 1)))
    assert statuses(decisions) == []
    assert statuses(folding.decide([logged(3, Tick(wall=501.0, lag=LAG))])) == [("bot", "overdue")]


def test_tick_set_back_counts_as_the_highest_one() -> None:
    folding = stage()
    decisions = folding.decide(log(Tick(wall=500.0), raised(1), Tick(wall=100.0), Tick(wall=559.0), Tick(wall=90.0)))
    assert statuses(decisions) == []
    assert statuses(folding.decide([logged(5, Tick(wall=560.0))])) == [("bot", "overdue")]


def test_tick_first_after_a_restart_finds_what_is_due_in_the_states() -> None:
    states, first = MemoryStates(), stage()
    first.decide(log(Tick(wall=100.0), raised(1, "a"), raised(2, "b"), answer("b-2", system_id="b")))
    states.store(first.writes())
    again = stage(states, load_control(first.control_record(3)))
    assert statuses(again.decide([logged(4, Tick(wall=160.0))])) == [("a", "overdue")]


@pytest.mark.parametrize("kept", [0, 2, 4, 5, 6, 8])
def test_ticks_read_again_after_a_crash_repeat_the_same_events_and_no_others(kept: int) -> None:
    """The states are stored up to ``kept``, the control record is older: DESIGN.md 6.4."""
    entries: list[LogRecord] = [
        Tick(wall=100.0),
        raised(1),
        raised(2),
        Tick(wall=160.0),
        raised(4),
        answer("bot-4"),
        Tick(wall=220.0),
    ]
    records = log(*entries, raised(7), Tick(wall=290.0))
    undisturbed = told(stage().decide(records).outputs)
    states, first = MemoryStates(), stage()
    said = told(first.decide(records[:kept]).outputs)
    states.store(first.writes())
    said += told(first.decide(records[kept:7]).outputs)
    said += told(stage(states).decide(records).outputs)
    assert set(said) == set(undisturbed)
    assert len(dict(undisturbed)) == len(undisturbed), "no two of one id"


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_ticks_in_any_batching_with_restarts_between_say_the_same(size: int) -> None:
    entries: list[LogRecord] = [raised(0), Tick(wall=100.0), raised(2, "a"), answer("a-2", system_id="a"), raised(4)]
    records = log(*entries, Tick(wall=160.0), raised(6), answer("bot-0"), Tick(wall=165.0), Tick(wall=230.0))
    states, control, said = MemoryStates(), SystemControl(), list[tuple[str, bytes]]()
    for start in range(0, len(records), size):
        folding = stage(states, control)
        said += told(folding.decide(records[start : start + size]).outputs)
        states.store(folding.writes())
        control = load_control(folding.control_record(start + size - 1)) or SystemControl()
    whole = stage().decide(records)
    assert said == told(whole.outputs)
    seen_by_people = [(each.escalation_id, str(each.status)) for each in escalations(whole.outputs)]
    first_late = [("bot-0", "overdue"), ("bot-4", "overdue")]
    assert seen_by_people == [("a-2", "acknowledged"), *first_late, ("bot-0", "acknowledged"), ("bot-6", "overdue")]


def test_tick_on_which_one_system_fails_is_told_for_the_others_and_not_tried_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = reducer.observe

    def observe(state: Any, record: LogRecord, **named: Any) -> Any:  # noqa: ANN401 - stands in for the reducer
        step = real(state, record, **named)
        if isinstance(record, Tick) and state.system_id == "broken":
            raise RuntimeError("our bug")
        return step

    monkeypatch.setattr(reducer, "observe", observe)
    folding = stage()
    decisions = folding.decide(log(Tick(wall=100.0), raised(1, "broken"), raised(2, "well"), Tick(wall=500.0)))
    assert statuses(decisions) == [("well", "overdue")]
    assert codes(decisions.rejected) == [(3, RejectCode.INTERNAL_ERROR)]
    assert folding.decide([logged(4, Tick(wall=600.0))]).rejected == []
    (broken,) = [each for each in folding.states() if each.system_id == "broken"]
    assert broken.followed["broken-1"].fate is None


def test_review_refused_is_a_dead_letter_and_leaves_the_state_and_the_rest_alone() -> None:
    folding = stage()
    folding.decide(log(raised(0)))
    before = [(each.key, each.value) for each in folding.writes()]
    decisions = folding.decide([logged(1, answer("no such")), logged(2, answer("bot-0", verdict="?"))])
    assert codes(decisions.rejected) == [(1, "unknown_escalation"), (2, "invalid_review")]
    assert [(each.key, each.value) for each in folding.writes()] == before
    assert statuses(folding.decide([logged(3, answer("bot-0"))])) == [("bot", EscalationStatus.ACKNOWLEDGED)]


def test_review_as_long_as_a_book_is_cut_and_carried_out() -> None:
    folding = stage()
    folding.decide(log(raised(0)))
    decisions = folding.decide([logged(1, answer("bot-0", reviewer="r" * 10_000, reason="\u2603" * 10_000))])
    (told_,) = escalations(decisions.outputs)
    assert (len(told_.reviewer or ""), len(told_.review_reason or "")) == (200, 1_000)


def test_tick_brings_a_changed_policy_to_a_system_that_nothing_is_heard_of() -> None:
    folding = stage()
    folding.decide(log(Tick(wall=100.0), seen(1.0, system_id="quiet")))
    folding.policy = NARROWER
    decisions = folding.decide([logged(2, Tick(wall=105.0, lag=LAG + 1))])
    (breaker,) = (each.data for each in decisions.outputs if isinstance(each.data, Breaker))
    assert (breaker.system_id, breaker.granted, breaker.ceiling) == ("quiet", Autonomy.SUPPORT, Autonomy.SUPPORT)
    assert breaker.policy == folding.policy.fingerprint
    assert folding.decide([logged(3, Tick(wall=110.0))]).outputs == []


def test_tick_on_which_a_changed_policy_fails_is_told_once_and_not_with_every_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folding = stage()
    folding.decide(log(Tick(wall=100.0), seen(1.0, system_id="quiet")))
    folding.policy = NARROWER
    with monkeypatch.context() as patch:
        patch.setattr(reducer, "observe", lambda *_, **__: 1 / 0)
        rejected = [len(folding.decide([logged(n, Tick(wall=100.0 + n))]).rejected) for n in (2, 3)]
    assert rejected == [1, 0]
    folding.decide([logged(4, seen(2.0, system_id="quiet", source=Position(INPUT, 0, 9)))])
    (state,) = folding.states()
    assert state.judged_under == NARROWER.fingerprint


def test_tick_behind_brings_a_changed_policy_but_makes_nothing_overdue() -> None:
    folding = stage()
    folding.decide(log(Tick(wall=100.0), raised(1)))
    folding.policy = NARROWER
    decisions = folding.decide([logged(2, Tick(wall=900.0, lag=LAG + 1))])
    assert any(isinstance(each.data, Breaker) for each in decisions.outputs)
    assert statuses(decisions) == []
