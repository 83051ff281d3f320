"""The system stage's reducer: one record of the log folded into its system; breakers, standings, escalations out.

Pure and deterministic. Rates and drift are rates.py's and drifts.py's, breakers breakers.py's, the use of autonomy
autonomy_use.py's, commands people.py's, reviews and silence settlement.py's; this file says in which order a record
goes through them.
"""

from collections.abc import Iterator, Mapping

from monitor.core.events import Evidence, SystemReading
from monitor.core.interaction import Position
from monitor.core.log import Command, LogRecord, Observation, Review, Tick
from monitor.core.policy.model import Policy, SystemPolicy
from monitor.core.step import Step
from monitor.core.system.autonomy_use import overreach
from monitor.core.system.breakers import recover, sight, trip
from monitor.core.system.drifts import fold_drift
from monitor.core.system.escalations import Occasion, escalations
from monitor.core.system.followed import follow
from monitor.core.system.outputs import Changes, breakers_of, published
from monitor.core.system.people import REQUEST, command, request
from monitor.core.system.rates import fold_rates, sample
from monitor.core.system.settlement import admit, attend, fall_silent, review
from monitor.core.system.spending import spend
from monitor.core.system.state import WHOLE, SystemState
from monitor.core.system.storms import count_storms, end_answered, storms
from monitor.core.system.usual import learn
from monitor.core.system.verdicts import forget_changed

__all__ = ["SystemState", "breakers_of", "observe"]

NEVER = Tick(wall=0.0)
"""Before the first tick: no wall time is known, and no lag."""
DUPLICATE = "duplicate"
"""Flag of an observation whose turn was seen before: it changes nothing here."""


def observe(
    state: SystemState | None, record: LogRecord, *, at: Position, policy: Policy, tick: Tick = NEVER
) -> Step[SystemState]:
    """Fold one record in. ``state`` is mutated and returned; None = first sight of the system.

    Args:
        state: the system so far.
        record: an observation, a person's review or command, or a tick, which makes overdue what nobody answered.
        at: where the record lies in the log; ids derive from it.
        policy: in force on this record.
        tick: the last one of the log before this record: what the wall clock said, and how far the input lagged.

    Returns:
        Breakers that are new or changed, their transitions, the standing if it changed, and escalations.
        ``state.noticed`` has what was noticed on this record.

    Raises:
        InvalidRecord: a review that cannot be carried out; ``state`` is as it was.
        TypeError: a tick for a system that was never seen.
    """
    if isinstance(record, Review):
        admit(state, record)
    if state is None:
        if isinstance(record, Tick):
            raise TypeError("a tick names no system")
        state = SystemState(system_id=record.system_id, first_seen=record.at or 0.0)
    state.included = at.offset
    state.noticed = ()
    if isinstance(record, Observation):
        state.now = max(state.now, record.at)
    changes = Changes(at=_moment(state, record), tick=tick)
    sight(state, WHOLE, policy, changes)
    forget_changed(state, policy, changes)
    if isinstance(record, Observation):
        _observation(state, record, at, policy=policy, changes=changes)
    elif isinstance(record, Review):
        review(state, record, at, policy, changes)
    elif isinstance(record, Tick):
        fall_silent(state, record, policy, changes)
    else:
        _command(state, record, at, policy=policy, changes=changes)
    attend(state, policy, changes)
    end_answered(state, changes)
    return Step(state, published(state, changes, at, policy))


def _moment(state: SystemState, record: LogRecord) -> float:
    """The event time to say. People's records carry a wall clock's time: it counts only where no turn was seen yet."""
    return state.now or (0.0 if isinstance(record, Tick) else record.at) or 0.0


def _observation(state: SystemState, record: Observation, at: Position, *, policy: Policy, changes: Changes) -> None:
    """Fold one turn. Duplicates, and the end of a session without a turn, change no rate."""
    for brief in record.escalations:
        follow(state, record, brief, policy, changes)
    if DUPLICATE in record.flags or (record.final and not record.scores):
        return
    state.turns += 1
    state.sessions += record.begins
    whole = policy.of(state.system_id)
    changes.restated |= spend(state.spending, record, whole.budget, now=state.now, lag=changes.tick.lag)
    changes.restated |= learn(state.usual, record)
    scope = sight(state, record.capability, policy, changes) if record.capability else WHOLE
    scopes = {WHOLE: whole}
    if scope != WHOLE:
        scopes[scope] = policy.of(state.system_id, scope)
    sampled = sample(record)
    state.noticed = tuple(_notice(state, record, scopes, scope, sampled))
    for each, own in scopes.items():
        noticed = [reading for reading in state.noticed if reading.capability == each] if state.noticed else []
        if noticed:
            trip(state, each, noticed, own, changes)
        if sampled:
            recover(state, each, (sampled, noticed), own, changes)
    if state.noticed or state.opened:  # after the breakers: an escalation names the ceiling that is in force now
        occasion = Occasion(at=at, policy=policy, now=changes.at, lead=record.turn)
        changes.escalations.extend(escalations(state, state.noticed, occasion))
        changes.escalations.extend(storms(state, changes, occasion))


def _notice(
    state: SystemState, record: Observation, scopes: Mapping[str, SystemPolicy], scope: str, sampled: dict[str, bool]
) -> Iterator[SystemReading]:
    """Everything the turn shows of its system. ``scopes``: the whole, and the turn's own ``scope``; their policies."""
    source, whole = record.source, scopes[WHOLE]
    evidence = Evidence(record.turn, source.topic, source.partition, source.offset, session=record.session_id)
    if record.escalations:
        yield from count_storms(state, record, evidence, whole)
    yield from overreach(state, scope, record, evidence)
    yield from fold_drift(state, record, whole.drift, evidence)
    for each, own in scopes.items():
        yield from fold_rates(state, each, sampled, own, evidence)


def _command(state: SystemState, order: Command, at: Position, *, policy: Policy, changes: Changes) -> None:
    scope = sight(state, order.capability, policy, changes)
    if order.action == REQUEST:
        state.noticed = request(state, scope, order, changes)
        question = f"{order.issued_by} asks for more autonomy: {order.reason}"
        occasion = Occasion(at=at, policy=policy, now=changes.at, question=question)
        changes.escalations.extend(escalations(state, state.noticed, occasion))
    else:
        command(state, scope, order, policy, changes)
