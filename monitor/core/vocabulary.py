"""The closed word lists of the contracts: one enum a word list, ordered where the order means something.

Every value here also stands in ``topics/schemas``; a contract test holds the two together.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache


class Ranked(StrEnum):
    """A word list whose order means something: later is more."""

    @property
    def rank(self) -> int:
        """Place in the list, from 0."""
        return _ranks(type(self))[self]


@cache
def _ranks(words: type[Ranked]) -> Mapping[Ranked, int]:
    return {word: rank for rank, word in enumerate(words)}


class Role(StrEnum):
    """Who produced a turn. ``staff`` is a person of the operator."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    STAFF = "staff"


class Autonomy(Ranked):
    """What a turn did, or may do: from ``none`` (held back) to ``act`` (does it itself).

    >>> Autonomy.ACT.rank > Autonomy.SUPPORT.rank
    True
    """

    NONE = "none"
    SUPPORT = "support"
    RECOMMEND = "recommend"
    ACT = "act"


def lower(one: Autonomy, other: Autonomy) -> Autonomy:
    """The narrower of two levels.

    >>> lower(Autonomy.ACT, Autonomy.RECOMMEND)
    <Autonomy.RECOMMEND: 'recommend'>
    """
    return one if one is other or one.rank <= other.rank else other


class Stake(StrEnum):
    """What a turn can cost somebody (DESIGN.md section 2, axis "risk")."""

    MONEY = "money"
    HEALTH = "health"
    ELIGIBILITY = "eligibility"
    ACCESS = "access"
    IDENTITY = "identity"
    COMMITMENT = "commitment"
    PRIVACY = "privacy"
    SAFETY = "safety"
    LEGAL = "legal"
    REPUTATION = "reputation"


class Delivery(StrEnum):
    """Whether the user has seen the turn. A draft can still be reviewed before it becomes an answer."""

    DRAFT = "draft"
    DELIVERED = "delivered"


class Verdict(StrEnum):
    """What a person finds about an escalation: whether calling them was right."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"
    TOO_LATE = "too_late"


class Outcome(StrEnum):
    """What the person's judgement did to the AI's output."""

    CHANGED = "changed"
    CONFIRMED = "confirmed"
    NO_EFFECT = "no_effect"


class Severity(Ranked):
    """How bad it is; ordered by :attr:`rank`."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Rung(Ranked):
    """How much of the AI's way is taken over by a person: the ladder of proportionate answers; ordered by rank."""

    INFORM = "inform"
    REVIEW_AFTER = "review_after"
    REVIEW_BEFORE = "review_before"
    TAKE_OVER = "take_over"


class HumanRole(StrEnum):
    """What the person is asked to do."""

    REVIEW = "review"
    APPROVE = "approve"
    CORRECT = "correct"
    TAKE_OVER = "take_over"


class Situation(StrEnum):
    """The eight rows of the decision table (DESIGN.md section 2). Every escalation names one."""

    LOW_RISK_TASK = "low_risk_task"
    PERSONALISED_RECOMMENDATION = "personalised_recommendation"
    SUPPORT_RESOLUTION = "support_resolution"
    HIGH_STAKES_DECISION = "high_stakes_decision"
    VULNERABLE_CONTEXT = "vulnerable_context"
    CREATIVE_JUDGEMENT = "creative_judgement"
    SYSTEM_BEHAVIOUR = "system_behaviour"
    AUTONOMY_EXPANSION = "autonomy_expansion"


class EscalationStatus(StrEnum):
    """The life of an escalation. The session stage raises, updates, clears; the system stage owns the rest."""

    RAISED = "raised"
    UPDATED = "updated"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    OVERDUE = "overdue"
    RESOLVED = "resolved"


class BreakerStatus(StrEnum):
    """Breaker states, in resilience4j's words. This release drives closed, open and forced_open."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    FORCED_OPEN = "forced_open"
    DISABLED = "disabled"
    METRICS_ONLY = "metrics_only"


class OnStale(StrEnum):
    """What a subscriber applies once a breaker's lease is over: refuse (fail closed) or allow (fail open).

    The words are not the breaker's: a breaker that is *closed* holds nothing back.
    """

    FAIL_OPEN = "fail_open"
    FAIL_CLOSED = "fail_closed"


class Mode(StrEnum):
    """Live events act; shadow events are decided and published, and act on nothing."""

    LIVE = "live"
    SHADOW = "shadow"
