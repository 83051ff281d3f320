"""What the system stage keeps of one AI system, all its capabilities inside; bounded."""

from typing import Any

from msgspec import Struct, field

from monitor.core.breaker import BreakerState
from monitor.core.events import Escalation, SystemReading
from monitor.core.log import RaisedEscalation
from monitor.core.vocabulary import Autonomy
from monitor.core.window import Rate

MAX_CAPABILITIES = 64
"""Capabilities with a breaker of their own; later ones count for the whole system only."""
MAX_FOLLOWED = 256
"""Open escalations followed per system, the oldest first to go."""
MAX_FEATURES = 48
"""Numbers watched for drift per system: behaviour features and upstream evaluations."""


class SystemState(Struct, kw_only=True):
    """One system.

    ``included``: offset of the last log record folded in. ``now``: highest event time. ``breakers`` and ``rates`` by
    capability ("" = the whole system), rates then by signal. ``active``: rates above their bound and not clear yet, as
    ``capability/signal``. ``detectors``: live drift detectors by feature. ``opened``: the system's own open escalations
    by subject; ``followed``: those of its sessions by id. ``noticed``: readings of the last record only.
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
    followed: dict[str, RaisedEscalation] = field(default_factory=dict)
    reviewed: int = 0
    noticed: tuple[SystemReading, ...] = ()


def breaker_of(state: SystemState, capability: str, granted: Autonomy) -> BreakerState:
    """The breaker of a capability, made at first sight; beyond the cap the system's own."""
    if capability not in state.breakers:
        if len(state.breakers) >= MAX_CAPABILITIES:
            return state.breakers[""]
        state.breakers[capability] = BreakerState(granted=granted, since=state.now)
    return state.breakers[capability]


def follow(state: SystemState, escalation: RaisedEscalation) -> None:
    """Remember an open escalation of a session, or forget one that is over."""
    state.followed.pop(escalation.escalation_id, None)
    if escalation.status in ("raised", "updated", "acknowledged"):
        state.followed[escalation.escalation_id] = escalation
    while len(state.followed) > MAX_FOLLOWED:
        del state.followed[next(iter(state.followed))]
