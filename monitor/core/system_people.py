"""What people say to the system stage: commands move breakers and grants, reviews settle escalations.

Authority is widened here and nowhere else but in a policy, and every order carries a name. An order written before a
newer change (``expect_epoch``) is refused and reported, never silently dropped.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from monitor.core.autonomy_use import REQUESTED, reading_of
from monitor.core.breaker import COMMANDS, STEP, BreakerState, Cause, Trigger, fire, stays
from monitor.core.escalation import notice_in
from monitor.core.events import Escalation, Handoff, Reason, SystemReading
from monitor.core.log import Command, Review
from monitor.core.policy import Policy, SituationPolicy
from monitor.core.rates import restart
from monitor.core.system_escalations import close
from monitor.core.system_outputs import Changes
from monitor.core.system_state import MAX_CAPABILITIES, Followed, SystemState, settled
from monitor.core.vocabulary import Autonomy, EscalationStatus, Situation

REQUEST = "request_autonomy"
UNKNOWN_REASON = "why, its raising event says"
OUTCOMES = ("changed", "confirmed", "no_effect")
UNSTATED = "unstated"


def request(state: SystemState, scope: str, order: Command, changes: Changes) -> tuple[SystemReading, ...]:
    """A request for more autonomy as a reading, for a person to decide on; refused where that much is granted."""
    breaker = state.breakers[scope]
    wanted = order.level or _next_level(breaker.granted)
    refusal = _not_its_own(scope, order)
    if refusal is None and wanted.rank <= breaker.granted.rank:
        refusal = f"{breaker.granted} is granted already"
    if refusal is not None:
        changes.moved(scope, REQUEST, stays(breaker, refusal), issued_by=order.issued_by)
        return ()
    return (reading_of(REQUESTED, wanted, breaker.granted, scope),)


def _next_level(level: Autonomy) -> Autonomy:
    return list(Autonomy)[min(level.rank + 1, Autonomy.ACT.rank)]


def command(state: SystemState, scope: str, order: Command, policy: Policy, changes: Changes) -> Iterator[Escalation]:
    """Carry out an order about a breaker or a grant, or refuse it; either way a transition says so.

    A grant answers the open question whether the scope gets more autonomy.
    """
    breaker = state.breakers[scope]
    refusal = _refusal(breaker, scope, order)
    if refusal is not None:
        changes.moved(scope, order.action or "none", stays(breaker, refusal), issued_by=order.issued_by)
        return
    cause = Cause(at=changes.at, reason=order.reason, level=order.level or STEP, operator=order.issued_by)
    trigger = Trigger(order.action)
    move = fire(breaker, trigger, cause, policy.of(state.system_id, scope).breaker)
    changes.moved(scope, trigger, move, issued_by=order.issued_by)
    if move.changed and trigger in (Trigger.RELEASE, Trigger.RESET):
        restart(state, scope)
    if move.changed and trigger is Trigger.GRANT:
        for subject, opened in list(state.opened.items()):
            if opened.situation is Situation.AUTONOMY_EXPANSION and opened.capability == scope:
                yield _settle(state, subject, EscalationStatus.RESOLVED, changes.at, policy)


def _refusal(breaker: BreakerState, scope: str, order: Command) -> str | None:
    """Why the order is not carried out, or None."""
    if order.action not in COMMANDS:
        return f"unknown action {order.action!r}: use {', '.join(sorted(COMMANDS))} or {REQUEST}"
    if order.action == Trigger.GRANT and order.level is None:
        return "a grant names its level"
    if order.expect_epoch is not None and order.expect_epoch != breaker.epoch:
        return f"written for epoch {order.expect_epoch}, but the breaker is at {breaker.epoch}: look again first"
    return _not_its_own(scope, order)


def _not_its_own(scope: str, order: Command) -> str | None:
    """An order for a capability beyond the cap must not move the whole system."""
    if scope == order.capability:
        return None
    return f"{order.capability} has no breaker of its own (at most {MAX_CAPABILITIES}): order the whole system"


def review(state: SystemState, answer: Review, at: float, policy: Policy) -> Iterator[Escalation]:
    """Acknowledge or resolve the escalation the answer names, if it is followed here. Silence settles nothing."""
    resolves = answer.verdict is not None or answer.outcome is not None
    status = EscalationStatus.RESOLVED if resolves else EscalationStatus.ACKNOWLEDGED
    if resolves:
        outcome = answer.outcome if answer.outcome in OUTCOMES else UNSTATED
        state.reviews[outcome] = state.reviews.get(outcome, 0) + 1
    for subject, opened in list(state.opened.items()):
        if opened.escalation_id == answer.escalation_id:
            yield _settle(state, subject, status, at, policy)
            return
    known = state.followed.get(answer.escalation_id)
    if known is None:
        return
    known.brief = settled(known.brief, status)
    if resolves:
        del state.followed[answer.escalation_id]
    else:
        known.acknowledged_by = answer.reviewer
    yield _of_session(state, known, at, policy)


def _settle(state: SystemState, subject: str, status: EscalationStatus, at: float, policy: Policy) -> Escalation:
    """The next revision of one of the system's own escalations."""
    opened = state.opened[subject]
    over = status is EscalationStatus.RESOLVED
    changed = replace(
        opened,
        status=status,
        revision=opened.revision + 1,
        at=max(at, opened.at),
        policy=policy.fingerprint,
        standing_version=state.version,
        duration_seconds=max(0.0, at - opened.raised_at) if over else None,
    )
    state.opened[subject] = changed
    if over:
        close(state, subject, changed, policy)
    return changed


def _of_session(state: SystemState, known: Followed, at: float, policy: Policy) -> Escalation:
    """A session's escalation as far as the system stage knows it."""
    brief, applied = known.brief, policy.of(state.system_id, known.capability)
    row = next((each for each in applied.situations if each.name is brief.situation), applied.situations[0])
    over = brief.status is EscalationStatus.RESOLVED
    return Escalation(
        escalation_id=brief.escalation_id,
        revision=brief.revision,
        status=brief.status,
        subject=brief.subject,
        system_id=state.system_id,
        session_id=known.session_id,
        capability=known.capability,
        situation=brief.situation,
        severity=brief.severity,
        rung=brief.rung,
        human_role=brief.human_role,
        human_adds=row.human_adds,
        owner=brief.owner,
        backup_owner=brief.backup_owner,
        route=row.route,
        reasons=known.reasons or (_unknown_reason(brief.rule, row),),
        counterfactual="",
        unknown=(UNKNOWN_REASON,),
        ceiling=state.breakers[""].in_force,
        next_step=row.next_step,
        response_seconds=brief.response_seconds,
        handoff=Handoff(),
        user_notice=notice_in(row, ""),
        lead=known.lead,
        raised_at=known.raised_at,
        at=max(at, known.raised_at),
        mode=applied.mode,
        policy=policy.fingerprint,
        standing_version=state.version,
        duration_seconds=max(0.0, at - known.raised_at) if over else None,
    )


def _unknown_reason(rule: str, row: SituationPolicy) -> Reason:
    """The reason of an escalation whose raising turn was not seen here: its rule's words, without numbers."""
    text = next((each.text for each in row.rules if each.id == rule), row.human_when)
    return Reason("unknown", rule or "unknown", text, 0.0, 0.0)
