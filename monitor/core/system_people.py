"""What people say to the system stage: commands move breakers and grants, reviews settle escalations.

Authority is widened here and nowhere else, and every order carries a name. An order written before a newer change
(``expect_epoch``) is refused and reported, never silently dropped.
"""

from collections.abc import Iterator

import msgspec

from monitor.core.breaker import COMMANDS, STEP, BreakerState, Cause, Move, Trigger, fire
from monitor.core.events import Escalation, Handoff, SystemReading
from monitor.core.log import Command, RaisedEscalation, Review
from monitor.core.policy import SystemPolicy
from monitor.core.system_outputs import Changes
from monitor.core.system_state import SystemState
from monitor.core.vocabulary import EscalationStatus

REQUEST = "request_autonomy"
NOT_HELD = "see the raising event: the system stage keeps no reasons of a session's escalation"


def command(state: SystemState, order: Command, policy: SystemPolicy, changes: Changes) -> tuple[SystemReading, ...]:
    """Carry out an order or refuse it; a request for more autonomy becomes a reading, for a person to decide on."""
    breaker = state.breakers.get(order.capability) or state.breakers[""]
    if order.action == REQUEST:
        wanted = order.level.rank if order.level else breaker.granted.rank + 1
        return (
            SystemReading(
                "autonomy_requested",
                float(wanted),
                float(breaker.granted.rank),
                1,
                feature="autonomy",
                direction="up",
                capability=order.capability,
            ),
        )
    refusal = _refusal(breaker, order)
    trigger = Trigger(order.action) if order.action in COMMANDS else Trigger.RESET
    if refusal is None:
        cause = Cause(
            at=state.now,
            reason=order.reason,
            level=str(order.level) if order.level else STEP,
            operator=order.issued_by,
        )
        move = fire(breaker, trigger, cause, policy.breaker)
    else:
        move = Move(False, refusal, breaker.state, breaker.state, breaker.in_force, breaker.in_force)
    changes.moved(order.capability, trigger, move, issued_by=order.issued_by)
    return ()


def _refusal(breaker: BreakerState, order: Command) -> str | None:
    """Why the order is not carried out, or None."""
    if order.action not in COMMANDS:
        return f"unknown action {order.action!r}: use {', '.join(sorted(COMMANDS))} or {REQUEST}"
    if order.action == Trigger.GRANT and order.level is None:
        return "a grant names its level"
    if order.expect_epoch is not None and order.expect_epoch != breaker.epoch:
        return f"written for epoch {order.expect_epoch}, but the breaker is at {breaker.epoch}: look again first"
    return None


def review(state: SystemState, answer: Review, fingerprint: str, policy: SystemPolicy) -> Iterator[Escalation]:
    """Acknowledge or resolve the escalation the answer names, if it is followed here. Silence settles nothing."""
    status = EscalationStatus.ACKNOWLEDGED if answer.verdict is None else EscalationStatus.RESOLVED
    state.reviewed += answer.verdict is not None
    for subject, opened in list(state.opened.items()):
        if opened.escalation_id == answer.escalation_id:
            settled = msgspec.structs.replace(opened, status=status, revision=opened.revision + 1, at=state.now)
            if status is EscalationStatus.RESOLVED:
                del state.opened[subject]
            else:
                state.opened[subject] = settled
            yield settled
            return
    brief = state.followed.get(answer.escalation_id)
    if brief is not None:
        settled_brief = msgspec.structs.replace(brief, status=status, revision=brief.revision + 1)
        state.followed[answer.escalation_id] = settled_brief
        if status is EscalationStatus.RESOLVED:
            del state.followed[answer.escalation_id]
        yield _of_brief(state, settled_brief, fingerprint, policy)


def _of_brief(state: SystemState, brief: RaisedEscalation, fingerprint: str, policy: SystemPolicy) -> Escalation:
    """A session's escalation as far as the system stage knows it."""
    situation = next(each for each in policy.situations if each.name is brief.situation)
    session = brief.subject.partition("#")[0].removeprefix(f"{state.system_id}/")
    return Escalation(
        escalation_id=brief.escalation_id,
        revision=brief.revision,
        status=brief.status,
        subject=brief.subject,
        system_id=state.system_id,
        session_id=session,
        capability="",
        situation=brief.situation,
        severity=brief.severity,
        rung=situation.rung,
        human_role=situation.human_role,
        human_adds=situation.human_adds,
        owner=brief.owner,
        backup_owner=brief.backup_owner,
        route=situation.route,
        reasons=(),
        counterfactual="",
        unknown=(NOT_HELD,),
        ceiling=state.breakers[""].in_force,
        next_step=situation.next_step,
        response_seconds=brief.response_seconds,
        handoff=Handoff(),
        user_notice=situation.user_notice,
        lead=0,
        raised_at=state.now,
        at=state.now,
        mode=policy.mode,
        policy=fingerprint,
        standing_version=state.version,
    )
