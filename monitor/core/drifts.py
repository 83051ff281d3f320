"""Drift over all numbers of a system: which are watched, on which scale, and whether a change harms."""

from collections.abc import Iterator
from math import isfinite

from monitor.core.events import Evidence, SystemReading
from monitor.core.log import Observation
from monitor.core.online.baseline import UNIT, Scale
from monitor.core.online.drift import Drift, Parameters
from monitor.core.policy import DriftPolicy
from monitor.core.system_state import MAX_FEATURES, SystemState
from monitor.core.vocabulary import Role

DRIFT = "drift"
EVALUATION = "evaluation."
"""Prefix of an upstream evaluation's feature name."""

SCALES: dict[str, Scale] = {
    "length": Scale(0.0, 400.0, log=True),
    "latency_ms": Scale(0.0, 60_000.0, log=True),
    "tokens": Scale(0.0, 8_000.0, log=True),
    "questions": Scale(0.0, 8.0, log=True),
    "valence": Scale(-1.0, 1.0),
    "hedging": UNIT,
    "refusal": UNIT,
    "tool_error": UNIT,
}
"""Behaviour features we measure ourselves. An evaluation's scale, or another feature's, is learned."""
MAX_NAME = 128
"""Characters of a number's name; one with a longer name is not watched: names go into states and escalations."""
OF_TOOLS = frozenset({"tool_error"})
"""Features of tool turns; the others are the AI's own turns', a user's mood is no behaviour of the system."""


def numbers(observation: Observation, policy: DriftPolicy) -> Iterator[tuple[str, float]]:
    """Feature and value of everything watched on this turn: the system's behaviour and upstream evaluations."""
    if observation.role in (Role.ASSISTANT, Role.TOOL):
        tools = observation.role is Role.TOOL
        for name in policy.features:
            value = observation.features.get(name)
            if value is not None and (name in OF_TOOLS) is tools and isfinite(value):
                yield name, value
    for name, value in observation.evaluations.items():
        if isfinite(value) and len(name) <= MAX_NAME:
            yield EVALUATION + name, value


def fold_drift(
    state: SystemState, observation: Observation, policy: DriftPolicy, evidence: Evidence
) -> Iterator[SystemReading]:
    """Give each number to its detector; the changes that are large enough to interest anybody."""
    for feature, value in numbers(observation, policy):
        detector = _detector(state, feature, policy)
        change = detector.update(value, min_change=policy.min_change) if detector is not None else None
        if change is not None:
            yield SystemReading(
                DRIFT,
                change.after,
                change.before,
                change.n,
                feature=feature,
                direction=change.direction,
                harmful=harms(feature, change.direction, policy),
                evidence=(evidence,),
            )


def _detector(state: SystemState, feature: str, policy: DriftPolicy) -> Drift | None:
    """The feature's detector; a fresh one when the policy's parameters changed; None beyond the cap."""
    known: Drift | None = state.detectors.get(feature)
    if known is not None and known.parameters.delta == policy.delta and known.parameters.grace == policy.grace:
        return known
    if known is None and len(state.detectors) >= MAX_FEATURES:
        return None
    fresh = state.detectors[feature] = Drift(Parameters(policy.delta, policy.grace, SCALES.get(feature)))
    return fresh


def harms(feature: str, direction: str, policy: DriftPolicy) -> bool:
    """Whether a change in this direction needs a person. A number nobody described: a fall of an evaluation does.

    >>> harms("latency_ms", "down", DriftPolicy(harmful={"latency_ms": "up"}))
    False
    >>> harms("evaluation.grounded", "down", DriftPolicy())
    True
    """
    bad = policy.harmful.get(feature, "down" if feature.startswith(EVALUATION) else "none")
    return bad in (direction, "both")
