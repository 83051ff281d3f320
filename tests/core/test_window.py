"""Rates: intervals against published values, windows that slide, restarts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.events import Evidence
from monitor.core.window import BUCKETS, LATEST, Rate, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # Newcombe 1998, table I, method 3 (score interval), 95 %
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_known_cases_are_met(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_nothing_seen_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_share_and_narrows_with_n(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = wilson(hits, n)
    more_low, more_high = wilson(hits * 4, n * 4)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1
    assert more_high - more_low < high - low


steps = st.lists(st.tuples(st.floats(0, 40), st.booleans()), max_size=60)


@given(steps)
def test_rate_counts_what_lies_in_its_window(given_steps: list[tuple[float, bool]]) -> None:
    rate, now, samples = Rate(seconds=float(BUCKETS)), 1000.0, []
    for passed, hit in given_steps:
        now += passed
        rate.add(now, hit=hit)
        samples.append((int(now), hit))
        inside = [each for second, each in samples if second > int(now) - BUCKETS]
        assert (rate.n, rate.hits) == (len(inside), sum(inside))
        assert len(rate.buckets) <= BUCKETS


def test_rate_keeps_pointers_to_the_newest_hits() -> None:
    rate = Rate()
    for turn in range(10):
        rate.add(float(turn), hit=turn % 2 == 0, evidence=Evidence(turn=turn))
    assert [each.turn for each in rate.latest] == [4, 6, 8][-LATEST:]


def test_rate_restart_and_another_length_forget_everything() -> None:
    rate = Rate()
    rate.add(5.0, hit=True, evidence=Evidence(turn=1))
    rate.crossed = True
    rate.resize(rate.seconds)
    assert rate.n == 1
    rate.resize(60.0)
    assert rate == Rate(seconds=60.0)
