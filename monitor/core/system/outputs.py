"""What changed on one log record, and the outputs that say so: transitions, breakers, the standing, escalations."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct, field

from monitor.core.breaker import Move
from monitor.core.events import Breaker, BreakerTransition, Escalation, Output, SystemReading
from monitor.core.interaction import Position
from monitor.core.log import Tick
from monitor.core.outputs import breaker_output, escalation_output, standing_output, transition_output
from monitor.core.policy.model import Policy
from monitor.core.privacy import shown
from monitor.core.system.standing import standing_of
from monitor.core.system.state import WHOLE, SystemState


class Moved(Struct, frozen=True):
    """One pull of a breaker's trigger, carried out or refused."""

    scope: str
    trigger: str
    move: Move
    readings: tuple[SystemReading, ...] = ()
    issued_by: str | None = None


class Changes(Struct):
    """Collected while a record is folded. ``touched``: scopes whose breaker to publish. ``at``: the time said.

    ``tick``: the last tick before the record. ``restated``: the standing changed without a breaker.
    """

    at: float
    tick: Tick
    restated: bool = False
    touched: set[str] = field(default_factory=set)
    moves: list[Moved] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)

    def moved(
        self,
        scope: str,
        trigger: str,
        move: Move,
        *,
        readings: tuple[SystemReading, ...] = (),
        issued_by: str | None = None,
    ) -> None:
        """Note a move; one that changed the breaker publishes it."""
        self.moves.append(Moved(scope, trigger, move, readings, issued_by))
        if move.changed:
            self.touched.add(scope)


def published(state: SystemState, changes: Changes, at: Position, policy: Policy) -> tuple[Output, ...]:
    """The outputs of a record, in a fixed order: transitions, breakers, standing, escalations."""
    if not (changes.moves or changes.touched or changes.restated or changes.escalations):
        return ()
    return tuple(_published(state, changes, at, policy))


def _published(state: SystemState, changes: Changes, at: Position, policy: Policy) -> Iterator[Output]:
    for ordinal, moved in enumerate(changes.moves):
        yield transition_output(_transition(state, moved, changes.at, policy), at, ordinal=ordinal)
    for scope in sorted(changes.touched):
        yield _breaker(state, scope, policy)
    if changes.touched or changes.restated:
        state.version += 1
        yield standing_output(standing_of(state, policy.fingerprint), at)
    said: Counter[tuple[str, str]] = Counter()
    for escalation in changes.escalations:
        routes, what = policy.of(state.system_id, escalation.capability).routes, (escalation.subject, escalation.status)
        yield escalation_output(shown(escalation, routes), at, ordinal=said[what])  # a tick may speak of several
        said[what] += 1


def breakers_of(state: SystemState, policy: Policy) -> tuple[Output, ...]:
    """Every breaker as it stands, for renewing leases: the same epoch and payload until something changes."""
    return tuple(_breaker(state, scope, policy) for scope in sorted(state.breakers))


def _breaker(state: SystemState, scope: str, policy: Policy) -> Output:
    """The breaker's record. Its id names policy and epoch, not the cause: a renewal repeats it."""
    applied, breaker = policy.of(state.system_id, scope), state.breakers[scope]
    payload = Breaker(
        system_id=state.system_id,
        capability=scope,
        state=breaker.state,
        ceiling=breaker.in_force,
        granted=breaker.granted,
        epoch=breaker.epoch,
        since=breaker.since,
        lease_seconds=applied.breaker.lease_seconds,
        on_stale=applied.breaker.on_stale,
        reason=breaker.reason,
        evidence=breaker.evidence,
        readings=breaker.readings,
        operator=breaker.operator,
        trips=breaker.trips,
        hold_until=breaker.hold_until,
        mode=applied.mode,
        policy=policy.fingerprint,
    )
    return breaker_output(payload, Position(f"breaker/{policy.fingerprint}", 0, breaker.epoch))


def _transition(state: SystemState, moved: Moved, at: float, policy: Policy) -> BreakerTransition:
    move = moved.move
    breaker = state.breakers.get(moved.scope) or state.breakers[WHOLE]
    return BreakerTransition(
        system_id=state.system_id,
        capability=moved.scope,
        from_state=move.from_state,
        to_state=move.to_state,
        from_ceiling=move.from_ceiling,
        to_ceiling=move.to_ceiling,
        trigger=moved.trigger,
        epoch=breaker.epoch,
        at=at,
        reason=move.reason,
        issued_by=moved.issued_by,
        refused=None if move.changed else move.reason,
        readings=moved.readings,
        mode=policy.of(state.system_id, moved.scope).mode,
        policy=policy.fingerprint,
    )
