"""Packed weights: sums of lanes are the lanes of sums, and their signs can be told without unpacking."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.grams import LANE, Lanes, packed

WEIGHTS = st.lists(st.tuples(*[st.integers(-10_000, 10_000)] * 4), min_size=1, max_size=60)


@given(WEIGHTS)
def test_packed_sums_are_the_sums_of_each_lane(rows: list[tuple[int, ...]]) -> None:
    lanes = Lanes(4)
    sums = [sum(column) for column in zip(*rows, strict=True)]
    total = sum(map(packed, rows))
    assert lanes.read(total) == tuple(sums)
    assert [bool((total + lanes.lift) & lanes.sign(lane)) for lane in range(4)] == [value >= 0 for value in sums]
    assert lanes.read(total + (7 << (4 * LANE))) == tuple(sums)  # what stands above the lanes leaves them as they are
