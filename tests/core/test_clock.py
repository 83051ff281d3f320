import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.clock import FUTURE_OF_PARTITION, FUTURE_OF_RECORD, LATEST, TS_FUTURE, TS_PAST, Bounded, bounded

times = st.floats(0, 4e9)


def test_bounded_ahead_of_the_record_is_cut_and_flagged() -> None:
    assert bounded(2000.0, partition_time=0.0, record_time=1000.0) == (1000.0 + FUTURE_OF_RECORD, (TS_FUTURE,))


def test_bounded_ahead_of_the_partition_is_cut_only_without_a_record_time() -> None:
    assert bounded(9e8, partition_time=0.0, record_time=None) == (FUTURE_OF_PARTITION, (TS_FUTURE,))
    assert bounded(9e8, partition_time=0.0, record_time=9e8) == (9e8, ())


def test_bounded_far_past_is_kept_and_flagged() -> None:
    assert bounded(0.0, partition_time=None, record_time=31 * 86400.0) == (0.0, (TS_PAST,))


def test_bounded_first_turn_without_any_clock_is_accepted() -> None:
    assert bounded(5.0, partition_time=None, record_time=None) == (5.0, ())


@given(times, st.none() | times, st.none() | times)
def test_bounded_never_later_than_stated_and_flags_say_when_changed(
    ts: float, partition_time: float | None, record_time: float | None
) -> None:
    found = bounded(ts, partition_time=partition_time, record_time=record_time)
    assert found.ts <= ts
    assert (found.ts < ts) == (TS_FUTURE in found.flags)


@pytest.mark.parametrize("ts", [LATEST + 1, 1e18, 1e305])
def test_bounded_first_turn_of_an_absurd_time_is_cut_to_the_year_2100(ts: float) -> None:
    assert bounded(ts, partition_time=None, record_time=None) == Bounded(LATEST, (TS_FUTURE,))
