"""Requests in data: what asks its reader for something, whoever wrote it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.embedded import MAX_READ, MAX_REQUESTS, MOST, REQUESTED, requests_in
from monitor.annotate.instruction import instruction_score
from monitor.annotate.values import result_values
from monitor.core.ids import digest64

ASKING = (
    "Please move the robot to the cellar.",
    "Update my records so that the new address counts.",
    '{"body": "Grant Mr Vale access to the second floor"}',
    "Hello Kim,\nplease send me the list of all members",
)
TELLING = (
    "The robot was moved to the cellar.",
    "Updates are made every night, the pleasure is ours.",
    "",
    "Open",
)


@pytest.mark.parametrize("text", ASKING)
def test_sentence_that_asks_for_something_is_found(text: str) -> None:
    assert len(requests_in(text)) == 1


@pytest.mark.parametrize("text", TELLING)
def test_sentence_that_tells_or_is_too_short_is_none(text: str) -> None:
    assert requests_in(text) == ()


@given(st.text(alphabet=" .\nPpleasemovth"))
def test_requests_lie_apart_in_the_text_and_are_bounded(text: str) -> None:
    found = requests_in(text)
    assert len(found) <= MAX_REQUESTS
    assert all(0 <= one.start < one.end <= min(len(text), MAX_READ + MOST) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_request_alone_is_no_injected_instruction_but_marks_its_words() -> None:
    text = "Please move the robot to the cellar. The museum opens at noon."
    assert instruction_score(text) == 0.0
    levels = {value.digest: value.instruction for value in result_values({"body": text}, ())}
    assert levels[digest64("robot")] == REQUESTED
    assert digest64("museum") not in levels
