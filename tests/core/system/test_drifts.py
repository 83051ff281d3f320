from random import Random

import pytest

from monitor.core.events import Evidence, SystemReading
from monitor.core.log import Observation
from monitor.core.policy.model import DriftPolicy
from monitor.core.system.drifts import fold_drift, harms, numbers
from monitor.core.system.profile import NUMBERS
from monitor.core.system.state import MAX_FEATURES, SystemState
from monitor.core.vocabulary import Role
from tests.core.systems import POLICY, seen

SHIPPED = POLICY.base.drift
HERE = Evidence(0)


def fold(observations: list[Observation], policy: DriftPolicy = SHIPPED) -> list[SystemReading]:
    state = SystemState(system_id="bot")
    return [reading for each in observations for reading in fold_drift(state, each, policy, HERE)]


def noisy(name: str, levels: list[float], spread: float, *, evaluation: bool = False) -> list[Observation]:
    """200 turns at each level."""
    draw = Random(11)
    values = [draw.gauss(level, spread) for level in levels for _ in range(200)]
    return [seen(evaluations={name: each}) if evaluation else seen(features={name: each}) for each in values]


@pytest.mark.parametrize(
    ("feature", "before", "after", "spread", "direction", "harmful"),
    [
        ("latency_ms", 900.0, 4_000.0, 100.0, "up", True),
        ("latency_ms", 4_000.0, 900.0, 100.0, "down", False),
        ("length", 40.0, 120.0, 8.0, "up", True),
        ("length", 120.0, 40.0, 8.0, "down", True),
        ("valence", 0.3, -0.3, 0.1, "down", True),
        ("valence", -0.3, 0.3, 0.1, "up", False),
    ],
)
def test_fold_drift_shift_is_found_in_its_own_unit_and_judged_by_direction(
    feature: str, before: float, after: float, spread: float, direction: str, *, harmful: bool
) -> None:
    (reading,) = fold(noisy(feature, [before, after], spread))
    assert (reading.signal, reading.feature, reading.direction) == ("drift", feature, direction)
    assert reading.harmful is harmful
    assert abs(reading.bound - before) < abs(reading.bound - after)
    assert abs(reading.value - after) < abs(reading.value - before)


@pytest.mark.parametrize(("feature", "level", "spread"), [("latency_ms", 900.0, 200.0), ("valence", 0.1, 0.3)])
def test_fold_drift_stationary_feature_is_silent(feature: str, level: float, spread: float) -> None:
    assert fold(noisy(feature, [level] * 8, spread)) == []


def test_fold_drift_evaluation_on_a_scale_of_its_own_falls_harmfully_and_rises_harmlessly() -> None:
    fallen = fold(noisy("grounded", [4.2, 2.6], 0.2, evaluation=True))
    risen = fold(noisy("grounded", [2.6, 4.2], 0.2, evaluation=True))
    assert [(each.feature, each.direction, each.harmful) for each in fallen + risen] == [
        ("evaluation.grounded", "down", True),
        ("evaluation.grounded", "up", False),
    ]


@pytest.mark.parametrize(
    ("role", "names"),
    [(Role.ASSISTANT, ["length"]), (Role.TOOL, ["tool_error"]), (Role.USER, []), (Role.STAFF, [])],
)
def test_numbers_are_the_systems_own_behaviour(role: Role, names: list[str]) -> None:
    turn = seen(role=role, features={"length": 3.0, "tool_error": 1.0, "unheard of": 1.0})
    assert [name for name, _ in numbers(turn, SHIPPED)] == names


def test_numbers_leave_out_what_is_no_number() -> None:
    nan, infinite = float("nan"), float("inf")
    turn = seen(features={"length": nan, "hedging": infinite}, evaluations={"a": nan, "b": -infinite, "c": 0.5})
    assert list(numbers(turn, SHIPPED)) == [("evaluation.c", 0.5)]


def test_fold_drift_watches_a_bounded_number_of_numbers() -> None:
    state = SystemState(system_id="bot")
    crowd = seen(evaluations={f"e{index}": 0.5 for index in range(MAX_FEATURES + 10)})
    for _ in range(50):
        assert list(fold_drift(state, crowd, SHIPPED, HERE)) == []
    assert len(state.detectors) == MAX_FEATURES


def test_fold_drift_another_delta_starts_the_detector_afresh_and_other_bounds_do_not() -> None:
    state = SystemState(system_id="bot")
    turn = seen(features={"refusal": 0.0})
    list(fold_drift(state, turn, SHIPPED, HERE))
    first = state.detectors["refusal"]
    list(fold_drift(state, turn, DriftPolicy(delta=SHIPPED.delta, min_change=0.5, features=("refusal",)), HERE))
    assert state.detectors["refusal"] is first
    list(fold_drift(state, turn, DriftPolicy(delta=0.5, features=("refusal",)), HERE))
    assert state.detectors["refusal"] is not first


@pytest.mark.parametrize(
    ("bad", "direction", "expected"),
    [("up", "up", True), ("up", "down", False), ("both", "down", True), ("down", "down", True)],
)
def test_harms_follows_the_policy(bad: str, direction: str, *, expected: bool) -> None:
    assert harms("length", direction, DriftPolicy(harmful={"length": bad})) is expected


def test_harms_of_a_feature_nobody_described_is_false() -> None:
    assert not harms("length", "up", DriftPolicy())


def test_the_shipped_policy_watches_every_number_and_knows_how() -> None:
    assert set(SHIPPED.features) == set(NUMBERS)
