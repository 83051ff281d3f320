"""What intents say of a talk's course."""

import hashlib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.course import MOST_WORDS, course_of, intent_words
from monitor.core.vocabulary import Role

MODELS_DIR = resources.files("monitor.annotate").joinpath("models")


@pytest.mark.parametrize("name", ["ask_for_date", "AskForDate", "ask-for-date", "ASK.FOR.DATE", "ask for date 2"])
def test_intent_words_are_the_same_however_a_system_writes_them(name: str) -> None:
    assert intent_words(name) == ("ask", "for", "date")


def test_course_of_a_no_is_worse_than_of_a_yes() -> None:
    no, yes = course_of(Role.USER, "negate"), course_of(Role.USER, "confirm")
    assert no is not None
    assert yes is not None
    assert no.now > yes.now


@pytest.mark.parametrize(("role", "intent"), [(Role.USER, None), (Role.USER, "qwertz"), (Role.TOOL, "confirm")])
def test_course_of_what_was_never_learned_is_not_known(role: Role, intent: str | None) -> None:
    assert course_of(role, intent) is None


@given(st.text(max_size=200))
def test_course_of_any_name_never_raises_and_is_bounded(name: str) -> None:
    found = course_of(Role.USER, name)
    assert found is None or abs(found.now) + abs(found.later) < 5.0 * MOST_WORDS


def test_readme_names_the_file_that_is_here() -> None:
    data = MODELS_DIR.joinpath("course.tsv").read_bytes()
    assert hashlib.sha256(data).hexdigest() in MODELS_DIR.joinpath("README.md").read_text("utf-8")
