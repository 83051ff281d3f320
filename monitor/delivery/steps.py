"""The words between the protocol and its shell: what happened (events), what to do (actions).

The shell keeps the payloads (records, outputs, states); these carry offsets only.
"""

from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """One piece of work the shell carries out and reports back with :class:`Done` or :class:`Failed`."""

    RECOVER = "read the changelog into the store"
    REWRITE = "write again the regressed keys and all that is in force, under our tenure"
    ADOPT = "assert a changed policy or standing, included = `first` - 1, and await it"
    DECIDE = "fold the records first..last"
    SEND = "send all outputs and await their acknowledgements"
    CHANGELOG = "send every touched state and await the acknowledgements"
    STORE = "set the touched states in the local store"
    CONTROL = "send the control record with progress `last` and await it"
    COMMIT = "tell the group's offset, a hint"
    REFRESH = "write again every key and all that is in force, under our tenure"


@dataclass(frozen=True, slots=True)
class Assigned:
    """The group gave us the partition. ``log_end``: the next offset to be written when that happened."""

    epoch: int
    log_start: int
    log_end: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """The store is filled. ``progress`` None: there is no control record, and ``initial`` is where to begin."""

    epoch: int
    progress: int | None
    initial: int
    regressed: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """Records ``first``..``last`` came from a fetch asked from ``start``."""

    epoch: int
    start: int
    first: int
    last: int
    now: float


@dataclass(frozen=True, slots=True)
class Done:
    """A step of assignment ``epoch`` is over and acknowledged."""

    step: Step
    epoch: int
    now: float


@dataclass(frozen=True, slots=True)
class Failed:
    """A step of assignment ``epoch`` failed."""

    step: Step
    epoch: int
    reason: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """The group took the partition away."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Wake:
    """Time passed (monotonic seconds). ``flush``: write what is applied now, whether it is due or not."""

    now: float
    flush: bool = False


Event = Assigned | Recovered | Fetched | Done | Failed | Revoked | Wake


@dataclass(frozen=True, slots=True)
class Do:
    """Carry out ``step`` for the records ``first``..``last`` and report back with the same epoch."""

    step: Step
    epoch: int
    first: int = -1
    last: int = -1


@dataclass(frozen=True, slots=True)
class Seek:
    """Fetch from ``offset`` next; drop what is queued."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Take nothing from this batch."""

    reason: str


@dataclass(frozen=True, slots=True)
class Warn:
    """Go on, but tell the operator."""

    reason: str


@dataclass(frozen=True, slots=True)
class Halt:
    """Take nothing more from this partition, loudly: an operator must look."""

    reason: str


@dataclass(frozen=True, slots=True)
class Exit:
    """End the process without acknowledging anything: a restart reads again."""

    reason: str


Action = Do | Seek | Skip | Warn | Halt | Exit
