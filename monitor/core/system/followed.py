"""Escalations whose fate the system stage keeps: taken in as sessions tell of them, let go when they are too many.

The session stage owns an escalation's revisions; it knows nothing of people. So every event of this stage repeats the
revision it speaks of and counts ``settlement`` up: subscribers keep the highest (revision, settlement). Where a session
goes on after somebody answered, the answer is told again for the new revision, or whoever keeps the highest loses it.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from monitor.core.escalation import notice_of
from monitor.core.events import Escalation, Handoff, Reason
from monitor.core.log import Observation, RaisedEscalation
from monitor.core.policy.model import Policy, SituationPolicy, SystemPolicy
from monitor.core.system.outputs import Changes
from monitor.core.system.silence import await_answer, is_asked, stop_waiting
from monitor.core.system.state import MAX_FOLLOWED, Followed, SystemState
from monitor.core.system.verdicts import meanings
from monitor.core.vocabulary import EscalationStatus

MAX_KEPT_REASONS = 2
"""Reasons kept of a followed escalation, without their evidence: its raising event has them all."""
AS_RAISED = (
    "escalation_id", "revision", "subject", "situation", "severity", "rung", "human_role", "backup_owner",
    "response_seconds", "mode", "merged_into",
)  # fmt: skip
"""What an event about a followed escalation has from the one that its session sent last."""
AS_FOLLOWED = (
    "settlement", "session_id", "capability", "lead", "raised_at", "reviewer", "review_reason", "verdict", "outcome",
    "settled_at",
)  # fmt: skip
"""What it has from what people, or their silence, made of it."""
UNKNOWN_REASON = "why, its raising event says"
NO_BACKUP = "who else could answer: no backup owner is named"
LET_GO = f"whether anybody answers: more than {MAX_FOLLOWED} escalations of this system are open, this one is let go"

_OVER = (EscalationStatus.CLEARED, EscalationStatus.RESOLVED)


def follow(state: SystemState, record: Observation, brief: RaisedEscalation, policy: Policy, changes: Changes) -> None:
    """Remember what a session said of an escalation. What people said of it before is kept, and told again if it grew.

    Args:
        state: the system.
        record: the observation it travelled on.
        brief: the escalation as it stands.
        policy: for the words of the rule.
        changes: where events are noted, and what the last tick said.
    """
    known = state.followed.get(brief.escalation_id)
    if known is None:
        applied = policy.of(state.system_id, record.capability)
        known = Followed(
            brief=brief,
            session_id=record.session_id,
            capability=record.capability,
            lead=record.turn,
            raised_at=record.at,
            reasons=tuple(_reasons(record, brief, applied))[:MAX_KEPT_REASONS],
            meanings=_meanings(state, brief, policy),
        )
        _take_in(state, known, policy, changes)
    elif brief.revision > known.brief.revision:  # else it only travels along, as at the end of its session
        _revise(state, known, brief, policy, changes)
    if known.is_over or not is_asked(known.brief):
        stop_waiting(state, brief.escalation_id)
    elif known.fate is None:
        await_answer(state, brief.escalation_id, brief.response_seconds, changes.tick.wall)


def _revise(state: SystemState, known: Followed, brief: RaisedEscalation, policy: Policy, changes: Changes) -> None:
    """Take over the brief. One that grew after it was resolved is news nobody has seen: it is open again.

    One that cleared after it was resolved stays resolved: what a person said is told again at the last revision.
    """
    known.brief = brief
    resolved = known.fate is EscalationStatus.RESOLVED
    if known.fate is None or (brief.status in _OVER and not resolved):
        return
    if resolved and brief.status not in _OVER:
        known.fate = known.owner = known.reviewer = known.review_reason = known.verdict = known.outcome = None
    else:
        known.settlement += 1
        changes.escalations.append(event_of(state, known, changes.at, policy))


def _meanings(state: SystemState, brief: RaisedEscalation, policy: Policy) -> dict[str, str]:
    """What its rules that are not hard mean now."""
    soft = meanings(policy, state.system_id)
    keys = (f"{brief.situation}/{rule}" for rule in brief.rules or (brief.rule,))
    return {key: soft[key] for key in keys if key in soft}


def remember(state: SystemState, over: Escalation, policy: Policy, changes: Changes) -> None:
    """Keep one of the system's own escalations that is over, so that it can still be judged, and not twice."""
    rules = tuple(dict.fromkeys(reason.rule for reason in over.reasons))
    brief = RaisedEscalation(
        escalation_id=over.escalation_id,
        revision=over.revision,
        status=over.status,
        subject=over.subject,
        situation=over.situation,
        rule=rules[0],
        severity=over.severity,
        response_seconds=over.response_seconds,
        owner=over.owner,
        backup_owner=over.backup_owner,
        rung=over.rung,
        human_role=over.human_role,
        rules=rules,
        mode=over.mode,
        merged_into=over.merged_into,
    )
    known = Followed(
        brief=brief,
        session_id=None,
        capability=over.capability,
        lead=over.lead,
        raised_at=over.raised_at,
        reasons=tuple(replace(reason, evidence=()) for reason in over.reasons[:MAX_KEPT_REASONS]),
        fate=over.status if over.status is EscalationStatus.RESOLVED else None,
        settlement=over.settlement,
        reviewer=over.reviewer,
        review_reason=over.review_reason,
    )
    _take_in(state, known, policy, changes)


def _take_in(state: SystemState, known: Followed, policy: Policy, changes: Changes) -> None:
    """Follow one more. What is let go for it while it is open is counted, and its last event says so."""
    while len(state.followed) >= MAX_FOLLOWED:
        gone = state.followed.pop(first_to_go(state.followed))
        stop_waiting(state, gone.brief.escalation_id)
        if not gone.is_over:
            state.dropped += 1
            gone.settlement += 1
            event = event_of(state, gone, changes.at, policy)
            changes.escalations.append(replace(event, unknown=(*event.unknown, LET_GO)))
    state.followed[known.brief.escalation_id] = known


def first_to_go(followed: Mapping[str, Followed]) -> str:
    """What to let go first: what is over, what nobody was asked for, the least severe; of these the oldest."""
    return min(followed, key=lambda key: _weight(followed[key]))


def _weight(known: Followed) -> int:
    if known.is_over:
        return -2
    if not is_asked(known.brief):
        return -1
    return known.brief.severity.rank


def event_of(state: SystemState, known: Followed, at: float, policy: Policy) -> Escalation:
    """A followed escalation as far as the system stage knows it; its status is its fate."""
    brief, applied = known.brief, policy.of(state.system_id, known.capability)
    row, owner = _row_of(applied, brief), known.owner or brief.owner
    over = known.fate is EscalationStatus.RESOLVED
    return Escalation(
        **{name: getattr(brief, name) for name in AS_RAISED},
        **{name: getattr(known, name) for name in AS_FOLLOWED},
        status=known.fate or EscalationStatus.UPDATED,
        system_id=state.system_id,
        human_adds=row.human_adds,
        owner=owner,
        route=row.route,
        reasons=known.reasons or (_unknown_reason(brief.rule, row),),
        counterfactual="",
        unknown=(UNKNOWN_REASON, *_unanswered(known)),
        ceiling=state.breakers[""].in_force,
        next_step=row.next_step,
        handoff=Handoff(),
        user_notice=notice_of(row, brief.language, owner, brief.merged_into, brief.mode),
        at=max(at, known.raised_at),
        policy=policy.fingerprint,
        standing_version=state.version,
        duration_seconds=max(0.0, at - known.raised_at) if over else None,
    )


def _unanswered(known: Followed) -> tuple[str, ...]:
    is_overdue = known.fate is EscalationStatus.OVERDUE
    return (NO_BACKUP,) if is_overdue and known.brief.backup_owner is None else ()


def _row_of(policy: SystemPolicy, brief: RaisedEscalation) -> SituationPolicy:
    """The row of the table it is of; where the policy has no such row any more, its first one."""
    return next((each for each in policy.situations if each.name is brief.situation), policy.situations[0])


def _unknown_reason(rule: str, row: SituationPolicy) -> Reason:
    """The reason of an escalation whose raising turn was not seen here: its rule's words, without numbers."""
    text = next((each.text for each in row.rules if each.id == rule), row.human_when)
    return Reason("unknown", rule or "unknown", text, 0.0, 0.0)


def _reasons(record: Observation, brief: RaisedEscalation, policy: SystemPolicy) -> Iterator[Reason]:
    """Why it was raised, as far as this turn shows: the readings that its rule names."""
    situation = next((each for each in policy.situations if each.name is brief.situation), None)
    rule = next((each for each in situation.rules if each.id == brief.rule), None) if situation else None
    for reading in record.readings if rule else ():
        assert rule is not None
        if reading.signal in rule.signals:
            text = reading.told or rule.text
            yield Reason(reading.signal, rule.id, text, reading.value, reading.bound, reading.n, unless=reading.unless)
