from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.events import Escalation, Output, Standing
from monitor.core.interaction import Position
from monitor.core.policy.tree import parse_policy
from monitor.core.session.reducer import SessionState, expires_at, forget
from monitor.core.session.snapshot import dump_session, load_session
from monitor.core.step import Keep
from monitor.core.vocabulary import (
    Autonomy,
    EscalationStatus,
    HumanRole,
    Mode,
    Role,
    Rung,
    Severity,
    Situation,
    Stake,
)
from monitor.policy_file import shipped_tree
from tests.core.fakes import FAKES, POLICY, TOPIC, escalations, fold, make, observation, run, tool

SHIPPED = shipped_tree()
RAISED, UPDATED, CLEARED = EscalationStatus.RAISED, EscalationStatus.UPDATED, EscalationStatus.CLEARED


def mine(**own: object) -> Any:  # noqa: ANN401 - a Policy
    return parse_policy({"name": "mine", "owner": "care", **own}, base=SHIPPED)


def only(outputs: tuple[Output, ...]) -> Escalation:
    (found,) = escalations(outputs)
    return found


# one escalation -------------------------------------------------------------------------------------------------------


def test_observe_dispute_raises_support_resolution_with_everything_a_person_needs() -> None:
    _, sent = run(
        [
            make(0, {"question": 0.9}, intent="refund"),
            make(1, role=Role.ASSISTANT, tool=tool("lookup_order", order="x", amount=120.5)),
            make(2, {"dispute": 0.9}),
        ]
    )
    raised = only(sent[2])
    assert raised.situation is Situation.SUPPORT_RESOLUTION
    assert (raised.status, raised.revision, raised.lead) == (RAISED, 1, 2)
    assert (raised.severity, raised.rung, raised.human_role) == (
        Severity.WARNING,
        Rung.REVIEW_AFTER,
        HumanRole.TAKE_OVER,
    )
    assert raised.subject == "bot/s#support_resolution"
    assert raised.owner == "unassigned"
    assert raised.counterfactual == "silent if dispute < 0.6"
    (reason,) = raised.reasons
    assert (reason.signal, reason.rule, reason.value, reason.bound) == ("dispute", "disputed", 0.9, 0.6)
    assert (reason.evidence[0].turn, reason.evidence[0].topic, reason.evidence[0].offset) == (2, TOPIC, 2)
    assert raised.handoff.intents == ("refund",)
    assert raised.handoff.tools == ("lookup_order",)
    assert raised.handoff.amounts == ("lookup_order.amount=120.5",)
    assert raised.handoff.open_questions == ("turn 2: disputes the answer",)
    assert raised.user_notice is None, "nobody owns it, so nobody is promised"
    assert raised.policy == POLICY.fingerprint


def test_observe_near_miss_stays_silent() -> None:
    _, sent = run([make(0, {"dispute": 0.59}), make(1, {"confusion": 0.49})])
    assert [escalations(outputs) for outputs in sent] == [[], []]
    assert observation(sent[1]).readings == ()


def test_observe_same_reason_again_says_nothing_new() -> None:
    _, sent = run([make(0, {"dispute": 0.8}), make(1, {"dispute": 0.9})])
    assert escalations(sent[1]) == []
    assert [reading.signal for reading in observation(sent[1]).readings] == ["dispute"]


def test_observe_further_reason_updates_the_one_open_escalation() -> None:
    _, sent = run([make(0, {"dispute": 0.8}), make(1, {"human_request": 0.9})])
    first, second = only(sent[0]), only(sent[1])
    assert (second.status, second.revision) == (UPDATED, 2)
    assert second.escalation_id == first.escalation_id
    assert second.rung is Rung.TAKE_OVER
    assert [reason.rule for reason in second.reasons] == ["disputed", "person_wanted"]
    assert second.counterfactual == "silent if dispute < 0.6 and human_request < 0.55"


def test_observe_companion_may_come_before_or_after_its_trigger() -> None:
    for first, second in (("urgency", "human_request"), ("human_request", "urgency")):
        _, sent = run([make(0, {first: 0.9}), make(1, {second: 0.9})])
        situations = [found.situation for found in escalations(sent[1])]
        assert Situation.VULNERABLE_CONTEXT in situations


def test_observe_stakes_of_the_session_count_for_later_turns() -> None:
    calm = [make(0), make(1, {"final_decision": 0.9}, role=Role.ASSISTANT)]
    staked = [make(0, stakes=(Stake.HEALTH,)), make(1, {"final_decision": 0.9}, role=Role.ASSISTANT)]
    assert escalations(run(calm)[1][1]) == []
    raised = only(run(staked)[1][1])
    assert raised.situation is Situation.HIGH_STAKES_DECISION
    assert "no stake of health" in raised.counterfactual


# clearing, cooldown ---------------------------------------------------------------------------------------------------


def test_observe_soft_reason_over_clears_with_its_duration() -> None:
    _, sent = run([make(0, {"dispute": 0.8}), make(1, {"dispute": 0.1}), make(2, {"dispute": 0.1})])
    assert escalations(sent[1]) == []
    cleared = only(sent[2])
    assert (cleared.status, cleared.revision, cleared.duration_seconds) == (CLEARED, 2, 40.0)


def test_observe_hard_reason_never_clears() -> None:
    turns = [make(0, {"distress": 0.9}), *(make(n, {"distress": 0.0}) for n in range(1, 6))]
    _, sent = run(turns)
    assert only(sent[0]).severity is Severity.CRITICAL
    assert all(not escalations(outputs) for outputs in sent[1:])


def test_observe_one_reason_still_there_does_not_clear() -> None:
    turns = [make(0, {"dispute": 0.8, "human_request": 0.7}), make(1, {"dispute": 0.0}), make(2, {"dispute": 0.0})]
    assert all(not escalations(outputs) for outputs in run(turns)[1][1:])


def test_observe_soft_reason_in_cooldown_stays_silent_and_says_so() -> None:
    turns = [
        make(0, {"dispute": 0.8}),
        make(1, {"dispute": 0.1}),
        make(2, {"dispute": 0.1}),
        make(3, {"dispute": 0.9}),
        make(4, {"dispute": 0.9}, ts=1000.0 + 40 + 901),
    ]
    _, sent = run(turns)
    assert escalations(sent[3]) == []
    assert "cooldown" in observation(sent[3]).flags
    again = only(sent[4])
    assert (again.status, again.revision) == (RAISED, 1)
    assert again.escalation_id != only(sent[0]).escalation_id


def test_observe_hard_reason_ignores_the_cooldown() -> None:
    policy = mine(
        situations={"support_resolution": {"rules": {"outcry": {"text": "t", "signals": ["urgency"], "hard": True}}}}
    )
    turns = [
        make(0, {"dispute": 0.8}),
        make(1, {"dispute": 0.1}),
        make(2, {"dispute": 0.1}),
        make(3, {"urgency": 0.9}),
    ]
    assert only(run(turns, policy)[1][3]).reasons[0].rule == "outcry"


# conditions, evaluations, shadow, ceiling -----------------------------------------------------------------------------


def test_observe_condition_rule_fires_just_over_its_limit_and_not_under() -> None:
    policy = mine(
        situations={
            "high_stakes_decision": {
                "rules": {
                    "large_refund": {
                        "text": "a refund above the limit",
                        "when": 'tool.name == "refund" && tool.arguments.amount > 100',
                        "hard": True,
                    }
                }
            }
        }
    )
    for amount, expected in ((100, 0), (100.01, 1)):
        turn = make(0, role=Role.ASSISTANT, tool=tool("refund", amount=amount))
        assert len(escalations(run([turn], policy)[1][0])) == expected
    raised = only(run([make(0, role=Role.ASSISTANT, tool=tool("refund", amount=500))], policy)[1][0])
    assert raised.counterfactual == 'silent if not (tool.name == "refund" && tool.arguments.amount > 100)'
    assert [pointer.turn for pointer in raised.reasons[0].evidence] == [0]


def test_observe_condition_that_cannot_be_known_does_not_fire_and_does_not_crash() -> None:
    policy = mine(situations={"low_risk_task": {"rules": {"odd": {"text": "t", "when": "tool.arguments.amount > 1"}}}})
    turns = [make(0), make(1, tool=tool("x", amount="much"))]
    assert all(not escalations(outputs) for outputs in run(turns, policy)[1])


def test_observe_upstream_evaluation_fires_beside_a_signal_of_ours() -> None:
    policy = mine(
        bounds={"evaluation.confidence": {"raise": 0.2, "clear": 0.5, "below": True}, "confusion": {"persist": 1}},
        situations={
            "low_risk_task": {
                "rules": {
                    "user_confused": None,
                    "unsure": {"text": "t", "signals": ["evaluation.confidence"], "with_signals": ["confusion"]},
                }
            }
        },
    )
    turns = [make(0, {"confusion": 0.9}), make(1, role=Role.ASSISTANT, evaluations={"confidence": 0.1})]
    _, sent = run(turns, policy)
    assert escalations(sent[0]) == []
    assert {reason.signal for reason in only(sent[1]).reasons} == {"evaluation.confidence", "confusion"}


def test_observe_shadow_rule_has_a_subject_of_its_own_and_changes_no_live_output() -> None:
    shadow = mine(
        situations={"support_resolution": {"rules": {"tried": {"text": "t", "signals": ["urgency"], "mode": "shadow"}}}}
    )
    turns = [make(0, {"urgency": 0.9}), make(1, {"dispute": 0.9}), make(2, {"urgency": 0.9})]
    _, live = run(turns, mine())
    _, both = run(turns, shadow)
    assert only(both[0]).mode is Mode.SHADOW
    assert only(both[0]).subject == "bot/s#support_resolution~shadow"

    def acting(sent: list[tuple[Output, ...]]) -> list[tuple[str, int, tuple[str, ...]]]:
        found = [escalation for outputs in sent for escalation in escalations(outputs)]
        return [(e.escalation_id, e.revision, tuple(r.rule for r in e.reasons)) for e in found if e.mode is Mode.LIVE]

    assert acting(live) == acting(both)


def test_observe_shadow_system_raises_only_shadow() -> None:
    raised = only(run([make(0, {"distress": 0.9})], mine(mode="shadow"))[1][0])
    assert raised.mode is Mode.SHADOW


def test_observe_ceiling_is_the_narrowest_of_grant_and_standing() -> None:
    standing = Standing(
        system_id="bot", version=7, granted={"": Autonomy.ACT}, ceilings={"": Autonomy.ACT, "pay": Autonomy.SUPPORT}
    )
    step = fold(None, make(0, {"distress": 0.9}, capability="pay"), 0, standing=standing)
    assert only(step.outputs).ceiling is Autonomy.SUPPORT
    assert only(step.outputs).standing_version == 7
    assert observation(step.outputs).ceiling is Autonomy.SUPPORT


# order, gaps, duplicates, ends ----------------------------------------------------------------------------------------


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
