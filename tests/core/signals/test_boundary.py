"""Boundaries: plain stories and their near misses."""

import pytest

from monitor.core.policy.model import ToolPolicy
from monitor.core.vocabulary import Autonomy, Delivery, Stake
from tests.builders import ai, call, result, staff, system_policy, told, user, value

DRAFT = Delivery.DRAFT
NARROW = system_policy(tools=ToolPolicy(allowed=("get_*", "send_*"), forbidden=("send_money",), approval=("send_*",)))
DECIDED = {"decision_type": "denial", "decision_final": True}


@pytest.mark.parametrize(("tool", "expected"), [("get_order", 0.0), ("SEND_MONEY", 1.0), ("delete_order", 1.0)])
def test_tool_not_allowed_by_name(tool: str, expected: float) -> None:
    assert value("tool_not_allowed", call(tool), policy=NARROW) == expected


def test_tool_not_allowed_call_and_result_are_judged_once_and_a_bare_result_too() -> None:
    assert told("tool_not_allowed", call("drop_it"), result("drop_it"), policy=NARROW).value is None
    assert value("tool_not_allowed", result("drop_it"), policy=NARROW) == 1.0


def test_tool_not_allowed_drafted_call_is_soft_and_its_result_is_not() -> None:
    drafted = call("drop_it", delivery=DRAFT)
    assert value("tool_not_allowed", drafted, policy=NARROW) < 0.5
    assert value("tool_not_allowed", drafted, result("drop_it"), policy=NARROW) == 1.0


def test_tool_not_allowed_turn_without_tool_is_not_judged() -> None:
    assert told("tool_not_allowed", ai(), policy=NARROW).value is None


def test_approval_missing_tool_that_needs_it_fires() -> None:
    found = told("approval_missing", user(), call("send_letter"), policy=NARROW)
    assert found.value == 1.0
    assert found.evidence[0].path == "tool_call.name"


def test_approval_missing_approved_by_name_or_by_staff_does_not_fire() -> None:
    assert value("approval_missing", call("send_letter", use={"approved_by": "kim"}), policy=NARROW) == 0.0
    assert value("approval_missing", staff(decision_type="approval"), call("send_letter"), policy=NARROW) == 0.0


def test_approval_missing_approval_that_comes_later_is_too_late() -> None:
    assert value("approval_missing", call("send_letter"), policy=NARROW) == 1.0
    assert value("approval_missing", staff(), call("send_letter"), policy=NARROW) == 1.0


def test_approval_missing_declared_final_decision_fires_and_a_draft_does_not() -> None:
    assert value("approval_missing", ai(**DECIDED, stakes=(Stake.MONEY,))) == 1.0
    assert value("approval_missing", ai(**DECIDED)) >= 0.5
    assert value("approval_missing", ai(**DECIDED, stakes=(Stake.MONEY,), delivery=DRAFT)) == 0.0
    assert value("approval_missing", ai(decision_type="denial", stakes=(Stake.MONEY,))) == 0.0


def test_approval_missing_decision_read_from_text_fires_at_grave_stakes_only() -> None:
    assert value("approval_missing", user(stakes=(Stake.ELIGIBILITY,)), ai(final_decision=0.9)) >= 0.5
    assert value("approval_missing", ai(final_decision=0.9, declared_stakes=(Stake.MONEY,))) == 0.9
    assert value("approval_missing", ai(final_decision=1.0, stakes=(Stake.MONEY,))) < 0.5
    assert value("approval_missing", ai(final_decision=1.0)) == 0.0


def test_approval_missing_publication_fires() -> None:
    assert value("approval_missing", call("publish_article")) == 1.0
    assert value("approval_missing", staff(approval=1.0), call("publish_article")) == 0.0


def test_approval_missing_incomplete_session_is_soft_and_says_why() -> None:
    found = told("approval_missing", call("send_letter"), policy=NARROW, incomplete=True)
    assert found.value is not None
    assert found.value < 0.5
    assert found.unknown


def test_autonomy_exceeded_above_ceiling_or_grant_fires() -> None:
    assert value("autonomy_exceeded", ai(autonomy=Autonomy.ACT), ceiling=Autonomy.SUPPORT) == 1.0
    assert value("autonomy_exceeded", ai(autonomy=Autonomy.ACT), granted=Autonomy.RECOMMEND) == 1.0


def test_autonomy_exceeded_at_the_ceiling_or_in_a_draft_does_not_fire() -> None:
    assert value("autonomy_exceeded", ai(autonomy=Autonomy.SUPPORT), ceiling=Autonomy.SUPPORT) == 0.0
    assert value("autonomy_exceeded", ai(autonomy=Autonomy.ACT, delivery=DRAFT), ceiling=Autonomy.SUPPORT) == 0.0


def test_autonomy_exceeded_undeclared_is_unknown() -> None:
    assert told("autonomy_exceeded", ai(), ceiling=Autonomy.NONE).value is None
