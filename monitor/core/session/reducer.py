"""The session stage's reducer: one annotated turn folded into its session, escalations out, one Observation last.

Pure and deterministic: the same turns at the same places under the same policy and standings give the same outputs,
however they were batched and wherever the state was stored in between. Scores and bounds are scores.py's,
escalations rules.py's; what is kept is in state.py.
"""

from collections.abc import Iterator, Mapping, Sequence

from monitor.core.annotation import Annotation
from monitor.core.events import Escalation, Output, Reading, Standing
from monitor.core.ids import digest64
from monitor.core.interaction import Position
from monitor.core.log import NO_RULE, Observation, RaisedEscalation
from monitor.core.outputs import escalation_output, observation_output
from monitor.core.policy.conditions import context_of, evaluate, floors
from monitor.core.policy.model import Policy, SystemPolicy
from monitor.core.privacy import shown
from monitor.core.session.handoff import remember
from monitor.core.session.rules import Change, Ruling, decide, may_change
from monitor.core.session.scores import Frame, fire, frame_of, score
from monitor.core.session.shedding import keep_small
from monitor.core.session.state import SessionState, remember_place, repeats
from monitor.core.signals import SIGNALS, Roster
from monitor.core.signals.base import Score, Signal
from monitor.core.signals.everyday import groups_of
from monitor.core.step import Keep, Step
from monitor.core.vocabulary import Role

__all__ = ["SessionState", "expires_at", "forget", "observe"]

DUPLICATE = "duplicate"
OUT_OF_ORDER = "out_of_order"
INCOMPLETE = "incomplete"
TRUNCATED = "truncated"
RESTARTED = "signal_restarted"
SPEAKERS = (Role.USER, Role.ASSISTANT)
"""Whose words make what is said every day in a system."""


def observe(  # noqa: PLR0913 - the reducer's contract: everything in force is an argument
    state: SessionState | None,
    turn: Annotation,
    *,
    at: Position,
    now: float,
    policy: Policy,
    standing: Standing,
    flags: tuple[str, ...] = (),
    signals: Sequence[Signal] = SIGNALS,
) -> Step[SessionState]:
    """Fold one turn in. ``state`` is mutated and returned; None = a fresh session.

    Args:
        state: the session so far; the caller forgets it first when its time is over (:func:`expires_at`).
        turn: the annotated turn.
        at: where its record lies; ids and evidence pointers derive from it.
        now: its event time, bounded (clock.py).
        policy: in force on this record.
        standing: what the system stage says of the system.
        flags: what was found before (``ts_future``, ``ts_past``, ``incomplete``).
        signals: what to watch, in order.

    Returns:
        The changes of escalations in the table's order, then exactly one Observation. FORGET when the turn ends the
        session: then that Observation is final and carries what is still open.
    """
    begins = state is None
    if state is None:
        state = SessionState(system_id=turn.system_id, session_id=turn.session_id, seen_at=now)
    state.included = at.offset
    index = state.turns if turn.turn is None else turn.turn
    frame = frame_of(turn, index, at=at, now=now, policy=policy, standing=standing)
    if repeats(state, digest64(turn.id)):
        return Step(state, (observation_output(_observation(state, frame, flags=(*flags, DUPLICATE))),))
    found = (*flags, *turn.flags, *_order(state, turn, flags))
    _remember(state, frame)
    roster = signals if isinstance(signals, Roster) else Roster(signals)
    heard = score(state, frame, roster)
    scores, fired = heard.scores, fire(state, frame, heard)
    changes = (
        list(decide(state, _ruling(state, frame, scores, fired))) if may_change(state, frame.policy, fired) else []
    )
    if changes:
        found += tuple(dict.fromkeys(change.flag for change in changes if change.flag))
    found += (TRUNCATED,) if keep_small(state, turn) else ()
    observation = _observation(
        state, frame, scores=heard.values, fired=fired, changes=changes, flags=found, begins=begins
    )
    outputs = (*(_events(changes, frame, policy) if changes else ()), observation_output(observation))
    return Step(state, outputs, Keep.FORGET if turn.ends_session else Keep.RETAIN)


def forget(state: SessionState, *, at: Position, ordinal: int, policy: Policy) -> Step[SessionState]:
    """End a session whose time is over: a final Observation hands its open escalations to the system stage.

    Nothing is cleared: silence is not evidence (DESIGN.md 6.8).

    Args:
        state: the session.
        at: the record that moved partition time past its end.
        ordinal: from 1, which of the sessions forgotten at that record this is.
        policy: in force on that record.
    """
    applied = policy.of(state.system_id, state.capability)
    observation = Observation(
        source=at,
        ordinal=ordinal,
        system_id=state.system_id,
        session_id=state.session_id,
        turn=state.last_turn,
        at=state.seen_at,
        role=state.last_role,
        capability=state.capability,
        stakes=tuple(state.stakes),
        escalations=tuple(_brief(state, each, NO_RULE, applied) for each in state.opened.values()),
        session_risk=state.risk,
        incomplete=state.incomplete,
        final=True,
        policy=policy.fingerprint,
    )
    return Step(state, (observation_output(observation),), Keep.FORGET)


def expires_at(state: SessionState, policy: Policy) -> float:
    """Partition time after which the session is forgotten and a later turn starts a fresh one."""
    return state.seen_at + policy.of(state.system_id).idle_seconds


def _order(state: SessionState, turn: Annotation, flags: tuple[str, ...]) -> tuple[str, ...]:
    """What the producer's turn number says: this turn came late, or something before it is missing."""
    if INCOMPLETE in flags:
        state.incomplete = True
    found = (RESTARTED,) if state.restarted else ()
    state.restarted = ()
    if turn.turn is None:
        return found
    if turn.turn > state.turns:
        state.incomplete = True
    return (*found, OUT_OF_ORDER) if turn.turn < state.turns - 1 else found


def _remember(state: SessionState, frame: Frame) -> None:
    turn, index = frame.turn, frame.index
    state.turns = max(state.turns, index + 1)
    state.last_turn, state.last_role, state.capability = index, turn.role, turn.capability
    state.seen_at = max(state.seen_at, frame.now)
    if turn.role is Role.USER and turn.language:
        state.language = turn.language
    remember_place(state, index, frame.at)
    remember(state.memory, turn, index)
    for stake in (*frame.policy.stakes, *turn.stakes):
        if stake not in state.stakes:
            state.stakes.append(stake)


def _ruling(state: SessionState, frame: Frame, scores: dict[str, Score], fired: dict[str, Reading]) -> Ruling:
    stakes = frozenset(state.stakes)
    context: dict[str, object] = {}

    def holds(condition: str) -> bool | None:
        if _falls_short(scores, floors(condition)):
            return False
        if not context:
            values = {name: found.value for name, found in scores.items()}
            context.update(
                context_of(
                    frame.turn,
                    index=frame.index,
                    ceiling=frame.ceiling,
                    granted=frame.granted,
                    stakes=stakes,
                    scores=values,
                    incomplete=state.incomplete,
                )
            )
        return evaluate(condition, context)

    return Ruling(
        at=frame.at,
        now=frame.now,
        index=frame.index,
        capability=frame.turn.capability,
        policy=frame.policy,
        fingerprint=frame.fingerprint,
        standing=frame.standing,
        ceiling=frame.ceiling,
        fired=fired,
        stakes=stakes,
        scores=scores,
        holds=holds,
    )


def _falls_short(scores: Mapping[str, Score], floors: Mapping[str, float]) -> bool:
    values = ((scores[name].value, least) for name, least in floors.items() if name in scores)
    return any(value is not None and value < least for value, least in values)


def _events(changes: Sequence[Change], frame: Frame, policy: Policy) -> Iterator[Output]:
    """The escalations as their routes show them: a route is that of the capability it was raised in, not the turn's."""
    for escalation in (change.escalation for change in changes):
        if escalation is not None:
            routes = policy.of(escalation.system_id, escalation.capability).routes
            yield escalation_output(shown(escalation, routes), frame.at)


def _observation(
    state: SessionState,
    frame: Frame,
    *,
    flags: tuple[str, ...],
    scores: dict[str, float | None] | None = None,
    fired: dict[str, Reading] | None = None,
    changes: Sequence[Change] = (),
    begins: bool = False,
) -> Observation:
    """The turn as the system stage sees it. Without ``scores``: a duplicate, which carries nothing to count."""
    turn, counts = frame.turn, scores is not None
    final = counts and turn.ends_session
    return Observation(
        source=frame.at,
        ordinal=0,
        system_id=turn.system_id,
        session_id=turn.session_id,
        turn=frame.index,
        at=frame.now,
        role=turn.role,
        capability=turn.capability,
        autonomy=turn.autonomy if counts else None,
        stakes=turn.stakes,
        scores=scores or {},
        readings=tuple((fired or {}).values()),
        features=turn.features if counts else {},
        groups=groups_of(turn.terms) if counts and turn.terms and turn.role in SPEAKERS else (),
        evaluations=turn.evaluations if counts else {},
        escalations=tuple(_travelling(state, changes, frame.policy, final=final)) if changes or final else (),
        session_risk=state.risk,
        model=turn.model,
        ceiling=frame.ceiling,
        flags=flags,
        incomplete=state.incomplete,
        final=final,
        begins=begins,
        policy=frame.fingerprint,
    )


def _travelling(
    state: SessionState, changes: Sequence[Change], policy: SystemPolicy, *, final: bool
) -> Iterator[RaisedEscalation]:
    """What changed on this turn; at the end of the session also what is still open."""
    changed = {change.escalation.subject: change for change in changes if change.escalation is not None}
    for change in changed.values():
        assert change.escalation is not None
        yield _brief(state, change.escalation, change.rule, policy)
    if final:
        for subject, escalation in state.opened.items():
            if subject not in changed:
                yield _brief(state, escalation, NO_RULE, policy)


def _brief(state: SessionState, escalation: Escalation, rule: str, policy: SystemPolicy) -> RaisedEscalation:
    rules = tuple(dict.fromkeys(reason.rule for reason in escalation.reasons))
    row = next((each for each in policy.situations if each.name is escalation.situation), None)
    hard = {each.id for each in row.rules if each.hard} if row else set()
    return RaisedEscalation(
        escalation_id=escalation.escalation_id,
        revision=escalation.revision,
        status=escalation.status,
        subject=escalation.subject,
        situation=escalation.situation,
        rule=rule,
        severity=escalation.severity,
        response_seconds=escalation.response_seconds,
        owner=escalation.owner,
        backup_owner=escalation.backup_owner,
        rung=escalation.rung,
        human_role=escalation.human_role,
        rules=rules,
        soft=hard.isdisjoint(rules),
        mode=escalation.mode,
        merged_into=escalation.merged_into,
        language=state.language,
    )
