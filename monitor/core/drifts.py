"""Drift over all numbers of a system: which are watched, on which scale, and whether a change harms."""

from collections.abc import Iterator
from math import log1p

from monitor.core.events import SystemReading
from monitor.core.log import Observation
from monitor.core.online.drift import Drift
from monitor.core.policy import DriftPolicy
from monitor.core.system_state import MAX_FEATURES, SystemState
from monitor.core.vocabulary import Role

DRIFT = "drift"
EVALUATION = "evaluation."
"""Prefix of an upstream evaluation's feature name."""
LOGARITHMIC = {"length": 400.0, "latency_ms": 60_000.0, "tokens": 8_000.0}
"""Features without an upper end, and the value that counts as the end of the scale."""
SIGNED = frozenset({"valence"})
"""Features in [-1, 1]."""


def numbers(observation: Observation, policy: DriftPolicy) -> Iterator[tuple[str, float]]:
    """Feature and scaled value of everything watched on this turn: the AI's behaviour and upstream evaluations."""
    if observation.role is Role.ASSISTANT:
        for name in policy.features:
            if name in observation.features:
                yield name, scaled(name, observation.features[name])
    for name, value in observation.evaluations.items():
        yield EVALUATION + name, scaled(name, value)


def scaled(feature: str, value: float) -> float:
    """A number brought into [0, 1], order kept.

    >>> scaled("valence", -1.0), scaled("refusal", 0.25), scaled("latency_ms", 60_000.0)
    (0.0, 0.25, 1.0)
    """
    if feature in LOGARITHMIC:
        value = log1p(max(0.0, value)) / log1p(LOGARITHMIC[feature])
    elif feature in SIGNED:
        value = (value + 1) / 2
    elif value > 1:
        value = 1 - 0.5 / value  # an evaluation on a scale of its own: squeezed, order kept
    return min(1.0, max(0.0, value))


def fold_drift(state: SystemState, observation: Observation, policy: DriftPolicy) -> Iterator[SystemReading]:
    """Give each number to its detector; the changes that are large enough to interest anybody."""
    for feature, value in numbers(observation, policy):
        detector = state.detectors.get(feature)
        if detector is None:
            if len(state.detectors) >= MAX_FEATURES:
                continue
            detector = state.detectors[feature] = Drift(policy)
        change = detector.update(value)
        if change is None or abs(change.after - change.before) < policy.min_change:
            continue
        yield SystemReading(
            DRIFT,
            round(change.after, 4),
            round(change.before, 4),
            change.n,
            feature=feature,
            direction=change.direction,
            harmful=harms(feature, change.direction, policy),
        )


def harms(feature: str, direction: str, policy: DriftPolicy) -> bool:
    """Whether a change in this direction needs a person. A number nobody described: a fall of an evaluation does.

    >>> harms("latency_ms", "down", DriftPolicy(harmful={"latency_ms": "up"}))
    False
    """
    bad = policy.harmful.get(feature, "down" if feature.startswith(EVALUATION) else "none")
    return bad in (direction, "both")
