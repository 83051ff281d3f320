"""A plain yes, and what only begins like one."""

import pytest

from monitor.core.vocabulary import Role
from tests.annotate.turns import read, score

FIRES = 0.5

YES = [
    "Yes",
    "yes please",
    "Yeah, that one. Thanks!",
    "Yes, go ahead. How long will it take?",
    "I confirm.",
    "Please proceed with the cancellation.",
    "That's correct.",
    "Correct, thanks",
    "Please do.",
    "Sure, please!",
    "Go ahead",
    "Okay",
    "Sounds good to me",
    "No problem, go ahead",
    "No other changes, please proceed.",
    "Great. Do it.",
    "You have my consent",
    "I'm happy to proceed",
]
NOT_YES = [
    "No",
    "No, go back",
    "Yes, but only if it costs nothing",
    "Yes, however the date is wrong",
    "Yes?",
    "Is that correct?",
    "Should I go ahead and call them?",
    "Yes, if it is free",
    "Don't go ahead",
    "Please do not book it",
    "Wait, not yet",
    "Okay. Wait, what was the price?",
    "Yes. No, stop.",
    "That's not correct",
    "I can't confirm that",
    "Maybe, yes, I think",
    "I would like a refund for my order.",
    "The website says please confirm your address",
    "Okay, so where is my parcel?",
    "Right after lunch I called you",
    "It works on my other phone",
    'He said "go ahead" to me',
]


@pytest.mark.parametrize("text", YES)
def test_agreement_plain_yes_reads_as_it(text: str) -> None:
    assert score(text, "agreement") >= FIRES


@pytest.mark.parametrize("text", NOT_YES)
def test_agreement_reservation_question_or_no_is_no_plain_yes(text: str) -> None:
    assert score(text, "agreement") < FIRES


def test_agreement_is_a_fact_of_users_only_and_of_languages_that_are_judged() -> None:
    assert "agreement" not in read("Yes", Role.ASSISTANT).facts
    assert "agreement" not in read("Ja, das ist nicht falsch, bitte").facts
