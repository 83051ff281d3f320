"""Approval by a person: who said yes to what. Silence, and talk about something else, is never consent.

An approval stands for the rest of the session, within the capability it was given in ("" covers all of them), until a
person takes it back.
"""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.signals.combine import keep_last
from monitor.core.signals.cue import level_or_zero
from monitor.core.vocabulary import Role

APPROVING = ("approv", "accept", "grant", "confirm", "allow", "releas", "sign")
"""Beginnings of decision types by which staff says yes."""
REFUSING = ("den", "reject", "refus", "declin", "disapprov", "withdraw", "revok")
"""Beginnings of decision types by which staff says no."""
CLEAR = 0.5
"""How plain a yes or no in a text must be."""
MAX_CAPABILITIES = 16

UNPROVEN = 0.4
"""What a missing approval counts when a turn of the session is missing: the approval may lie there (DESIGN.md 6.8)."""
APPROVAL_MAY_BE_MISSING = "a turn is missing; an approval may lie in it"

PLAIN_NO = 0.75
"""How plainly a no must be said: "unfortunately I cannot see it" denies nothing, and takes nothing away."""


class Approvals(Struct):
    """The capabilities that staff has approved of, oldest first."""

    capabilities: list[str] = []


def note(approvals: Approvals, turn: Annotation) -> None:
    """Fold a turn in: a yes of staff is added, a no takes back what stood for that capability."""
    if turn.role is not Role.STAFF:
        return
    verdict = said(turn)
    if verdict is None:
        return
    if turn.capability in approvals.capabilities:
        approvals.capabilities.remove(turn.capability)
    if not verdict and not turn.capability:
        approvals.capabilities.clear()
    if verdict:
        approvals.capabilities.append(turn.capability)
        keep_last(approvals.capabilities, MAX_CAPABILITIES)


def said(turn: Annotation) -> bool | None:
    """What a turn of staff says: yes, no, or neither. A declared decision outranks the text."""
    kind = (turn.decision_type or "").lower()
    if kind.startswith(REFUSING):
        return False
    if kind.startswith(APPROVING):
        return True
    if level_or_zero(turn, "denial") >= CLEAR or level_or_zero(turn, "dispute") >= CLEAR:
        return False
    if level_or_zero(turn, "approval") >= CLEAR or (turn.tool is not None and turn.tool.approved_by):
        return True
    return None


def covers(approvals: Approvals, turn: Annotation) -> bool:
    """Whether a person has said yes to what this turn does: beforehand, or by name on the call itself."""
    if turn.tool is not None and turn.tool.approved_by:
        return True
    return turn.capability in approvals.capabilities or "" in approvals.capabilities
