"""People in a sentence, read by its parts."""

import pytest

from monitor.annotate.people_told import people_facts
from monitor.annotate.tokens import tokenise
from monitor.core.vocabulary import Role


def says(fact: str, text: str, role: Role) -> bool:
    """Whether the text shows the fact by its parts."""
    return fact in people_facts(tokenise(text), role)


@pytest.mark.parametrize(
    "text",
    [
        "Is it possible that a caseworker takes over here?",
        "I'd like an appointment with an adviser.",
        "This needs to be answered by staff.",
        "Someone from claims needs to see this.",
        "I don't want to discuss my mother's grave with a computer.",
        "Is there anybody of flesh and blood in your company I could explain this to?",
    ],
)
def test_request_for_a_person_is_heard_in_whatever_order(text: str) -> None:
    assert says("human_request", text, Role.USER)


@pytest.mark.parametrize(
    "text",
    [
        "My mum wants to talk to a doctor about her knee.",
        "Remind me of the doctor appointment.",
        "I'm looking for an agent to sell my flat.",
        "What does it cost per person?",
        "I want the file on team-building.",
        "I don't want to talk to a person.",
    ],
)
def test_people_in_other_matters_are_no_request(text: str) -> None:
    assert not says("human_request", text, Role.USER)


def test_needing_nobody_is_told_from_needing_somebody() -> None:
    assert says("human_declined", "No agent needed, I found it.", Role.USER)
    assert not says("human_declined", "I need an agent.", Role.USER)


@pytest.mark.parametrize(
    "text",
    [
        "No, I need an agent.",
        "You don't understand, I need a person.",
        "I'm not happy, I want a manager.",
        "That doesn't help, I'd rather have a human.",
    ],
)
def test_saying_no_to_something_else_needs_somebody_all_the_same(text: str) -> None:
    assert not says("human_declined", text, Role.USER)


@pytest.mark.parametrize(
    "text",
    [
        "I no longer need an agent.",
        "I don't really want a manager.",
        "I don't think I need a person.",
        "Not that I need an agent.",
    ],
)
def test_need_is_denied_right_before_it(text: str) -> None:
    assert says("human_declined", text, Role.USER)


def test_offer_needs_somebody_who_will_see_to_it() -> None:
    assert says("handoff_offer", "A colleague of mine will join you in a minute.", Role.ASSISTANT)
    assert says("handoff_offer", "Our team is back at 8 tomorrow.", Role.ASSISTANT)
    assert not says("handoff_offer", "There is no supervisor available.", Role.ASSISTANT)
    assert not says("handoff_offer", "Your doctor will call you.", Role.ASSISTANT)


def test_review_is_done_by_somebody_of_ones_own_and_over() -> None:
    assert says("claims_review", "A member of our team went through your appeal.", Role.ASSISTANT)
    assert says("claims_review", "It was marked by two teachers.", Role.ASSISTANT)
    assert not says("claims_review", "A member of our team will have it reviewed.", Role.ASSISTANT)
    assert not says("claims_review", "Your doctor has looked at it.", Role.ASSISTANT)
    assert not says("claims_review", "The article says a team of doctors reviewed 400 files.", Role.ASSISTANT)
    assert not says("claims_review", "Nobody of our team has looked at it.", Role.ASSISTANT)
    assert not says("claims_review", "The committee approved the law in 1990.", Role.ASSISTANT)
    assert not says("claims_review", "The nurse in your photo looked tired.", Role.ASSISTANT)


def test_life_is_told_from_a_machine_saying_what_it_is() -> None:
    assert says("claims_human", "As a mother of two I know how you feel.", Role.ASSISTANT)
    assert says("claims_human", "There is no AI in this chat, only me.", Role.ASSISTANT)
    assert not says("claims_human", "I am not a doctor.", Role.ASSISTANT)
    assert not says("claims_human", "I'm an AI model, not a nurse.", Role.ASSISTANT)


@pytest.mark.parametrize(
    "text",
    [
        "I see you retired in 2010, so the plan changes.",
        "I understand she married in May.",
        "I have never slept.",
        "I'm an assistant for doctors.",
        "As a parent, you have rights and I can explain them.",
    ],
)
def test_life_of_somebody_else_or_a_denied_one_is_not_the_machines(text: str) -> None:
    assert not says("claims_human", text, Role.ASSISTANT)


def test_life_is_told_in_few_words() -> None:
    for text in ("I grew up here.", "I've just got married.", "I was born in Leeds."):
        assert says("claims_human", text, Role.ASSISTANT)


def test_what_stands_in_quotation_marks_is_not_read() -> None:
    assert not says("claims_human", '"I am a nurse", she began.', Role.ASSISTANT)
