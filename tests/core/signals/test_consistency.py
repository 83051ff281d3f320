"""Consistency: plain stories and their near misses."""

import pytest

from monitor.core.vocabulary import Delivery
from tests.builders import ai, claim, result, told, user, value

OPEN = claim("museum open monday")
CLOSED = claim("museum closed monday")


def test_self_contradiction_opposite_of_an_earlier_turn_fires_and_names_it() -> None:
    found = told("self_contradiction", ai(claims=(OPEN,)), user(), ai(claims=(CLOSED,)))
    assert found.value is not None
    assert found.value >= 0.7
    assert [pointer.turn for pointer in found.evidence] == [0, 2]


def test_self_contradiction_saying_the_same_again_does_not_fire_but_names_the_turn() -> None:
    found = told("self_contradiction", ai(claims=(OPEN,)), user(), ai(claims=(OPEN,)))
    assert found.value == 0.0
    assert found.evidence[0].turn == 0


def test_self_contradiction_first_answer_has_nothing_to_contradict() -> None:
    assert value("self_contradiction", ai(claims=(OPEN,))) == 0.0
    assert told("self_contradiction", ai(claims=(OPEN,)), incomplete=True).value is None


def test_self_contradiction_users_words_are_not_the_assistants() -> None:
    assert value("self_contradiction", user(claims=(OPEN,)), ai(claims=(CLOSED,))) == 0.0


def test_self_contradiction_corrected_draft_was_never_said() -> None:
    draft = ai(claims=(OPEN,), delivery=Delivery.DRAFT)
    assert value("self_contradiction", draft, ai(claims=(CLOSED,))) == 0.0
    assert value("self_contradiction", ai(claims=(CLOSED,)), draft) >= 0.7


def test_self_contradiction_answer_without_claims_is_unknown() -> None:
    assert told("self_contradiction", ai(claims=(OPEN,)), ai()).value is None


def test_self_contradiction_beyond_the_cap_the_oldest_is_forgotten() -> None:
    fillers = tuple(ai(claims=tuple(claim(f"topic{turn} point{step}") for step in range(16))) for turn in range(4))
    assert value("self_contradiction", ai(claims=(OPEN,)), *fillers, ai(claims=(CLOSED,))) == 0.0


def test_source_contradiction_source_says_otherwise_and_is_named() -> None:
    against = claim("museum open monday", support=0.1, conflict=0.9, source=1)
    found = told("source_contradiction", user(), ai(claims=(OPEN, against), sources=2))
    assert found.value == 0.9
    assert (found.evidence[0].turn, found.evidence[0].source) == (1, 1)


def test_source_contradiction_carried_claim_does_not_fire() -> None:
    fine = claim("museum open monday", support=0.9, conflict=0.0, source=0)
    assert value("source_contradiction", ai(claims=(fine,), sources=1)) == 0.0


def test_source_contradiction_hedged_claim_counts_less() -> None:
    careful = claim("museum open monday", conflict=0.9, hedged=True)
    assert value("source_contradiction", ai(claims=(careful,), sources=1)) == pytest.approx(0.63)


def test_source_contradiction_tool_result_of_an_earlier_turn_is_a_source() -> None:
    found = told("source_contradiction", result("lookup", claims=(OPEN,)), ai(claims=(CLOSED,)))
    assert found.value is not None
    assert found.value >= 0.7
    assert found.evidence[0].turn == 0


def test_source_contradiction_without_sources_is_unknown() -> None:
    assert told("source_contradiction", ai(claims=(OPEN,))).value is None
