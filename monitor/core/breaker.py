"""The circuit breaker: one table of transitions, the ceiling ladder, and hold times (DESIGN.md section 7).

It narrows before it stops: act → recommend → support → none. It trips on evidence, widens on evidence after its hold
time, one rung at a time and never above the grant, and obeys an operator at once. This file knows neither signals nor
rates nor events; half_open, disabled and metrics_only get their rows with the issue that brings them.
"""

from enum import StrEnum

from msgspec import Struct, field

from monitor.core.events import Evidence, SystemReading
from monitor.core.policy.model import BreakerPolicy
from monitor.core.vocabulary import Autonomy, BreakerStatus, lower


class Trigger(StrEnum):
    """What can move a breaker: evidence (trip, recover), a person's command, or a policy that grants another level."""

    TRIP = "trip"
    RECOVER = "recover"
    FORCE_OPEN = "force_open"
    RELEASE = "release"
    RESET = "reset"
    GRANT = "grant"
    POLICY = "policy"


COMMANDS = frozenset({Trigger.FORCE_OPEN, Trigger.RELEASE, Trigger.RESET, Trigger.GRANT})

CLOSED, OPEN, FORCED = BreakerStatus.CLOSED, BreakerStatus.OPEN, BreakerStatus.FORCED_OPEN

TRANSITIONS: dict[tuple[BreakerStatus, Trigger], BreakerStatus] = {
    (CLOSED, Trigger.TRIP): OPEN,
    (CLOSED, Trigger.FORCE_OPEN): FORCED,
    (CLOSED, Trigger.RESET): CLOSED,
    (CLOSED, Trigger.GRANT): CLOSED,
    (CLOSED, Trigger.POLICY): CLOSED,
    (OPEN, Trigger.TRIP): OPEN,
    (OPEN, Trigger.RECOVER): OPEN,  # CLOSED once the ceiling is back at the grant
    (OPEN, Trigger.FORCE_OPEN): FORCED,
    (OPEN, Trigger.RELEASE): CLOSED,
    (OPEN, Trigger.RESET): CLOSED,
    (OPEN, Trigger.GRANT): OPEN,
    (OPEN, Trigger.POLICY): OPEN,
    (FORCED, Trigger.TRIP): FORCED,  # evidence may narrow what a person left open, never widen it
    (FORCED, Trigger.FORCE_OPEN): FORCED,
    (FORCED, Trigger.RELEASE): CLOSED,
    (FORCED, Trigger.RESET): CLOSED,
    (FORCED, Trigger.GRANT): FORCED,
    (FORCED, Trigger.POLICY): FORCED,
}
"""(state, trigger) -> next state. A missing pair changes nothing when evidence asks, and refuses a command."""

STEP = "step"
LADDER = tuple(Autonomy)
"""From none to act."""


class Probe(Struct):
    """The chances to do wrong since the breaker last moved, as one signal judges them: how many, how many were used."""

    judged: int = 0
    hits: int = 0
    streak: int = 0

    def add(self, *, hit: bool) -> None:
        """Count one chance. ``streak``: clean ones in a row."""
        self.judged += 1
        self.hits += hit
        self.streak = 0 if hit else self.streak + 1


class BreakerState(Struct, kw_only=True):
    """One breaker, of a system ("") or of one capability.

    ``ceiling`` is the breaker's own; what is in force is the lower of it and the grant. ``policy_level``: what the
    policy granted last; of a policy and a command the later decision counts. ``epoch`` grows with every change.
    ``hold_until``: event time before which evidence does not widen it. ``causes``: the signals it is open for, each
    with the evidence since. ``judges_from``: event time from which turns are held to it; None between a change and the
    first turn after it, since the system cannot know of it yet.
    """

    granted: Autonomy
    policy_level: Autonomy
    state: BreakerStatus = BreakerStatus.CLOSED
    ceiling: Autonomy = Autonomy.ACT
    epoch: int = 0
    since: float = 0.0
    trips: int = 0
    hold_until: float | None = None
    reason: str = "nothing holds it back"
    operator: str | None = None
    causes: dict[str, Probe] = field(default_factory=dict)
    readings: tuple[SystemReading, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    judges_from: float | None = 0.0

    @property
    def in_force(self) -> Autonomy:
        """The highest level the system may use now."""
        return lower(self.granted, self.ceiling)


class Cause(Struct, frozen=True, kw_only=True):
    """Why and when a trigger is pulled.

    ``level``: where to: a level's name, or "step" for one rung down (trip) and for the default (commands). ``signals``,
    ``readings``: what tripped it. ``operator``: who ordered it.
    """

    at: float
    reason: str
    level: str = STEP
    signals: tuple[str, ...] = ()
    readings: tuple[SystemReading, ...] = ()
    operator: str | None = None


class Move(Struct, frozen=True):
    """What a trigger did. ``changed`` false: nothing, and ``reason`` says why; for commands that is a refusal."""

    changed: bool
    reason: str
    from_state: BreakerStatus
    to_state: BreakerStatus
    from_ceiling: Autonomy
    to_ceiling: Autonomy


def fire(breaker: BreakerState, trigger: Trigger, cause: Cause, policy: BreakerPolicy) -> Move:
    """Pull a trigger. Mutates ``breaker`` only when the answer says ``changed``.

    Raises:
        ValueError: ``cause.level`` is neither "step" nor a level.

    >>> breaker = first_sight(Autonomy.ACT, at=0.0)
    >>> fire(breaker, Trigger.TRIP, Cause(at=0.0, reason="too many"), BreakerPolicy()).to_ceiling
    <Autonomy.RECOMMEND: 'recommend'>
    """
    state, ceiling = breaker.state, breaker.in_force
    target = TRANSITIONS.get((state, trigger))
    if target is None:
        return stays(breaker, f"{trigger} does not apply to a breaker that is {state}")
    wanted = wanted_level(breaker, trigger, cause.level)
    if trigger is Trigger.TRIP and wanted.rank >= ceiling.rank:
        return stays(breaker, f"the ceiling is already {ceiling}")
    if trigger in (Trigger.GRANT, Trigger.POLICY):
        if wanted is breaker.granted:
            return stays(breaker, f"{wanted} is granted already")
        _grant(breaker, wanted, cause)
    else:
        _apply(breaker, trigger, cause, policy, target=target, wanted=wanted)
    return Move(True, cause.reason, state, breaker.state, ceiling, breaker.in_force)


def first_sight(granted: Autonomy, *, at: float) -> BreakerState:
    """The breaker of a system or capability nobody has seen before: closed, at the level its policy grants."""
    return BreakerState(granted=granted, policy_level=granted, since=at)


def stays(breaker: BreakerState, reason: str) -> Move:
    """Nothing changed, and why."""
    return Move(False, reason, breaker.state, breaker.state, breaker.in_force, breaker.in_force)


def wanted_level(breaker: BreakerState, trigger: Trigger, level: str) -> Autonomy:
    """Where a trigger would take the breaker's own ceiling, or for a grant the granted level.

    A trip only ever narrows. An operator may set a forced breaker to any level; forcing one that is not forced yet
    never widens what evidence narrowed: that is what release is for.
    """
    match trigger:
        case Trigger.TRIP:
            return lower(_rung(breaker.in_force, -1) if level == STEP else Autonomy(level), breaker.in_force)
        case Trigger.RECOVER:
            return lower(_rung(breaker.in_force, +1), breaker.granted)
        case Trigger.FORCE_OPEN:
            forced = Autonomy.NONE if level == STEP else Autonomy(level)
            return forced if breaker.state is FORCED else lower(forced, breaker.in_force)
        case Trigger.GRANT | Trigger.POLICY:
            return breaker.granted if level == STEP else Autonomy(level)
        case _:
            return Autonomy.ACT


def _rung(level: Autonomy, by: int) -> Autonomy:
    return LADDER[min(len(LADDER) - 1, max(0, level.rank + by))]


def _grant(breaker: BreakerState, level: Autonomy, cause: Cause) -> None:
    """Another level is granted. What evidence or a person narrowed stays narrowed, for the same reasons."""
    if breaker.state is CLOSED:
        breaker.reason = cause.reason
    breaker.granted = level
    _moved(breaker, cause)


def _apply(
    breaker: BreakerState,
    trigger: Trigger,
    cause: Cause,
    policy: BreakerPolicy,
    *,
    target: BreakerStatus,
    wanted: Autonomy,
) -> None:
    if trigger is Trigger.RECOVER and wanted.rank >= breaker.granted.rank:
        target = CLOSED
    if trigger is Trigger.TRIP:
        _hold(breaker, cause.at, policy)
    elif trigger is Trigger.RESET:
        breaker.trips = 0
    breaker.state, breaker.ceiling = target, Autonomy.ACT if target is CLOSED else wanted
    breaker.reason = cause.reason
    breaker.readings = cause.readings
    breaker.evidence = tuple(pointer for reading in cause.readings for pointer in reading.evidence)
    if target is not FORCED or trigger is Trigger.FORCE_OPEN:  # a trip leaves the person's name on a forced breaker
        breaker.operator = cause.operator
    if target is CLOSED:
        breaker.hold_until = None
    causes = () if target is CLOSED else (*breaker.causes, *cause.signals)
    breaker.causes = {signal: Probe() for signal in causes}
    _moved(breaker, cause)


def _moved(breaker: BreakerState, cause: Cause) -> None:
    breaker.epoch += 1
    breaker.since = max(breaker.since, cause.at)
    breaker.judges_from = None


def _hold(breaker: BreakerState, at: float, policy: BreakerPolicy) -> None:
    """Lengthen the hold. Trips count in a row: a breaker closed for longer than the longest hold starts over."""
    if breaker.state is CLOSED and at - breaker.since > policy.hold_cap_seconds:
        breaker.trips = 0
    try:
        held = policy.hold_seconds * policy.hold_factor**breaker.trips
    except OverflowError:  # thousands of trips
        held = policy.hold_cap_seconds
    breaker.trips += 1
    breaker.hold_until = max(breaker.hold_until or 0.0, at + min(held, policy.hold_cap_seconds))
