"""Turns that come late, twice or never, sessions that end, and what holds for every history."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.events import Escalation, Output
from monitor.core.interaction import Position
from monitor.core.session.reducer import SessionState, expires_at, forget
from monitor.core.session.snapshot import dump_session, load_session
from monitor.core.step import Keep
from monitor.core.vocabulary import (
    EscalationStatus,
    Role,
    Situation,
)
from tests.core.fakes import FAKES, POLICY, TOPIC, escalations, fold, make, observation, run

RAISED, CLEARED = EscalationStatus.RAISED, EscalationStatus.CLEARED


def only(outputs: tuple[Output, ...]) -> Escalation:
    (found,) = escalations(outputs)
    return found


def test_observe_duplicate_is_flagged_and_changes_nothing_else() -> None:
    state, _ = run([make(0, {"dispute": 0.5}), make(1, {"confusion": 0.7})])
    before = dump_session(state)
    step = fold(state, make(1, {"confusion": 0.7}), 9)
    (output,) = step.outputs
    found = observation((output,))
    assert found.flags == ("duplicate",)
    assert (found.scores, found.readings, found.features) == ({}, (), {})
    assert state.included == 9
    state.included = 1
    assert dump_session(state) == before


def test_observe_duplicate_older_than_the_ring_is_a_new_turn() -> None:
    state, _ = run([make(n) for n in range(65)])
    assert "duplicate" not in observation(fold(state, make(0), 99).outputs).flags


def test_observe_late_turn_is_accepted_and_flagged() -> None:
    _, sent = run([make(0), make(1), make(3), make(2, {"dispute": 0.9})])
    assert observation(sent[3]).flags == ("out_of_order",)
    assert only(sent[3]).lead == 2


@pytest.mark.parametrize("turns", [[make(1)], [make(0), make(2)]], ids=["start", "gap"])
def test_observe_missing_turn_makes_the_session_incomplete(turns: list[Any]) -> None:
    state, sent = run(turns)
    assert state.incomplete
    assert observation(sent[-1]).incomplete


def test_observe_dead_lettered_turn_makes_the_session_incomplete_and_an_escalation_says_so() -> None:
    step = fold(None, make(0, {"distress": 0.9}), 0, flags=("incomplete",))
    assert observation(step.outputs).incomplete
    assert any("missing" in line for line in only(step.outputs).unknown)


def test_observe_turns_without_numbers_are_counted() -> None:
    _, sent = run([make(n, turn=None) for n in range(3)])
    assert [observation(outputs).turn for outputs in sent] == [0, 1, 2]


def test_observe_last_turn_forgets_with_one_final_observation_that_carries_what_is_open() -> None:
    state, _ = run([make(0, {"distress": 0.9})])
    step = fold(state, make(1, {"dispute": 0.9}, ends_session=True), 1)
    assert step.keep is Keep.FORGET
    finals = [output for output in step.outputs if output.channel == "oversight.observations.v1"]
    assert len(finals) == 1
    found = observation(step.outputs)
    assert found.final
    assert {brief.situation for brief in found.escalations} == {
        Situation.VULNERABLE_CONTEXT,
        Situation.SUPPORT_RESOLUTION,
    }


def test_forget_clears_nothing_and_hands_over_what_is_open() -> None:
    state, sent = run([make(0, {"distress": 0.9})])
    step = forget(state, at=Position(TOPIC, 0, 50), ordinal=2, policy=POLICY)
    found = observation(step.outputs)
    assert (step.keep, found.final, found.ordinal, len(step.outputs)) == (Keep.FORGET, True, 2, 1)
    assert [brief.escalation_id for brief in found.escalations] == [only(sent[0]).escalation_id]


def test_expires_at_is_idle_seconds_after_the_last_turn() -> None:
    state, _ = run([make(0)])
    assert expires_at(state, POLICY) == 1000.0 + POLICY.base.idle_seconds


def test_observe_evidence_points_at_remembered_turns_only() -> None:
    state, _ = run([make(n) for n in range(300)])
    assert len(state.offsets) == 256
    assert 0 not in state.offsets


# properties -----------------------------------------------------------------------------------------------------------

SOME = ("dispute", "confusion", "distress", "human_request", "session_risk", "sentiment_shift", "dissatisfaction")
facts = st.dictionaries(st.sampled_from(SOME), st.sampled_from([0.0, 0.1, 0.5, 0.7, 1.0]), max_size=4)
histories = st.lists(
    st.tuples(facts, st.sampled_from(list(Role)), st.integers(-1, 1), st.integers(0, 2000)), max_size=25
)


def turns_of(history: list[Any]) -> list[Any]:
    """Turns with scores, roles, jumps of the producer's number and gaps of time; a jump of -1 repeats an id."""
    turns, number, ts = [], 0, 1000.0
    for scores, role, jump, gap in history:
        number, ts = max(0, number + 1 + jump), ts + gap
        turns.append(make(number, scores, role=role, ts=ts, terms=("a",) * (number % 5)))
    return turns


@settings(max_examples=80, deadline=None)
@given(histories, st.sets(st.integers(0, 24)))
def test_observe_stored_and_loaded_anywhere_gives_the_same_outputs(history: list[Any], cuts: set[int]) -> None:
    turns = turns_of(history)
    state: SessionState | None = None
    sent = []
    for offset, turn in enumerate(turns):
        step = fold(state, turn, offset)
        sent.append(step.outputs)
        state = load_session(dump_session(step.state), signals=FAKES) if offset in cuts else step.state
    whole: SessionState | None = None
    for offset, turn in enumerate(turns):
        step = fold(whole, turn, offset)
        whole = step.state
        assert step.outputs == sent[offset]


@settings(max_examples=80, deadline=None)
@given(histories)
def test_observe_open_escalation_never_falls(history: list[Any]) -> None:
    state: SessionState | None = None
    last: dict[str, Escalation] = {}
    for offset, turn in enumerate(turns_of(history)):
        step = fold(state, turn, offset)
        state = step.state
        for found in escalations(step.outputs):
            before = last.get(found.escalation_id)
            if before is not None:
                assert found.revision == before.revision + 1
                assert found.severity.rank >= before.severity.rank
                assert found.rung.rank >= before.rung.rank
                assert found.reasons[: len(before.reasons)] == before.reasons
            last[found.escalation_id] = found


@settings(max_examples=80, deadline=None)
@given(histories)
def test_observe_every_turn_has_one_observation_last_and_ids_of_its_own(history: list[Any]) -> None:
    state: SessionState | None = None
    ids: list[str] = []
    open_now: set[str] = set()
    for offset, turn in enumerate(turns_of(history)):
        step = fold(state, turn, offset)
        state = step.state
        observation(step.outputs)
        assert len(escalations(step.outputs)) == len(step.outputs) - 1
        ids.extend(output.id for output in step.outputs)
        for found in escalations(step.outputs):
            assert (found.status is RAISED) == (found.subject not in open_now)
            (open_now.discard if found.status is CLEARED else open_now.add)(found.subject)
    assert len(ids) == len(set(ids))


def test_observe_says_which_turn_begins_a_session_whatever_its_producer_numbers_it() -> None:
    _, sent = run([make(number, turn=number + 7) for number in range(3)])
    assert [observation(each).begins for each in sent] == [True, False, False]
    assert [observation(each).turn for each in sent] == [7, 8, 9]
