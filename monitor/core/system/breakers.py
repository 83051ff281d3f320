"""When a system's breakers move by themselves: first sight, another policy, readings that trip, evidence that widens.

Which readings trip, and how far, the policy says; what a trigger does to one breaker, breaker.py.
"""

from collections.abc import Iterable, Mapping, Sequence

from monitor.core.breaker import BreakerState, Cause, Probe, Trigger, fire, first_sight, wanted_level
from monitor.core.events import SystemReading
from monitor.core.policy.model import Bound, Policy, SystemPolicy
from monitor.core.system.outputs import Changes
from monitor.core.system.rates import SHARES, restart
from monitor.core.system.state import SystemState, scope_of
from monitor.core.vocabulary import BreakerStatus, Mode
from monitor.core.window import wilson

PROOF = "overreach_rate"
"""Whose bounds say how much clean evidence lifts a ceiling that no rate had narrowed (ceiling_ignored, drift)."""


def sight(state: SystemState, capability: str, policy: Policy, changes: Changes) -> str:
    """The scope of a capability, its breaker made at first sight and kept at the level the policy grants last.

    A breaker is published from first sight (DESIGN.md section 5). Of a policy and a person's grant the later counts.
    """
    scope = scope_of(state, capability)
    granted = policy.of(state.system_id, scope).granted
    breaker = state.breakers.get(scope)
    if breaker is None:
        state.breakers[scope] = first_sight(granted, at=changes.at)
        changes.touched.add(scope)
    elif breaker.policy_level is not granted:
        breaker.policy_level = granted
        cause = Cause(at=changes.at, reason=f"policy {policy.name} grants {granted}", level=granted)
        move = fire(breaker, Trigger.POLICY, cause, policy.of(state.system_id, scope).breaker)
        if move.changed:
            changes.moved(scope, Trigger.POLICY, move)
    return scope


def trip(
    state: SystemState, scope: str, noticed: Iterable[SystemReading], policy: SystemPolicy, changes: Changes
) -> None:
    """Narrow a scope's ceiling where the policy says that a reading does. Shadow systems are decided, never held.

    Several readings of one record narrow it once, to the lowest level any of them asks for.
    """
    readings = tuple(each for each in noticed if each.harmful and each.signal in policy.breaker.trips)
    if not readings or policy.mode is Mode.SHADOW:
        return
    breaker = state.breakers[scope]
    signals = tuple(dict.fromkeys(reading.signal for reading in readings))
    levels = (wanted_level(breaker, Trigger.TRIP, policy.breaker.trips[signal]) for signal in signals)
    cause = Cause(
        at=changes.at,
        reason="; ".join(_because(reading) for reading in readings),
        level=min(levels, key=lambda level: level.rank),
        signals=signals,
        readings=readings,
    )
    move = fire(breaker, Trigger.TRIP, cause, policy.breaker)
    if move.changed:
        changes.moved(scope, Trigger.TRIP, move, readings=readings)
        restart(state, scope, signals)
    elif breaker.state is not BreakerStatus.CLOSED:  # already as low as it gets: one more thing to be clean of
        breaker.causes.update({signal: Probe() for signal in signals})


def _because(reading: SystemReading) -> str:
    """The reading in words.

    >>> _because(SystemReading("overreach_rate", 0.1, 0.02, 80, low=0.05, high=0.18))
    'overreach_rate 0.100 over 80 turns, surely at least 0.050 (bound 0.02)'
    """
    if reading.low is not None:
        share = f"{reading.value:.3f} over {reading.n} turns, surely at least {reading.low:.3f}"
        return f"{reading.signal} {share} (bound {reading.bound:g})"
    if reading.direction is None:
        return f"{reading.signal}: {reading.feature}"
    return f"{reading.signal}: {reading.feature} went {reading.direction} from {reading.bound:g} to {reading.value:g}"


def recover(
    state: SystemState,
    scope: str,
    seen: tuple[Mapping[str, bool], Sequence[SystemReading]],
    policy: SystemPolicy,
    changes: Changes,
) -> None:
    """Widen by one rung when the hold is over and what was seen since is surely clean. Never by time alone.

    Args:
        state: the system.
        scope: whose breaker.
        seen: the turn's samples of the rates (none: no chance to do wrong, no evidence) and its readings.
        policy: the scope's.
        changes: where the move is noted.
    """
    breaker, (sampled, noticed) = state.breakers[scope], seen
    if breaker.state is not BreakerStatus.OPEN or not sampled:
        return
    fired = {reading.signal for reading in noticed if reading.harmful}
    for signal, probe in breaker.causes.items():
        if signal not in SHARES:
            probe.add(hit=signal in fired)
        elif signal in sampled:
            probe.add(hit=sampled[signal])
    if state.now < (breaker.hold_until or 0.0) or not _is_clean(breaker, policy):
        return
    reason = "; ".join(f"{name}: {probe.hits} of {probe.judged} turns since" for name, probe in breaker.causes.items())
    signals = tuple(breaker.causes)
    move = fire(breaker, Trigger.RECOVER, Cause(at=changes.at, reason=reason), policy.breaker)
    if move.changed:
        changes.moved(scope, Trigger.RECOVER, move)
        restart(state, scope, signals)
        for signal in signals:
            state.active.pop(f"{scope}/{signal}", None)


def _is_clean(breaker: BreakerState, policy: SystemPolicy) -> bool:
    bounds = {signal: policy.rates.get(signal) or policy.rates.get(PROOF) for signal in breaker.causes}
    return all(bound and is_clean(breaker.causes[signal], bound) for signal, bound in bounds.items())


def is_clean(probe: Probe, bound: Bound) -> bool:
    """Whether what was seen since the breaker moved surely lies below the clear bound.

    Either all of it does, or the clean turns in a row alone would: a system that was mended late need not first dilute
    what it did before.

    >>> is_clean(Probe(200, 0, 200), Bound(0.1, 0.05)), is_clean(Probe(20, 0, 20), Bound(0.1, 0.05))
    (True, False)
    >>> is_clean(Probe(200, 50, 100), Bound(0.1, 0.05))
    True
    """
    return any(
        n >= bound.min_samples and wilson(hits, n)[1] < bound.clear_at
        for hits, n in ((probe.hits, probe.judged), (0, probe.streak))
    )
