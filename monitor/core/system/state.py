"""What the system stage keeps of one AI system, all its capabilities inside; bounded."""

from typing import Any

from msgspec import Struct, field

from monitor.core.breaker import BreakerState
from monitor.core.events import Escalation, Reason, SystemReading
from monitor.core.log import RaisedEscalation
from monitor.core.online.panel import Panel
from monitor.core.system.profile import Profile
from monitor.core.system.spending import Spending
from monitor.core.system.storm import Storm
from monitor.core.system.tally import Tally
from monitor.core.system.usual import Usual
from monitor.core.vocabulary import EscalationStatus, Outcome, Situation, Verdict
from monitor.core.window import Rate

MAX_CAPABILITIES = 64
"""Scopes with a breaker of their own, the whole system among them; later capabilities count for the system only."""
MAX_FOLLOWED = 256
"""Escalations of sessions that are followed per system, and the system's own that are over; see followed.py."""
MAX_FEATURES = 48
"""Numbers watched for drift per system: behaviour features and upstream evaluations."""
WHOLE = ""
"""The scope of the whole system; the others are its capabilities."""


class Followed(Struct, kw_only=True):
    """An escalation whose fate is kept: one that a session raised, or one of the system itself that is over.

    ``brief``: as it was said last. ``session_id`` None: the system's own. ``raised_at``: event time at which it was
    first heard of. ``fate``: what people, or their silence, made of it (acknowledged, overdue, resolved); None:
    nothing yet. ``settlement``: how often that changed. ``owner``: the backup owner, once it went to them.
    ``reviewer``, ``review_reason``, ``verdict``, ``outcome``, ``settled_at``: who answered last, what and when.
    ``meanings``: of its soft rules when it was taken in: a verdict on it is about those.
    """

    brief: RaisedEscalation
    session_id: str | None
    capability: str
    lead: int
    raised_at: float
    reasons: tuple[Reason, ...]
    fate: EscalationStatus | None = None
    settlement: int = 0
    owner: str | None = None
    reviewer: str | None = None
    review_reason: str | None = None
    verdict: Verdict | None = None
    outcome: Outcome | None = None
    settled_at: float | None = None
    meanings: dict[str, str] = {}

    @property
    def is_over(self) -> bool:
        """Whether it was cleared by evidence or resolved by a person: nobody is waited for any more."""
        return self.fate is EscalationStatus.RESOLVED or self.brief.status is EscalationStatus.CLEARED


class SystemState(Struct, kw_only=True):
    """One system.

    ``spending``: of the budget for soft escalations; ``storms``: counts of those, by situation.
    ``included``: offset of the last log record folded in. ``now``: highest event time of its turns; people's records do
    not move it. ``breakers`` and ``rates`` by scope ("" = the whole system), rates then by signal. ``active``: rates
    that reached their bound and are not clear yet, as ``scope/signal``. ``detectors``: live drift detectors by feature.
    ``opened``: the system's own open escalations by subject; ``cooling``: until when a subject is not raised again for
    soft reasons; ``followed``: its sessions' escalations by id, and its own that are over. ``due``: wall time at which
    silence about an escalation is overdue (again), by its id; 0: the next tick starts the time. ``dropped``: open
    escalations that were too many to follow. ``reviewed``: all answers of people; ``tallies``: those about each rule
    that is not hard, by ``situation/rule``, as the policy ``judged_under`` has the rules; ``shadowed``: the rules that
    they took out of service. ``restarted``: detectors that started afresh because what was stored could not be taken
    over. ``noticed``: readings of the last record only. ``going``: sessions that are not over, the one silent
    longest first; ``panel``: what those that are over were like; ``tools``: in which its parts by tool
    stand, the last of them for all others too. ``usual``: what its sessions are held against.
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
    due: dict[str, float] = field(default_factory=dict)
    dropped: int = 0
    reviewed: Tally = field(default_factory=Tally)
    tallies: dict[str, Tally] = field(default_factory=dict)
    judged_under: str = ""
    shadowed: tuple[str, ...] = ()
    spending: Spending = field(default_factory=Spending)
    storms: dict[Situation, Storm] = field(default_factory=dict)
    restarted: tuple[str, ...] = ()
    noticed: tuple[SystemReading, ...] = ()
    going: dict[str, Profile] = field(default_factory=dict)
    panel: Panel | None = None
    tools: list[str] = field(default_factory=list)
    usual: Usual = field(default_factory=Usual)


def scope_of(state: SystemState, capability: str) -> str:
    """The scope a capability is counted under: itself, or beyond the cap the whole system."""
    if capability in state.breakers or len(state.breakers) < MAX_CAPABILITIES:
        return capability
    return WHOLE
