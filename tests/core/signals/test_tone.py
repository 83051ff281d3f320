"""Tone: plain stories and their near misses."""

import pytest

from monitor.core.signals.base import USER_VALENCE
from tests.builders import ai, bound, result, staff, story, system_policy, told, user, value


def test_sentiment_user_turn_is_its_valence() -> None:
    assert value("sentiment", user(valence=-0.7)) == -0.7


@pytest.mark.parametrize("turn", [ai(valence=-0.7), staff(valence=-0.7), result("lookup")])
def test_sentiment_other_roles_are_not_judged(turn: object) -> None:
    assert told("sentiment", turn).value is None  # type: ignore[arg-type]


def test_sentiment_unread_language_says_why() -> None:
    assert told("sentiment", user(language="xx", words=9)).unknown


def test_sentiment_of_a_blunt_user_base_takes_off_what_is_usual_and_never_reads_positive() -> None:
    blunt = {USER_VALENCE: -0.25}
    assert value("sentiment", user(valence=-0.7), baselines=blunt) == pytest.approx(-0.45)
    assert value("sentiment", user(valence=-0.2), baselines=blunt) == 0.0
    assert value("sentiment", user(valence=0.4), baselines=blunt) == 0.4


def test_sentiment_of_a_very_unhappy_user_base_takes_off_no_more_than_the_policy_says() -> None:
    assert value("sentiment", user(valence=-0.9), baselines={USER_VALENCE: -0.8}) == pytest.approx(-0.6)


def test_sentiment_of_a_cheerful_user_base_is_read_as_it_is() -> None:
    assert value("sentiment", user(valence=-0.5), baselines={USER_VALENCE: 0.6}) == -0.5


def test_sentiment_shift_first_turn_has_no_baseline() -> None:
    assert told("sentiment_shift", user(valence=-1.0)).value is None


def test_sentiment_shift_friendly_user_turning_angry_is_a_large_drop() -> None:
    turns = (user(valence=0.6), ai(), user(valence=0.6), ai(), user(valence=-0.8))
    found = told("sentiment_shift", *turns)
    assert found.value == pytest.approx(0.7)
    assert found.n == 3


def test_sentiment_shift_always_grumpy_user_does_not_shift() -> None:
    assert value("sentiment_shift", user(valence=-0.8), user(valence=-0.8), user(valence=-0.8)) == 0.0


def test_sentiment_shift_getting_better_is_no_shift() -> None:
    assert value("sentiment_shift", user(valence=-0.8), user(valence=0.8)) == 0.0


def test_sentiment_shift_speakers_are_compared_with_themselves() -> None:
    turns = (user(speaker="a", valence=0.8), user(speaker="b", valence=-0.8), user(speaker="b", valence=-0.8))
    assert [score.value for score in story("sentiment_shift", *turns)] == [None, None, 0.0]


def test_sentiment_shift_alpha_comes_from_the_policy() -> None:
    turns = (user(valence=1.0), user(valence=0.0), user(valence=-1.0))
    quick = system_policy(bounds={"sentiment_shift": bound(alpha=1.0)})
    assert value("sentiment_shift", *turns, policy=quick) == 0.5
    assert value("sentiment_shift", *turns) > 0.5
