"""What the system stage keeps of one AI system, all its capabilities inside; bounded."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from monitor.core.breaker import BreakerState
from monitor.core.events import Escalation, Reason, SystemReading
from monitor.core.log import Observation, RaisedEscalation
from monitor.core.policy import SystemPolicy
from monitor.core.spending import Spending
from monitor.core.storm import Storm
from monitor.core.vocabulary import EscalationStatus, Situation
from monitor.core.window import Rate

MAX_CAPABILITIES = 64
"""Scopes with a breaker of their own, the whole system among them; later capabilities count for the system only."""
MAX_FOLLOWED = 256
"""Escalations of sessions that are followed per system; the oldest go first, those that are over before all others."""
MAX_FEATURES = 48
"""Numbers watched for drift per system: behaviour features and upstream evaluations."""
MAX_KEPT_REASONS = 2
"""Reasons kept of a followed escalation, without their evidence: its raising event has them all."""
WHOLE = ""
"""The scope of the whole system; the others are its capabilities."""

_OVER = (EscalationStatus.CLEARED, EscalationStatus.RESOLVED)


class Followed(Struct, kw_only=True):
    """An escalation that one of the system's sessions raised, so that a person's answer to it can be told.

    ``raised_at``: event time at which it was first heard of. ``acknowledged_by``: who said that they are on it.
    """

    brief: RaisedEscalation
    session_id: str
    capability: str
    lead: int
    raised_at: float
    reasons: tuple[Reason, ...]
    acknowledged_by: str | None = None


class SystemState(Struct, kw_only=True):
    """One system.

    ``spending``: of the budget for soft escalations; ``storms``: counts of those, by situation.
    ``included``: offset of the last log record folded in. ``now``: highest event time of its turns; people's records do
    not move it. ``breakers`` and ``rates`` by scope ("" = the whole system), rates then by signal. ``active``: rates
    that reached their bound and are not clear yet, as ``scope/signal``. ``detectors``: live drift detectors by feature.
    ``opened``: the system's own open escalations by subject; ``cooling``: until when a subject is not raised again for
    soft reasons; ``followed``: its sessions' escalations by id. ``reviews``: verdicts of people by outcome.
    ``restarted``: detectors that started afresh because what was stored could not be taken over. ``noticed``: readings
    of the last record only.
    """

    system_id: str
    included: int = -1
    now: float = 0.0
    first_seen: float = 0.0
    sessions: int = 0
    turns: int = 0
    version: int = 0
    breakers: dict[str, BreakerState] = field(default_factory=dict)
    rates: dict[str, dict[str, Rate]] = field(default_factory=dict)
    active: dict[str, SystemReading] = field(default_factory=dict)
    detectors: dict[str, Any] = field(default_factory=dict)
    opened: dict[str, Escalation] = field(default_factory=dict)
    cooling: dict[str, float] = field(default_factory=dict)
    followed: dict[str, Followed] = field(default_factory=dict)
    reviews: dict[str, int] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    storms: dict[Situation, Storm] = field(default_factory=dict)
    restarted: tuple[str, ...] = ()
    noticed: tuple[SystemReading, ...] = ()


def scope_of(state: SystemState, capability: str) -> str:
    """The scope a capability is counted under: itself, or beyond the cap the whole system."""
    if capability in state.breakers or len(state.breakers) < MAX_CAPABILITIES:
        return capability
    return WHOLE


def follow(state: SystemState, record: Observation, brief: RaisedEscalation, policy: SystemPolicy) -> None:
    """Remember what a session said of an escalation. What a person said of it before is kept.

    Args:
        state: the system.
        record: the observation it travelled on.
        brief: the escalation as it stands.
        policy: the system's, for the words of the rule.
    """
    known = state.followed.get(brief.escalation_id)
    if known is not None:
        known.brief = brief
        return
    while len(state.followed) >= MAX_FOLLOWED:
        del state.followed[_first_to_go(state.followed)]
    state.followed[brief.escalation_id] = Followed(
        brief=brief,
        session_id=record.session_id,
        capability=record.capability,
        lead=record.turn,
        raised_at=record.at,
        reasons=tuple(_reasons(record, brief, policy))[:MAX_KEPT_REASONS],
    )


def _first_to_go(followed: Mapping[str, Followed]) -> str:
    over = (key for key, each in followed.items() if each.brief.status in _OVER)
    return next(over, None) or next(iter(followed))


def _reasons(record: Observation, brief: RaisedEscalation, policy: SystemPolicy) -> list[Reason]:
    """Why it was raised, as far as this turn shows: the readings that its rule names."""
    situation = next((each for each in policy.situations if each.name is brief.situation), None)
    rule = next((each for each in situation.rules if each.id == brief.rule), None) if situation else None
    if rule is None:
        return []
    return [
        Reason(reading.signal, rule.id, rule.text, reading.value, reading.bound, reading.n)
        for reading in record.readings
        if reading.signal in rule.signals
    ]


def settled(brief: RaisedEscalation, status: EscalationStatus) -> RaisedEscalation:
    """The next revision of an escalation that a person acknowledged or resolved."""
    return msgspec.structs.replace(brief, status=status, revision=brief.revision + 1)
