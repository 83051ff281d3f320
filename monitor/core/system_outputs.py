"""What changed on one log record, and the outputs that say so: breakers, transitions, the standing, escalations."""

from collections.abc import Iterator

from msgspec import Struct, field

from monitor.core.breaker import BreakerState, Move, Trigger
from monitor.core.events import Breaker, BreakerTransition, Escalation, Output, SystemReading
from monitor.core.interaction import Position
from monitor.core.outputs import breaker_output, escalation_output, standing_output, transition_output
from monitor.core.policy import Policy, SystemPolicy
from monitor.core.standing import standing_of
from monitor.core.system_state import SystemState


class Moved(Struct, frozen=True):
    """One pull of a breaker's trigger, carried out or refused."""

    capability: str
    trigger: Trigger
    move: Move
    readings: tuple[SystemReading, ...] = ()
    issued_by: str | None = None


class Changes(Struct):
    """Collected while a record is folded. ``touched``: capabilities whose breaker must be published."""

    touched: set[str] = field(default_factory=set)
    moves: list[Moved] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)

    def moved(
        self,
        capability: str,
        trigger: Trigger,
        move: Move,
        *,
        readings: tuple[SystemReading, ...] = (),
        issued_by: str | None = None,
    ) -> None:
        """Note a move; one that changed the breaker publishes it."""
        self.moves.append(Moved(capability, trigger, move, readings, issued_by))
        if move.changed:
            self.touched.add(capability)


def published(state: SystemState, changes: Changes, at: Position, policy: Policy) -> Iterator[Output]:
    """The outputs of a record, in a fixed order: transitions, breakers, standing, escalations."""
    for ordinal, moved in enumerate(changes.moves):
        yield transition_output(_transition(state, moved, policy), at, ordinal=ordinal)
    for capability in sorted(changes.touched):
        yield _breaker(state, capability, policy)
    if changes.touched:
        state.version += 1
        yield standing_output(standing_of(state, policy.fingerprint), at)
    for escalation in changes.escalations:
        yield escalation_output(escalation, at)


def breakers_of(state: SystemState, policy: Policy) -> tuple[Output, ...]:
    """Every breaker as it stands, for renewing leases: the same epoch and payload until something changes."""
    return tuple(_breaker(state, capability, policy) for capability in sorted(state.breakers))


def _breaker(state: SystemState, capability: str, policy: Policy) -> Output:
    """The breaker's record. Its id names the epoch, not the cause: a renewal is a duplicate that subscribers may drop."""
    applied = policy.of(state.system_id, capability)
    payload = _payload(state, capability, state.breakers[capability], applied, policy.fingerprint)
    return breaker_output(payload, Position("breaker", 0, payload.epoch))


def _payload(
    state: SystemState, capability: str, breaker: BreakerState, applied: SystemPolicy, fingerprint: str
) -> Breaker:
    return Breaker(
        system_id=state.system_id,
        capability=capability,
        state=breaker.state,
        ceiling=breaker.in_force,
        granted=breaker.granted,
        epoch=breaker.epoch,
        since=breaker.since,
        lease_seconds=applied.breaker.lease_seconds,
        on_stale=applied.breaker.on_stale,
        reason=breaker.reason,
        operator=breaker.operator,
        trips=breaker.trips,
        hold_until=breaker.hold_until or None,
        mode=applied.mode,
        policy=fingerprint,
    )


def _transition(state: SystemState, moved: Moved, policy: Policy) -> BreakerTransition:
    move = moved.move
    return BreakerTransition(
        system_id=state.system_id,
        capability=moved.capability,
        from_state=move.from_state,
        to_state=move.to_state,
        from_ceiling=move.from_ceiling,
        to_ceiling=move.to_ceiling,
        trigger=moved.trigger,
        epoch=state.breakers[moved.capability].epoch if moved.capability in state.breakers else 0,
        at=state.now,
        reason=move.reason,
        issued_by=moved.issued_by,
        refused=None if move.changed else move.reason,
        readings=moved.readings,
        mode=policy.of(state.system_id, moved.capability).mode,
        policy=policy.fingerprint,
    )
