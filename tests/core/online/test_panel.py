from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.online.panel import MEMORY, SETTLING, WINDOWS, Panel, Shift
from tests.core.systems import POLICY

SHIPPED = POLICY.base.drift
SPREADS = {"length": 0.1, "valence": 0.15, "refusal": 0.2}
Session = list[float | None]


def sessions(seed: int, n: int, *, moved: float = 0.0, share: float = 0.1) -> list[Session]:
    """Sessions of three numbers; ``moved``: by how many of its deviations the first lies beside where it was."""
    draw = Random(seed)

    def within(value: float) -> float:
        return min(1.0, max(0.0, value))

    return [
        [within(draw.gauss(0.4 + 0.1 * moved, 0.1)), within(draw.gauss(0.5, 0.15)), float(draw.random() < share)]
        for _ in range(n)
    ]


def told(panel: Panel, values: list[Session]) -> list[tuple[int, list[Shift]]]:
    found = [(place, panel.add(each, least=SHIPPED.sessions, bound=SHIPPED.bound)) for place, each in enumerate(values)]
    return [(place, shifts) for place, shifts in found if shifts]


def through_bytes(panel: Panel) -> Panel:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(panel), type=Panel)


def test_add_stationary_sessions_alarm_at_most_at_the_stated_rate() -> None:
    """No more than 20 in 10,000: 40,000 sessions of 20 systems leave an error of 2 in 10,000 on a rate of 5."""
    alarms = sum(len(told(Panel.of(SPREADS), sessions(seed, 2_000))) for seed in range(20))
    assert alarms <= 20 / 10_000 * 40_000 / 4


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("deviations", [3.0, -3.0])
def test_add_step_of_three_deviations_is_found_within_a_window_and_named(seed: int, deviations: float) -> None:
    values = sessions(seed, 60) + sessions(seed + 100, 30, moved=deviations)
    (place, shifts), *more = told(Panel.of(SPREADS), values)
    assert 60 <= place < 60 + WINDOWS[0]
    assert shifts[0].name == "length"
    assert (shifts[0].after > shifts[0].before) is (deviations > 0)
    assert shifts[0].before == pytest.approx(0.4, abs=0.06)
    assert more == []


def test_add_change_that_comes_slowly_is_told_once() -> None:
    slow = [each for step in range(30) for each in sessions(step, 1, moved=step / 10)]
    assert len(told(Panel.of(SPREADS), [*sessions(1, 80), *slow, *sessions(2, 80, moved=3.0)])) == 1


def test_add_second_change_after_settling_is_told_too() -> None:
    values = [*sessions(1, 60), *sessions(2, 86, moved=3.0), *sessions(3, 40)]
    assert [place >= 146 for place, _ in told(Panel.of(SPREADS), values)] == [False, True]


def test_restart_leaves_the_next_sessions_out() -> None:
    panel = Panel.of(SPREADS)
    told(panel, sessions(1, 50))
    panel.restart()
    told(panel, sessions(2, SETTLING + 3))
    assert (panel.seen, len(panel.ring)) == (3, 3)


@given(cut=st.integers(0, 160), seed=st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_panel_stored_anywhere_continues_identically(cut: int, seed: int) -> None:
    values: list[Session] = [*sessions(seed, 60), *sessions(seed + 1, 100, moved=2.0)]
    values[cut % len(values)] = [None, None, None]
    whole, first = Panel.of(SPREADS), Panel.of(SPREADS)
    undisturbed = told(whole, values)
    before = told(first, values[:cut])
    resumed = through_bytes(first)
    assert before + [(place + cut, each) for place, each in told(resumed, values[cut:])] == undisturbed
    assert resumed == whole


@given(st.lists(st.lists(st.none() | st.floats(0.0, 1.0), min_size=3, max_size=3), max_size=150))
@settings(max_examples=60, deadline=None)
def test_add_any_values_tells_means_within_the_scale(values: list[Session]) -> None:
    for _, shifts in told(Panel.of(SPREADS), values):
        for shift in shifts:
            assert 0.0 <= shift.before <= 1.0
            assert 0.0 <= shift.after <= 1.0


@given(st.integers(0, 120), st.integers(0, 20))
@settings(max_examples=30, deadline=None)
def test_windows_hold_exactly_the_latest_sessions(n: int, seed: int) -> None:
    panel = Panel.of({"length": 0.1})
    values = [each[:1] for each in sessions(seed, n)]
    for each in values:
        panel.add(each, least=SHIPPED.sessions, bound=1e9)
    for window, sums in zip(WINDOWS, panel.windows, strict=True):
        recent = [round(each[0] * 10_000) for each in values[-window:] if each[0] is not None]
        assert (sums.n[0], sums.total[0]) == (len(recent), sum(recent))
        assert sums.squares[0] == sum(each * each for each in recent)


def test_panel_stays_small_and_what_is_old_fades() -> None:
    panel = Panel.of({f"number-{index}": 0.1 for index in range(20)})
    draw = Random(1)
    for _ in range(3_000):
        panel.add([draw.random() for _ in range(20)], least=SHIPPED.sessions, bound=1e9)
    assert max(panel.before.n) <= MEMORY
    assert len(msgspec.msgpack.encode(panel)) < 6_000


@given(st.integers(0, 99), st.floats(0.0, 30.0), st.floats(0.0, 3.0))
@settings(max_examples=30)
def test_strengths_passes_over_none_that_reaches_the_least(seed: int, least: float, moved: float) -> None:
    panel = Panel.of(SPREADS)
    for values in [*sessions(seed, 40), *sessions(seed + 1, 10, moved=moved)]:
        panel.add(values, least=SHIPPED.sessions, bound=1e9)
    for window in panel.windows:
        everything = [pair for pair in panel._strengths(window, 0.0) if pair[0] >= least]
        assert [pair for pair in panel._strengths(window, least) if pair[0] >= least] == everything
