from typing import Any

from monitor.core.events import Escalation, Output, Standing
from monitor.core.policy.tree import parse_policy
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
from tests.core.fakes import POLICY, TOPIC, escalations, fold, make, observation, run, tool

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
