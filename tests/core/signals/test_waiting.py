"""A person was asked for: how long nobody came, and what ends the wait."""

import msgspec
import pytest

from monitor.core.annotation import Annotation, Fact, Span
from monitor.core.policy.model import ToolPolicy
from monitor.core.vocabulary import Delivery
from tests.builders import ai, bound, call, result, staff, story, system_policy, told, user, value

NAME = "handoff_missed"
ASK = user(human_request=0.8)
ANSWER, OFFER = ai(), ai(handoff_offer=0.8)


def waited(*turns: Annotation) -> list[float | None]:
    return [found.value for found in story(NAME, *turns)]


def test_wait_grows_with_each_answer_and_is_full_at_the_third() -> None:
    found = waited(ASK, ANSWER, user(), ANSWER, user(), ANSWER, ANSWER)
    assert found == [None, pytest.approx(1 / 3), None, pytest.approx(2 / 3), None, 1.0, 1.0]


def test_wait_points_at_the_request() -> None:
    found = told(NAME, user(), ASK, ANSWER, ANSWER, ANSWER)
    assert (found.evidence[0].turn, found.evidence[0].cue, found.n) == (1, "human_request", 3)


@pytest.mark.parametrize(
    "end",
    [OFFER, staff(), call("transfer_to_human_agents"), call("escalate_case"), result("HandOff")],
    ids=["offered", "joined", "called", "escalated", "shown by its result"],
)
def test_wait_ends_when_a_person_is_offered_joins_or_is_called(end: Annotation) -> None:
    assert value(NAME, ASK, ANSWER, ANSWER, end, ANSWER) == 0.0


@pytest.mark.parametrize(
    "step",
    [
        call("lookup"),
        result("lookup"),
        ai(delivery=Delivery.DRAFT),
        ai(delivery=Delivery.DRAFT, handoff_offer=0.8),
        result("escalate", use={"error": True}),
        user(human_request=0.9),
        user(language=None),
    ],
)
def test_wait_is_neither_ended_nor_lengthened_by_what_is_no_answer(step: Annotation) -> None:
    assert value(NAME, ASK, ANSWER, step, ANSWER) == pytest.approx(2 / 3)


def test_wait_begins_where_a_person_is_asked_for_in_the_same_breath_as_something_is_refused() -> None:
    assert value(NAME, user(human_request=0.8, human_declined=0.8), ANSWER) == pytest.approx(1 / 3)


def test_wait_does_not_begin_where_the_request_is_withdrawn_in_the_same_breath() -> None:
    first, then = (Span(0, 9, "request"),), (Span(10, 20, "declined"),)
    said = user()
    for asked, declined, begins in ((first, then, False), (then, first, True)):
        facts = {**said.facts, "human_request": Fact(0.8, asked), "human_declined": Fact(0.8, declined)}
        turn = msgspec.structs.replace(said, facts=facts)
        assert waited(turn, ANSWER)[-1] == (pytest.approx(1 / 3) if begins else None)


def test_wait_begins_anew_with_another_request() -> None:
    assert value(NAME, ASK, OFFER, ASK, ANSWER) == pytest.approx(1 / 3)


def test_wait_faint_request_or_none_is_not_judged() -> None:
    assert waited(user(human_request=0.5), ANSWER) == [None, None]


def test_wait_moving_money_is_no_hand_over() -> None:
    policy = system_policy(tools=ToolPolicy(irreversible=("*transfer_money*",)))
    assert value(NAME, ASK, call("transfer_money"), ANSWER, policy=policy) == pytest.approx(1 / 3)


def test_wait_answer_in_an_unread_language_is_unknown() -> None:
    found = told(NAME, ASK, ai(language=None))
    assert found.value is None
    assert found.unknown


def test_wait_with_a_turn_missing_is_unproven() -> None:
    assert value(NAME, ASK, ANSWER, ANSWER, ANSWER, incomplete=True) == pytest.approx(0.4)


def test_wait_is_as_long_as_the_policy_says() -> None:
    policy = system_policy(bounds={NAME: bound(turns=1)})
    assert value(NAME, ASK, ANSWER, policy=policy) == 1.0


def test_wait_ends_when_the_user_needs_nobody_any_more_or_is_content() -> None:
    for said in (user(human_declined=0.8), user(satisfaction=0.9)):
        assert value(NAME, ASK, said, *[ANSWER] * 4) == 0.0


def test_wait_goes_on_for_who_is_polite_and_asks_again() -> None:
    again = user(satisfaction=0.9, human_request=0.9)
    assert value(NAME, again, *[ANSWER] * 3) == 1.0
