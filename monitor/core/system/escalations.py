"""Escalations about a whole system: what the system stage noticed, matched against the rules that are its own.

What is said of one capability has that capability's subject, unless the whole system already shows the same: one fault,
one escalation.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from monitor.core.breaker import LADDER
from monitor.core.escalation import Scene, cleared, escalate, subject_of
from monitor.core.events import Escalation, Handoff, Reason, SystemReading
from monitor.core.interaction import Position
from monitor.core.policy.model import Policy, Rule, SituationPolicy
from monitor.core.rules import SYSTEM, Finding, Noticed, match, mode_of, of_stage, rule_key
from monitor.core.system.autonomy import gaps, track_record
from monitor.core.system.autonomy_use import OF_AUTONOMY, REQUESTED
from monitor.core.system.drifts import DRIFT
from monitor.core.system.rates import SHARES
from monitor.core.system.state import WHOLE, SystemState
from monitor.core.system.verdicts import IMPRECISE, is_back
from monitor.core.vocabulary import Mode, Situation, lower


class Occasion(Struct, frozen=True, kw_only=True):
    """The record on which escalations are decided. ``lead``: its turn. ``question``: what a person asks on it."""

    at: Position
    policy: Policy
    now: float
    lead: int = 0
    question: str = ""


def escalations(state: SystemState, noticed: Sequence[SystemReading], occasion: Occasion) -> Iterator[Escalation]:
    """Every change of the system's escalations on this record. Updates ``state.opened`` and ``state.cooling``."""
    harmful = [reading for reading in noticed if reading.harmful and not _is_told(state, reading)]
    for scope in dict.fromkeys(reading.capability for reading in harmful):
        yield from _of_scope(state, scope, [each for each in harmful if each.capability == scope], occasion)
    for subject, opened in list(state.opened.items()):
        if _is_over(state, opened):
            yield _clear(state, subject, opened, occasion)


def _is_told(state: SystemState, reading: SystemReading) -> bool:
    """Whether the whole system already shows what this says of one of its capabilities."""
    return reading.capability != WHOLE and f"{WHOLE}/{reading.signal}" in state.active


def _of_scope(
    state: SystemState, scope: str, readings: Sequence[SystemReading], occasion: Occasion
) -> Iterator[Escalation]:
    applied = occasion.policy.of(state.system_id, scope)
    active = [reading for reading in state.active.values() if reading.capability == scope]
    seen = Noticed(_by_signal(readings), _by_signal(active), frozenset(applied.stakes))
    for situation in applied.situations:
        findings = match(of_stage(situation, SYSTEM), seen)
        for mode in Mode if findings else ():
            of_mode = [finding for finding in findings if _mode(state, situation, finding.rule, applied.mode) is mode]
            changed = _raise(state, situation, of_mode, mode=mode, scope=scope, occasion=occasion)
            if changed is not None:
                yield changed


def _mode(state: SystemState, situation: SituationPolicy, rule: Rule, otherwise: Mode) -> Mode:
    """Whether the rule acts: shadow also where people's verdicts took it out of service. Hard rules stay."""
    demoted = not rule.hard and rule_key(situation, rule) in state.shadowed
    return Mode.SHADOW if demoted else mode_of(rule, otherwise)


def _raise(
    state: SystemState,
    situation: SituationPolicy,
    findings: Sequence[Finding],
    *,
    mode: Mode,
    scope: str,
    occasion: Occasion,
) -> Escalation | None:
    """Raise or grow one subject; soft reasons wait out the cooldown."""
    subject = subject_of(state.system_id, None, scope, situation, mode)
    opened = state.opened.get(subject)
    hard = any(finding.rule.hard for finding in findings)
    if not findings or (opened is None and not hard and occasion.now < state.cooling.get(subject, occasion.now)):
        return None
    scene = _scene(state, subject, scope, mode=mode, occasion=occasion, situation=situation.name)
    changed = escalate(situation, findings, scene, opened)
    if changed is None:
        return None
    changed = replace(changed, counterfactual=counterfactual(changed.reasons))
    if situation.name is Situation.AUTONOMY_EXPANSION:
        applied = occasion.policy.of(state.system_id, scope)
        changed = replace(changed, track_record=track_record(state, scope, applied))
    state.opened[subject] = changed
    return changed


def counterfactual(reasons: Sequence[Reason]) -> str:
    """What would have kept the escalation silent, in the words of what a system does: levels, changes, rates.

    >>> counterfactual((Reason("ceiling_ignored", "r", "", 3.0, 1.0), Reason("overreach_rate", "r", "", 0.2, 0.02)))
    'silent if no more than support was used and overreach_rate < 0.02'
    """
    return "silent if " + " and ".join(dict.fromkeys(_silent(reason) for reason in reasons))


def _silent(reason: Reason) -> str:
    if reason.signal in OF_AUTONOMY:
        done = "asked for" if reason.signal == REQUESTED else "used"
        return f"no more than {LADDER[int(reason.bound)]} was {done}"
    if reason.signal == IMPRECISE:
        return f"surely at least {reason.bound:.0%} of verdicts found it right"
    if reason.signal == DRIFT:
        return f"no {DRIFT} away from {reason.bound:.4g}"
    return f"{reason.signal} < {reason.bound:g}"


def _is_over(state: SystemState, opened: Escalation) -> bool:
    """Whether every reason is a rate that is surely below its clear bound again, or a rule that is back in service.

    The rest stays for a person.
    """
    return all(
        (reason.signal in SHARES and f"{opened.capability}/{reason.signal}" not in state.active)
        or is_back(state, reason)
        for reason in opened.reasons
    )


def _clear(state: SystemState, subject: str, opened: Escalation, occasion: Occasion) -> Escalation:
    close(state, subject, opened, occasion.policy)
    scene = _scene(state, subject, opened.capability, mode=opened.mode, occasion=occasion, situation=opened.situation)
    return cleared(opened, scene)


def close(state: SystemState, subject: str, opened: Escalation, policy: Policy) -> None:
    """An escalation is over: forget it, and let the subject cool down."""
    del state.opened[subject]
    for name in [name for name, until in state.cooling.items() if until <= state.now]:
        del state.cooling[name]
    situations = policy.of(state.system_id, opened.capability).situations
    seconds = next((each.cooldown_seconds for each in situations if each.name is opened.situation), 0.0)
    if seconds > 0:
        state.cooling[subject] = state.now + seconds


def _scene(
    state: SystemState, subject: str, scope: str, *, mode: Mode, occasion: Occasion, situation: Situation
) -> Scene:
    expansion = situation is Situation.AUTONOMY_EXPANSION
    whole = state.breakers[WHOLE]
    asked = (occasion.question,) if occasion.question and expansion else ()
    return Scene(
        subject=subject,
        system_id=state.system_id,
        capability=scope,
        at=occasion.at,
        now=occasion.now,
        ceiling=lower(state.breakers.get(scope, whole).in_force, whole.in_force),
        policy=occasion.policy.fingerprint,
        standing_version=state.version,
        mode=mode,
        lead=occasion.lead,
        handoff=Handoff(open_questions=asked),
        missing_evidence=gaps(state, scope, occasion.policy.of(state.system_id, scope)) if expansion else (),
    )


def _by_signal(readings: Sequence[SystemReading]) -> dict[str, list[SystemReading]]:
    found: dict[str, list[SystemReading]] = {}
    for reading in readings:
        found.setdefault(reading.signal, []).append(reading)
    return found
