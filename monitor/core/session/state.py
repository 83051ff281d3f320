"""What the session stage keeps of one session: bounded memory, no text.

Every collection has a cap; the snapshot keeps a byte cap over them all (see snapshot.py).
"""

from typing import Any

from msgspec import Struct, field

from monitor.core.events import Escalation, Evidence, Reading
from monitor.core.interaction import Position
from monitor.core.session.handoff import Memory
from monitor.core.signals.base import Score
from monitor.core.signals.ledger import Ledger
from monitor.core.vocabulary import Role, Stake
from monitor.core.watch import Watch

MAX_IDS = 64
"""Interaction ids remembered: a producer's retry within as many turns is not a second turn (DESIGN.md 6.6)."""
MAX_OFFSETS = 256
"""Turns whose place in the log is remembered, for evidence pointers."""


class SessionState(Struct, kw_only=True):
    """One session's state.

    ``included``: offset of the last record folded in. ``seen_at``: partition time of the last turn; the session ends by
    it. ``turns``: the index the next turn has when its producer does not say. ``language``: the user's, as last told.
    ``incomplete``: a turn is known to be missing. ``ids``: digests of the last interaction ids. ``ledger``: calls under
    way. ``signals``: each signal's own state by name. ``opened``: open escalations by subject. ``cooling``: subject ->
    event time until which soft reasons stay silent. ``noticed``: the scores of the last turn, for reports; not part of
    a snapshot.
    """

    system_id: str
    session_id: str
    included: int = -1
    seen_at: float = 0.0
    turns: int = 0
    last_turn: int = 0
    last_role: Role = Role.USER
    capability: str = ""
    language: str = ""
    incomplete: bool = False
    truncated: bool = False
    ids: list[int] = field(default_factory=list)
    topic: str = ""
    partition: int = 0
    offsets: dict[int, int] = field(default_factory=dict)
    stakes: list[Stake] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    signals: dict[str, Any] = field(default_factory=dict)
    watches: dict[str, Watch] = field(default_factory=dict)
    active: dict[str, Reading] = field(default_factory=dict)
    opened: dict[str, Escalation] = field(default_factory=dict)
    cooling: dict[str, float] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    risk: float = 0.0
    weight: int = 0
    restarted: tuple[str, ...] = ()
    noticed: dict[str, Score] = field(default_factory=dict)


def remember_place(state: SessionState, index: int, at: Position) -> None:
    """Note where a turn lies. A session that comes from another partition begins its pointers anew."""
    if (state.topic, state.partition) != (at.topic, at.partition):
        state.topic, state.partition = at.topic, at.partition
        state.offsets.clear()
    state.offsets.setdefault(index, at.offset)
    while len(state.offsets) > MAX_OFFSETS:
        del state.offsets[next(iter(state.offsets))]


def pointed(state: SessionState, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Evidence with the place of each turn that is still remembered."""
    return tuple(_pointed(state, item) for item in evidence)


def _pointed(state: SessionState, item: Evidence) -> Evidence:
    offset = state.offsets.get(item.turn)
    if offset is None:
        return item
    return Evidence(
        turn=item.turn,
        topic=state.topic,
        partition=state.partition,
        offset=offset,
        cue=item.cue,
        start=item.start,
        end=item.end,
        score=item.score,
        path=item.path,
        source=item.source,
    )


def repeats(state: SessionState, digest: int) -> bool:
    """Whether an interaction id was seen before; a new one is remembered."""
    if digest in state.ids:
        return True
    state.ids.append(digest)
    del state.ids[:-MAX_IDS]
    return False
