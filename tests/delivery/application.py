"""A toy with everything that makes the real stages hard to deliver: order, feedback, forgetting, duplicates.

A session's state is a chained hash, so a lost, doubled or reordered record changes everything after it. What it decides
depends on the standings and the policy in force. Partition time forgets idle sessions. The system stage folds the
observations, each once, and sends standings back. Pure, and used by the workers and by the ideal fold alike.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

from monitor.delivery.rules import Rule
from monitor.delivery.seen import Place, Seen, Source
from tests.delivery.broker import TP, Record

IDLE = 25
"""Event time after which a session is forgotten."""
STANDING_EVERY = 4
"""Observations of a system between two standings."""
POLICY = "policy"
NOTHING = (0, 0)

Force = tuple[int, int]
"""A version and its content."""


class Turn(NamedTuple):
    """One input record."""

    session: int
    system: int
    ts: int


class Session(NamedTuple):
    """State of one session."""

    turns: int
    digest: int
    last: int
    system: int


class Observation(NamedTuple):
    """What the session stage tells the system stage."""

    source: int
    offset: int
    ordinal: int
    system: int
    digest: int


class System(NamedTuple):
    """State of one system."""

    turns: int
    digest: int
    version: int


class Event(NamedTuple):
    """An output: its deterministic id, and what it says."""

    id: tuple[object, ...]
    payload: tuple[object, ...]


class Standing(NamedTuple):
    """The one way back."""

    system: int
    force: Force


class Output(NamedTuple):
    """One record to send."""

    to: TP
    key: str
    value: object


class Control(NamedTuple):
    """What the control record says beside the progress."""

    time: int
    seen: tuple[tuple[Source, Place], ...]


class Slot(NamedTuple):
    """A key's value (None: forgotten) and the offset it includes."""

    value: object
    included: int


class Stage(ABC):
    """What both stages share: states with their included offsets, and what is in force."""

    def __init__(self, partition: int, partitions: int, rules: frozenset[Rule]) -> None:
        self.partition = partition
        self.partitions = partitions
        self.rules = rules
        self.store: dict[str, Slot] = {}
        self.touched: dict[str, Slot] = {}
        self.guards: dict[str, int] = {}
        self.force: dict[str, Force] = {}
        self.time = 0
        self.seen = Seen(rules=rules)
        self.outputs: list[Output] = []

    def decide(self, records: list[Record]) -> list[Output]:
        """Fold records; answers what to send, in order."""
        self.outputs = []
        for record in records:
            self.take(record)
        return self.outputs

    @abstractmethod
    def take(self, record: Record) -> None:
        """Fold one record."""

    def control(self) -> Control:
        """For the control record."""
        return Control(self.time, tuple(self.seen.places.items()))

    def slot(self, key: str) -> Slot:
        """A key's value as of now."""
        return self.touched.get(key) or self.store.get(key) or Slot(None, -1)

    def purge(self, progress: int) -> None:
        """Drop the tombstones that the progress covers."""
        for key, slot in list(self.store.items()):
            if slot.value is None and slot.included <= progress:
                del self.store[key]

    def includes(self, key: str, offset: int) -> bool:
        """Whether the key's state, living or forgotten, has this record already."""
        slot = self.slot(key)
        included = slot.included if slot.value is not None else self.guards.get(key, -1)
        return Rule.INCLUDED in self.rules and included >= offset

    def emit(self, key: str, identity: tuple[object, ...], payload: tuple[object, ...]) -> None:
        """Add an output for subscribers."""
        self.outputs.append(Output(("out", 0), key, Event(identity, payload)))


class SessionStage(Stage):
    """Turns to observations."""

    def take(self, record: Record) -> None:
        """Fold one turn, then forget who idled too long by partition time."""
        turn = record.value
        assert isinstance(turn, Turn)
        self.time = max(self.time, turn.ts)
        expired = self._expired(record.offset)
        key = f"s{turn.session}"
        if not self.includes(key, record.offset):
            self._fold(key, turn, record.offset, fresh=key in expired)
        for each, state in sorted(expired.items()):
            number = int(each[1:]) + 1
            self._observe(record.offset, number, state.system, state.digest)
            if each != key:
                self.touched[each] = Slot(None, record.offset)

    def _fold(self, key: str, turn: Turn, offset: int, *, fresh: bool) -> None:
        known = self.slot(key).value
        state = known if isinstance(known, Session) and not fresh else Session(0, 0, 0, turn.system)
        standing = self.force.get(str(turn.system), NOTHING)
        policy = self.force.get(POLICY, NOTHING)
        digest = hash((state.digest, offset, turn.ts, *standing, *policy))
        state = Session(state.turns + 1, digest, max(state.last, turn.ts), turn.system)
        self.touched[key] = Slot(state, offset)
        if digest % 3 == 0:
            self.emit(key, ("session", self.partition, offset, 0, key), (state.turns, digest, standing, policy))
        self._observe(offset, 0, turn.system, digest)

    def _observe(self, offset: int, ordinal: int, system: int, digest: int) -> None:
        observation = Observation(self.partition, offset, ordinal, system, digest)
        self.outputs.append(Output(("obs", system % self.partitions), str(system), observation))

    def _expired(self, offset: int) -> dict[str, Session]:
        """Sessions that this record's time forgets. One that includes the record was here when it was decided."""
        found = {}
        for key in {**self.store, **self.touched}:
            slot = self.slot(key)
            if isinstance(slot.value, Session) and slot.value.last + IDLE < self.time and slot.included < offset:
                found[key] = slot.value
        return found


class SystemStage(Stage):
    """Observations to events and standings."""

    def take(self, record: Record) -> None:
        """Fold one observation, unless it was folded under another offset."""
        seen = record.value
        assert isinstance(seen, Observation)
        # Asked first: a re-read must fill `seen` up again, also where the state includes the record.
        new = self.seen.admits(("in", seen.source), (seen.offset, seen.ordinal))
        key = f"x{seen.system}"
        if not new or self.includes(key, record.offset):
            return
        known = self.slot(key).value
        state = known if isinstance(known, System) else System(0, 0, 0)
        policy = self.force.get(POLICY, NOTHING)
        digest = hash((state.digest, seen, policy))
        raised = (state.turns + 1) % STANDING_EVERY == 0
        state = System(state.turns + 1, digest, state.version + raised)
        self.touched[key] = Slot(state, record.offset)
        if digest % 3 == 0:
            self.emit(key, ("system", self.partition, record.offset, 0, key), (state.turns, digest, policy))
        if raised:
            standing = Standing(seen.system, (state.version, digest))
            self.outputs.append(Output(("standings", 0), str(seen.system), standing))


STAGES: dict[str, type[Stage]] = {"session": SessionStage, "system": SystemStage}
SOURCES = {"session": "in", "system": "obs"}
