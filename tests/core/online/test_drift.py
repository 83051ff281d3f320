from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.online.baseline import UNIT
from monitor.core.online.drift import Change, Drift, DriftSnapshot, Parameters

PARAMETERS = Parameters(delta=0.002, grace=30, scale=UNIT)
LEARNING = Parameters(delta=0.002, grace=30)


def noise(seed: int, n: int, mean: float, spread: float = 0.05) -> list[float]:
    draw = Random(seed)
    return [draw.gauss(mean, spread) for _ in range(n)]


def changes(detector: Drift, values: list[float], min_change: float = 0.05) -> list[tuple[int, Change]]:
    found = [(index, detector.update(value, min_change=min_change)) for index, value in enumerate(values)]
    return [(index, change) for index, change in found if change is not None]


def through_bytes(detector: Drift) -> Drift:
    return Drift.load(msgspec.msgpack.decode(msgspec.msgpack.encode(detector.dump()), type=DriftSnapshot))


# finding --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("before", "after", "direction"), [(0.3, 0.6, "up"), (0.7, 0.4, "down")])
def test_update_shifted_series_reports_the_change_soon_and_says_where_to(
    seed: int, before: float, after: float, direction: str
) -> None:
    found = changes(Drift(PARAMETERS), noise(seed, 300, before) + noise(seed + 100, 200, after))
    assert found, "a shift of six standard deviations"
    index, change = found[0]
    assert 300 <= index < 340
    assert change.direction == direction
    assert change.before == pytest.approx(before, abs=0.05)
    assert abs(change.after - after) < abs(change.after - before)


@pytest.mark.parametrize("seed", range(10))
def test_update_stationary_series_stays_silent(seed: int) -> None:
    assert changes(Drift(PARAMETERS), noise(seed, 2000, 0.5, 0.15)) == []


def test_update_stationary_zero_or_one_series_stays_silent() -> None:
    draw = Random(3)
    assert changes(Drift(PARAMETERS), [float(draw.random() < 0.1) for _ in range(3000)]) == []


def test_update_change_smaller_than_asked_for_is_not_reported() -> None:
    values = noise(1, 800, 0.5, 0.005) + noise(2, 800, 0.53, 0.005)
    assert changes(Drift(PARAMETERS), values, min_change=0.05) == []
    assert changes(Drift(PARAMETERS), values, min_change=0.01)


def test_update_small_steps_in_one_direction_add_up() -> None:
    values = [value for step in range(6) for value in noise(step, 400, 0.3 + 0.03 * step, 0.005)]
    found = changes(Drift(PARAMETERS), values, min_change=0.08)
    assert found
    assert found[0][1].direction == "up"


def test_update_learned_scale_finds_a_change_in_the_numbers_own_unit() -> None:
    found = changes(Drift(LEARNING), noise(1, 200, 4.2, 0.3) + noise(2, 200, 2.5, 0.3))
    assert found
    change = found[0][1]
    assert change.direction == "down"
    assert change.before == pytest.approx(4.2, abs=0.2)


@pytest.mark.parametrize("value", [0.0, 7.0, -3.0, 1e300, -1e300, 5e-324])
def test_update_constant_of_any_size_is_no_change(value: float) -> None:
    assert changes(Drift(LEARNING), [value] * 300) == []


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=120))
@settings(max_examples=60, deadline=None)
def test_update_any_finite_numbers_is_no_crash_and_tells_finite_numbers(values: list[float]) -> None:
    for _, change in changes(Drift(LEARNING), values):
        assert change.before - change.before == 0.0
        assert change.after - change.after == 0.0


# snapshots ------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 500), st.integers(0, 5), st.sampled_from([PARAMETERS, LEARNING]))
@settings(max_examples=40, deadline=None)
def test_load_at_any_cut_continues_identically(cut: int, seed: int, parameters: Parameters) -> None:
    values = noise(seed, 250, 0.3) + noise(seed + 9, 250, 0.7)
    undisturbed, stopped = Drift(parameters), Drift(parameters)
    whole = changes(undisturbed, values)
    first = changes(stopped, values[:cut])
    resumed = through_bytes(stopped)
    rest = [(index + cut, change) for index, change in changes(resumed, values[cut:])]
    assert first + rest == whole
    assert not resumed.reset
    assert msgspec.msgpack.encode(resumed.dump()) == msgspec.msgpack.encode(undisturbed.dump())


def test_load_of_another_river_version_starts_afresh_and_says_so() -> None:
    detector = Drift(PARAMETERS)
    changes(detector, noise(1, 100, 0.5))
    snapshot = detector.dump()
    snapshot.library = "0.1.0"
    found = Drift.load(snapshot)
    assert found.reset
    assert found.parameters == PARAMETERS
    assert changes(found, noise(2, 100, 0.5)) == []


@pytest.mark.parametrize("native", [b"", b"\x00", b"\xff" * 64, b"x" * 5000])
def test_load_of_damaged_bytes_starts_afresh(native: bytes) -> None:
    detector = Drift(PARAMETERS)
    changes(detector, noise(1, 100, 0.5))
    snapshot = detector.dump()
    snapshot.native = native
    assert Drift.load(snapshot).reset


def test_load_of_another_clock_starts_afresh_with_ours() -> None:
    other = Parameters(0.002, 30, UNIT, clock=32)
    found = Drift.load(Drift(other).dump())
    assert found.reset
    assert found.parameters == PARAMETERS


def test_dump_stays_small_however_long_the_series() -> None:
    detector = Drift(PARAMETERS)
    changes(detector, noise(1, 20_000, 0.5, 0.1))
    assert len(msgspec.msgpack.encode(detector.dump())) < 4096
