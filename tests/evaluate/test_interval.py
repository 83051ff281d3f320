"""Intervals: seeded, around the figure, and by session."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.evaluate.interval import estimates
from tests.evaluate.build import columns


@settings(max_examples=20)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=4, max_size=40))
def test_interval_is_the_same_at_every_call_and_in_order(pairs: list[tuple[bool, bool]]) -> None:
    cases = columns([int(true) for true, _ in pairs], [float(fired) for _, fired in pairs])
    found = estimates(("fires",), cases, draws=50)["fires"]
    assert found is not None
    assert found == estimates(("fires",), cases, draws=50)["fires"]
    assert 0.0 <= found.low <= found.high <= 1.0
    assert found.value == pytest.approx(sum(fired for _, fired in pairs) / len(pairs))


def test_interval_turns_of_one_session_are_drawn_together() -> None:
    truth, score = [1, 0] * 50, [0.9, 0.1, 0.1, 0.9] * 25
    alone = estimates(("auc",), columns(truth, score))["auc"]
    together = estimates(("auc",), columns(truth, score, sessions=[index // 50 for index in range(100)]))["auc"]
    assert alone is not None
    assert together is not None
    assert alone.value == together.value == 0.5
    assert together.high - together.low < alone.high - alone.low


def test_interval_correlated_turns_widen_it() -> None:
    fired = [index < 50 for index in range(100)]
    alone = estimates(("fires",), columns([0] * 100, [0.0] * 100, fired=fired))["fires"]
    by_ten = columns([0] * 100, [0.0] * 100, fired=fired, sessions=[index // 10 for index in range(100)])
    together = estimates(("fires",), by_ten)["fires"]
    assert alone is not None
    assert together is not None
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_interval_undefined_figure_has_none() -> None:
    assert estimates(("auc", "precision"), columns([1, 1], [0.1, 0.2])) == {"auc": None, "precision": None}
