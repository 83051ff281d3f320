"""Drift over all numbers of a system: which are watched, by turn and by session, and whether a change harms.

An upstream evaluation is watched by value (online/drift.py); the system's own behaviour by session, as what its
sessions were like (profile.py), many numbers at once (online/panel.py), and some of it by turn as well.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import isfinite

from monitor.core.events import Evidence, SystemReading
from monitor.core.log import Observation
from monitor.core.online.drift import Drift, Parameters
from monitor.core.online.panel import Panel, Shift
from monitor.core.policy.model import DriftPolicy
from monitor.core.signals.base import ANSWER_LATENCY
from monitor.core.system.profile import (
    MAX_OPEN,
    NUMBERS,
    OF_TOOLS,
    PARTS,
    STRETCH,
    Profile,
    begun,
    is_over,
    quiet_seconds,
)
from monitor.core.system.state import MAX_FEATURES, SystemState
from monitor.core.vocabulary import Role

DRIFT = "drift"
EVALUATION = "evaluation."
"""Prefix of an upstream evaluation's feature name."""
MAX_NAME = 128
"""Characters of a number's name; one with a longer name is not watched: names go into states and escalations."""


def numbers(observation: Observation, policy: DriftPolicy) -> Iterator[tuple[str, float]]:
    """What is watched value by value on this turn: the system's behaviour and upstream evaluations."""
    role = observation.role
    if role is Role.ASSISTANT or role is Role.TOOL:
        watched = _by_turn(policy.features, tools=role is Role.TOOL)
        for name, value in observation.features.items():
            if name in watched and isfinite(value):
                yield name, value
    for name, value in observation.evaluations.items():
        if isfinite(value) and len(name) <= MAX_NAME:
            yield EVALUATION + name, value


def fold_drift(
    state: SystemState, observation: Observation, policy: DriftPolicy, evidence: Evidence
) -> Iterator[SystemReading]:
    """Give each number to its detector; the changes that are large enough to interest anybody.

    A change of behaviour is told once: whichever sees it first, all learn anew.
    """
    changed = False
    for feature, value in numbers(observation, policy):
        detector = _detector(state, feature, policy)
        change = detector.update(value, min_change=policy.min_change) if detector is not None else None
        if change is not None:
            changed |= not feature.startswith(EVALUATION)
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
    if changed and state.panel is not None:
        state.panel.restart()
    for profile in _over(state, observation):
        shifts = _judge(state, profile, policy)
        if shifts:
            state.detectors = {name: each for name, each in state.detectors.items() if name.startswith(EVALUATION)}
            yield from (_reading(shift, state, policy, evidence) for shift in shifts)


def _over(state: SystemState, observation: Observation) -> Iterator[Profile]:
    """Take the turn into its session; the sessions that are over, this one or others that have been silent."""
    going, name = state.going, observation.session_id
    profile = going.pop(name, None)
    if profile is None:
        profile = begun(observation, state.now, state.sessions)
    profile.last, profile.heard = state.now, state.sessions
    profile.add(observation)
    if observation.final or profile.turns >= STRETCH:
        yield profile
    else:
        going[name] = profile
    quiet = quiet_seconds(state.usual.told.get(ANSWER_LATENCY))
    while going:
        oldest, silent = next(iter(going.items()))
        if len(going) <= MAX_OPEN and not is_over(silent, state.now, state.sessions, quiet):
            return
        del going[oldest]
        yield silent


def _judge(state: SystemState, profile: Profile, policy: DriftPolicy) -> list[Shift]:
    """What this session completes; of the parts of a number the one that moved most surely."""
    panel = _panel(state, policy)
    parts = {"tool_mix": profile.tool_mix(state.tools), "topics": profile.topic_shares()}
    values: list[float | None] = []
    for name in _watched(policy.features):
        values += parts[name] if name in parts else (profile.value(name),)
    surest: dict[str, Shift] = {}
    for shift in panel.add(values, least=policy.sessions, bound=policy.bound):
        surest.setdefault(shift.name.partition(".")[0], shift)
    return list(surest.values())


def _reading(shift: Shift, state: SystemState, policy: DriftPolicy, evidence: Evidence) -> SystemReading:
    number, _, part = shift.name.partition(".")
    scale, direction = NUMBERS[number].scale, "up" if shift.after > shift.before else "down"
    return SystemReading(
        DRIFT,
        scale.from_unit(shift.after),
        scale.from_unit(shift.before),
        shift.n,
        feature=f"{number}.{state.tools[int(part)]}" if number == "tool_mix" else number,
        direction=direction,
        harmful=harms(number, direction, policy),
        evidence=(evidence,),
    )


@lru_cache(maxsize=64)
def _by_turn(features: tuple[str, ...], *, tools: bool) -> frozenset[str]:
    """The numbers watched on a turn of a tool, or of the AI: those of such turns, and what nobody described."""
    numbers = ((name, NUMBERS.get(name)) for name in features)
    return frozenset(
        name for name, number in numbers if number is None or (number.by_turn and (name in OF_TOOLS) is tools)
    )


@lru_cache(maxsize=64)
def _watched(features: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in features if name in NUMBERS)


@lru_cache(maxsize=64)
def _columns(features: tuple[str, ...]) -> Mapping[str, float]:
    """The panel's numbers with their usual spread; one for each part of those that have parts."""
    found: dict[str, float] = {}
    for name in _watched(features):
        columns = [f"{name}.{part}" for part in range(PARTS[name])] if name in PARTS else [name]
        found |= dict.fromkeys(columns, NUMBERS[name].spread)
    return found


def _panel(state: SystemState, policy: DriftPolicy) -> Panel:
    """The system's panel; a fresh one when the policy watches other numbers now."""
    columns = _columns(policy.features)
    if state.panel is None or state.panel.names != tuple(columns):
        state.panel = Panel.of(columns)
    return state.panel


def _detector(state: SystemState, feature: str, policy: DriftPolicy) -> Drift | None:
    """The number's detector; a fresh one when the policy's parameters changed; None beyond the cap."""
    known: Drift | None = state.detectors.get(feature)
    if known is not None and known.parameters.delta == policy.delta and known.parameters.grace == policy.grace:
        return known
    if known is None and len(state.detectors) >= MAX_FEATURES:
        return None
    scale = NUMBERS[feature].scale if feature in NUMBERS else None
    upstream = feature.startswith(EVALUATION)
    fresh = state.detectors[feature] = Drift(Parameters(policy.delta, policy.grace, scale, jumps=upstream))
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
