"""The AI's role: what lies outside it, and what only touches its edge."""

import pytest

from monitor.core.annotation import Annotation, Claim
from monitor.core.policy.model import RolePolicy
from monitor.core.signals.base import MAX_TOLD
from monitor.core.vocabulary import Delivery
from monitor.core.words import phrase
from tests.builders import ai, call, result, staff, system_policy, told, user, value

NAME = "out_of_role"
FIRES = 0.7
SHOP = system_policy(role=RolePolicy(topics=("order*", "refund")))
MEDICAL = ("dosage", "prescription", "side effects", "statute of limitations")
CAREFUL = system_policy(role=RolePolicy(leaves_alone={"medical_advice": MEDICAL}))
TAX = user(intent="tax_return")


def said(words: str, **given: object) -> Annotation:
    stated = Claim(0, len(words), phrase(words))
    return ai(" ".join(stated.terms), claims=(stated,), **given)


ANSWER = said("losses are deducted in the second year")


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        (TAX, ANSWER),
        (TAX, call("file_return")),
        (user(), said("losses are deducted", intent="tax_return")),
    ],
)
def test_role_answer_or_act_under_another_intent_fires(before: Annotation, answer: Annotation) -> None:
    found = told(NAME, before, answer, policy=SHOP)
    assert found.value == 1.0
    assert found.evidence[0].path == "intent"


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        (user(intent="order_status"), ANSWER),
        (user(intent="REFUND"), ANSWER),
        (user(), ANSWER),
        (TAX, said("losses are deducted", refusal=0.9)),
        (TAX, said("a colleague knows taxes", handoff_offer=0.8)),
        (TAX, call("transfer_to_human")),
        (TAX, said("losses are deducted", delivery=Delivery.DRAFT)),
        (TAX, ai()),
    ],
)
def test_role_topic_served_refused_handed_over_or_drafted_is_silent(before: Annotation, answer: Annotation) -> None:
    assert value(NAME, before, answer, policy=SHOP) < FIRES


def test_role_intent_is_the_last_user_turns() -> None:
    assert value(NAME, TAX, user(intent="refund"), ANSWER, policy=SHOP) == 0.0
    assert value(NAME, TAX, result("lookup"), ANSWER, policy=SHOP) == 1.0


@pytest.mark.parametrize(
    "words", ["the dosage is on your prescriptions", "common side effects are mild", "the statute of limitations ended"]
)
def test_role_subject_left_alone_by_two_words_or_a_phrase_fires(words: str) -> None:
    found = told(NAME, user(), said(words), policy=CAREFUL)
    assert found.value is not None
    assert found.value >= FIRES
    assert found.evidence[0].cue == "medical_advice"
    assert "medical_advice" in found.told


@pytest.mark.parametrize(
    "words", ["the dosage is printed there", "the side street has effects", "it arrives on monday"]
)
def test_role_one_word_of_a_subject_is_chance(words: str) -> None:
    assert value(NAME, user(), said(words), policy=CAREFUL) < FIRES


def test_role_subject_refused_or_spoken_of_by_others_is_silent() -> None:
    words = "the dosage is on your prescription"
    assert value(NAME, said(words, refusal=0.9), policy=CAREFUL) < FIRES
    for turn in (staff(words), user(words), result("lookup", terms=tuple(words.split()))):
        assert told(NAME, turn, policy=CAREFUL).value is None


def test_role_answer_in_an_unread_language_is_unknown_where_it_touches_something() -> None:
    foreign = ai(phrase("dosage prescription")[0], terms=phrase("dosage prescription"), language=None)
    assert told(NAME, foreign, policy=CAREFUL).unknown
    assert value(NAME, ai(language=None), policy=CAREFUL) == 0.0


def test_role_that_is_not_written_judges_nothing() -> None:
    assert told(NAME, TAX, ANSWER).value is None


def test_out_of_role_tells_of_the_first_subjects_only() -> None:
    many = system_policy(role=RolePolicy(leaves_alone={f"subject {number}": MEDICAL for number in range(50)}))
    score = told(NAME, said("the dosage on your prescription is two"), policy=many)
    assert score.value is not None
    assert score.value > FIRES
    assert (len(score.evidence), score.told.count(";")) == (MAX_TOLD, MAX_TOLD - 1)
