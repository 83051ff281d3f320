"""Orders: the step that was skipped, the yes that was none, and what a gap in the record proves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.annotation import Annotation
from monitor.core.policy.model import Order, SystemPolicy, ToolPolicy
from monitor.core.vocabulary import Delivery
from tests.builders import Fold, ai, call, result, staff, story, system_policy, told, user, value

NAME = "sequence_violation"
DRAFT = Delivery.DRAFT
YES, NO = user(agreement=0.9), user(agreement=0.0)


def ordered(**given: Any) -> SystemPolicy:  # noqa: ANN401 - any field of an order
    fields = {"id": "first", "text": "check who it is", "before": ("refund*",), **given}
    return system_policy(tools=ToolPolicy(orders=(Order(**fields),)))


CHECKED = ordered(after=("check_*", "verify_*"))
AGREED = ordered(agreed=True)
CHECK, CHECK_OK, CHECK_FAILED = call("check_id"), result("check_id"), result("check_id", use={"error": True})
REFUND, REFUNDED = call("refund_order"), result("refund_order")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ((), 1.0),
        ((call("lookup"), result("lookup")), 1.0),
        ((CHECK, CHECK_OK), 0.0),
        ((CHECK, CHECK_OK, user(), ai()), 0.0),
        ((CHECK, CHECK_FAILED), 1.0),
        ((CHECK, CHECK_FAILED, CHECK, CHECK_OK), 0.0),
        ((CHECK_OK,), 0.0),
        ((call("lookup"), result("lookup"), CHECK), 1.0),
        ((staff(tool=CHECK.tool), CHECK_OK), 0.0),
    ],
    ids=[
        "nothing",
        "another",
        "done",
        "done earlier",
        "failed",
        "failed, then done",
        "by result alone",
        "no result yet",
        "by a person",
    ],
)
def test_order_step_that_must_come_first(before: tuple[Annotation, ...], expected: float) -> None:
    assert value(NAME, *before, REFUND, policy=CHECKED) == expected


@pytest.mark.parametrize("between", [(call("lookup"), result("lookup")), (user(), ai())], ids=["another's", "the user"])
def test_order_step_whose_result_is_not_shown_although_others_are_proves_nothing(
    between: tuple[Annotation, ...],
) -> None:
    found = told(NAME, call("look"), result("look"), CHECK, *between, REFUND, policy=CHECKED)
    assert found.value is None
    assert found.unknown == "check_id was called before refund_order, and no result of it was seen"
    assert value(NAME, result("look"), CHECK, *between, CHECK_OK, REFUND, policy=CHECKED) == 0.0
    assert value(NAME, result("look"), CHECK, *between, CHECK_FAILED, REFUND, policy=CHECKED) == 1.0


def test_order_where_no_results_are_shown_the_call_counts_as_done() -> None:
    assert value(NAME, user(), CHECK, ai(), REFUND, policy=CHECKED) == 0.0
    assert value(NAME, user(), CHECK, REFUND, policy=CHECKED) == 0.0
    assert value(NAME, user(), call("check_id", delivery=DRAFT), REFUND, policy=CHECKED) == 1.0


def test_order_that_is_not_kept_by_the_call_itself() -> None:
    assert value(NAME, REFUND, policy=ordered(after=("*",))) == 1.0


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ((), 1.0),
        ((NO,), 1.0),
        ((YES,), 0.0),
        ((YES, ai(), call("lookup"), result("lookup")), 0.0),
        ((YES, REFUND, REFUNDED), 0.0),
        ((YES, ai(), NO), 1.0),
        ((NO, ai(), YES), 0.0),
    ],
    ids=["nobody spoke", "no", "yes", "results between", "a second call", "yes, then no", "no, then yes"],
)
def test_order_users_yes_covers_calls_until_their_next_turn(before: tuple[Annotation, ...], expected: float) -> None:
    assert value(NAME, *before, REFUND, policy=AGREED) == expected


@pytest.mark.parametrize("words", [user(language=None), user(words=0)])
def test_order_yes_that_cannot_be_read_is_unknown(words: Annotation) -> None:
    found = told(NAME, YES, words, REFUND, policy=AGREED)
    assert found.value is None
    assert found.unknown


def test_order_broken_tells_which_and_points_at_the_users_words() -> None:
    found = told(NAME, NO, REFUND, policy=AGREED)
    assert found.told == "refund_order was called without the user's plain yes (the rule: check who it is)"
    assert found.unless == "the user had plainly said yes"
    assert [(each.turn, each.cue) for each in found.evidence] == [(1, "first"), (0, "agreement")]
    found = told(NAME, NO, REFUND, policy=CHECKED)
    assert (
        found.told
        == "refund_order was called and no check_* or verify_* had succeeded before (the rule: check who it is)"
    )
    assert found.evidence[0].path == "tool_call.name"


@pytest.mark.parametrize("policy", [CHECKED, AGREED])
def test_order_with_a_turn_missing_is_unproven(policy: SystemPolicy) -> None:
    found = told(NAME, user(), REFUND, policy=policy, incomplete=True)
    assert found.value == 0.4
    assert "missing" in (found.unknown or "")
    assert value(NAME, YES, CHECK, CHECK_OK, REFUND, policy=policy, incomplete=True) == 0.0


def test_order_draft_is_not_a_call_yet_and_its_result_is_judged() -> None:
    drafted = call("refund_order", delivery=DRAFT)
    assert [found.value for found in story(NAME, NO, drafted, REFUNDED, policy=AGREED)] == [None, 0.0, 1.0]


def test_order_call_and_its_late_result_are_one() -> None:
    assert [found.value for found in story(NAME, YES, REFUND, NO, REFUNDED, policy=AGREED)] == [None, 0.0, None, None]


@pytest.mark.parametrize(("amount", "expected"), [(50, 0.0), (51, 1.0), ("x", None)])
def test_order_condition_narrows_the_calls_it_binds(amount: object, expected: float | None) -> None:
    policy = ordered(agreed=True, when="tool.arguments.amount > 50")
    turn = call("refund_order", use={"arguments": {"amount": amount}})
    assert told(NAME, NO, turn, policy=policy).value == expected


def test_order_of_no_concern_judges_nothing() -> None:
    assert told(NAME, NO, call("lookup"), policy=AGREED).value is None
    assert told(NAME, NO, REFUND).value is None


def test_order_step_that_was_forgotten_proves_nothing() -> None:
    """However long a session: what its state dropped is not held against the AI."""
    fold = Fold(policy=CHECKED)
    for index in range(100):
        fold.add(call(f"tool_{index}"))
        fold.add(result(f"tool_{index}"))
    assert fold.add(REFUND)[NAME].value is None


steps = st.lists(st.sampled_from(("yes", "no", "check", "failed", "refund", "talk")), max_size=30)


@given(steps)
def test_order_any_history_is_broken_exactly_where_a_step_or_the_yes_is_missing(history: list[str]) -> None:
    turns = {"yes": [YES], "no": [NO], "check": [CHECK, CHECK_OK], "failed": [CHECK, CHECK_FAILED], "talk": [ai()]}
    policy = ordered(after=("check_*",), agreed=True)
    told_turns, expected, checked, agreed = [CHECK_FAILED], [], False, False
    for step in history:
        told_turns += turns.get(step, [REFUND, REFUNDED])
        checked = checked or step == "check"
        agreed = step == "yes" or (agreed and step != "no")
        expected += [float(not (checked and agreed))] if step == "refund" else []
    found = [each.value for each in story(NAME, *told_turns, policy=policy) if each.value is not None]
    assert found == expected
