"""The events we emit. Every output carries its subject's full state, never a delta.

The wire forms are ``topics/schemas/*.v1.json``; contract tests validate every event that any test emits. Times are
epoch seconds of event time; wall-clock time never enters a payload (DESIGN.md 6.7).
"""

from typing import Literal

from msgspec import Struct, field

from monitor.core.vocabulary import (
    Autonomy,
    BreakerStatus,
    EscalationStatus,
    HumanRole,
    Mode,
    OnStale,
    Outcome,
    Rung,
    Severity,
    Situation,
    Stake,
    Verdict,
)


class Evidence(Struct, frozen=True, omit_defaults=True):
    """A pointer to what was seen: which turn, where it lies in Kafka, which cue or value. Never the text.

    ``session``: whose turn, where one system's sessions are meant together.
    """

    turn: int
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    cue: str | None = None
    start: int | None = None
    end: int | None = None
    score: float | None = None
    path: str | None = None
    source: int | None = None
    session: str | None = None


class Reading(Struct, frozen=True):
    """A signal that fired: its value, the bound it crossed, over how many samples, in which window.

    ``told`` and ``unless``: what was found and what would have kept it silent, where that takes the policy's words.
    """

    signal: str
    value: float
    bound: float
    n: int = 1
    window: str = "turn"
    evidence: tuple[Evidence, ...] = ()
    told: str = ""
    unless: str = ""


class SystemReading(Struct, frozen=True):
    """What the system stage noticed. ``harmful`` false: a change for the better, which alarms nobody.

    ``value`` and ``bound`` of a drift: the mean after and before, in the feature's own unit.
    """

    signal: str
    value: float
    bound: float
    n: int
    feature: str | None = None
    direction: str | None = None
    harmful: bool = True
    low: float | None = None
    high: float | None = None
    capability: str = ""
    evidence: tuple[Evidence, ...] = ()


class Reason(Struct, frozen=True):
    """Why an escalation exists, in a person's words and in numbers. ``low``/``high``: interval, where one exists.

    ``unless``: what would have kept it silent, where that is not the bound but a limit or an order of the policy.
    """

    signal: str
    rule: str
    text: str
    value: float
    bound: float
    n: int = 1
    low: float | None = None
    high: float | None = None
    evidence: tuple[Evidence, ...] = ()
    unless: str = ""


class Handoff(Struct, frozen=True):
    """What the next person needs so that nobody repeats themselves; pointers and names, no text."""

    intents: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    stakes: tuple[Stake, ...] = ()
    open_questions: tuple[str, ...] = ()
    turns: tuple[int, ...] = ()


class Escalation(Struct, frozen=True, kw_only=True):
    """A named human role is needed: why, how urgently, who owns it, on what evidence (DESIGN.md section 5).

    ``track_record`` and ``missing_evidence``: for autonomy_expansion, the evidence so far and its gaps.
    ``settlement``: how often people, or their silence, changed its fate (acknowledged, overdue, resolved); those events
    repeat the revision they speak of. ``merged_into``: the id of the storm's escalation that people get in its place.
    ``verdict``, ``outcome``, ``reviewer`` and ``review_reason``: on acknowledged and resolved, what a person said.
    ``settled_at``: wall clock of that answer, or of the tick that found none. ``hidden``: parts that its route leaves
    out.
    """

    escalation_id: str
    revision: int
    status: EscalationStatus
    subject: str
    system_id: str
    session_id: str | None
    capability: str
    situation: Situation
    severity: Severity
    rung: Rung
    human_role: HumanRole
    human_adds: tuple[str, ...]
    owner: str
    backup_owner: str | None
    route: str
    reasons: tuple[Reason, ...]
    counterfactual: str
    unknown: tuple[str, ...]
    ceiling: Autonomy
    next_step: str
    response_seconds: int
    handoff: Handoff
    user_notice: str | None
    lead: int
    raised_at: float
    at: float
    mode: Mode
    policy: str
    standing_version: int
    duration_seconds: float | None = None
    missing_evidence: tuple[str, ...] = ()
    track_record: tuple[SystemReading, ...] = ()
    settlement: int = 0
    merged_into: str | None = None
    verdict: Verdict | None = None
    outcome: Outcome | None = None
    reviewer: str | None = None
    review_reason: str | None = None
    settled_at: float | None = None
    hidden: tuple[str, ...] = ()


class Breaker(Struct, frozen=True, kw_only=True):
    """The highest autonomy a system, or one capability of it, may use now. Compacted; ``epoch`` only ever grows."""

    system_id: str
    capability: str
    state: BreakerStatus
    ceiling: Autonomy
    granted: Autonomy
    epoch: int
    since: float
    lease_seconds: int
    on_stale: OnStale
    reason: str
    evidence: tuple[Evidence, ...] = ()
    readings: tuple[SystemReading, ...] = ()
    operator: str | None = None
    trips: int = 0
    hold_until: float | None = None
    mode: Mode = Mode.LIVE
    policy: str = ""


class BreakerTransition(Struct, frozen=True, kw_only=True):
    """One step of a breaker, kept as history. ``refused`` names why a command did not take effect."""

    system_id: str
    capability: str
    from_state: BreakerStatus
    to_state: BreakerStatus
    from_ceiling: Autonomy
    to_ceiling: Autonomy
    trigger: str
    epoch: int
    at: float
    reason: str
    issued_by: str | None = None
    refused: str | None = None
    readings: tuple[SystemReading, ...] = ()
    mode: Mode = Mode.LIVE
    policy: str = ""


class Realised(Struct, frozen=True, kw_only=True):
    """What a system's soft escalations cost people, as last judged, per 1,000 sessions, without what a storm merged.

    ``low``/``high``: 95 % interval. ``sessions``: it rests on these many, older ones fade. ``budget``: what was agreed,
    None: nothing. ``at``: event time.
    """

    soft_per_1000: float
    low: float
    high: float
    sessions: int
    budget: float | None = None
    at: float = 0.0


class Standing(Struct, frozen=True, kw_only=True):
    """What one session cannot know about its system: the one way back (DESIGN.md section 3).

    ``ceilings`` maps a capability ("" = the whole system) to the highest level in force; ``granted`` likewise.
    ``version`` grows by one with each change; version 0 is "never heard of". ``shift``: share of the way, in [0, 1), by
    which soft bounds moved towards the end of their range to keep the budget; ``realised``: what was spent of it, None
    before that was ever judged. ``shadowed``: rules (``situation/rule``) that people's verdicts took out of service.
    ``storms``: situation -> id of the escalation that stands for its many. ``baselines``: what is usual for it, by
    name; ``everyday``: what a shared word counts of each group of words that its turns use all the time, in [0, 1].
    """

    system_id: str
    version: int = 0
    ceilings: dict[str, Autonomy] = {}
    granted: dict[str, Autonomy] = {}
    shift: float = 0.0
    realised: Realised | None = None
    shadowed: tuple[str, ...] = ()
    storms: dict[str, str] = {}
    baselines: dict[str, float] = {}
    everyday: dict[str, float] = {}
    at: float = 0.0
    policy: str = ""


class PolicyText(Struct, frozen=True, kw_only=True):
    """A policy's text under its fingerprint, so that any event's decision can be looked up."""

    fingerprint: str
    name: str
    text: str


class Heartbeat(Struct, frozen=True, kw_only=True):
    """Sent per observations partition while its progress moves or its lag is 0; renews leases."""

    partition: int
    progress: int
    lag: int
    worker: str
    policy: str
    wall: float


class PolicyReload(Struct, frozen=True, kw_only=True):
    """What became of a policy that changed while a worker ran; the last one of each worker is kept.

    ``fingerprint`` is the worker's policy from now on (each partition adopts it at its next record), ``previous`` the
    one before where it changed. ``problems``: why it was refused, the first ones, each cut.
    """

    worker: str
    outcome: Literal["adopted", "unchanged", "refused"]
    trigger: Literal["file", "signal"]
    fingerprint: str
    previous: str | None = None
    problems: tuple[str, ...] = ()
    wall: float


class Output(Struct, frozen=True, kw_only=True):
    """One event to send: the channel's address, the key, CloudEvents attributes, and the payload struct.

    ``channel`` is an address of ``topics/asyncapi.yaml`` without prefix; ``type`` is the CloudEvents type;
    ``time`` is event time; ``extensions`` become further ``ce_`` headers. ``data`` None is a tombstone.
    """

    channel: str
    key: str
    id: str
    type: str
    source: str
    subject: str
    time: float
    data: Struct | None
    severity: Severity = Severity.INFO
    extensions: dict[str, str] = field(default_factory=dict)
