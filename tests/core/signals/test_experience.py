"""Customer experience: plain stories and their near misses."""

import pytest

from monitor.policy_file import load_policy
from tests.builders import ai, story, told, user, value


def test_dissatisfaction_complaint_fires_and_sad_tone_alone_does_not() -> None:
    assert value("dissatisfaction", user(dissatisfaction=0.7)) >= 0.7
    assert value("dissatisfaction", user(dissatisfaction=0.0, valence=-1.0)) < 0.4


def test_dissatisfaction_weak_complaint_after_a_strong_one_counts_more() -> None:
    alone = value("dissatisfaction", user(dissatisfaction=0.5))
    again = value("dissatisfaction", user(dissatisfaction=0.9), ai(), user(dissatisfaction=0.5))
    assert alone < 0.6 <= again


def test_dissatisfaction_contentment_in_between_takes_the_lift_away() -> None:
    turns = (user(dissatisfaction=0.9), ai(), user(satisfaction=1.0), ai(), user(dissatisfaction=0.5))
    assert value("dissatisfaction", *turns) == value("dissatisfaction", user(), ai(), user(dissatisfaction=0.5))


def test_confusion_repeated_is_lifted_and_over_when_not_said() -> None:
    once, twice, over = story("confusion", user(confusion=0.5), user(confusion=0.5), user())
    assert once.value == 0.5
    assert twice.value is not None
    assert twice.value > 0.5
    assert over.value == 0.0


def test_dispute_polite_disagreement_is_a_dispute() -> None:
    assert value("dispute", user(), ai("refund denied"), user(dispute=0.7, valence=0.9, satisfaction=0.5)) >= 0.7


def test_dispute_before_any_answer_counts_half() -> None:
    assert value("dispute", user(dispute=0.8)) == 0.4
    assert value("dispute", user(dispute=0.8), incomplete=True) == 0.8


def test_dispute_of_a_denial_is_lifted_and_names_the_answer() -> None:
    turns = (user("refund order"), ai("refund denied order", denial=0.9), user("refund order", dispute=0.6))
    found = told("dispute", *turns)
    assert found.value is not None
    assert found.value > 0.65
    assert found.evidence[-1].turn == 1


def test_dispute_follow_up_question_about_the_answer_is_none() -> None:
    assert value("dispute", user(), ai("refund order", denial=1.0), user("refund order", question=1.0)) == 0.0


@pytest.mark.parametrize(
    ("name", "fact"),
    [("accountability_request", "accountability"), ("human_request", "human_request"), ("urgency", "urgency")],
)
def test_cue_said_fires_and_not_said_does_not(name: str, fact: str) -> None:
    assert value(name, user(**{fact: 0.8})) == 0.8
    assert value(name, user()) == 0.0
    assert told(name, user(language=None)).value is None
    assert told(name, ai(**{fact: 0.8})).value is None


def test_human_request_asked_again_is_higher() -> None:
    first, _, second = story("human_request", user(human_request=0.7), ai(), user(human_request=0.7))
    assert first.value is not None
    assert second.value is not None
    assert first.value == 0.7 < second.value


def test_distress_never_falls_within_the_session() -> None:
    turns = (user(), user(distress=0.7), user(valence=0.9), user(language="xx"), user(distress=0.2))
    values = [score.value for score in story("distress", *turns)]
    assert values == sorted(values)  # type: ignore[type-var]
    assert values[2] == 0.7


def test_distress_evidence_points_to_where_it_rose() -> None:
    assert [pointer.turn for pointer in told("distress", user(), user(distress=0.7), ai(), user()).evidence] == [1]


def test_distress_two_half_signs_reach_the_bound_and_one_does_not() -> None:
    assert value("distress", user(distress=0.4)) < 0.5
    assert value("distress", user(distress=0.4), ai(), user(distress=0.4)) >= 0.5


def test_distress_unread_session_is_unknown() -> None:
    assert told("distress", user(language=None)).value is None


def test_confusion_said_once_stays_below_what_is_said_again() -> None:
    lost = user(confusion=0.95, question=0.9)
    assert value("confusion", lost) == 0.85
    assert value("confusion", lost, ai(), lost) > 0.88


def test_confusion_question_after_an_answer_weighs_more_than_the_first_one() -> None:
    asks = user(confusion=0.4, question=0.9)
    assert value("confusion", asks) < value("confusion", user(), ai(), asks)


def test_dissatisfaction_trouble_after_an_answer_weighs_more_than_reporting_it() -> None:
    trouble = user(dissatisfaction=0.5)
    assert value("dissatisfaction", trouble) == value("dissatisfaction", ai(), trouble) == 0.5
    assert value("dissatisfaction", user(), ai(), trouble) > 0.5


@pytest.mark.parametrize(("signal", "sound"), [("confusion", "puzzled"), ("distress", "sad")])
def test_sound_alone_stays_below_the_shipped_bound(signal: str, sound: str) -> None:
    turns = [user(**{signal: 0.0, sound: 0.8})] * 9
    assert value(signal, ai(), *turns) < load_policy(None).base.bounds[signal].raise_at


@pytest.mark.parametrize(
    ("signal", "sound"), [("confusion", "puzzled"), ("distress", "sad"), ("dissatisfaction", "displeased")]
)
def test_sound_adds_to_what_is_said(signal: str, sound: str) -> None:
    assert value(signal, user(**{signal: 0.5, sound: 0.0})) < value(signal, user(**{signal: 0.5, sound: 0.8}))
