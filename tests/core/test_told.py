"""A limit or an order that was broken, from the policy's words to what a person reads."""

import msgspec

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.events import Escalation, Reason
from monitor.core.interaction import Position
from monitor.core.policy.model import RoutePolicy
from monitor.core.policy.tree import parse_policy
from monitor.core.privacy import shown
from monitor.core.session.reducer import SessionState, observe
from monitor.core.session.snapshot import dump_session, load_session
from monitor.core.vocabulary import EscalationStatus, Rung, Severity, Situation
from monitor.policy_file import shipped_tree
from monitor.replay.explanation import explanation
from tests.builders import call, result, user
from tests.core.fakes import STANDING, TOPIC

POLICY = parse_policy(
    {
        "name": "told",
        "owner": "tests",
        "tools": {
            "limits": {
                "small_refunds": {
                    "text": "refunds above 100 are a person's to give",
                    "tools": ["refund*"],
                    "argument": "amount",
                    "max": 100,
                }
            },
            "orders": {"yes_first": {"text": "the user says yes first", "before": ["refund*"], "agreed": True}},
        },
    },
    base=shipped_tree(),
)
DONE = result("refund")


def refund(amount: object) -> Annotation:
    return call("refund", use={"arguments": {"amount": amount}})


def escalations(*turns: Annotation) -> list[Escalation]:
    state: SessionState | None = None
    found: list[Escalation] = []
    for offset, turn in enumerate(turns):
        at = Position(TOPIC, 0, offset)
        step = observe(state, turn, at=at, now=1000.0 + offset, policy=POLICY, standing=STANDING)
        state = load_session(dump_session(step.state))
        found.extend(output.data for output in step.outputs if isinstance(output.data, Escalation))
    return found


def reasons(found: Escalation) -> dict[str, Reason]:
    return {reason.rule: reason for reason in found.reasons}


def test_limit_crossed_tells_which_the_number_and_what_would_have_kept_it_silent() -> None:
    (found,) = escalations(user(agreement=0.9), refund(120))
    assert (found.situation, found.severity) == (Situation.SYSTEM_BEHAVIOUR, Severity.CRITICAL)
    assert found.rung is Rung.REVIEW_BEFORE
    (reason,) = found.reasons
    assert reason.text == (
        "refund with amount 120 is above the limit of 100 (the rule: refunds above 100 are a person's to give)"
    )
    assert (reason.evidence[0].cue, reason.evidence[0].offset) == ("small_refunds", 1)
    assert found.counterfactual == "silent if amount <= 100"
    lines = list(explanation([found], POLICY))
    assert f"  {reason.text}" in lines
    assert any("it went beyond a limit it was given" in line for line in lines)


def test_limit_just_kept_and_yes_given_is_silent() -> None:
    assert escalations(user(agreement=0.9), refund(100), DONE) == []


def test_order_broken_beside_a_limit_is_a_reason_of_its_own() -> None:
    (found,) = escalations(user(), refund(120))
    assert set(reasons(found)) == {"beyond_its_limit", "out_of_order"}
    assert reasons(found)["out_of_order"].text.endswith("(the rule: the user says yes first)")
    assert found.counterfactual == "silent if amount <= 100 and the user had plainly said yes"


def test_limit_crossed_again_by_another_amount_is_nothing_new_and_another_limit_is() -> None:
    first, second = escalations(user(agreement=0.9), refund(120), DONE, refund(130), DONE, user(), refund(140))
    assert (first.status, second.status) == (EscalationStatus.RAISED, EscalationStatus.UPDATED)
    assert [reason.rule for reason in second.reasons] == ["beyond_its_limit", "out_of_order"]
    assert "120" in second.reasons[0].text


def test_limit_that_cannot_be_judged_raises_nothing() -> None:
    assert escalations(user(agreement=0.9), refund("some"), DONE) == []


def test_order_with_a_lost_turn_raises_nothing_hard() -> None:
    lost = Annotation(
        id="late",
        ts=0.0,
        system_id="bot",
        session_id="s",
        role=refund(1).role,
        turn=3,
        tool=ToolUse("refund", 1, {"amount": 5}),
    )
    assert escalations(user(), lost) == []


def test_limit_crossed_on_a_route_that_hides_amounts_tells_no_figure() -> None:
    (found,) = escalations(user(agreement=0.9), refund(1234.5))
    hidden = shown(found, {found.route: RoutePolicy(hides=("amounts",))})
    assert "1234.5" in found.reasons[0].text
    assert "1234.5" not in msgspec.json.encode(hidden).decode()
    assert "refunds above" in hidden.reasons[0].text
