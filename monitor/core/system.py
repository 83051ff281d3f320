"""The system stage's reducer: one record of the log folded into its system; breakers, standings, escalations out.

Pure and deterministic. Rates and drift are rates.py's and drifts.py's, breakers breaker.py's, commands and reviews
system_people.py's; this file says in which order a record goes through them.
"""

from collections.abc import Iterable, Iterator

from monitor.core.breaker import Cause, Trigger, fire
from monitor.core.drifts import fold_drift
from monitor.core.events import SystemReading
from monitor.core.interaction import Position
from monitor.core.log import LogRecord, Observation, Review, Tick
from monitor.core.policy import Policy, SystemPolicy
from monitor.core.rates import fold_rates, is_clean, sample
from monitor.core.step import Step
from monitor.core.system_escalations import escalations
from monitor.core.system_outputs import Changes, breakers_of, published
from monitor.core.system_people import command, review
from monitor.core.system_state import SystemState, breaker_of, follow
from monitor.core.vocabulary import Autonomy, BreakerStatus, Mode

__all__ = ["SystemState", "breakers_of", "observe"]

DUPLICATE = "duplicate"
CEILING_GRACE_SECONDS = 30.0
"""Event time an application has to hear of a narrower ceiling before using more counts as ignoring it."""


def observe(state: SystemState | None, record: LogRecord, *, at: Position, policy: Policy) -> Step[SystemState]:
    """Fold one record in. ``state`` is mutated and returned; None = first sight of the system.

    Args:
        state: the system so far.
        record: an observation, or a person's review or command. Ticks belong to the partition, not to a system.
        at: where the record lies in the log; ids derive from it.
        policy: in force on this record.

    Returns:
        Breakers that are new or changed, their transitions, the standing if it changed, and escalations.

    Raises:
        TypeError: a tick.
    """
    if isinstance(record, Tick):
        raise TypeError("ticks are folded by the stage: they name no system")
    changes = Changes()
    if state is None:
        state = SystemState(system_id=record.system_id, first_seen=record.at or 0.0)
    state.included = at.offset
    state.now = max(state.now, record.at or 0.0)
    state.noticed = ()
    applied = policy.of(state.system_id, "" if isinstance(record, Review) else record.capability)
    _sight(state, "", policy, changes)
    if isinstance(record, Observation):
        _observation(state, record, at, policy=policy, changes=changes)
    elif isinstance(record, Review):
        changes.escalations.extend(review(state, record, policy.fingerprint, applied))
    else:
        _sight(state, record.capability, policy, changes)
        asked = command(state, record, applied, changes)
        state.noticed = asked
        changes.escalations.extend(escalations(state, asked, record.capability, at, policy=policy))
    return Step(state, tuple(published(state, changes, at, policy)))


def _observation(state: SystemState, record: Observation, at: Position, *, policy: Policy, changes: Changes) -> None:
    for escalation in record.escalations:
        follow(state, escalation)
    if record.final and not record.scores:
        return
    if DUPLICATE in record.flags:
        return
    state.turns += 1
    state.sessions += record.turn == 0
    capability = record.capability
    applied = policy.of(state.system_id, capability)
    _sight(state, capability, policy, changes)
    noticed = [*_overreach(state, record), *fold_drift(state, record, applied.drift)]
    sampled = sample(record)
    for scope in dict.fromkeys(("", capability)):
        noticed.extend(fold_rates(state, scope, sampled, applied))
    state.noticed = tuple(noticed)
    changes.escalations.extend(escalations(state, noticed, capability, at, policy=policy))
    _trip(state, noticed, applied, changes)
    for scope in dict.fromkeys(("", capability)):
        _recover(state, scope, sampled, applied, changes)


def _sight(state: SystemState, capability: str, policy: Policy, changes: Changes) -> None:
    """A breaker is published from first sight of its system or capability (DESIGN.md section 5)."""
    if capability not in state.breakers:
        granted = policy.of(state.system_id, capability).granted
        breaker = breaker_of(state, capability, granted)
        if breaker is state.breakers.get(capability):
            changes.touched.add(capability)


def _overreach(state: SystemState, record: Observation) -> Iterator[SystemReading]:
    """Autonomy above the grant, and above a ceiling that the system has had time to hear of."""
    if record.autonomy is None:
        return
    breaker = breaker_of(state, record.capability, Autonomy.ACT)
    whole = state.breakers[""]
    used = record.autonomy.rank
    granted = min(breaker.granted.rank, whole.granted.rank)
    if used > granted:
        yield _autonomy_reading("autonomy_exceeded", used, granted, record)
    for held in (breaker, whole):
        narrowed = held.state is not BreakerStatus.CLOSED and used > held.in_force.rank
        if narrowed and record.at > held.since + CEILING_GRACE_SECONDS:
            yield _autonomy_reading("ceiling_ignored", used, held.in_force.rank, record)
            return


def _autonomy_reading(signal: str, used: int, bound: int, record: Observation) -> SystemReading:
    """Ranks of :class:`Autonomy` as value and bound."""
    return SystemReading(
        signal, float(used), float(bound), 1, feature="autonomy", direction="up", capability=record.capability
    )


def _trip(state: SystemState, noticed: Iterable[SystemReading], policy: SystemPolicy, changes: Changes) -> None:
    """Narrow the ceiling where the policy says that a reading does. Shadow systems are decided, never held."""
    for reading in noticed:
        level = policy.breaker.trips.get(reading.signal)
        if level is None or not reading.harmful or policy.mode is Mode.SHADOW:
            continue
        cause = Cause(at=state.now, reason=_because(reading), signal=reading.signal, level=level)
        breaker = breaker_of(state, reading.capability, policy.granted)
        move = fire(breaker, Trigger.TRIP, cause, policy.breaker)
        if move.changed:
            changes.moved(reading.capability, Trigger.TRIP, move, readings=(reading,))
            _start_again(state, reading)


def _start_again(state: SystemState, reading: SystemReading) -> None:
    """The samples that led to a trip must not lead to the next one; the rate stays active until it is clean again."""
    rate = state.rates.get(reading.capability, {}).get(reading.signal)
    if rate is not None:
        rate.restart()


def _because(reading: SystemReading) -> str:
    """The reading in words.

    >>> _because(SystemReading("overreach_rate", 0.1, 0.02, 80, low=0.05, high=0.18))
    'overreach_rate 0.100 over 80 turns, at least 0.050, bound 0.02'
    """
    surely = "" if reading.low is None else f", at least {reading.low:.3f}"
    return f"{reading.signal} {reading.value:.3f} over {reading.n} turns{surely}, bound {reading.bound:g}"


def _recover(
    state: SystemState, capability: str, sampled: dict[str, bool], policy: SystemPolicy, changes: Changes
) -> None:
    """Widen by one rung when the hold time is over and what was seen since is surely clean. Never by time alone."""
    breaker = state.breakers.get(capability)
    if breaker is None or breaker.state is not BreakerStatus.OPEN:
        return
    name = breaker.cause if breaker.cause in policy.rates else "overreach_rate"
    bound = policy.rates.get(name)
    if bound is None or name not in sampled:
        return
    breaker.judged[name] = breaker.judged.get(name, 0) + 1
    breaker.hits[name] = breaker.hits.get(name, 0) + sampled[name]
    if state.now < breaker.hold_until or not is_clean(breaker.hits[name], breaker.judged[name], bound):
        return
    reason = f"{name}: {breaker.hits[name]} of {breaker.judged[name]} turns since {breaker.cause}"
    move = fire(breaker, Trigger.RECOVER, Cause(at=state.now, reason=reason, signal=breaker.cause), policy.breaker)
    if move.changed:
        state.active.pop(f"{capability}/{name}", None)
        changes.moved(capability, Trigger.RECOVER, move)
