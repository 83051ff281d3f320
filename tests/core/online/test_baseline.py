"""Scales: order is kept, values come back, and any first values make a scale."""

from math import isfinite
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.online.baseline import UNIT, Scale, learned

scales = st.sampled_from(
    [UNIT, Scale(-1, 1), Scale(0, 400, log=True), Scale(0, 60_000, log=True), learned([3.0, 4.0, 5.0, 4.0])]
)
numbers = st.floats(-1e12, 1e12)


@given(scales, numbers, numbers)
def test_to_unit_keeps_order_within_zero_and_one(scale: Scale, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.0 <= scale.to_unit(low) <= scale.to_unit(high) <= 1.0


@given(scales, st.floats(0, 1))
def test_from_unit_is_the_way_back(scale: Scale, share: float) -> None:
    assert scale.to_unit(scale.from_unit(share)) == pytest.approx(share, abs=1e-9)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40))
def test_learned_any_first_values_make_a_scale(values: list[float]) -> None:
    scale = learned(values)
    assert isfinite(scale.low)
    assert scale.high > scale.low
    assert all(0.0 <= scale.to_unit(value) <= 1.0 for value in values)


@pytest.mark.parametrize("factor", [1.0, 100.0, 1e9])
def test_learned_scale_follows_the_unit_of_the_numbers(factor: float) -> None:
    draw = Random(1)
    values = [draw.gauss(4.0, 0.5) for _ in range(30)]
    plain, scaled = learned(values), learned([value * factor for value in values])
    assert scaled.to_unit(4.5 * factor) == pytest.approx(plain.to_unit(4.5))
    assert scaled.whole == plain.whole


@pytest.mark.parametrize("values", [[0.0] * 30, [1.0] * 30, [0.0, 1.0, 0.0]])
def test_learned_yes_and_no_have_the_whole_unit(values: list[float]) -> None:
    assert learned(values) == UNIT


def test_learned_scores_in_zero_to_one_measure_changes_by_that_range() -> None:
    scale = learned([0.88, 0.9, 0.92, 0.9])
    assert 0.05 * scale.whole * (scale.high - scale.low) == pytest.approx(0.05)
