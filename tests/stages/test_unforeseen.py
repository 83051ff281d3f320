"""A record on which our own code fails is dead-lettered; everything else is decided as if that record were missing."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.annotate import annotate_batch as real_annotations
from monitor.core.errors import InternalError, RejectCode
from monitor.core.events import Output
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.session import reducer as session_reducer
from monitor.core.session.snapshot import load_session
from monitor.core.system import reducer as system_reducer
from monitor.core.vocabulary import Role
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy
from monitor.stages import prepared as preparing
from monitor.stages.decision import MemoryStates
from monitor.stages.session import SessionControl, SessionStage, load_control
from monitor.stages.system import SystemStage
from tests.stages.feed import INPUT, codes, logged, told, turn

POLICY = load_policy(None)
IDLE = POLICY.base.idle_seconds
POISON = 4_321.0
"""An event time on which the reducers of these tests fail, after they changed the state."""


class FaultError(RuntimeError):
    """Our bug."""


def failing(reducer: Callable[..., Any], poisoned: Callable[..., bool]) -> Callable[..., Any]:
    def observe(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - stands in for either reducer
        step = reducer(*arguments, **named)
        if poisoned(*arguments, **named):
            raise FaultError("what a person said")
        return step

    return observe


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both reducers fail on a poisoned record, half-way."""
    session = failing(session_reducer.observe, lambda _, turn, **__: "poison" in turn.id)
    system = failing(system_reducer.observe, lambda _, record, **__: record.at == POISON)
    monkeypatch.setattr(session_reducer, "observe", session)
    monkeypatch.setattr(system_reducer, "observe", system)


def poison(offset: int, session: str = "s") -> Record:
    return turn(offset, session, id=f"poison-{offset}")


def stage(states: MemoryStates, control: SessionControl | None = None, guards: dict[str, int] | None = None) -> Any:  # noqa: ANN401 - see above
    return SessionStage(0, states, policy=POLICY, options=IngestOptions(), control=control, guards=guards)


def run(records: Sequence[Record], cuts: Sequence[int], *, settle: bool = True) -> tuple[Any, ...]:
    """Outputs, rejected codes, states and dead keys of a stage restarted from its store at every cut."""
    states, control = MemoryStates(), SessionControl()
    said: list[Output] = []
    rejected: list[tuple[int, str]] = []
    for start, end in pairwise([0, *sorted(cuts), len(records)]):
        folding = stage(states, control)
        decisions = folding.decide(folding.prepare(records[start:end]))
        said += decisions.outputs
        rejected += codes(decisions.rejected)
        states.store(folding.writes())
        control = load_control(folding.control_record(end - 1)) or control
        folding.settled()
    return told(said), sorted(rejected), dict(states), control


@pytest.mark.usefixtures("faulty")
def test_decide_record_our_code_fails_on_is_rejected_and_the_rest_goes_on() -> None:
    folding = stage(MemoryStates())
    decisions = folding.decide(folding.prepare([turn(0), poison(1), turn(2), turn(3, "other")]))
    assert codes(decisions.rejected) == [(1, RejectCode.INTERNAL_ERROR)]
    seen = [output.data for output in decisions.outputs if isinstance(output.data, Observation)]
    assert [(each.source.offset, each.turn, each.incomplete) for each in seen] == [
        (0, 0, False),
        (2, 1, True),
        (3, 0, False),
    ]


@pytest.mark.usefixtures("faulty")
def test_decide_rejection_names_our_code_and_quotes_nobody() -> None:
    folding = stage(MemoryStates())
    ((_, error),) = folding.decide(folding.prepare([poison(0)])).rejected
    assert "FaultError at tests.stages.test_unforeseen:" in str(error)
    assert "person" not in str(error)
    assert isinstance(error.__cause__, FaultError)


@pytest.mark.usefixtures("faulty")
def test_decide_state_after_a_failed_turn_is_the_one_before_it_but_for_the_gap() -> None:
    states, (_, _, whole, _) = MemoryStates(), run([turn(0), turn(1)], [])
    folding = stage(states)
    folding.decide(folding.prepare([turn(0), turn(1), poison(2)]))
    states.store(folding.writes())
    (state,), (before,) = [[load_session(value) for value in each.values()] for each in (states, whole)]
    assert (state.incomplete, state.included, state.seen_at) == (True, 2, 2.0)
    state.incomplete, state.included, state.seen_at = before.incomplete, before.included, before.seen_at
    assert state == before


turns = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.sampled_from((0.0, 1.0, IDLE * 2)), st.booleans()), max_size=14
)


@pytest.mark.usefixtures("faulty")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns, st.data())
def test_decide_failures_fall_alike_however_the_log_is_cut(
    drawn: list[tuple[str, bool, float, bool]], data: st.DataObject
) -> None:
    at, records = 0.0, []
    for offset, (session, poisoned, pause, ends) in enumerate(drawn):
        at += pause
        fields: dict[str, Any] = {"id": f"{'poison' if poisoned else 'id'}-{offset}", "session_end": ends}
        records.append(turn(offset, session, at, **fields))
    cuts = data.draw(st.lists(st.integers(0, len(records)), max_size=4))
    assert run(records, cuts) == run(records, [])


@pytest.mark.usefixtures("faulty")
def test_decide_crash_after_the_states_reads_again_and_decides_the_same() -> None:
    records = [turn(0), poison(1), poison(2, "new"), turn(3, "new"), turn(4)]
    states = MemoryStates()
    first = stage(states)
    first.decide(first.prepare(records))
    states.store(first.writes())  # and no control record: the process ended in between
    again = stage(states)
    decisions = again.decide(again.prepare(records))
    assert decisions.outputs == []
    undisturbed = load_control(first.control_record(4))
    assert load_control(again.control_record(4)) == undisturbed


def test_prepare_turn_that_cannot_be_annotated_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:

    def annotate_batch(interactions: Sequence[Any], scorer: None) -> list[Any]:
        if any(each.id == "poison-1" for each in interactions):
            raise FaultError
        return real_annotations(interactions, scorer)

    monkeypatch.setattr(preparing, "annotate_batch", annotate_batch)
    found = preparing.prepare([turn(0), poison(1), turn(2)], IngestOptions())
    assert [record.at.offset for record, _ in found.turns] == [0, 2]
    assert codes(found.rejected) == [(1, RejectCode.INTERNAL_ERROR)]
    assert len(found.interactions) == 2


def test_decide_broken_state_is_not_the_records_fault() -> None:
    states = MemoryStates()
    folding = stage(states)
    states["0/bot/s"] = b"no snapshot"
    with pytest.raises(InternalError):
        folding.decide(folding.prepare([turn(0)]))


def observation(offset: int, at: float) -> Record:
    seen = Observation(
        source=Position(INPUT, 0, offset),
        ordinal=0,
        system_id="bot",
        session_id="s",
        turn=offset,
        at=at,
        role=Role.USER,
    )
    return logged(offset, seen)


@pytest.mark.usefixtures("faulty")
def test_decide_system_record_our_code_fails_on_leaves_the_state_as_it_was() -> None:
    kept = []
    for at in (POISON, None):
        states = MemoryStates()
        folding = SystemStage(0, states, policy=POLICY)
        records = [observation(0, 1.0), observation(1, 2.0), *([observation(2, at)] if at else []), observation(3, 3.0)]
        decisions = folding.decide(records)
        states.store(folding.writes())
        kept.append((dict(states), told(decisions.outputs)))
        assert codes(decisions.rejected) == ([(2, RejectCode.INTERNAL_ERROR)] if at else [])
    assert kept[0] == kept[1]
