"""What becomes of an escalation once it is out: people acknowledge and resolve it, or nobody answers.

An answer that cannot be carried out is refused before it changes anything, and leaves a trace: a dead letter that says
why. Only a verdict resolves; an outcome without one does not say whether calling a person was right, and is refused.
"""

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.events import Escalation
from monitor.core.interaction import Position
from monitor.core.log import Review, Tick
from monitor.core.policy.model import Policy
from monitor.core.system.escalations import Occasion, close, escalations
from monitor.core.system.followed import NO_BACKUP, event_of, remember
from monitor.core.system.outputs import Changes
from monitor.core.system.silence import await_answer, is_asked, is_behind, overdue, stop_waiting
from monitor.core.system.state import SystemState
from monitor.core.system.verdicts import judge, meanings
from monitor.core.vocabulary import EscalationStatus, Outcome, Verdict

_OVER = (EscalationStatus.CLEARED, EscalationStatus.RESOLVED)


class Settled(Struct, frozen=True, kw_only=True):
    """What settles an escalation: a person's answer or order, or nobody's (``overdue``). ``at``: wall clock."""

    status: EscalationStatus
    reviewer: str | None = None
    reason: str | None = None
    verdict: Verdict | None = None
    outcome: Outcome | None = None
    at: float | None = None


def admit(state: SystemState | None, answer: Review) -> None:
    """Look whether an answer can be carried out; nothing is changed here.

    Raises:
        InvalidRecord: INVALID_REVIEW, it does not say enough, or says what is no word of ours, or too late;
            UNKNOWN_ESCALATION, it names none that this system follows.
    """
    problem = _problem(answer)
    if problem is not None:
        raise InvalidRecord(RejectCode.INVALID_REVIEW, problem)
    if state is None or _subject(state, answer.escalation_id) is None:
        known = state.followed.get(answer.escalation_id) if state is not None else None
        if known is None:
            message = (
                "escalation_id: none that is open, or was lately, has it: another system's, never raised, or let go"
            )
            raise InvalidRecord(RejectCode.UNKNOWN_ESCALATION, message)
        if known.fate is EscalationStatus.RESOLVED:
            raise InvalidRecord(RejectCode.INVALID_REVIEW, "escalation_id: it is resolved already")
        if known.is_over and answer.verdict is None:
            message = "escalation_id: it was cleared already; there is nothing to acknowledge, a verdict still counts"
            raise InvalidRecord(RejectCode.INVALID_REVIEW, message)


def _problem(answer: Review) -> str | None:
    """What is wrong with an answer by itself, or None."""
    if not answer.reviewer.strip():
        return "reviewer: empty; an answer has a name"
    for name, word, words in (("verdict", answer.verdict, Verdict), ("outcome", answer.outcome, Outcome)):
        if word is not None and word not in _words(words):
            return f"{name}: none of {', '.join(_words(words))}"
    if answer.outcome is not None and answer.verdict is None:
        return "outcome: needs a verdict beside it; it does not say whether calling a person was right"
    if answer.verdict is not None and not (answer.reason or "").strip():
        return "reason: missing or empty; a verdict says why"
    return None


def _words(words: type[Verdict] | type[Outcome]) -> Collection[str]:
    return tuple(str(each) for each in words)


def review(state: SystemState, answer: Review, at: Position, policy: Policy, changes: Changes) -> None:
    """Carry out an answer that was admitted: acknowledge or resolve, and count what it says of the rules."""
    rules = _rules(state, answer.escalation_id, policy)
    if answer.verdict is None:
        said = Settled(
            status=EscalationStatus.ACKNOWLEDGED, reviewer=answer.reviewer, reason=answer.reason, at=answer.at
        )
        settle(state, answer.escalation_id, said, policy, changes)
        return
    verdict, outcome = Verdict(answer.verdict), Outcome(answer.outcome) if answer.outcome is not None else None
    said = Settled(
        status=EscalationStatus.RESOLVED,
        reviewer=answer.reviewer,
        reason=answer.reason,
        verdict=verdict,
        outcome=outcome,
        at=answer.at,
    )
    settle(state, answer.escalation_id, said, policy, changes)
    state.noticed = judge(state, rules, (verdict, outcome), policy, changes)
    if state.noticed:
        occasion = Occasion(at=at, policy=policy, now=changes.at)
        changes.escalations.extend(escalations(state, state.noticed, occasion))


def _rules(state: SystemState, escalation_id: str, policy: Policy) -> tuple[str, ...]:
    """The rules an escalation rests on, as ``situation/rule``; a rule that was changed since is another one."""
    subject = _subject(state, escalation_id)
    if subject is not None:
        opened = state.opened[subject]
        return tuple(dict.fromkeys(f"{opened.situation}/{reason.rule}" for reason in opened.reasons))
    known, now = state.followed[escalation_id], meanings(policy, state.system_id)
    keys = (f"{known.brief.situation}/{rule}" for rule in known.brief.rules or (known.brief.rule,))
    return tuple(key for key in keys if known.meanings.get(key, now.get(key)) == now.get(key))


def fall_silent(state: SystemState, tick: Tick, policy: Policy, changes: Changes) -> None:
    """What a tick makes overdue goes to the backup owner. Nothing is settled by that."""
    if is_behind(tick, policy):
        return
    for escalation_id in overdue(state, tick, policy):
        settle(state, escalation_id, Settled(status=EscalationStatus.OVERDUE, at=tick.wall), policy, changes)


def attend(state: SystemState, policy: Policy, changes: Changes) -> None:
    """Let people's time run for what the system stage raised itself on this record, and remember what is over."""
    for each in list(changes.escalations):
        if each.session_id is not None or each.escalation_id in state.followed:
            continue
        if each.status in _OVER:
            stop_waiting(state, each.escalation_id)
            remember(state, each, policy, changes)
        elif each.status is EscalationStatus.RAISED and is_asked(each):
            await_answer(state, each.escalation_id, each.response_seconds, changes.tick.wall)


def settle(state: SystemState, escalation_id: str, said: Settled, policy: Policy, changes: Changes) -> None:
    """Put down what became of an escalation, and note its event.

    Args:
        state: the system; the escalation is open or followed.
        escalation_id: which one.
        said: by whom and how.
        policy: in force, for the words of the row and the cooldown.
        changes: where the event is noted.
    """
    subject = _subject(state, escalation_id)
    event = _own(state, subject, said, policy, changes) if subject is not None else None
    changes.escalations.append(event or _of_session(state, escalation_id, said, policy, changes))
    if said.status is not EscalationStatus.OVERDUE:
        stop_waiting(state, escalation_id)


def _subject(state: SystemState, escalation_id: str) -> str | None:
    """The subject of one of the system's own open escalations."""
    return next((name for name, each in state.opened.items() if each.escalation_id == escalation_id), None)


def _own(state: SystemState, subject: str, said: Settled, policy: Policy, changes: Changes) -> Escalation:
    opened, over = state.opened[subject], said.status is EscalationStatus.RESOLVED
    settled = replace(
        opened,
        status=said.status,
        settlement=opened.settlement + 1,
        at=max(changes.at, opened.at),
        policy=policy.fingerprint,
        standing_version=state.version,
        duration_seconds=max(0.0, changes.at - opened.raised_at) if over else None,
        reviewer=said.reviewer or opened.reviewer,
        review_reason=said.reason if said.reviewer else opened.review_reason,
        verdict=said.verdict,
        outcome=said.outcome,
        settled_at=said.at,
    )
    if said.status is EscalationStatus.OVERDUE:
        lacks = () if opened.backup_owner or NO_BACKUP in opened.unknown else (NO_BACKUP,)
        settled = replace(settled, owner=opened.backup_owner or opened.owner, unknown=(*opened.unknown, *lacks))
    state.opened[subject] = settled
    if over:
        close(state, subject, settled, policy)
    return settled


def _of_session(state: SystemState, escalation_id: str, said: Settled, policy: Policy, changes: Changes) -> Escalation:
    known = state.followed[escalation_id]
    known.fate = said.status
    known.settlement += 1
    known.settled_at = said.at
    if said.status is EscalationStatus.OVERDUE:
        known.owner = known.brief.backup_owner
    else:
        known.reviewer, known.review_reason = said.reviewer, said.reason
        known.verdict, known.outcome = said.verdict, said.outcome
    return event_of(state, known, changes.at, policy)
