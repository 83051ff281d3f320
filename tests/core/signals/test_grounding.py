"""Answers without anything to rest on, where the policy asks for a source."""

import pytest

from monitor.core.annotation import Annotation
from monitor.core.vocabulary import Delivery
from tests.builders import ai, claim, result, system_policy, told, user, value

NAME = "no_evidence"
FIRES = 0.75
ASKS = system_policy(evidence_required=("text", "sources"))
TWO = (claim("museum opens early"), claim("tickets cost little"))
FIGURE = (claim("refund takes", "5 day"),)


@pytest.mark.parametrize("claims", [TWO, FIGURE])
def test_answer_that_states_facts_with_nothing_to_rest_on_fires(claims: tuple[object, ...]) -> None:
    found = told(NAME, user(), ai(claims=claims), policy=ASKS)
    assert found.value is not None
    assert found.value >= FIRES
    assert found.evidence[0].cue == "claim"


@pytest.mark.parametrize(
    "answer",
    [
        ai(),
        ai(claims=TWO[:1]),
        ai(claims=tuple(claim("refund takes", "5 day", hedged=True) for _ in range(1))),
        ai(claims=(claim("help gladly", personal=True), claim("book it", "3", personal=True))),
        ai(claims=FIGURE, sources=1),
        ai(claims=FIGURE, delivery=Delivery.DRAFT),
    ],
    ids=["nothing stated", "one word", "hedged", "personal", "a source", "a draft"],
)
def test_answer_that_states_little_or_has_a_source_is_silent(answer: Annotation) -> None:
    assert value(NAME, user(), answer, policy=ASKS) < FIRES


def test_answer_after_a_result_or_source_since_the_last_request_rests_on_it() -> None:
    answer = ai(claims=FIGURE)
    assert value(NAME, user(), result("lookup"), answer, answer, policy=ASKS) == 0.0
    assert value(NAME, user(sources=1), answer, policy=ASKS) == 0.0
    assert value(NAME, user(), result("lookup"), user(), answer, policy=ASKS) >= FIRES
    assert value(NAME, user(), result("lookup", use={"error": True}), answer, policy=ASKS) >= FIRES


def test_answer_with_a_turn_missing_is_unproven() -> None:
    found = told(NAME, user(), ai(claims=FIGURE), policy=ASKS, incomplete=True)
    assert found.value is not None
    assert found.value < FIRES / 2
    assert found.unknown


def test_answer_where_no_source_is_asked_for_is_not_judged() -> None:
    assert told(NAME, user(), ai(claims=FIGURE)).value is None
    assert told(NAME, user(claims=FIGURE), policy=ASKS).value is None
