"""What is usual for a system: told late, seldom, and within what was seen."""

from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.signals.base import ANSWER_LATENCY, ANSWER_LENGTH, USER_VALENCE
from monitor.core.system.usual import ENOUGH, NUMBERS, Usual, learn
from monitor.core.vocabulary import Role

STEP = NUMBERS[USER_VALENCE].step
VALUES = st.lists(st.floats(-1, 1), max_size=600)


def turn(valence: float | None, role: Role = Role.USER) -> Observation:
    return Observation(
        source=Position("t", 0, 0),
        ordinal=0,
        system_id="bot",
        session_id="s",
        turn=0,
        at=0.0,
        role=role,
        features={} if valence is None else {"valence": valence},
    )


def test_learn_tells_nothing_before_enough_turns_and_then_the_mean() -> None:
    usual = Usual()
    news = [learn(usual, turn(-0.4)) for _ in range(ENOUGH)]
    assert news == [False] * (ENOUGH - 1) + [True]
    assert usual.told == {USER_VALENCE: -0.4}


def answer(**features: float) -> Observation:
    return msgspec.structs.replace(turn(None, Role.ASSISTANT), features=features)


def test_learn_length_and_latency_of_answers_are_told_anew_when_they_moved_by_a_share() -> None:
    usual = Usual()
    for _ in range(ENOUGH):
        learn(usual, answer(length=10.0, latency_ms=1000.0))
    assert usual.told == {ANSWER_LENGTH: 10.0, ANSWER_LATENCY: 1000.0}
    for _ in range(ENOUGH):
        learn(usual, answer(length=11.0, latency_ms=3000.0))
    assert usual.told[ANSWER_LENGTH] == 10.0
    assert usual.told[ANSWER_LATENCY] > 1500.0


def test_learn_one_absurd_value_moves_no_mean_far() -> None:
    usual = Usual()
    for _ in range(ENOUGH):
        learn(usual, answer(length=10.0, latency_ms=0.0))
    learn(usual, answer(length=1e300, latency_ms=float("inf")))
    assert usual.told[ANSWER_LENGTH] < 15.0
    assert usual.told[ANSWER_LATENCY] < 3001.0


def test_learn_a_number_that_stays_zero_is_told_once() -> None:
    usual = Usual()
    assert sum(learn(usual, answer(latency_ms=0.0)) for _ in range(2 * ENOUGH)) == 1


def test_learn_words_of_turns_are_told_with_the_numbers() -> None:
    usual = Usual()
    news = [learn(usual, msgspec.structs.replace(turn(None), groups=(5, 9))) for _ in range(ENOUGH)]
    assert news == [False] * (ENOUGH - 1) + [True]
    assert usual.words.told == {"5": 0.0, "9": 0.0}


def test_learn_turns_of_others_and_turns_without_the_number_teach_nothing() -> None:
    usual = Usual()
    for _ in range(2 * ENOUGH):
        assert not learn(usual, turn(-0.9, Role.ASSISTANT))
        assert not learn(usual, turn(None))
    assert usual == Usual()


@given(VALUES)
def test_learn_what_is_told_lies_within_what_was_seen_and_moves_by_whole_steps(values: list[float]) -> None:
    usual = Usual()
    told = [usual.told[USER_VALENCE] for value in values if learn(usual, turn(value))]
    assert all(min(values) - 1e-4 <= each <= max(values) + 1e-4 for each in told)
    assert all(abs(one - other) >= STEP - 1e-4 for one, other in pairwise(told))


@given(VALUES, st.integers(0, 600))
def test_learn_restored_anywhere_goes_on_as_if_never_stored(values: list[float], cut: int) -> None:
    one, other = Usual(), Usual()
    for index, value in enumerate(values):
        if index == cut:
            other = msgspec.msgpack.decode(msgspec.msgpack.encode(other), type=Usual)
        assert learn(one, turn(value)) is learn(other, turn(value))
    assert one == other
