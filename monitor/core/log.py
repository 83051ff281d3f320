"""The records of the system stage's one log (DESIGN.md section 3): observations, reviews, commands, ticks. No text."""

from msgspec import Struct

from monitor.core.events import Reading
from monitor.core.interaction import Position
from monitor.core.vocabulary import (
    Autonomy,
    EscalationStatus,
    HumanRole,
    Mode,
    Role,
    Rung,
    Severity,
    Situation,
    Stake,
)

NO_RULE = "open"
"""The rule named by an escalation that only travels along in a final observation: nothing new happened to it."""


class RaisedEscalation(Struct, frozen=True):
    """What the system stage must know of an escalation to follow its fate.

    ``rule``: the first rule that fired; ``rules``: all of them. ``soft``: none of them is hard. ``mode`` as published.
    ``language``: the user's, "" where unknown.
    """

    escalation_id: str
    revision: int
    status: EscalationStatus
    subject: str
    situation: Situation
    rule: str
    severity: Severity
    response_seconds: int
    owner: str
    backup_owner: str | None = None
    rung: Rung = Rung.REVIEW_AFTER
    human_role: HumanRole = HumanRole.REVIEW
    rules: tuple[str, ...] = ()
    soft: bool = True
    mode: Mode = Mode.LIVE
    merged_into: str | None = None
    language: str = ""


class Observation(Struct, frozen=True, kw_only=True, tag="observation", tag_field="kind"):
    """One turn as the session stage saw it, for the system stage. No text.

    ``source`` and ``ordinal`` are the system stage's guard against re-emitted observations (DESIGN.md 6.4).
    ``scores`` has the signals that had something to say of the turn; missing (or None): cannot know. ``groups``: of
    what the user and the AI say, which groups of words its content words are in, a few of a thousand
    (signals/everyday.py). ``begins``: the first turn heard of its session, whatever its producer numbers it.
    ``final``: the session was forgotten; its open escalations travel in ``escalations`` and stay open.
    """

    source: Position
    ordinal: int
    system_id: str
    session_id: str
    turn: int
    at: float
    role: Role
    capability: str = ""
    autonomy: Autonomy | None = None
    stakes: tuple[Stake, ...] = ()
    scores: dict[str, float | None] = {}
    readings: tuple[Reading, ...] = ()
    features: dict[str, float] = {}
    groups: tuple[int, ...] = ()
    evaluations: dict[str, float] = {}
    escalations: tuple[RaisedEscalation, ...] = ()
    session_risk: float = 0.0
    model: str | None = None
    ceiling: Autonomy = Autonomy.ACT
    flags: tuple[str, ...] = ()
    incomplete: bool = False
    final: bool = False
    begins: bool = False
    policy: str = ""


class Review(Struct, frozen=True, kw_only=True, tag="review", tag_field="kind"):
    """A person's answer to an escalation; without ``verdict`` an acknowledgement. A verdict needs a ``reason``."""

    escalation_id: str
    reviewer: str
    system_id: str
    subject: str | None = None
    verdict: str | None = None
    outcome: str | None = None
    reason: str | None = None
    at: float | None = None
    source: Position | None = None


class Command(Struct, frozen=True, kw_only=True, tag="command", tag_field="kind"):
    """A person's order about a system's breaker or grant.

    ``action``: force_open | release | reset | grant | request_autonomy | restore_rule. ``expect_epoch``: refuse when a
    newer trip came meanwhile. ``level``: for grants and requests, and the ceiling a force_open leaves (default none).
    ``rule``: for restore_rule, the one that verdicts took out of service, as ``situation/rule``.
    """

    action: str
    system_id: str
    issued_by: str
    reason: str
    capability: str = ""
    level: Autonomy | None = None
    expect_epoch: int | None = None
    rule: str | None = None
    at: float | None = None
    source: Position | None = None


class Tick(Struct, frozen=True, kw_only=True, tag="tick", tag_field="kind"):
    """Wall time as a record (epoch seconds), with the input lag in records at that moment."""

    wall: float
    lag: int = 0
    partition: int = 0
    policy: str = ""


LogRecord = Observation | Review | Command | Tick
