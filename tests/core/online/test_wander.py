from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.online.drift import JUMP, Drift, Parameters
from monitor.core.online.wander import Wander

LEARNED = Parameters(delta=0.002, grace=30, jumps=True)


def wandering(seed: int, n: int, *, memory: float) -> list[float]:
    """Values each of which keeps a part of the one before."""
    draw, value, found = Random(seed), 0.0, []
    for _ in range(n):
        value = memory * value + draw.gauss(0.0, 1.0)
        found.append(value)
    return found


def changes(values: list[float], parameters: Parameters = LEARNED) -> list[int]:
    detector = Drift(parameters)
    return [place for place, each in enumerate(values) if detector.update(each, min_change=0.05) is not None]


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
def test_update_wandering_series_without_a_change_alarms_at_most_at_the_stated_rate(memory: float) -> None:
    """At most 4 in 10,000 over 40,000 values."""
    assert sum(len(changes(wandering(seed, 10_000, memory=memory))) for seed in range(4)) <= 16


@pytest.mark.parametrize("seed", range(10))
def test_update_step_of_three_deviations_is_told_within_sixty_values(seed: int) -> None:
    draw = Random(seed)
    values = [draw.gauss(3.0 * (place >= 300), 1.0) for place in range(420)]
    assert [place for place in changes(values) if place < 300] == []
    assert any(300 <= place < 360 for place in changes(values))


@pytest.mark.parametrize("seed", range(5))
def test_update_jump_is_told_with_what_was_before_and_after(seed: int) -> None:
    draw, detector = Random(seed), Drift(LEARNED)
    values = [draw.gauss(10.0 if place < 300 else 20.0, 1.0) for place in range(360)]
    change = next(found for each in values if (found := detector.update(each, min_change=0.05)) is not None)
    assert change.direction == "up"
    assert change.before == pytest.approx(10.0, abs=1.5)
    assert change.after == pytest.approx(20.0, abs=1.5)


def test_allowance_is_nothing_for_independent_values_and_much_for_wandering_ones() -> None:
    found = []
    for memory in (0.0, 0.9):
        wander = Wander()
        for each in wandering(3, 1_000, memory=memory):
            wander.add(each, JUMP)
        found.append(wander.allowance())
    assert found[0] < 0.5
    assert found[1] > 2.0


@given(st.integers(0, 300), st.integers(0, 20))
@settings(max_examples=30, deadline=None)
def test_wander_stored_anywhere_continues_identically(cut: int, seed: int) -> None:
    values = [*wandering(seed, 150, memory=0.5), *(each + 9.0 for each in wandering(seed, 150, memory=0.5))]
    whole, first = Wander(), Wander()
    undisturbed = [whole.add(each, JUMP) for each in values]
    before = [first.add(each, JUMP) for each in values[:cut]]
    resumed = msgspec.msgpack.decode(msgspec.msgpack.encode(first), type=Wander)
    assert before + [resumed.add(each, JUMP) for each in values[cut:]] == undisturbed
    assert resumed == whole


def test_load_with_jumps_at_any_cut_continues_identically() -> None:
    values = [*wandering(1, 200, memory=0.3), *(each + 8.0 for each in wandering(2, 200, memory=0.3))]
    for cut in range(0, 400, 37):
        whole, stopped = Drift(LEARNED), Drift(LEARNED)
        undisturbed = [whole.update(each, min_change=0.05) for each in values]
        before = [stopped.update(each, min_change=0.05) for each in values[:cut]]
        resumed = Drift.load(stopped.dump())
        assert before + [resumed.update(each, min_change=0.05) for each in values[cut:]] == undisturbed
