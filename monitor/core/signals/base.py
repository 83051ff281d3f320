"""The signal contract: a tiny pure fold over the annotations of one session.

A signal knows nothing of other sessions, of bounds or of severity. It yields a Score: a value in [0, 1] (sentiment:
[-1, 1]), or None where it cannot know, with the evidence it has either way. The session stage compares the value with
the policy's bound and makes the Reading. A signal's numbers are its parameters: class attributes, each
with a reason, which the policy may set (``bounds.<signal>.params``, read by ``combine.parameter``).
"""

from typing import Any, Protocol

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence
from monitor.core.policy.model import SystemPolicy
from monitor.core.signals.ledger import NOTHING, Entry
from monitor.core.vocabulary import Autonomy, Role

USER_VALENCE = "user_valence"
"""Name of a baseline: how a system's users sound on the whole, in [-1, 1]."""
ANSWER_LENGTH = "answer_length"
"""Name of a baseline: words of an answer of the system, on the whole."""
ANSWER_LATENCY = "answer_latency_ms"
"""Name of a baseline: how long the system takes for a turn, on the whole, in milliseconds."""

MAX_TOLD = 3
"""Findings that one score tells of, in words and evidence: a person reads the first ones."""


class Score(Struct, frozen=True):
    """One signal on one turn. ``n``: how many samples carry the value; ``window``: "turn" or "session".

    ``evidence`` may be given without a value worth firing: the best earlier turn whether or not it fires. ``told``:
    what was found, where the signal's general words are not enough (which limit, which order), with the policy's own
    words and numbers, never a turn's text; ``unless``: what would have kept it silent, to follow "silent if".
    """

    value: float | None
    n: int = 1
    window: str = "turn"
    evidence: tuple[Evidence, ...] = ()
    unknown: str | None = None
    """Why the value is None, where that is worth telling a reviewer ("no sources", "language not judged")."""
    told: str = ""
    unless: str = ""


NOT_JUDGED = Score(None)
"""The answer of a signal that has nothing to say about this kind of turn."""
ZERO = Score(0.0)
"""The answer of a signal that looked and found nothing."""


class Quiet(Struct, frozen=True):
    """What a turn of a role must show for a signal to say more than the usual, and what the usual is.

    Where none of ``facts`` has a score and all ``fields`` of the annotation are at their default, the signal answers
    ZERO if one of the facts ``known`` was looked for, else ``unknown``; and its state stays as it is.
    """

    role: Role
    facts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    unknown: Score = NOT_JUDGED


class Context(Struct, frozen=True):
    """What a signal may look at besides its own state and the turn.

    ``turn`` is the turn's index in the session. ``scores`` holds the values of the signals before it in SIGNALS, in
    this turn. ``baselines``: what is usual for this system, by name; empty until enough was seen, as is ``everyday``:
    what a word counts of each group that is common in it (everyday.py). ``incomplete``: a turn of this session is known
    to be missing, so absence proves nothing (DESIGN.md 6.8). ``entry``: the call that the turn begins or
    ends (ledger.py).
    """

    policy: SystemPolicy
    turn: int
    ceiling: Autonomy
    granted: Autonomy
    incomplete: bool = False
    entry: Entry = NOTHING
    baselines: dict[str, float] = {}
    everyday: dict[str, float] = {}
    scores: dict[str, float | None] = {}


class Signal(Protocol):
    """One thing the session stage watches. Instances are stateless; state is the ``State`` struct they are given.

    A signal that looks at some turns only may say so, and is not asked on the others: ``roles`` whose turns it looks
    at, ``tool_roles`` whose turns it looks at where they are a tool use. On any other turn its answer would be
    NOT_JUDGED and its state stay as it is.

    Of the turns it looks at most show it nothing. ``quiet`` says what it looks for; on an ordinary turn
    (delivered, in words, no tool use) without any of that it is not asked either, as long as its state ``rests``: has
    nothing that the turn could change. Without ``rests`` every state does. Tests hold each signal to what it says.
    """

    name: str
    State: type[Struct]
    """A mutable msgspec struct whose fields all have defaults; bounded: caps are kept by dropping the oldest."""

    def update(self, state: Any, turn: Annotation, context: Context) -> Score:  # noqa: ANN401 - each signal's own State
        """Fold one turn in and answer its score. Mutates only ``state``."""
        ...
