"""Packed weights: sums of lanes are the lanes of sums, and their signs can be told without unpacking."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.grams import LANE, lifted, packed, signs, unpacked

WEIGHTS = st.lists(st.tuples(*[st.integers(-10_000, 10_000)] * 4), min_size=1, max_size=60)


@given(WEIGHTS)
def test_packed_sums_are_the_sums_of_each_lane(rows: list[tuple[int, ...]]) -> None:
    sums = [sum(column) for column in zip(*rows, strict=True)]
    total = sum(map(packed, rows))
    assert unpacked(total, 4) == sums
    assert [bool(lifted(total, 4) & signs([lane])) for lane in range(4)] == [value >= 0 for value in sums]
    assert unpacked(total + (7 << (4 * LANE)), 4) == sums  # what stands above the lanes leaves them as they are
