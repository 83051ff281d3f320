"""Findings become an escalation: who must act, why, how urgently, and what would have kept it silent.

One subject has at most one open escalation of a situation. It is raised once, updated only when something grows
(severity, rung, role or reasons), and cleared by evidence. Nothing ever falls while it is open. The open escalation is
the state: the last event's payload says everything (DESIGN.md section 5).
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec
from msgspec import Struct

from monitor.core.events import Escalation, Handoff, Reason
from monitor.core.interaction import Position
from monitor.core.outputs import escalation_event_id
from monitor.core.policy.model import Rule, SituationPolicy
from monitor.core.policy.schema import UNASSIGNED
from monitor.core.rules import CONDITION, Finding
from monitor.core.told import MAX_TEXT, shortened
from monitor.core.vocabulary import Autonomy, EscalationStatus, HumanRole, Mode, Rung, Severity

MAX_REASONS = 16
"""Reasons kept on one escalation; a person reads the first three, and snapshots are capped."""
MAX_COUNTERFACTUAL = 4 * MAX_TEXT
"""UTF-8 bytes of what would have kept it silent."""

_ROLE_RANK = {role: rank for rank, role in enumerate(HumanRole)}
_SHADOW = "~shadow"


class Scene(Struct, frozen=True, kw_only=True):
    """Everything about an escalation that is not a reason: the subject, the cause's place, what was in force.

    ``at``/``ordinal``: the record that caused it (ids derive from them). ``now``: its event time. ``lead``: the turn
    index it came at. ``policy``: the fingerprint. ``language``: the user's, "" where unknown. ``merged_into``: the
    storm's escalation that people get in its place, if it is one of many.
    """

    subject: str
    system_id: str
    at: Position
    now: float
    ceiling: Autonomy
    policy: str
    standing_version: int
    session_id: str | None = None
    capability: str = ""
    ordinal: int = 0
    mode: Mode = Mode.LIVE
    lead: int = 0
    handoff: Handoff = Handoff()
    unknown: tuple[str, ...] = ()
    missing_evidence: tuple[str, ...] = ()
    language: str = ""
    merged_into: str | None = None


class Weight(Struct, frozen=True):
    """How much of a person's time a set of findings asks for."""

    severity: Severity
    rung: Rung
    human_role: HumanRole


def subject_of(system_id: str, session_id: str | None, capability: str, situation: SituationPolicy, mode: Mode) -> str:
    """The subject and key of an escalation. Shadow has subjects of its own, so that it never touches live ones.

    Without a session the subject is the system, or one capability of it; no session's name reads like a capability's.
    """
    if session_id is not None:
        base = f"{system_id}/{session_id}"
    else:
        base = f"{system_id}@{capability}" if capability else system_id
    return f"{base}#{situation.name}" + (_SHADOW if mode is Mode.SHADOW else "")


def escalate(
    situation: SituationPolicy, findings: Sequence[Finding], scene: Scene, opened: Escalation | None = None
) -> Escalation | None:
    """Raise, or update what is open; None where there is nothing new to say.

    Args:
        situation: the row, as it applies to this system.
        findings: the rules that fired on this record.
        scene: subject, place and what was in force.
        opened: the open escalation of the same subject, if there is one.
    """
    if not findings:
        return None
    return raised(situation, findings, scene) if opened is None else grown(opened, situation, findings, scene)


def raised(situation: SituationPolicy, findings: Sequence[Finding], scene: Scene) -> Escalation:
    """A new escalation. Its id is that of its raising event."""
    reasons = merged((), findings)
    weight = weigh(situation, findings)
    return Escalation(
        escalation_id=escalation_event_id(
            scene.at, scene.subject, situation.name, EscalationStatus.RAISED, ordinal=scene.ordinal
        ),
        revision=1,
        status=EscalationStatus.RAISED,
        subject=scene.subject,
        system_id=scene.system_id,
        session_id=scene.session_id,
        capability=scene.capability,
        situation=situation.name,
        severity=weight.severity,
        rung=weight.rung,
        human_role=weight.human_role,
        human_adds=situation.human_adds,
        owner=situation.owner,
        backup_owner=situation.backup_owner,
        route=situation.route,
        reasons=reasons,
        counterfactual=counterfactual(situation, reasons),
        unknown=scene.unknown,
        ceiling=scene.ceiling,
        next_step=situation.next_step,
        response_seconds=situation.response_seconds,
        handoff=scene.handoff,
        user_notice=notice_of(situation, scene.language, situation.owner, scene.merged_into, scene.mode),
        lead=scene.lead,
        raised_at=scene.now,
        at=scene.now,
        mode=scene.mode,
        policy=scene.policy,
        standing_version=scene.standing_version,
        missing_evidence=scene.missing_evidence,
        merged_into=scene.merged_into,
    )


def notice_of(situation: SituationPolicy, language: str, owner: str, merged_into: str | None, mode: Mode) -> str | None:
    """What the user may be told of an escalation; nothing where nobody is called: nobody would keep that promise."""
    nobody = owner == UNASSIGNED or merged_into is not None or mode is Mode.SHADOW
    return None if nobody else notice_in(situation, language)


def notice_in(situation: SituationPolicy, language: str) -> str | None:
    """What the application may tell the user: in their language, else in English, else in the first by its code.

    Never by the order in which the policy has them: two policies that differ in that alone are one.

    >>> row = SituationPolicy("low_risk_task", "", "", (), "review", "info", "inform", "o", "r", (), "",
    ...                       user_notice={"en": "A person is looking.", "de": "Ein Mensch sieht es sich an."})
    >>> notice_in(row, "de"), notice_in(row, "fr")
    ('Ein Mensch sieht es sich an.', 'A person is looking.')
    """
    notices = situation.user_notice
    known = [each for each in (language, "", "en", *sorted(notices)) if each in notices]
    return notices[known[0]] if known else None


def grown(
    opened: Escalation, situation: SituationPolicy, findings: Sequence[Finding], scene: Scene
) -> Escalation | None:
    """The next revision of an open escalation, or None when neither its weight nor its reasons grew.

    One of many whose storm is over is news as well: nobody was asked for it by itself yet.
    """
    reasons = merged(opened.reasons, findings)
    weight = weigh(situation, findings)
    severity = max(opened.severity, weight.severity, key=attrgetter("rank"))
    rung = max(opened.rung, weight.rung, key=attrgetter("rank"))
    role = max(opened.human_role, weight.human_role, key=_ROLE_RANK.__getitem__)
    merged_into = opened.merged_into and scene.merged_into
    known = (opened.severity, opened.rung, opened.human_role, opened.reasons, opened.merged_into)
    if (severity, rung, role, reasons, merged_into) == known:
        return None
    return _revised(
        opened,
        scene,
        status=EscalationStatus.UPDATED,
        severity=severity,
        rung=rung,
        human_role=role,
        reasons=reasons,
        counterfactual=counterfactual(situation, reasons),
        unknown=scene.unknown,
        ceiling=scene.ceiling,
        handoff=scene.handoff,
        missing_evidence=scene.missing_evidence,
        merged_into=merged_into,
        user_notice=notice_of(situation, scene.language, opened.owner, merged_into, opened.mode),
    )


def cleared(opened: Escalation, scene: Scene) -> Escalation:
    """The last revision of an escalation whose reasons are over: cleared by evidence, never by silence."""
    return _revised(
        opened,
        scene,
        status=EscalationStatus.CLEARED,
        handoff=scene.handoff,
        duration_seconds=max(0.0, scene.now - opened.raised_at),
    )


def _revised(opened: Escalation, scene: Scene, **changes: object) -> Escalation:
    return msgspec.structs.replace(
        opened,
        revision=opened.revision + 1,
        at=max(scene.now, opened.at),
        policy=scene.policy,
        standing_version=scene.standing_version,
        **changes,
    )


def weigh(situation: SituationPolicy, findings: Iterable[Finding]) -> Weight:
    """The heaviest severity, rung and role among the rules; a rule that says nothing has its situation's."""
    rules = [finding.rule for finding in findings]
    return Weight(
        severity=max((rule.severity or situation.severity for rule in rules), key=attrgetter("rank")),
        rung=max((rule.rung or situation.rung for rule in rules), key=attrgetter("rank")),
        human_role=max((rule.human_role or situation.human_role for rule in rules), key=_ROLE_RANK.__getitem__),
    )


def merged(reasons: tuple[Reason, ...], findings: Iterable[Finding]) -> tuple[Reason, ...]:
    """The reasons with those of the findings that are new; the first sight of a reason is the one that stays."""
    known = {_key(reason): reason for reason in reasons}
    for finding in findings:
        for reason in finding.reasons:
            if len(known) < MAX_REASONS:
                known.setdefault(_key(reason), reason)
    return tuple(known.values())


def _key(reason: Reason) -> tuple[str, str, str]:
    """What makes two reasons one: the same limit crossed again, by another amount, is nothing new."""
    return (reason.rule, reason.signal, reason.unless or reason.text)


def counterfactual(situation: SituationPolicy, reasons: Iterable[Reason]) -> str:
    """What would have kept the escalation silent, from its own bounds: every rule that fired, silenced."""
    rules = {rule.id: rule for rule in situation.rules}
    by_rule: dict[str, list[Reason]] = {}
    for reason in reasons:
        by_rule.setdefault(reason.rule, []).append(reason)
    parts = [_silent(rules.get(name), group) for name, group in by_rule.items()]
    ways = " and ".join(f"({part})" if " or " in part and len(parts) > 1 else part for part in parts)
    return shortened(f"silent if {ways}", MAX_COUNTERFACTUAL)


def _silent(rule: Rule | None, reasons: Sequence[Reason]) -> str:
    """What would have kept one rule silent: all its triggers, or any one of the things it also needs.

    A condition is named only where nothing simpler is: people outside engineering read this.

    >>> rule = Rule("r", "", signals=("dispute",), with_signals=("urgency",), stakes=("money",))
    >>> _silent(rule, (Reason("dispute", "r", "", 0.9, 0.6), Reason("urgency", "r", "", 0.9, 0.5)))
    'dispute < 0.6 or urgency < 0.5 or no stake of money'
    """
    companions = () if rule is None else rule.with_signals
    triggers = [reason for reason in reasons if reason.signal not in companions and reason.signal != CONDITION]
    ways = [" and ".join(_bound(reason) for reason in triggers)] if triggers else []
    ways.extend(_bound(reason) for reason in reasons if reason.signal in companions)
    if rule is not None and rule.when is not None and not triggers:
        ways.append(f"not ({rule.when_text or rule.when})")
    if rule is not None and (rule.stakes or rule.any_stakes):
        ways.append(f"no stake of {', '.join(rule.stakes)}" if rule.stakes else "no stakes")
    return " or ".join(ways)


def _bound(reason: Reason) -> str:
    """The bound from the silent side. What lies below its bound, or below zero, fired by falling.

    >>> _bound(Reason("sentiment", "r", "", -0.8, -0.5)), _bound(Reason("dispute", "r", "", 0.6, 0.6))
    ('sentiment > -0.5', 'dispute < 0.6')
    >>> _bound(Reason("limit_exceeded", "r", "", 1.0, 0.5, unless="amount <= 100"))
    'amount <= 100'
    """
    if reason.unless:
        return reason.unless
    fell = reason.value < reason.bound or reason.bound < 0
    return f"{reason.signal} {'>' if fell else '<'} {reason.bound:g}"
