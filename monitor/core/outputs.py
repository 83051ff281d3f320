"""Outputs from payloads: channel, key, CloudEvents type, source, severity and a deterministic id, in one place.

An id names where the cause lies and what was decided there (DESIGN.md 6.5): deciding the same record again under the
same rules repeats it. No clock, no text.
"""

from monitor.core import channels
from monitor.core.events import (
    Breaker,
    BreakerTransition,
    Escalation,
    Heartbeat,
    Output,
    PolicyReload,
    PolicyText,
    Standing,
)
from monitor.core.ids import output_id
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.vocabulary import Autonomy, BreakerStatus, EscalationStatus, Severity, Situation

OBSERVATION_TYPE = "oversight.observation.v1"
BREAKER_TYPE = "oversight.breaker.state.v1"
TRANSITION_TYPE = "oversight.breaker.transition.v1"
STANDING_TYPE = "oversight.standing.v1"
POLICY_TYPE = "oversight.policy.v1"
HEARTBEAT_TYPE = "oversight.heartbeat.v1"
RELOAD_TYPE = "oversight.policy.reload.v1"
ESCALATION_TYPES = {status: f"oversight.escalation.{status}.v1" for status in EscalationStatus}
RELOAD_KEY = "reload/"
"""Begins the keys of reloads, which share the policies' topic; a fingerprint has no slash."""


def source_of(system_id: str) -> str:
    """The CloudEvents ``source`` of everything said about a system.

    >>> source_of("bot")
    '/oversight-monitor/bot'
    """
    return f"/oversight-monitor/{system_id}"


def capability_key(system_id: str, capability: str) -> str:
    """Key and subject of a breaker or dossier: the system, or one capability of it.

    >>> capability_key("bot", ""), capability_key("bot", "refunds")
    ('bot', 'bot/refunds')
    """
    return f"{system_id}/{capability}" if capability else system_id


def escalation_event_id(
    at: Position, subject: str, situation: Situation, status: EscalationStatus, *, ordinal: int = 0
) -> str:
    """Id of an escalation event; that of the raising event is the escalation's own id for life."""
    return output_id(at, subject, situation, status, ordinal)


def escalation_output(escalation: Escalation, at: Position, *, ordinal: int = 0) -> Output:
    """One revision of an escalation. ``at``, ``ordinal``: the record that caused this revision.

    The raising revision has the escalation's own id as event id.
    """
    raised = escalation.status is EscalationStatus.RAISED
    event_id = escalation_event_id(at, escalation.subject, escalation.situation, escalation.status, ordinal=ordinal)
    return Output(
        channel=channels.ESCALATIONS,
        key=escalation.subject,
        id=escalation.escalation_id if raised else event_id,
        type=ESCALATION_TYPES[escalation.status],
        source=source_of(escalation.system_id),
        subject=escalation.subject,
        time=escalation.at,
        data=escalation,
        severity=escalation.severity,
        extensions={"policy": escalation.policy, "mode": escalation.mode},
    )


def observation_output(observation: Observation) -> Output:
    """One observation, keyed by system so that the system stage sees each system in one partition."""
    subject = f"{observation.system_id}/{observation.session_id}"
    transition = "final" if observation.final else "turn"
    return Output(
        channel=channels.OBSERVATIONS,
        key=observation.system_id,
        id=output_id(observation.source, subject, "observation", transition, observation.ordinal),
        type=OBSERVATION_TYPE,
        source=source_of(observation.system_id),
        subject=subject,
        time=observation.at,
        data=observation,
    )


def breaker_output(breaker: Breaker, at: Position, *, ordinal: int = 0) -> Output:
    """A breaker's full state. Subscribers keep the highest epoch; the id changes with each cause, not with a lease."""
    key = capability_key(breaker.system_id, breaker.capability)
    return Output(
        channel=channels.BREAKERS,
        key=key,
        id=output_id(at, key, "breaker", f"{breaker.state}/{breaker.epoch}", ordinal),
        type=BREAKER_TYPE,
        source=source_of(breaker.system_id),
        subject=key,
        time=breaker.since,
        data=breaker,
        severity=_breaker_severity(breaker.state, breaker.ceiling),
    )


def transition_output(transition: BreakerTransition, at: Position, *, ordinal: int = 0) -> Output:
    """One step of a breaker, or the refusal of a command."""
    key = capability_key(transition.system_id, transition.capability)
    step = f"{transition.trigger}/{transition.epoch}/{transition.to_state}/{transition.to_ceiling}"
    return Output(
        channel=channels.BREAKER_TRANSITIONS,
        key=key,
        id=output_id(at, key, "transition", step, ordinal),
        type=TRANSITION_TYPE,
        source=source_of(transition.system_id),
        subject=key,
        time=transition.at,
        data=transition,
        severity=_breaker_severity(transition.to_state, transition.to_ceiling),
    )


def standing_output(standing: Standing, at: Position, *, ordinal: int = 0) -> Output:
    """A system's standing, the one way back to the session stage."""
    return Output(
        channel=channels.STANDINGS,
        key=standing.system_id,
        id=output_id(at, standing.system_id, "standing", str(standing.version), ordinal),
        type=STANDING_TYPE,
        source=source_of(standing.system_id),
        subject=standing.system_id,
        time=standing.at,
        data=standing,
    )


def policy_output(policy: PolicyText, time: float) -> Output:
    """A policy's text under its fingerprint: the same text always has the same id."""
    place = Position(channels.POLICIES, 0, 0)
    return Output(
        channel=channels.POLICIES,
        key=policy.fingerprint,
        id=output_id(place, policy.fingerprint, "policy", "published"),
        type=POLICY_TYPE,
        source="/oversight-monitor",
        subject=policy.fingerprint,
        time=time,
        data=policy,
    )


def heartbeat_output(beat: Heartbeat) -> Output:
    """A sign of life; the one output whose time, and so its id, is of the wall."""
    place, subject = Position(channels.OBSERVATIONS, beat.partition, beat.progress), str(beat.partition)
    return Output(
        channel=channels.HEARTBEATS,
        key=subject,
        id=output_id(place, subject, "heartbeat", f"{beat.wall:.3f}"),
        type=HEARTBEAT_TYPE,
        source="/oversight-monitor",
        subject=subject,
        time=beat.wall,
        data=beat,
    )


def reload_output(reload: PolicyReload) -> Output:
    """What became of a changed policy; like a heartbeat it is of the wall's time."""
    severity = Severity.WARNING if reload.outcome == "refused" else Severity.INFO
    return _reload(reload.worker, reload.wall, reload, severity)


def reload_retired(worker: str, wall: float) -> Output:
    """A tombstone: the worker stopped in good order, and its last reload is nobody's news any more."""
    return _reload(worker, wall, None, Severity.INFO)


def _reload(worker: str, wall: float, reload: PolicyReload | None, severity: Severity) -> Output:
    subject = RELOAD_KEY + worker
    return Output(
        channel=channels.POLICIES,
        key=subject,
        id=output_id(Position(channels.POLICIES, 0, 0), subject, "reload", f"{wall:.3f}"),
        type=RELOAD_TYPE,
        source="/oversight-monitor",
        subject=subject,
        time=wall,
        data=reload,
        severity=severity,
    )


def _breaker_severity(state: BreakerStatus, ceiling: Autonomy) -> Severity:
    """How loud a breaker event is: held back completely, narrowed, or neither."""
    if state in (BreakerStatus.CLOSED, BreakerStatus.DISABLED, BreakerStatus.METRICS_ONLY):
        return Severity.INFO
    return Severity.CRITICAL if ceiling is Autonomy.NONE else Severity.WARNING
