"""What people order: commands move breakers and grants, and put rules back into service. Reviews: settlement.py.

Authority is widened here and nowhere else but in a policy, and every order carries a name. An order written before a
newer change (``expect_epoch``) is refused and reported, never silently dropped.
"""

from msgspec.structs import replace

from monitor.core.breaker import COMMANDS, STEP, BreakerState, Cause, Trigger, fire, stays
from monitor.core.events import SystemReading
from monitor.core.log import Command
from monitor.core.policy.model import Policy
from monitor.core.system.autonomy_use import REQUESTED, reading_of
from monitor.core.system.outputs import Changes, Moved
from monitor.core.system.rates import restart
from monitor.core.system.settlement import Settled, settle
from monitor.core.system.state import MAX_CAPABILITIES, SystemState
from monitor.core.system.verdicts import is_back, restore
from monitor.core.vocabulary import Autonomy, EscalationStatus, Situation

REQUEST = "request_autonomy"
RESTORE = "restore_rule"


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


def command(state: SystemState, scope: str, order: Command, policy: Policy, changes: Changes) -> None:
    """Carry out an order about a breaker, a grant or a rule, or refuse it; either way a transition says so.

    A grant answers the open question whether the scope gets more autonomy.
    """
    breaker = state.breakers[scope]
    if order.action == RESTORE:
        _restore(state, scope, order, policy, changes)
        return
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
        for opened in list(state.opened.values()):
            if opened.situation is Situation.AUTONOMY_EXPANSION and opened.capability == scope:
                settle(state, opened.escalation_id, _by(order), policy, changes)


def _by(order: Command) -> Settled:
    return Settled(status=EscalationStatus.RESOLVED, reviewer=order.issued_by or None, reason=order.reason, at=order.at)


def _restore(state: SystemState, scope: str, order: Command, policy: Policy, changes: Changes) -> None:
    """Put a rule back that verdicts took out of service; that answers what was asked about it."""
    breaker, refusal = state.breakers[scope], _not_restorable(state, order)
    if refusal is not None:
        changes.moved(scope, RESTORE, stays(breaker, refusal), issued_by=order.issued_by)
        return
    restore(state, order.rule or "")
    changes.restated = True
    done = replace(stays(breaker, f"{order.rule}: {order.reason}"), changed=True)
    changes.moves.append(Moved(scope, RESTORE, done, issued_by=order.issued_by))  # history; the breaker stays
    for opened in list(state.opened.values()):
        if all(is_back(state, reason) for reason in opened.reasons):
            settle(state, opened.escalation_id, _by(order), policy, changes)


def _not_restorable(state: SystemState, order: Command) -> str | None:
    """Why a rule cannot be put back, or None."""
    if not order.rule:
        return f"{RESTORE} names its rule, as situation/rule"
    if order.rule not in state.shadowed:
        return f"{order.rule} was not taken out of service: there are {', '.join(state.shadowed) or 'none'}"
    if not order.issued_by.strip() or not order.reason.strip():
        return f"{RESTORE} needs who orders it, and why"
    return None


def _refusal(breaker: BreakerState, scope: str, order: Command) -> str | None:
    """Why the order is not carried out, or None."""
    if order.action not in COMMANDS:
        return f"unknown action {order.action!r}: use {', '.join(sorted(COMMANDS))}, {REQUEST} or {RESTORE}"
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
