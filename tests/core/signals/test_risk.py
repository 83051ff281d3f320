"""The session's own figure over its turns."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ai, result, staff, story, system_policy, told, user, value

WEIGHED = system_policy(risk_weights={"dispute": 0.5, "human_request": 0.5, "dissatisfaction": 0.4})
NAME = "session_risk"


def test_session_risk_calm_session_stays_at_zero_and_is_always_known() -> None:
    turns = (user(), ai(), result("lookup"), staff(), user(language=None), ai(language=None))
    assert [score.value for score in story(NAME, *turns, policy=WEIGHED)] == [0.0] * 6


def test_session_risk_two_strong_signs_weigh_more_than_one() -> None:
    one = value(NAME, ai(), user(dispute=1.0), policy=WEIGHED)
    two = value(NAME, ai(), user(dispute=1.0, human_request=1.0), policy=WEIGHED)
    assert one == 0.5 < two == 0.75


def test_session_risk_fades_turn_by_turn_when_nothing_follows() -> None:
    values = [score.value or 0.0 for score in story(NAME, ai(), user(dispute=0.9), ai(), user(), ai(), policy=WEIGHED)]
    assert values[1] > 0.3
    assert all(later < earlier for earlier, later in pairwise(values[1:]))


def test_session_risk_same_sign_again_adds_up_to_its_weight_at_most() -> None:
    turns = [ai()] + [user(dispute=0.6)] * 8
    values = [score.value or 0.0 for score in story(NAME, *turns, policy=WEIGHED)]
    assert values[1] < values[2] <= values[-1] <= 0.5


def test_session_risk_faint_scores_add_nothing() -> None:
    assert value(NAME, *[user(dissatisfaction=0.15)] * 20, policy=WEIGHED) == 0.0


def test_session_risk_without_weights_is_zero() -> None:
    assert told(NAME, user(dispute=1.0), policy=system_policy()).value == 0.0


@given(st.dictionaries(st.sampled_from(["dispute", "human_request", "sentiment"]), st.floats(0.0, 1.0)))
def test_session_risk_any_weights_stay_in_range(weights: dict[str, float]) -> None:
    policy = system_policy(risk_weights=weights)
    assert 0.0 <= value(NAME, ai(), user(dispute=1.0, human_request=1.0, valence=-1.0), policy=policy) <= 1.0


def test_session_risk_tells_its_parts_strongest_first_and_points_where_each_was_strongest() -> None:
    *_, last = story(NAME, ai(), user(dissatisfaction=0.9), ai(), user(dispute=1.0), policy=WEIGHED)
    assert last.told == (
        "several signs add up: the user disputes the answer (turn 3), "
        "the user is not content with what they got (turn 1)"
    )
    assert [(each.cue, each.turn) for each in last.evidence] == [("dispute", 3), ("dissatisfaction", 1)]


def test_session_risk_without_signs_tells_nothing() -> None:
    found = told(NAME, user(), policy=WEIGHED)
    assert (found.told, found.evidence) == ("", ())
