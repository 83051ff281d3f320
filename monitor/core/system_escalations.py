"""Escalations about a whole system: what the system stage noticed, matched against the rules that are its own."""

from collections.abc import Iterable, Iterator, Sequence

from monitor.core.autonomy import evidence_so_far, gaps
from monitor.core.escalation import Scene, cleared, escalate, subject_of
from monitor.core.events import Escalation, Handoff, SystemReading
from monitor.core.interaction import Position
from monitor.core.policy import Policy, SituationPolicy, SystemPolicy
from monitor.core.rates import SHARES
from monitor.core.rules import SYSTEM, Finding, Noticed, match, mode_of, of_stage
from monitor.core.system_state import SystemState
from monitor.core.vocabulary import Mode, Situation


def escalations(
    state: SystemState, noticed: Sequence[SystemReading], capability: str, at: Position, *, policy: Policy
) -> Iterator[Escalation]:
    """Every change of the system's escalations on this record. Updates ``state.opened`` and ``state.cooling``."""
    applied = policy.of(state.system_id, capability)
    fired = _by_signal(reading for reading in noticed if reading.harmful)
    seen = Noticed(fired=fired, active=_by_signal(state.active.values()), stakes=frozenset(applied.stakes))
    for situation in applied.situations:
        findings = match(of_stage(situation, SYSTEM), seen)
        for mode in Mode:
            of_mode = [finding for finding in findings if mode_of(finding.rule, applied.mode) is mode]
            change = _settle(state, situation, of_mode, mode, at=at, capability=capability, policy=policy)
            if change is not None:
                yield change


def _settle(
    state: SystemState,
    situation: SituationPolicy,
    findings: list[Finding],
    mode: Mode,
    *,
    at: Position,
    capability: str,
    policy: Policy,
) -> Escalation | None:
    """Raise, grow or clear one subject; soft reasons wait out the cooldown."""
    scope = _scope(findings, capability)
    subject = subject_of(state.system_id, None, scope, situation, mode)
    opened = state.opened.get(subject)
    if opened is None and not findings:
        return None
    cools = state.now < state.cooling.get(subject, state.now)
    if opened is None and cools and not any(finding.rule.hard for finding in findings):
        return None
    scene = _scene(state, situation, subject, mode, at=at, capability=scope, policy=policy)
    changed = escalate(situation, findings, scene, opened)
    if changed is not None:
        state.opened[subject] = changed
        return changed
    if opened is not None and not findings and _is_over(state, opened, scope):
        del state.opened[subject]
        state.cooling[subject] = state.now + situation.cooldown_seconds
        return cleared(opened, scene)
    return None


def _scope(findings: Iterable[Finding], capability: str) -> str:
    """Drift and rates of the whole system speak of the system; the use of autonomy speaks of the capability."""
    named = {reason.signal for finding in findings for reason in finding.reasons}
    return capability if named & {"autonomy_exceeded", "autonomy_requested", "ceiling_ignored"} else ""


def _is_over(state: SystemState, opened: Escalation, scope: str) -> bool:
    """Whether every reason is a rate that is surely below its clear bound again. The rest stays for a person."""
    return all(reason.signal in SHARES and f"{scope}/{reason.signal}" not in state.active for reason in opened.reasons)


def _scene(
    state: SystemState,
    situation: SituationPolicy,
    subject: str,
    mode: Mode,
    *,
    at: Position,
    capability: str,
    policy: Policy,
) -> Scene:
    applied: SystemPolicy = policy.of(state.system_id, capability)
    expansion = situation.name is Situation.AUTONOMY_EXPANSION
    breaker = state.breakers.get(capability) or state.breakers[""]
    return Scene(
        subject=subject,
        system_id=state.system_id,
        capability=capability,
        at=at,
        now=state.now,
        ceiling=breaker.in_force,
        policy=policy.fingerprint,
        standing_version=state.version,
        mode=mode,
        handoff=evidence_so_far(state, capability) if expansion else Handoff(),
        missing_evidence=gaps(state, capability, applied) if expansion else (),
    )


def _by_signal(readings: Iterable[SystemReading]) -> dict[str, list[SystemReading]]:
    found: dict[str, list[SystemReading]] = {}
    for reading in readings:
        found.setdefault(reading.signal, []).append(reading)
    return found
