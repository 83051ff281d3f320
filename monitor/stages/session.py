"""The session stage over one partition of interactions: guards, partition time, forgetting, and the reducer.

Partition time is the highest bounded event time of the partition (DESIGN.md 6.7). Sessions are forgotten by it, at the
record that moves it past their end, so that an undisturbed run, a re-read and a replay forget at the same place.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

import msgspec

from monitor.annotate.scorer import Scorer
from monitor.core.annotation import Annotation
from monitor.core.clock import bounded
from monitor.core.errors import SnapshotError
from monitor.core.events import Output, Standing
from monitor.core.ids import digest64
from monitor.core.policy.model import Policy
from monitor.core.session import reducer
from monitor.core.session import snapshot as session_snapshot
from monitor.core.session.reducer import SessionState
from monitor.core.signals.base import Score
from monitor.core.step import Keep, Step
from monitor.ingest import IngestOptions, Record
from monitor.stages.decision import Decisions, States, Write
from monitor.stages.folds import Fold, kept, missed, seen, unheard_of
from monitor.stages.prepared import Prepared, prepare
from monitor.stages.unforeseen import FATAL, unforeseen

__all__ = ["MAX_DEAD_KEYS", "Prepared", "SessionControl", "SessionStage", "load_control"]

MAX_DEAD_KEYS = 256
"""Keys of dead-lettered records remembered per partition: their sessions are incomplete (DESIGN.md 6.8)."""
MAX_DEAD_KEY = 512
"""Longest key remembered, in characters: no session's id is longer, and the control record must stay storable."""
MAX_LIVE = 20_000
"""Decoded states kept between batches; the rest are read from the store again."""


class SessionControl(msgspec.Struct):
    """The partition's control record. ``policy`` is the fingerprint in force from the next record on."""

    progress: int = -1
    partition_time: float | None = None
    policy: str = ""
    dead_keys: dict[str, int] = {}


class SessionStage:
    """Folds one partition of interactions. ``guards``: offsets that dead keys include (see delivery.recovery).

    ``noticed``: the scores of the last turn folded, with their evidence, for reports.
    """

    def __init__(  # noqa: PLR0913 - what a partition needs, each by name
        self,
        partition: int,
        states: States,
        *,
        policy: Policy,
        options: IngestOptions,
        scorer: Scorer | None = None,
        control: SessionControl | None = None,
        standings: Mapping[str, Standing] | None = None,
        guards: Mapping[str, int] | None = None,
    ) -> None:
        self.partition = partition
        self.control = control or SessionControl()
        self.standings = dict(standings or {})
        self.noticed: Mapping[str, Score] = {}
        self._states = states
        self._options = options
        self._scorer = scorer
        self._guards = dict(guards or {})
        self._live: dict[str, SessionState] = {}
        self._touched: dict[str, int] = {}
        self._since: dict[str, list[Fold | None]] = {}  # settled(): what brings a state back to before a failed fold
        self.policy = policy

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self._policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        """Put a policy in force. Sessions may end earlier or later under it, as they would after a restart."""
        self._policy = policy
        self._ends: list[tuple[float, str]] = []
        self._waiting: set[str] = set()
        for key, value in self._states.scan():
            if key not in self._live and key not in self._touched:
                self._schedule(key, session_snapshot.load_session(value))
        for key, state in self._live.items():
            self._schedule(key, state)

    def prepare(self, records: Sequence[Record]) -> Prepared:
        """Decode and annotate a batch. What does not decode is rejected; the rest goes on."""
        return prepare(records, self._options, self._scorer)

    def decide(self, prepared: Prepared) -> Decisions:
        """Fold a prepared batch, in offset order."""
        decisions = Decisions(rejected=list(prepared.rejected))
        dead = {record.at.offset: record for record, _ in prepared.rejected}
        turns = {record.at.offset: (record, turn) for record, turn in prepared.turns}
        for offset in sorted(dead.keys() | turns.keys()):
            if offset in dead:
                self._remember_dead(dead[offset])
            else:
                self._fold(*turns[offset], decisions)
        return decisions

    def writes(self) -> list[Write]:
        """The states touched since :meth:`settled`, as snapshots."""
        return [Write(key, self._snapshot(key), included) for key, included in self._touched.items()]

    def control_record(self, progress: int) -> bytes:
        """The control record that says ``progress``."""
        self.control.progress = progress
        self.control.policy = self.policy.fingerprint
        return msgspec.msgpack.encode(self.control)

    def settled(self) -> None:
        """The touched states are stored; decoded copies beyond the cap are dropped."""
        self._touched.clear()
        self._since.clear()
        while len(self._live) > MAX_LIVE:
            del self._live[next(iter(self._live))]

    def _fold(self, record: Record, turn: Annotation, decisions: Decisions) -> None:
        now, flags = bounded(turn.ts, partition_time=self.control.partition_time, record_time=record.timestamp)
        self.control.partition_time = max(now, self.control.partition_time or now)
        finals = list(self._forget_ended(record))
        key = f"{self.partition}/{turn.system_id}/{turn.session_id}"
        if turn.session_id in self.control.dead_keys:
            flags = (*flags, "incomplete")
        if self._folded(key, record.at.offset):
            decisions.skipped += 1
        else:
            try:
                decisions.outputs.extend(self._observe(key, record, turn, now=now, flags=flags))
                decisions.folded += 1
            except FATAL:
                raise
            except Exception as error:  # noqa: BLE001 - see unforeseen.py
                self._pass_over(key, record, turn)
                decisions.rejected.append((record, unforeseen(error)))
        decisions.outputs.extend(finals)

    def _observe(
        self, key: str, record: Record, turn: Annotation, *, now: float, flags: tuple[str, ...]
    ) -> tuple[Output, ...]:
        standing = self.standings.get(turn.system_id) or unheard_of(turn.system_id)
        fold = partial(
            seen,
            turn=turn,
            seen_at=self.control.partition_time or now,
            at=record.at,
            now=now,
            policy=self.policy,
            standing=standing,
            flags=flags,
        )
        step = self._apply(key, record.at.offset, fold)
        self.noticed = step.state.noticed
        return step.outputs

    def _pass_over(self, key: str, record: Record, turn: Annotation) -> None:
        """The session as it was before a turn on which our code failed, but incomplete: the turn is missing now."""
        state = self._restored(key)
        self._live.pop(key, None)
        if state is not None:
            self._live[key] = state
        fold = partial(missed, turn=turn, offset=record.at.offset, seen_at=self.control.partition_time or 0.0)
        self._apply(key, record.at.offset, fold)

    def _apply(self, key: str, offset: int, fold: Fold) -> Step[SessionState]:
        """Fold the key's state, and keep what came of it."""
        step = fold(self._load(key))
        self._since.setdefault(key, []).append(fold)
        self._touched[key] = offset
        self._live.pop(key, None)
        if step.keep is Keep.RETAIN:
            self._live[key] = step.state
            self._schedule(key, step.state)
        return step

    def _restored(self, key: str) -> SessionState | None:
        """What the store has of the key, with what was folded since: a fold that failed may have left it half done."""
        stored = self._states.get(key)
        state = None if stored is None else session_snapshot.load_session(stored)
        for fold in self._since.get(key, ()):
            state = None if fold is None else kept(fold(state))
        return state

    def _forget_ended(self, record: Record) -> Iterable[Output]:
        """Forget the sessions whose time is over at this record; their open escalations travel on (DESIGN.md 6.8)."""
        ended = self._ended(record.at.offset)
        for ordinal, key in sorted((_ordinal(key), key) for key in ended) if ended else ():
            step = reducer.forget(self._live[key], at=record.at, ordinal=ordinal, policy=self.policy)
            self._since[key] = [None]
            self._touched[key] = record.at.offset
            del self._live[key]
            yield from step.outputs

    def _ended(self, offset: int) -> Collection[str]:
        """Keys of the sessions that partition time has moved past, and that do not include the record already."""
        time = self.control.partition_time
        found: set[str] = set()
        while time is not None and self._ends and self._ends[0][0] < time:
            _, key = heapq.heappop(self._ends)
            self._waiting.discard(key)
            state = self._load(key)
            if state is not None and self._end(state) >= time:
                self._schedule(key, state)
            elif state is not None and not self._folded(key, offset):
                found.add(key)
        return found

    def _folded(self, key: str, offset: int) -> bool:
        """Whether the key's state, or its tombstone, includes the record already."""
        if self._guards.get(key, -1) >= offset:
            return True
        state = self._load(key)
        return state is not None and state.included >= offset

    def _load(self, key: str) -> SessionState | None:
        live = self._live.get(key)
        if live is not None or key in self._touched:
            return live
        stored = self._states.get(key)
        if stored is None:
            return None
        self._live[key] = state = session_snapshot.load_session(stored)
        return state

    def _snapshot(self, key: str) -> bytes | None:
        state = self._live.get(key)
        return None if state is None else session_snapshot.dump_session(state)

    def _end(self, state: SessionState) -> float:
        return reducer.expires_at(state, self.policy)

    def _schedule(self, key: str, state: SessionState) -> None:
        """Look at the session again when its time would be over if nothing more were heard of it."""
        if key not in self._waiting:
            self._waiting.add(key)
            heapq.heappush(self._ends, (self._end(state), key))

    def _remember_dead(self, record: Record) -> None:
        if record.key is None or len(record.key) > 4 * MAX_DEAD_KEY:
            return
        keys, key = self.control.dead_keys, record.key.decode("utf-8", "replace")
        keys.pop(key, None)  # a key that dies again is the youngest
        keys[key] = record.at.offset
        while len(keys) > MAX_DEAD_KEYS:
            del keys[next(iter(keys))]


def _ordinal(key: str) -> int:
    """A final observation's place among those of the same record, from 1.

    It depends on the key alone: after a crash half-way through the states fewer sessions end at that record again, and
    each must have the id it had (the simulation of ``tests/delivery`` shows the conflict otherwise).
    """
    return 1 + digest64(key) % 2**31


def load_control(data: bytes | None) -> SessionControl | None:
    """The control record from the changelog. Raises SnapshotError when it does not decode."""
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=SessionControl)
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"session control record: {error}") from error
