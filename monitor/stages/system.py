"""The system stage over one partition of observations: the source guard and the reducer (DESIGN.md 6.4)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import msgspec

from monitor.core import system as reducer
from monitor.core.errors import InvalidRecord, RejectCode, SnapshotError
from monitor.core.events import Output, SystemReading
from monitor.core.interaction import Position
from monitor.core.log import LogRecord, Observation, Tick
from monitor.core.policy import Policy
from monitor.core.step import Step
from monitor.core.system import SystemState
from monitor.core.system_snapshot import dump_system, load_system
from monitor.delivery.seen import Seen
from monitor.ingest import Record
from monitor.stages.decision import Decisions, States, Write
from monitor.stages.log_entry import read_entry
from monitor.stages.unforeseen import FATAL, unforeseen

Fold = Callable[[SystemState | None], Step[SystemState]]

MAX_SOURCES = 3_000
"""Source partitions whose place is remembered: with the longest names the control record stays storable."""


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
    ) -> None:
        self.partition = partition
        self.policy = policy
        self.control = control or SystemControl()
        self.noticed: tuple[SystemReading, ...] = ()
        self._seen = Seen({_source(key): place for key, place in self.control.seen.items()})
        self._states = states
        self._guards = dict(guards or {})
        self._live: dict[str, SystemState] = {}
        self._touched: dict[str, int] = {}
        self._since: dict[str, list[Fold]] = {}  # settled(): what brings a state back to before a failed fold

    def decide(self, records: Sequence[Record]) -> Decisions:
        """Fold a batch of the log, in offset order."""
        decisions = Decisions()
        for record in records:
            try:
                entry = _entry(record)
                if self._admits(entry):
                    decisions.outputs.extend(self.fold(entry, record.at))
                    decisions.folded += 1
                else:
                    decisions.skipped += 1
            except InvalidRecord as error:
                decisions.rejected.append((record, error))
        return decisions

    def fold(self, entry: LogRecord, at: Position) -> tuple[Output, ...]:
        """Fold one record that is known to be new.

        Raises:
            InvalidRecord: INTERNAL_ERROR; the state is as it was before.
        """
        self.noticed = ()
        if isinstance(entry, Tick):
            self.control.wall, self.control.lag = max(self.control.wall, entry.wall), entry.lag
            return ()
        key = f"{self.partition}/{entry.system_id}"
        if self._folded(key, at.offset):
            return ()
        tick = Tick(wall=self.control.wall, lag=self.control.lag, partition=self.partition)
        fold = partial(reducer.observe, record=entry, at=at, policy=self.policy, tick=tick)
        try:
            step = fold(self._load(key))
        except FATAL:
            raise
        except Exception as error:
            self._restore(key)
            raise unforeseen(error) from error
        self._since.setdefault(key, []).append(fold)
        self._live[key] = step.state
        self._touched[key] = at.offset
        self.noticed = step.state.noticed
        return step.outputs

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

    def _admits(self, entry: LogRecord) -> bool:
        """Whether the record's source was not folded before. Ticks have no source: their own place is enough.

        Raises:
            InvalidRecord: OUT_OF_RANGE; it names one source partition too many.
        """
        if isinstance(entry, Tick) or entry.source is None:
            return True
        source = entry.source
        if (source.topic, source.partition) not in self._seen.places and len(self._seen.places) >= MAX_SOURCES:
            raise InvalidRecord(RejectCode.OUT_OF_RANGE, f"source: more than {MAX_SOURCES} source partitions")
        ordinal = entry.ordinal if isinstance(entry, Observation) else 0
        return self._seen.admits((source.topic, source.partition), (source.offset, ordinal))

    def _folded(self, key: str, offset: int) -> bool:
        if self._guards.get(key, -1) >= offset:
            return True
        state = self._load(key)
        return state is not None and state.included >= offset

    def _restore(self, key: str) -> None:
        """What the store has of the key, with what was folded since: a fold that failed may have left it half done."""
        self._live.pop(key, None)
        state = self._load(key)
        for fold in self._since.get(key, ()):
            self._live[key] = state = fold(state).state

    def _load(self, key: str) -> SystemState | None:
        if key not in self._live:
            stored = self._states.get(key)
            if stored is None:
                return None
            self._live[key] = load_system(stored)
        return self._live[key]


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
