"""Limits: just within and just beyond, sums over a session, and what cannot be judged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.annotation import Annotation
from monitor.core.policy.model import Limit, SystemPolicy, ToolPolicy
from monitor.core.signals.base import Score
from monitor.core.vocabulary import Delivery
from tests.builders import call, result, staff, story, system_policy, told, user

NAME = "limit_exceeded"


def limited(**given: Any) -> SystemPolicy:  # noqa: ANN401 - any field of a limit
    fields = {"id": "cap", "text": "small refunds only", "tools": ("refund*",), "argument": "amount", **given}
    return system_policy(tools=ToolPolicy(limits=(Limit(**fields),)))


def refund(amount: object = None, /, **more: Any) -> Annotation:  # noqa: ANN401 - any field
    arguments = {} if amount is None else {"amount": amount}
    return call("refund_order", use={"arguments": {**arguments, **more.pop("arguments", {})}}, **more)


def refunded(*, error: bool = False) -> Annotation:
    return result("refund_order", use={"error": error})


def score(turn: Annotation, **given: Any) -> Score:  # noqa: ANN401 - any field of a limit
    return told(NAME, turn, policy=limited(**given))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(100, 0.0), (100.01, 1.0), ("100.00", 0.0), ("$100.01", 1.0), ("1,000 USD", 1.0), (-5, 1.0), (10**400, 1.0)],
)
def test_limit_number_just_within_is_silent_and_just_beyond_fires(amount: object, expected: float) -> None:
    assert score(refund(amount), min=0.0, max=100.0).value == expected


@pytest.mark.parametrize("amount", [None, True, "a lot", "1,20", {"value": 500}, "9" * 500, float("nan")])
def test_limit_argument_missing_or_no_number_is_unknown_and_named(amount: object) -> None:
    found = score(refund(amount), max=100.0)
    assert found.value is None
    assert "amount" in (found.unknown or "")


@pytest.mark.parametrize("amount", [None, "a lot", {"value": 500}])
def test_limit_that_must_be_known_is_exceeded_where_its_argument_is_missing_or_no_number(amount: object) -> None:
    found = score(refund(amount), max=100.0, must_be_known=True)
    assert found.value == 1.0
    assert found.told.endswith("(the rule: small refunds only)")
    assert found.unless == "amount had been known"


def test_limit_that_must_be_known_is_exceeded_where_its_condition_cannot_be_judged() -> None:
    given = {"argument": None, "when": "double(tool.arguments.amount) > 50.0"}
    assert score(refund(), must_be_known=True, **given).value == 1.0
    assert score(refund(), **given).value is None


def test_limit_exceeded_tells_the_limit_its_words_and_the_number() -> None:
    found = score(refund(120), max=100.0)
    assert found.told == "refund_order with amount 120 is above the limit of 100 (the rule: small refunds only)"
    assert found.unless == "amount <= 100"
    assert (found.evidence[0].cue, found.evidence[0].path) == ("cap", "tool_call.arguments.amount")


def test_limit_drafted_call_beyond_it_counts_less_than_half() -> None:
    assert score(refund(120, delivery=Delivery.DRAFT), max=100.0).value == 0.4


def test_limit_of_another_tool_or_none_at_all_judges_nothing() -> None:
    assert score(call("lookup", use={"arguments": {"amount": 500}}), max=100.0).value is None
    assert told(NAME, refund(500)) == Score(None)
    assert score(user(), max=100.0).value is None


def test_limit_call_of_staff_is_a_persons() -> None:
    turn = staff(tool=refund(500).tool)
    assert told(NAME, turn, refunded(), policy=limited(max=100.0)).value is None


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"parts": [{"sum": 10}, {"sum": 120}]}, "parts[1].sum"),
        ({"parts": {"sum": [90, 101]}}, "parts.sum[1]"),
    ],
)
def test_limit_path_through_lists_holds_for_each_item(arguments: dict[str, Any], path: str) -> None:
    found = score(refund(arguments=arguments), argument="parts.sum", max=100.0)
    assert found.value == 1.0
    assert found.evidence[0].path == f"tool_call.arguments.{path}"


@pytest.mark.parametrize(("count", "expected"), [(5, 0.0), (6, 1.0)])
def test_limit_items_of_a_list(count: int, expected: float) -> None:
    turn = refund(arguments={"seats": list(range(count))})
    assert score(turn, argument="seats", max_items=5).value == expected


def test_limit_list_that_may_have_been_cut_proves_nothing() -> None:
    seats = refund(arguments={"seats": list(range(32))})
    assert score(seats, argument="seats", max_items=50).value is None
    assert score(seats, argument="seats", max_items=31).value == 1.0


@pytest.mark.parametrize(
    ("currency", "expected"), [("EUR", 0.0), ("eur", 0.0), ("USD", 1.0), (["EUR", "USD"], 1.0), ({}, None)]
)
def test_limit_text_must_match_one_of_those_allowed(currency: object, expected: float | None) -> None:
    turn = refund(arguments={"currency": currency})
    assert score(turn, argument="currency", allowed=("EUR", "GB*")).value == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("tool.arguments.amount > 100", 1.0),
        ("tool.arguments.amount > 200", 0.0),
        ("tool.arguments.missing > 1", None),
        ("tool.arguments.amount > 100 && tool.approved_by == ''", 1.0),
    ],
)
def test_limit_condition_holds_where_the_call_is_beyond_it(when: str, expected: float | None) -> None:
    assert score(refund(120), argument=None, when=when).value == expected


def values(*turns: Annotation, **given: Any) -> list[float | None]:  # noqa: ANN401 - any field of a limit
    return [found.value for found in story(NAME, *turns, policy=limited(**given))]


def test_limit_sum_over_the_session_counts_each_call_once() -> None:
    turns = [refund(60), refunded(), user(), refund(40), refunded(), refund(1)]
    assert values(*turns, max_total=100.0) == [0.0, None, None, 0.0, None, 1.0]


def test_limit_sum_counts_a_call_under_way_and_forgets_one_that_failed() -> None:
    assert values(refund(60), refund(60), max_total=100.0) == [0.0, 1.0]
    assert values(refund(60), refunded(error=True), refund(60), max_total=100.0)[-1] == 0.0


def test_limit_result_that_comes_after_the_users_next_words_is_not_another_call() -> None:
    late = result("refund_order", use={"arguments": {"amount": 60}})
    assert values(refund(60), user(), late, refund(40), max_total=100.0) == [0.0, None, None, 0.0]


def test_limit_sum_of_drafts_is_nothing_until_a_result_shows_them() -> None:
    drafted = refund(60, delivery=Delivery.DRAFT)
    done = result("refund_order", use={"arguments": {"amount": 60}})
    assert values(drafted, drafted, refund(60), max_total=100.0) == [0.0, 0.0, 0.0]
    assert values(drafted, done, refund(60), max_total=100.0)[-1] == 1.0


def test_limit_sum_of_tenths_is_not_beyond_by_rounding() -> None:
    assert values(refund(0.1), refund(0.2), max_total=0.3) == [0.0, 0.0]


def test_limit_calls_of_a_session() -> None:
    once = {"argument": None, "max_calls": 1}
    assert values(refund(1), refunded(), refund(1), **once) == [0.0, None, 1.0]
    assert values(refund(1), refunded(error=True), refund(1), **once) == [0.0, None, 0.0]


def test_limit_several_are_told_together() -> None:
    cap = Limit("cap", "small", ("refund*",), "amount", max=100.0)
    few = Limit("few", "none at all", ("refund*",), max_calls=0)
    found = told(NAME, refund(120), policy=system_policy(tools=ToolPolicy(limits=(cap, few))))
    assert [each.cue for each in found.evidence] == ["cap", "few"]
    assert found.unless == "amount <= 100 and at most 0 calls"


amounts = st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.booleans()), max_size=60)


@given(amounts)
def test_limit_sum_is_that_of_the_calls_that_did_not_fail(history: list[tuple[int, bool, bool]]) -> None:
    """Whatever succeeds, fails or gets no result: a call is beyond the limit when all that may stand is."""
    turns, expected, stands = [], [], 0
    for amount, answered, failed in history:
        turns.append(refund(amount))
        expected.append(float(stands + amount > 100))
        if answered:
            turns.append(result("refund_order", use={"arguments": {"amount": amount}, "error": failed}))
        stands += 0 if answered and failed else amount
    found = [each for each in values(*turns, max_total=100.0) if each is not None]
    assert found == expected


def test_limit_sum_of_numbers_beyond_all_measure_goes_on_counting() -> None:
    """No sum is ever infinite: infinity less infinity is no number, and no number is above any limit."""
    policy = limited(max_total=100)
    huge = (refund("1e999"), refund("-1e999"), refund(10**400), refund(-(10**400)))
    assert told(NAME, *huge, refund(101), policy=policy).value == 1.0
    assert told(NAME, refund("1e999"), policy=policy).value == 1.0


def test_stakes_rising_a_number_beyond_all_measure_is_no_sum() -> None:
    """Else every later sum would be small beside it."""
    turns = [user("hello"), user("this"), refund(100), refund("1e999"), refund(10**400), refund(1_000)]
    values = [score.value or 0.0 for score in story("stakes_rising", *turns)]
    assert values[3:5] == [0.0, 0.0]
    assert values[5] == 1.0
