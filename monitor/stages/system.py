"""The system stage over one partition of observations: the source guard and the reducer (DESIGN.md 6.4).

A tick is folded into exactly the systems with something due: of each, the wall time of its next due tick is kept. That
index is no state: it is what the states say, so a re-read after a crash finds the same systems due.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import msgspec

from monitor.core.errors import InvalidRecord, RejectCode, SnapshotError
from monitor.core.events import Output, SystemReading
from monitor.core.interaction import Position
from monitor.core.log import Command, LogRecord, Observation, Review, Tick
from monitor.core.policy.model import Policy
from monitor.core.step import Step
from monitor.core.system import reducer
from monitor.core.system.reducer import SystemState
from monitor.core.system.silence import is_behind, next_due
from monitor.core.system.snapshot import dump_system, load_system
from monitor.delivery.seen import Seen
from monitor.ingest import Record
from monitor.stages.decision import Decisions, States, Write
from monitor.stages.log_entry import read_entry
from monitor.stages.unforeseen import FATAL, unforeseen

Fold = Callable[[SystemState | None], Step[SystemState]]

MAX_SOURCES = 3_000
"""Source partitions whose place is remembered: with the longest names the control record stays storable."""
MAX_SYSTEMS = 1_000
"""Systems of one partition, unless the operator says otherwise: each one's state stays in memory, and in the topic."""


class SystemControl(msgspec.Struct):
    """The partition's control record. ``seen``: per ``topic/partition``, the highest (offset, ordinal) folded."""

    progress: int = -1
    seen: dict[str, tuple[int, int]] = {}
    wall: float = 0.0
    lag: int = 0
    policy: str = ""


class SystemStage:
    """Folds one partition of the log."""

    def __init__(
        self,
        partition: int,
        states: States,
        *,
        policy: Policy,
        control: SystemControl | None = None,
        guards: Mapping[str, int] | None = None,
        max_systems: int = MAX_SYSTEMS,
    ) -> None:
        self.partition = partition
        self.policy = policy
        self.control = control or SystemControl()
        self.noticed: tuple[SystemReading, ...] = ()
        self._seen = Seen({_source(key): place for key, place in self.control.seen.items()})
        self._states = states
        self._guards = dict(guards or {})
        self._live: dict[str, SystemState] = {}
        self._most = max_systems
        self._keys: set[str] | None = None
        self._touched: dict[str, int] = {}
        self._since: dict[str, list[Fold]] = {}  # settled(): what brings a state back to before a failed fold
        self._due: dict[str, float] | None = None
        self._last = Tick(wall=self.control.wall, lag=self.control.lag, partition=partition)
        self._refused: set[str] = set()  # systems that a changed policy could not be brought to by a tick

    def decide(self, records: Sequence[Record]) -> Decisions:
        """Fold a batch of the log, in offset order."""
        decisions = Decisions()
        for record in records:
            try:
                entry = _entry(record)
                if isinstance(entry, Tick):
                    self._tick(entry, record, decisions)
                elif self._admits(entry):
                    decisions.outputs.extend(self.fold(entry, record.at))
                    decisions.folded += 1
                else:
                    decisions.skipped += 1
            except InvalidRecord as error:
                decisions.rejected.append((record, error))
        return decisions

    def fold(self, entry: Observation | Review | Command, at: Position) -> tuple[Output, ...]:
        """Fold one record that is known to be new.

        Raises:
            InvalidRecord: a review that cannot be carried out, or INTERNAL_ERROR; the state is as it was before.
        """
        self.noticed = ()
        return self._fold(f"{self.partition}/{entry.system_id}", entry, at, last=self._last_tick())

    def _tick(self, tick: Tick, record: Record, decisions: Decisions) -> None:
        """Move wall time on, and fold the tick into the systems that have something due; they fail one by one.

        A system that nothing is heard of meets a changed policy here: a grant that was narrowed must not wait for its
        next turn.
        """
        self.noticed = ()
        decisions.folded += 1
        last = self._last_tick()
        self.control.wall, self.control.lag = max(self.control.wall, tick.wall), tick.lag
        now, due = msgspec.structs.replace(tick, wall=self.control.wall), self._next_due()
        waiting = [] if is_behind(tick, self.policy) else [key for key, wall in due.items() if wall <= now.wall]
        for key in sorted({*waiting, *self._judged_otherwise()}):
            try:
                decisions.outputs.extend(self._fold(key, now, record.at, last=last))
            except InvalidRecord as error:
                decisions.rejected.append((record, error))
                due.pop(key, None)  # not again with every tick; the next record of the system brings it back
                self._refused.add(key)

    def _judged_otherwise(self) -> list[str]:
        """Systems that were last folded under another policy."""
        current = self.policy.fingerprint
        return [key for key, state in self._live.items() if state.judged_under != current and key not in self._refused]

    def _last_tick(self) -> Tick:
        last, control = self._last, self.control
        if last.wall != control.wall or last.lag != control.lag:
            last = self._last = Tick(wall=control.wall, lag=control.lag, partition=self.partition)
        return last

    def _fold(self, key: str, entry: LogRecord, at: Position, *, last: Tick) -> tuple[Output, ...]:
        state = self._load(key)
        if self._folded(key, state, at.offset):
            return ()
        if state is None:
            self._take_in(key)
        fold = partial(reducer.observe, record=entry, at=at, policy=self.policy, tick=last)
        try:
            step = fold(state)
        except (*FATAL, InvalidRecord):  # the reducer refuses before it changes anything
            raise
        except Exception as error:
            self._restore(key)
            raise unforeseen(error) from error
        self._since.setdefault(key, []).append(fold)
        self._systems().add(key)
        self._live[key] = step.state
        self._touched[key] = at.offset
        self._refused.discard(key)
        self._note_due(key, step.state)
        self.noticed = step.state.noticed
        return step.outputs

    def _take_in(self, key: str) -> None:
        """Refuse a new system beyond the cap that the policy does not name.

        Which those are the states alone say: they are written in the order in which their systems came, and none is
        ever let go, so a re-read after a crash finds as many before each record.
        """
        if len(self._systems()) >= self._most and key.removeprefix(f"{self.partition}/") not in self.policy.systems:
            raise InvalidRecord(RejectCode.TOO_MANY_SYSTEMS, f"system_id: a new one beyond {self._most} in a partition")

    def _systems(self) -> set[str]:
        """Keys of all systems that were taken in, stored or not."""
        if self._keys is None:
            self._keys = {*(key for key, _ in self._states.scan()), *self._live}
        return self._keys

    def _next_due(self) -> dict[str, float]:
        """Per system with an escalation that waits for an answer: the wall time of its next due tick."""
        if self._due is None:
            self._due = {}
            self.states()
            for key, state in self._live.items():
                self._note_due(key, state)
        return self._due

    def _note_due(self, key: str, state: SystemState) -> None:
        if self._due is None:
            return
        due = next_due(state)
        if due is None:
            self._due.pop(key, None)
        else:
            self._due[key] = due

    def writes(self) -> list[Write]:
        """The states touched since :meth:`settled`, as snapshots."""
        return [Write(key, dump_system(self._live[key]), included) for key, included in self._touched.items()]

    def control_record(self, progress: int) -> bytes:
        """The control record that says ``progress``."""
        self.control.progress = progress
        self.control.policy = self.policy.fingerprint
        self.control.seen = {f"{topic}/{partition}": place for (topic, partition), place in self._seen.places.items()}
        return msgspec.msgpack.encode(self.control)

    def settled(self) -> None:
        """The touched states are stored."""
        self._touched.clear()
        self._since.clear()

    def states(self) -> Iterable[SystemState]:
        """Every system of the partition, for leases."""
        for key, _ in self._states.scan():
            self._load(key)
        return list(self._live.values())

    def _admits(self, entry: Observation | Review | Command) -> bool:
        """Whether the record's source was not folded before. Ticks have no source: their own place is enough.

        Raises:
            InvalidRecord: OUT_OF_RANGE; it names one source partition too many.
        """
        if entry.source is None:
            return True
        place, known = (entry.source.topic, entry.source.partition), self._seen.places
        if len(known) >= MAX_SOURCES and place not in known:
            raise InvalidRecord(RejectCode.OUT_OF_RANGE, f"source: more than {MAX_SOURCES} source partitions")
        ordinal = entry.ordinal if isinstance(entry, Observation) else 0
        return self._seen.admits(place, (entry.source.offset, ordinal))

    def _folded(self, key: str, state: SystemState | None, offset: int) -> bool:
        if self._guards and self._guards.get(key, -1) >= offset:
            return True
        return state is not None and state.included >= offset

    def _restore(self, key: str) -> None:
        """What the store has of the key, with what was folded since: a fold that failed may have left it half done."""
        self._live.pop(key, None)
        state = self._load(key)
        for fold in self._since.get(key, ()):
            self._live[key] = state = fold(state).state

    def _load(self, key: str) -> SystemState | None:
        state = self._live.get(key)
        if state is None:
            stored = self._states.get(key)
            if stored is None:
                return None
            state = self._live[key] = load_system(stored)
        return state


def _entry(record: Record) -> LogRecord:
    try:
        return read_entry(record)
    except (*FATAL, InvalidRecord):
        raise
    except Exception as error:
        raise unforeseen(error) from error


def _source(key: str) -> tuple[str, int]:
    topic, _, partition = key.rpartition("/")
    return topic, int(partition)


def load_control(data: bytes | None) -> SystemControl | None:
    """The control record from the changelog. Raises SnapshotError when it does not decode."""
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=SystemControl)
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"system control record: {error}") from error
