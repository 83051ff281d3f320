"""Signals of the session stage, one file per family; ``SIGNALS`` is the explicit tuple of them all.

The order is the order of evaluation: a signal sees the scores of those before it, and ``session_risk`` sees all.
"""

from monitor.core.signals.aftermath import LossOfControl, NewProblem
from monitor.core.signals.ambiguity import Ambiguity
from monitor.core.signals.base import NOT_JUDGED, Context, Score, Signal
from monitor.core.signals.boundary import ApprovalMissing, AutonomyExceeded, ToolNotAllowed
from monitor.core.signals.consistency import SelfContradiction, SourceContradiction
from monitor.core.signals.course import RepeatedRequest, StuckLoop
from monitor.core.signals.evidence import SourcesConflict, UnsupportedClaim
from monitor.core.signals.experience import Confusion, Dispute, Dissatisfaction, Distress
from monitor.core.signals.grounding import NoEvidence
from monitor.core.signals.impersonation import HumanImpersonation
from monitor.core.signals.limits import LimitExceeded
from monitor.core.signals.orders import SequenceViolation
from monitor.core.signals.promise import UnauthorisedPromise
from monitor.core.signals.provenance import InjectedInstruction
from monitor.core.signals.recourse import NoRecourse
from monitor.core.signals.request import BeyondPolicy
from monitor.core.signals.rising import StakesRising
from monitor.core.signals.risk import SessionRisk
from monitor.core.signals.role import OutOfRole
from monitor.core.signals.roster import Roster
from monitor.core.signals.sign import ACCOUNTABILITY_REQUEST, HUMAN_REQUEST, URGENCY
from monitor.core.signals.stakes import (
    FinalDecision,
    IrreversibleAction,
    JudgementCall,
    OpaqueRecommendation,
    PublishWithoutReview,
)
from monitor.core.signals.tone import Sentiment, SentimentShift
from monitor.core.signals.waiting import HandoffMissed

__all__ = ["NOT_JUDGED", "SIGNALS", "Context", "Roster", "Score", "Signal", "signal"]

_IN_ORDER: tuple[Signal, ...] = (
    # experience
    Sentiment(),
    SentimentShift(),
    Dissatisfaction(),
    Confusion(),
    Dispute(),
    ACCOUNTABILITY_REQUEST,
    HUMAN_REQUEST,
    HandoffMissed(),
    NewProblem(),
    LossOfControl(),
    Distress(),
    URGENCY,
    # evidence
    UnsupportedClaim(),
    NoEvidence(),
    SourcesConflict(),
    Ambiguity(),
    # consistency
    SelfContradiction(),
    SourceContradiction(),
    # stakes
    StakesRising(),
    FinalDecision(),
    IrreversibleAction(),
    NoRecourse(),
    OpaqueRecommendation(),
    JudgementCall(),
    PublishWithoutReview(),
    # boundary
    OutOfRole(),
    BeyondPolicy(),
    ToolNotAllowed(),
    LimitExceeded(),
    SequenceViolation(),
    ApprovalMissing(),
    AutonomyExceeded(),
    InjectedInstruction(),
    UnauthorisedPromise(),
    HumanImpersonation(),
    # course
    RepeatedRequest(),
    StuckLoop(),
    SessionRisk(),
)

SIGNALS = Roster(_IN_ORDER)

_BY_NAME = {one.name: one for one in SIGNALS}


def signal(name: str) -> Signal:
    """The signal of that name.

    Raises:
        KeyError: there is none.

    >>> signal("dispute").name
    'dispute'
    """
    return _BY_NAME[name]
