"""Two readings: which one was taken without asking, and what was left open."""

import pytest

from monitor.annotate.text_facts import text_facts_of
from monitor.core.vocabulary import Role


def read(fact: str, text: str, role: Role) -> float:
    """How plainly it is said."""
    return text_facts_of(text, role).facts[fact].score


@pytest.mark.parametrize(
    "text",
    [
        "I took that to mean files before 2020 and deleted them.",
        "I've read this as 5 April and booked it.",
        "I assume you mean the one by the river: it is 200 metres away.",
        "I wasn't sure whether you wanted Paris in Texas or in France, so I picked France.",
        "There are two Johns in your contacts. I sent it to John Abel.",
    ],
)
def test_reading_that_is_taken_without_asking_is_heard(text: str) -> None:
    assert read("unclear", text, Role.ASSISTANT) >= 0.7


@pytest.mark.parametrize(
    "text",
    [
        "There are two Johns in your contacts. Which one shall I take?",
        "I read the letter and sent it.",
        "Assume that n is even.",
        "There are two trains at eight.",
        "I've read the document as requested.",
        "I read your complaint as soon as it came in.",
        "I understood your request as well as I could.",
        "I took some time to see what you mean.",
        "I thought you might want to know that the shop opens at 8.",
    ],
)
def test_several_things_are_no_reading_where_nothing_was_picked_or_it_was_asked(text: str) -> None:
    assert read("unclear", text, Role.ASSISTANT) < 0.7


def test_user_leaves_open_which_of_several_or_which_date() -> None:
    assert read("vague", "Order toner for the printer. We have two printers.", Role.USER) >= 0.7
    assert read("vague", "Move it to 03/04 please.", Role.USER) >= 0.7
    assert read("vague", "I want the 3/4 inch pipe, for 2/3 of the price.", Role.USER) < 0.7
    assert read("vague", "I've got two days, what can I do in two days?", Role.USER) < 0.7
    assert read("vague", "We have two cats and need a printer.", Role.USER) < 0.7


def test_who_leaves_the_choice_to_the_ai_leaves_nothing_open() -> None:
    assert read("vague", "Should I take the red or the blue one?", Role.USER) == 0.0


def test_ambiguity_as_a_subject_is_none_of_the_talk() -> None:
    assert read("unclear", "What does ambiguous mean?", Role.USER) == 0.0
