import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.policy.model import Bound
from monitor.core.watch import Watch, judge

values = st.lists(st.none() | st.floats(0, 1), max_size=30)


@pytest.mark.parametrize(
    ("bound", "scores", "fires"),
    [
        (Bound(0.6, 0.3), [0.6, 0.59, 0.7], [True, False, True]),
        (Bound(0.6, 0.3, persist=2), [0.7, 0.7, 0.1, 0.7, None, 0.7], [False, True, False, False, False, True]),
        (Bound(-0.6, -0.2, below=True), [-0.5, -0.6, -0.9, 0.3], [False, True, True, False]),
    ],
)
def test_judge_bound_reached_fires_and_else_does_not(bound: Bound, scores: list[float], fires: list[bool]) -> None:
    watch = Watch()
    assert [judge(watch, bound, value) for value in scores] == fires


@pytest.mark.parametrize(
    ("bound", "scores", "active"),
    [
        (Bound(0.6, 0.3), [0.7, 0.5, 0.5], True),
        (Bound(0.6, 0.3), [0.7, 0.2], True),
        (Bound(0.6, 0.3), [0.7, 0.2, None, 0.2], False),
        (Bound(0.6, 0.3), [0.7, 0.2, 0.4, 0.2], True),
        (Bound(0.6, 0.3, clear_after=1), [0.7, 0.2], False),
        (Bound(0.6, -1), [0.7, 0.0, 0.0, 0.0, 0.0], True),
        (Bound(-0.6, -0.2, below=True), [-0.7, 0.1, 0.1], False),
        (Bound(-0.6, -0.2, below=True), [-0.7, -0.3, -0.3], True),
    ],
)
def test_judge_active_until_calm_past_the_clear_bound(bound: Bound, scores: list[float], active: bool) -> None:  # noqa: FBT001
    watch = Watch()
    for value in scores:
        judge(watch, bound, value)
    assert watch.active is active


def test_judge_too_few_samples_does_not_fire() -> None:
    watch = Watch()
    assert not judge(watch, Bound(0.6, 0.3, min_samples=3), 0.9, n=2)
    assert judge(watch, Bound(0.6, 0.3, min_samples=3), 0.9, n=3)


@given(values)
def test_judge_none_changes_nothing(scores: list[float | None]) -> None:
    with_none, without = Watch(), Watch()
    bound = Bound(0.6, 0.3, persist=2)
    for value in scores:
        judge(with_none, bound, value)
        if value is not None:
            judge(without, bound, value)
    assert with_none == without


@given(values)
def test_judge_a_higher_bound_never_fires_where_a_lower_one_does_not(scores: list[float | None]) -> None:
    low, high = Watch(), Watch()
    for value in scores:
        fired = judge(low, Bound(0.5, 0.3), value), judge(high, Bound(0.7, 0.3), value)
        assert fired != (False, True)
