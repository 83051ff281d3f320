"""What may happen, who owns it, and where every bound lies: the policy as data (DESIGN.md section 8).

Parsed policies are immutable. ``monitor/core/policy_tree.py`` turns a plain tree into these structs and reports every
problem with its path; this file only says what a policy is and how a system's own part is resolved.
"""

from typing import Any

from msgspec import Struct

from monitor.core.vocabulary import Autonomy, HumanRole, Mode, OnStale, Rung, Severity, Situation, Stake


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
    of ``stakes`` (or ``any_stakes``), and the CEL condition ``when`` holds. ``hard`` rules act alone, at once, without
    cooldown or budget. None in ``severity``, ``rung``, ``human_role``: the situation's. ``text`` says the reason in a
    reader's words.
    """

    id: str
    text: str
    signals: tuple[str, ...] = ()
    with_signals: tuple[str, ...] = ()
    stakes: tuple[Stake, ...] = ()
    any_stakes: bool = False
    when: str | None = None
    hard: bool = False
    severity: Severity | None = None
    rung: Rung | None = None
    human_role: HumanRole | None = None
    mode: Mode | None = None


class SituationPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the decision table as it applies to a system. ``ai_may``/``human_when``: the row in words.

    ``scope`` says which stage's signals its rules may use: ``session``, ``system`` or ``both``.
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
    user_notice: str | None = None
    scope: str = "session"


class ToolPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tools a system may use; names are glob patterns.

    ``approval``: a person's approval must come first. ``writes`` change the world; ``irreversible`` cannot be undone.
    """

    allowed: tuple[str, ...] = ("*",)
    forbidden: tuple[str, ...] = ()
    approval: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    irreversible: tuple[str, ...] = ()


class DriftPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """How drift is watched. ``harmful`` maps a feature to the harmful direction: up, down or both."""

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


class SystemPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that applies to one system (or capability), inheritance resolved."""

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


class Policy(Struct, frozen=True):
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
