"""The circuit breaker: one table of transitions, the ceiling ladder, and hold times (DESIGN.md section 7).

It narrows before it stops: act → recommend → support → none. It trips on evidence, widens on evidence after its hold
time, one rung at a time and never above the grant, and obeys an operator at once. This file knows neither signals nor
the policy's numbers for them; half_open, disabled and metrics_only have their rows when their issue comes.
"""

from enum import StrEnum

from msgspec import Struct, field

from monitor.core.policy import BreakerPolicy
from monitor.core.vocabulary import Autonomy, BreakerStatus, lower


class Trigger(StrEnum):
    """What can move a breaker: evidence (trip, recover) or an operator's command."""

    TRIP = "trip"
    RECOVER = "recover"
    FORCE_OPEN = "force_open"
    RELEASE = "release"
    RESET = "reset"
    GRANT = "grant"


COMMANDS = frozenset({Trigger.FORCE_OPEN, Trigger.RELEASE, Trigger.RESET, Trigger.GRANT})

CLOSED, OPEN, FORCED = BreakerStatus.CLOSED, BreakerStatus.OPEN, BreakerStatus.FORCED_OPEN

TRANSITIONS: dict[tuple[BreakerStatus, Trigger], BreakerStatus] = {
    (CLOSED, Trigger.TRIP): OPEN,
    (CLOSED, Trigger.FORCE_OPEN): FORCED,
    (CLOSED, Trigger.RESET): CLOSED,
    (CLOSED, Trigger.GRANT): CLOSED,
    (OPEN, Trigger.TRIP): OPEN,
    (OPEN, Trigger.RECOVER): OPEN,  # to CLOSED once the ceiling is back at the grant
    (OPEN, Trigger.FORCE_OPEN): FORCED,
    (OPEN, Trigger.RELEASE): CLOSED,
    (OPEN, Trigger.RESET): CLOSED,
    (OPEN, Trigger.GRANT): OPEN,
    (FORCED, Trigger.FORCE_OPEN): FORCED,
    (FORCED, Trigger.RELEASE): CLOSED,
    (FORCED, Trigger.RESET): CLOSED,
    (FORCED, Trigger.GRANT): FORCED,
}
"""(state, trigger) -> next state. A missing pair changes nothing when evidence asks, and refuses a command."""

STEP = "step"
LADDER = (Autonomy.NONE, Autonomy.SUPPORT, Autonomy.RECOMMEND, Autonomy.ACT)


class BreakerState(Struct):
    """One breaker, of a system ("") or of one capability.

    ``ceiling`` is the breaker's own; what is in force is the lower of it and the grant. ``epoch`` grows with every
    change. ``hold_until``: event time before which evidence does not widen it. ``clean``/``judged``: chances since the
    last change, and how many of them were clean, per signal.
    """

    granted: Autonomy
    state: BreakerStatus = BreakerStatus.CLOSED
    ceiling: Autonomy = Autonomy.ACT
    epoch: int = 0
    since: float = 0.0
    trips: int = 0
    hold_until: float = 0.0
    reason: str = "no reason to hold it back"
    operator: str | None = None
    cause: str = ""
    hits: dict[str, int] = field(default_factory=dict)
    judged: dict[str, int] = field(default_factory=dict)

    @property
    def in_force(self) -> Autonomy:
        """The highest level the system may use now."""
        return lower(self.granted, self.ceiling)


class Move(Struct, frozen=True):
    """What a trigger did. ``changed`` false: nothing, and ``reason`` says why; for commands that is a refusal."""

    changed: bool
    reason: str
    from_state: BreakerStatus
    to_state: BreakerStatus
    from_ceiling: Autonomy
    to_ceiling: Autonomy


class Cause(Struct, frozen=True, kw_only=True):
    """Why and when a trigger is pulled. ``level``: where to (trip: a level's name or "step"; grant, force_open)."""

    at: float
    reason: str
    signal: str = ""
    level: str = STEP
    operator: str | None = None


def fire(breaker: BreakerState, trigger: Trigger, cause: Cause, policy: BreakerPolicy) -> Move:
    """Pull a trigger. Mutates ``breaker`` only when the answer says ``changed``.

    >>> breaker = BreakerState(granted=Autonomy.ACT)
    >>> fire(breaker, Trigger.TRIP, Cause(at=0.0, reason="too many"), BreakerPolicy()).to_ceiling
    <Autonomy.RECOMMEND: 'recommend'>
    """
    state, ceiling = breaker.state, breaker.in_force
    target = TRANSITIONS.get((state, trigger))
    if target is None:
        return _stays(breaker, f"{trigger} does not apply to a breaker that is {state}")
    wanted = _wanted(breaker, trigger, cause.level)
    if trigger is Trigger.TRIP and wanted.rank >= ceiling.rank:
        return _stays(breaker, f"the ceiling is already {ceiling}")
    if trigger is Trigger.RECOVER and wanted.rank >= breaker.granted.rank:
        target = BreakerStatus.CLOSED
    _apply(breaker, trigger, cause, policy, target=target, wanted=wanted)
    return Move(True, cause.reason, state, breaker.state, ceiling, breaker.in_force)


def _wanted(breaker: BreakerState, trigger: Trigger, level: str) -> Autonomy:
    """The breaker's own ceiling after the trigger."""
    match trigger:
        case Trigger.TRIP:
            return _rung(breaker.in_force, -1) if level == STEP else lower(Autonomy(level), breaker.in_force)
        case Trigger.RECOVER:
            return lower(_rung(breaker.in_force, +1), breaker.granted)
        case Trigger.FORCE_OPEN:
            return Autonomy.NONE if level == STEP else Autonomy(level)
        case Trigger.GRANT:
            return breaker.ceiling
        case _:
            return Autonomy.ACT


def _rung(level: Autonomy, by: int) -> Autonomy:
    return LADDER[min(len(LADDER) - 1, max(0, level.rank + by))]


def _apply(
    breaker: BreakerState,
    trigger: Trigger,
    cause: Cause,
    policy: BreakerPolicy,
    *,
    target: BreakerStatus,
    wanted: Autonomy,
) -> None:
    breaker.state, breaker.ceiling = target, Autonomy.ACT if target is BreakerStatus.CLOSED else wanted
    breaker.epoch += 1
    breaker.since, breaker.reason, breaker.operator, breaker.cause = (
        cause.at,
        cause.reason,
        cause.operator,
        cause.signal,
    )
    breaker.hits.clear()
    breaker.judged.clear()
    if trigger is Trigger.GRANT:
        breaker.granted = Autonomy(cause.level)
    if trigger is Trigger.RESET:
        breaker.trips = 0
    if trigger is Trigger.TRIP:
        breaker.trips += 1
        held = policy.hold_seconds * policy.hold_factor ** (breaker.trips - 1)
        breaker.hold_until = cause.at + min(held, policy.hold_cap_seconds)


def _stays(breaker: BreakerState, reason: str) -> Move:
    return Move(False, reason, breaker.state, breaker.state, breaker.in_force, breaker.in_force)
