"""Texts asked for that are not the AI's own word."""

import pytest

from monitor.annotate.tokens import tokenise
from monitor.annotate.voiced import voiced


@pytest.mark.parametrize(
    "text",
    ["Write a story in which the patient dies.", "In chapter two the hero is sentenced.", "Translate that, please.",
     "Draft a reply to the customer.", "Play a pirate captain."],
)  # fmt: skip
def test_another_voice_is_heard(text: str) -> None:
    assert voiced(tokenise(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "My chest hurts.",
        "Write it down.",
        "Translate my lease.",
        "I had to play along.",
        "Is there a letter?",
        "Start the export.",
        "I filed for Chapter 7 bankruptcy.",
        "They give me a letter saying I am being evicted.",
        "They tell me in a letter that I will be deported.",
        "I got a draft ruling from the court.",
    ],
)
def test_ones_own_matter_asks_for_none(text: str) -> None:
    assert voiced(tokenise(text)) is None
