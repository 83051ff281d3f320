"""The facts of one turn: what its text, arguments and sources say, as scores and spans, without the text itself.

``annotate/`` makes these from an Interaction; the session stage folds them. An annotation lives in the process only:
it is never stored or published (the Observation is).
"""

from typing import Any

from msgspec import Struct

from monitor.core.table import Table
from monitor.core.vocabulary import Autonomy, Delivery, Role, Stake


class Span(Struct, frozen=True, gc=False):
    """Where in the turn's text a cue was found: ``[start, end)`` in characters, and the cue's name."""

    start: int
    end: int
    cue: str


class Fact(Struct, frozen=True, gc=False):
    """One thing the turn's text says. ``score`` in [0, 1] (``valence``: [-1, 1]); ``spans`` point at the evidence."""

    score: float
    spans: tuple[Span, ...] = ()


class Claim(Struct, frozen=True, gc=False):
    """One checkable statement of a turn.

    ``terms`` are folded content words in order; ``numbers`` are normalised quantities (``"42"``, ``"14:00"``,
    ``"12 usd"``); ``negated`` is the polarity. ``support`` in [0, 1]: how well the turn's own sources carry it;
    ``conflict`` in [0, 1]: how strongly a source says otherwise; both None where the turn has no sources.
    ``source`` is the index of the passage behind the higher of the two. ``personal``: the speaker speaks of itself
    or to the listener, which a source hardly ever carries. ``listed``: one value under a label or heading, which
    speaks of the entry it stands in. ``names`` has bit i set where term i is written as a name, with a capital in the
    middle of a sentence. ``partial``: it says that there are others besides (*also*, *including*, *one of*).
    """

    start: int
    end: int
    terms: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    negated: bool = False
    hedged: bool = False
    support: float | None = None
    conflict: float | None = None
    source: int | None = None
    personal: bool = False
    listed: bool = False
    names: int = 0
    partial: bool = False


class Value(Struct, frozen=True, gc=False):
    """One value of a tool argument or result, as a 64-bit digest of its normalised form.

    ``path`` is where it stood (``"amount"``, ``"recipients[0]"``); ``instruction`` in [0, 1]: how much the passage
    around it reads like an instruction to the AI (results and untrusted sources only). ``common``: an argument too
    short to tell who said it.
    """

    digest: int
    path: str
    instruction: float = 0.0
    common: bool = False


class ToolUse(Struct, frozen=True):
    """A tool call without bulk: arguments bounded, result reduced to values. ``signature`` is equal for equal calls.

    ``outcome`` is equal for equal results and errors, 0 where there is none.
    """

    name: str
    signature: int
    arguments: dict[str, Any] = {}
    error: bool = False
    approved_by: str | None = None
    outcome: int = 0


class Course(Struct, frozen=True):
    """What a turn's declared intent says of how the talk stands, in log-odds of its ending badly.

    ``now``: if it ended about here; ``after``: what the turn leaves to the next; ``later``: to all that follow.
    """

    now: float
    after: float
    later: float


class Annotation(Struct, frozen=True, kw_only=True):
    """The facts of one turn.

    ``facts`` keys are listed in ``annotate/__init__.py``; a missing key means "cannot know" (other language, no
    text), a score of 0 means "looked, found nothing". ``mentions`` are digests of values said in ``text``;
    ``values`` are those of the tool's arguments (assistant turns) or result and untrusted sources (tool turns).
    ``support`` in [0, 1]: how surely the turn's sources carry the answer as a whole, its small talk with it; None
    where there are none or it has no matter. ``features`` feed drift: name -> number (``length``, ``latency_ms``,
    ``valence`` ...). ``stakes`` are declared and detected, ``declared_stakes`` only the former. ``amounts``: sums of
    money said in ``text``. ``table``: the turn's sources where they are records;
    ``strange``: words of the turn that are neither ordinary nor in any of them, where all sources are records.
    ``language``: ISO 639-1, or None where it cannot be told.
    """

    id: str
    ts: float
    system_id: str
    session_id: str
    role: Role
    turn: int | None
    speaker: str | None = None
    capability: str = ""
    intent: str | None = None
    course: Course | None = None
    autonomy: Autonomy | None = None
    stakes: tuple[Stake, ...] = ()
    declared_stakes: tuple[Stake, ...] = ()
    decision_type: str | None = None
    decision_final: bool = False
    decision_reversible: bool | None = None
    delivery: Delivery = Delivery.DELIVERED
    ends_session: bool = False
    model: str | None = None
    tool: ToolUse | None = None
    facts: dict[str, Fact] = {}
    claims: tuple[Claim, ...] = ()
    mentions: tuple[int, ...] = ()
    values: tuple[Value, ...] = ()
    sources: int = 0
    support: float | None = None
    source_conflict: float | None = None
    table: Table | None = None
    strange: tuple[str, ...] = ()
    features: dict[str, float] = {}
    evaluations: dict[str, float] = {}
    language: str | None = None
    words: int = 0
    terms: tuple[str, ...] = ()
    amounts: tuple[float, ...] = ()
    flags: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}
