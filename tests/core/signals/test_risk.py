"""The session's own figure over its turns."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from monitor.core.annotation import Course
from monitor.core.policy.model import Bound
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
    *_, last = story(NAME, ai(), user(dispute=0.9), ai(), user(human_request=1.0), policy=WEIGHED)
    assert last.told.startswith("several signs add up: the user ")
    assert [(each.cue, each.turn) for each in last.evidence] == [("human_request", 3), ("dispute", 1)]


def test_session_risk_counts_one_complaint_once_whatever_ways_it_is_said() -> None:
    strongest = value(NAME, ai(), user(dispute=1.0), policy=WEIGHED)
    assert value(NAME, ai(), user(dispute=1.0, dissatisfaction=1.0, confusion=1.0), policy=WEIGHED) == strongest
    assert value(NAME, ai(), user(dispute=1.0, human_request=1.0), policy=WEIGHED) > strongest
    weaker = story(NAME, ai(), user(dissatisfaction=0.9), ai(), user(dispute=1.0), policy=WEIGHED)[-1]
    assert [each.cue for each in weaker.evidence] == ["dispute"]


def test_session_risk_tells_its_parts_from_half_on_or_from_the_policys_bound_where_that_is_lower() -> None:
    turns = (ai(), user(dispute=0.8))
    low = system_policy(risk_weights=WEIGHED.risk_weights, bounds={NAME: Bound(0.3, 0.1)})
    assert 0.3 < value(NAME, *turns, policy=WEIGHED) < 0.5
    assert told(NAME, *turns, policy=WEIGHED).told == ""
    assert told(NAME, *turns, policy=low).told == "several signs add up: the user disputes the answer (turn 1)"


def test_session_risk_without_signs_tells_nothing() -> None:
    found = told(NAME, user(), policy=WEIGHED)
    assert (found.told, found.evidence) == ("", ())


MOODY = system_policy(risk_weights={"sentiment": 0.4, "dissatisfaction": 0.4, "dispute": 0.5})


def test_session_risk_mood_on_the_whole_counts_not_one_turn() -> None:
    once = value(NAME, user(valence=-1.0), user(), user(), policy=MOODY)
    always = value(NAME, *[user(valence=-1.0)] * 3, policy=MOODY)
    assert 0.0 < once < always <= 0.4


def test_session_risk_good_mood_takes_back_discontent_and_no_dispute() -> None:
    glad = [user(valence=1.0)] * 6
    assert value(NAME, ai(), user(dissatisfaction=1.0), *glad, policy=MOODY) == 0.0
    assert value(NAME, ai(), user(dispute=1.0), *glad, policy=MOODY) > 0.2


def test_session_risk_course_is_a_part_of_its_own_where_intents_say_something() -> None:
    bad, good = Course(3.0, 0.0, 0.0), Course(-3.0, 0.0, 0.0)
    asked = structs.replace(user(dispute=0.0), course=bad)
    found = told(NAME, asked, policy=system_policy())
    assert found.value == pytest.approx(0.525)
    assert found.told == "several signs add up: the talk is where people give up (turn 0)"
    assert value(NAME, asked, structs.replace(user(), course=good), policy=system_policy()) < 0.1


def test_session_risk_course_heeds_what_was_said_before() -> None:
    alike = Course(0.0, 0.0, 0.0)
    for left in (Course(0.0, 2.0, 0.0), Course(0.0, 0.0, 2.0)):
        turns = [structs.replace(user(), course=each) for each in (left, alike, alike)]
        first, second, third = [score.value or 0.0 for score in story(NAME, *turns, policy=system_policy())]
        assert first < second
        assert third == (second if left.later else first)


def test_session_risk_good_course_takes_back_going_in_circles() -> None:
    policy = system_policy(risk_weights={"dissatisfaction": 0.4})
    said = user(dissatisfaction=1.0)
    sure = structs.replace(user(), course=Course(-9.0, 0.0, 0.0))
    assert value(NAME, ai(), said, sure, policy=policy) < value(NAME, ai(), said, user(), policy=policy)


def test_session_risk_course_stays_bounded_in_a_talk_without_end() -> None:
    turns = [structs.replace(user(), course=Course(0.0, 0.0, 5.0))] * 200
    assert value(NAME, *turns, policy=system_policy()) < 0.6
