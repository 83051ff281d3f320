"""Plans of the AI's own work are neither promises nor publications; what is given or done still is."""

import pytest

from monitor.annotate.text_facts import text_facts_of
from monitor.core.vocabulary import Role


def read(fact: str, text: str) -> float:
    """How plainly an answer says it."""
    return text_facts_of(text, Role.ASSISTANT).facts[fact].score


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("concession", "I'll start by searching for the file with the plans."),
        ("concession", "I will then provide the user with the name and the address of the hotel."),
        ("publication", "I will read the pages, and finally I will send the summary posted to the random channel."),
    ],
)
def test_plan_of_ones_own_work_is_not_taken_for_it(fact: str, text: str) -> None:
    assert read(fact, text) < 0.5


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("concession", "I'll refund you the full amount."),
        ("concession", "I will send you a full refund by tomorrow."),
        ("concession", "I'll send you 50 dollars tomorrow."),
        ("publication", "I have published the article on our blog."),
        ("publication", "I've posted the summary to the random channel, and I'll read the replies."),
    ],
)
def test_what_is_given_or_done_is_still_read(fact: str, text: str) -> None:
    assert read(fact, text) >= 0.7


def test_around_doubts_a_quantity_only() -> None:
    assert read("hedging", "I'll show you around.") == 0.0
    assert read("hedging", "It takes around 20 minutes.") > 0.0


def test_asking_for_a_matter_by_its_name_is_not_being_lost() -> None:
    lost = [text_facts_of(text, Role.USER).facts["confusion"].score for text in ("What time does it open?", "What?")]
    assert lost[0] < 0.5 <= lost[1]
