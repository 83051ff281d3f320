"""What may happen, who owns it, and where every bound lies: the policy as data (DESIGN.md section 8).

Parsed policies are immutable. ``tree.py`` turns a plain tree into these structs and reports every
problem with its path; this file only says what a policy is and how a system's own part is resolved.
"""

from enum import StrEnum
from typing import Any

from msgspec import Struct

from monitor.core.once import Once
from monitor.core.vocabulary import (
    Autonomy,
    HumanRole,
    Mode,
    OnStale,
    Rung,
    Severity,
    Situation,
    Stake,
)


class Reversibility(StrEnum):
    """Whether what a capability does can be undone; ``by_tool``: the tool's name, or the turn, says."""

    BY_TOOL = "by_tool"
    REVERSIBLE = "reversible"
    IRREVERSIBLE = "irreversible"


class Bound(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a signal fires.

    ``raise_at``/``clear_at``: raise and clear bounds (hysteresis). ``min_samples``: below it the answer is "too little
    data". ``persist``: consecutive judged turns at the bound before it fires; ``clear_after``: consecutive judged turns
    past the clear bound before it is over. A clear bound no value can pass (-1 in [0, 1]) says: never over by itself.
    ``below``: fires when the value falls to the bound instead of rising to it (sentiment). ``upstream``: the value is
    an upstream evaluator's, not ours. ``params``: the signal's own parameters.
    """

    raise_at: float
    clear_at: float
    min_samples: int = 1
    persist: int = 1
    clear_after: int = 2
    below: bool = False
    upstream: bool = False
    params: dict[str, float] = {}


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One reason to call a person, inside a situation.

    Fires when any of ``signals`` fired and, where given, all of ``with_signals`` fired, the turn or session carries one
    of ``stakes`` (or ``any_stakes``), and the CEL condition ``when`` holds (``when_text``: in a reader's words).
    ``hard`` rules act alone, at once, without cooldown or budget; ``unless_called`` ones are silent where any other
    rule calls somebody in this session, at their severity or above. None in ``severity``, ``rung``, ``human_role``: the
    situation's. ``text`` says the reason in a reader's words.
    """

    id: str
    text: str
    signals: tuple[str, ...] = ()
    with_signals: tuple[str, ...] = ()
    stakes: tuple[Stake, ...] = ()
    any_stakes: bool = False
    when: str | None = None
    when_text: str | None = None
    hard: bool = False
    unless_called: bool = False
    severity: Severity | None = None
    rung: Rung | None = None
    human_role: HumanRole | None = None
    mode: Mode | None = None


class SituationPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the decision table as it applies to a system. ``ai_may``/``human_when``: the row in words.

    ``scope`` says which stage's signals its rules may use: ``session``, ``system`` or ``both``. ``repeat_seconds``: how
    often an escalation that is overdue is said again; 0 = once. ``user_notice``: what the application may tell the
    user, by ISO 639-1 language; "" is the wording where no other fits. Empty: nothing.
    """

    name: Situation
    ai_may: str
    human_when: str
    human_adds: tuple[str, ...]
    human_role: HumanRole
    severity: Severity
    rung: Rung
    owner: str
    route: str
    rules: tuple[Rule, ...]
    next_step: str
    backup_owner: str | None = None
    response_seconds: int = 3600
    cooldown_seconds: float = 600.0
    repeat_seconds: int = 0
    user_notice: dict[str, str] = {}
    scope: str = "session"


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a call of ``tools`` (globs) may go; over any of its numbers the signal ``limit_exceeded`` reads 1.

    ``argument``: dotted path of the argument it is about. ``min``/``max``: of its number. ``max_total``: of its sum
    over the session's calls of these tools. ``max_items``: of its list. ``allowed``: globs its text must match one of.
    ``max_calls``: calls of these tools in a session. ``when``: CEL over one call; where it holds the call is over the
    limit. ``must_be_known``: a call that cannot be held against it, as its argument is missing or of another kind, is
    beyond it. ``text``: the limit in a reader's words.
    """

    id: str
    text: str
    tools: tuple[str, ...]
    argument: str | None = None
    min: float | None = None
    max: float | None = None
    max_total: float | None = None
    max_items: int | None = None
    max_calls: int | None = None
    allowed: tuple[str, ...] = ()
    when: str | None = None
    must_be_known: bool = False


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """What must come before a call of ``before`` (globs); else the signal ``sequence_violation`` reads 1.

    ``after``: globs, one of which must have been called without an error earlier in the session. ``agreed``: the
    user's last turn must plainly say yes. ``when``: CEL over one call; the order binds only calls on which it holds.
    ``text``: the order in a reader's words.
    """

    id: str
    text: str
    before: tuple[str, ...]
    after: tuple[str, ...] = ()
    agreed: bool = False
    when: str | None = None


class RolePolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """What the system is there for. ``topics``: globs over the intents it may serve, where the producer declares them.

    ``leaves_alone``: subject -> words; an answer about such a subject lies outside its role.
    """

    topics: tuple[str, ...] = ("*",)
    leaves_alone: dict[str, tuple[str, ...]] = {}


class ToolPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tools a system may use; names are glob patterns.

    ``approval``: a person's approval must come first. ``writes`` change the world; ``irreversible`` cannot be undone.
    ``limits``: how far a call may go. ``orders``: what must come before it.
    """

    allowed: tuple[str, ...] = ("*",)
    forbidden: tuple[str, ...] = ()
    approval: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    irreversible: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    orders: tuple[Order, ...] = ()


class DriftPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """How drift is watched. ``harmful`` maps a feature to the harmful direction: up, down or both.

    By session: ``sessions`` must have been seen before the recent ones, and ``bound`` is how many standard errors
    apart two means must lie. By value (evaluations): ``delta``, ``grace``, ``min_change``.
    """

    bound: float = 4.8
    sessions: int = 20
    delta: float = 0.002
    grace: int = 30
    min_change: float = 0.05
    features: tuple[str, ...] = ()
    harmful: dict[str, str] = {}


class BreakerPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """When a breaker narrows the ceiling, and for how long at the least.

    ``trips``: system signal -> the ceiling it narrows to at once ("step" = one rung of the ladder down).
    ``hold_seconds`` grows by ``hold_factor`` with each repeated trip up to ``hold_cap_seconds``.
    """

    trips: dict[str, str] = {}
    hold_seconds: float = 300.0
    hold_factor: float = 2.0
    hold_cap_seconds: float = 86400.0
    lease_seconds: int = 90
    on_stale: OnStale = OnStale.FAIL_CLOSED


class BudgetPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """How many soft escalations per 1,000 sessions a system may cost people; over it soft bounds move, step by step.

    ``soft_per_1000`` None: bounds never move; the realised rate is told all the same. ``step``, ``max_shift``: shares
    of the way from a bound to the end of its range, per step and in all. ``step_seconds`` of event time and
    ``min_sessions`` lie between two steps. ``freeze_lag``: input records waiting above which nothing moves.
    """

    soft_per_1000: float | None = None
    step: float = 0.1
    max_shift: float = 0.6
    step_seconds: float = 3600.0
    min_sessions: int = 100
    freeze_lag: int = 1000


class StormPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """When soft escalations of one situation are so many that people get one instead, which says so.

    ``raised`` within ``window_seconds`` of event time begins a storm; below half of it, the storm is over.
    """

    raised: int = 50
    window_seconds: float = 600.0


class PrecisionPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """When people's verdicts take a soft rule out of service: it falls back to shadow, and says so.

    ``floor``: share of verdicts that must find it justified (too late counts as justified); judged by the upper end of
    the 95 % Wilson interval, from ``min_verdicts`` on.
    """

    floor: float = 0.2
    min_verdicts: int = 20


class RoutePolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """What an escalation shows on a route. ``hides``: parts left out before it is published, see ``HIDEABLE``."""

    hides: tuple[str, ...] = ()


class SystemPolicy(Once, Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that applies to one system (or capability), inheritance resolved.

    ``reversibility`` says whether what it does can be undone, where neither the turn nor the tool's name does.
    ``evidence_required``: fields of turns without which a silence proves nothing; ``sources`` among them: an answer
    that claims something needs a source (signal ``no_evidence``).
    """

    purpose: str
    owner: str
    granted: Autonomy
    situations: tuple[SituationPolicy, ...]
    bounds: dict[str, Bound]
    tools: ToolPolicy
    drift: DriftPolicy
    breaker: BreakerPolicy
    rates: dict[str, Bound] = {}
    risk_weights: dict[str, float] = {}
    stakes: tuple[Stake, ...] = ()
    idle_seconds: float = 1800.0
    mode: Mode = Mode.LIVE
    evidence_required: tuple[str, ...] = ()
    reversibility: Reversibility = Reversibility.BY_TOOL
    role: RolePolicy = RolePolicy()
    budget: BudgetPolicy = BudgetPolicy()
    storm: StormPolicy = StormPolicy()
    precision: PrecisionPolicy = PrecisionPolicy()
    routes: dict[str, RoutePolicy] = {}


class Policy(Once, Struct, frozen=True):
    """A whole policy. ``fingerprint``: 16 hex digits over its meaning, the same for equal trees."""

    name: str
    fingerprint: str
    base: SystemPolicy
    systems: dict[str, SystemPolicy] = {}
    capabilities: dict[str, SystemPolicy] = {}
    text: str = ""

    def of(self, system_id: str, capability: str = "") -> SystemPolicy:
        """The policy in force for a system, or for one capability of it; an unknown system has the base policy."""
        if capability:
            found = self.capabilities.get(f"{system_id}/{capability}")
            if found is not None:
                return found
        return self.systems.get(system_id, self.base)


Tree = dict[str, Any]
