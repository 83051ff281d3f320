"""Which words are everyday ones: told late and seldom, bounded, and the same wherever the state was stored."""

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.signals.everyday import GROUPS, MOST
from monitor.core.system.word_shares import ENOUGH, EVERY, MAX_TOLD, MEMORY, WordShares

ALWAYS, OFTEN, SELDOM = 1, 2, 3


def day(turns: int, *, often: int = OFTEN, seed: int = 1) -> list[tuple[int, ...]]:
    """Turns that all have one word, every fourth another, every fiftieth a third, and some words of their own."""
    draw = Random(seed)
    return [
        tuple(
            sorted(
                {
                    ALWAYS,
                    *([often] if number % 4 == 0 else []),
                    *([SELDOM] if number % 50 == 0 else []),
                    *(draw.randrange(10, GROUPS) for _ in range(4)),
                }
            )
        )
        for number in range(turns)
    ]


def test_add_tells_nothing_before_enough_turns_and_then_what_is_common() -> None:
    shares = WordShares()
    news = [shares.add(groups) for groups in day(ENOUGH)]
    assert news == [False] * (ENOUGH - 1) + [True]
    assert shares.told == {str(ALWAYS): 0.0, str(OFTEN): pytest.approx(0.46)}


def test_add_nothing_is_told_anew_while_nothing_changes() -> None:
    shares = WordShares()
    assert sum(shares.add(groups) for groups in day(3 * MEMORY)) == 1


def test_add_a_word_that_came_into_use_is_told_and_an_old_one_forgotten() -> None:
    shares = WordShares()
    for groups in [*day(MEMORY), *day(4 * MEMORY, often=7, seed=2)]:
        shares.add(groups)
    assert shares.told["7"] < 0.7
    assert shares.told.get(str(OFTEN), 1.0) > 0.8


@given(st.lists(st.lists(st.integers(-5, GROUPS + 5), min_size=1).map(tuple), min_size=1, max_size=4))
@settings(max_examples=20)
def test_add_any_groups_leave_the_table_bounded_and_weights_in_range(turns: list[tuple[int, ...]]) -> None:
    shares = WordShares()
    for _ in range(ENOUGH):
        for groups in turns:
            shares.add(groups)
    assert len(shares.counts) <= min(GROUPS, MOST * len(turns))
    assert all(0 <= group < GROUPS for group in shares.counts)
    assert all(0.0 <= weight <= 1.0 for weight in shares.told.values())


def test_add_no_more_than_so_many_are_told() -> None:
    shares = WordShares()
    for number in range(10 * ENOUGH):
        shares.add(tuple((16 * number + place) % 160 for place in range(16)))
    assert len(shares.told) == MAX_TOLD


@pytest.mark.parametrize("cut", [0, EVERY - 1, ENOUGH, MEMORY - 1, MEMORY])
def test_add_restored_anywhere_goes_on_as_if_never_stored(cut: int) -> None:
    one, other = WordShares(), WordShares()
    for index, groups in enumerate(day(MEMORY + ENOUGH)):
        if index == cut:
            other = msgspec.msgpack.decode(msgspec.msgpack.encode(other), type=WordShares)
        assert one.add(groups) is other.add(groups)
    assert one == other
