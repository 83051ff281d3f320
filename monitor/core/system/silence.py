"""Escalations that nobody answers: past their response time they are overdue, and go to the backup owner.

Wall time exists only in ticks (DESIGN.md 6.7), so a person's time runs between ticks. Silence never counts as consent:
nothing here clears or resolves an escalation, or moves a breaker.
"""

from monitor.core.events import Escalation
from monitor.core.log import RaisedEscalation, Tick
from monitor.core.policy.model import Policy
from monitor.core.system.state import SystemState
from monitor.core.vocabulary import Mode, Situation

NEXT_TICK = 0.0
"""Due time of an escalation that was heard of before any tick: its time starts at the next one."""


def await_answer(state: SystemState, escalation_id: str, seconds: float, wall: float) -> None:
    """Let a person's time run, if it does not run already.

    Args:
        state: the system.
        escalation_id: the escalation that waits.
        seconds: its response time.
        wall: what the last tick said; 0: there was none yet.
    """
    state.due.setdefault(escalation_id, wall + seconds if wall > 0 else NEXT_TICK)


def stop_waiting(state: SystemState, escalation_id: str) -> None:
    """Somebody answered, or nobody is asked any more."""
    state.due.pop(escalation_id, None)


def is_behind(tick: Tick, policy: Policy) -> bool:
    """Whether the input lags above what the policy promises: what people say may lie unread, so nothing is due."""
    return tick.lag > policy.base.budget.freeze_lag


def next_due(state: SystemState) -> float | None:
    """Wall time of the next tick that has something to do for this system; None: there is none."""
    return min(state.due.values(), default=None)


def overdue(state: SystemState, tick: Tick, policy: Policy) -> list[str]:
    """Ids of the escalations that this tick makes overdue (again), in a fixed order. Updates ``due``.

    Each is due again after its situation's ``repeat_seconds``; without those it was said once and for all.
    """
    own = {each.escalation_id: each for each in state.opened.values()}
    found = []
    for escalation_id, due in list(state.due.items()):
        seconds, situation, capability = _terms(state, escalation_id, own)
        if due == NEXT_TICK:
            state.due[escalation_id] = tick.wall + seconds
        elif due <= tick.wall:
            found.append(escalation_id)
            del state.due[escalation_id]
            repeat = _repeat_seconds(policy, state.system_id, capability, situation)
            if repeat > 0:
                state.due[escalation_id] = tick.wall + repeat
    return found


def _terms(state: SystemState, escalation_id: str, own: dict[str, Escalation]) -> tuple[float, Situation, str]:
    """Response time, situation and capability of an escalation that waits."""
    opened = own.get(escalation_id)
    if opened is not None:
        return opened.response_seconds, opened.situation, opened.capability
    known = state.followed[escalation_id]
    return known.brief.response_seconds, known.brief.situation, known.capability


def _repeat_seconds(policy: Policy, system_id: str, capability: str, situation: Situation) -> int:
    rows = policy.of(system_id, capability).situations
    return next((each.repeat_seconds for each in rows if each.name is situation), 0)


def is_asked(escalation: Escalation | RaisedEscalation) -> bool:
    """Whether somebody is asked at all: shadow acts on nothing, and one of many has its storm's escalation."""
    return escalation.mode is Mode.LIVE and escalation.merged_into is None
