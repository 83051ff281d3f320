"""Scoring from memory, part by part: what a turn costs before any broker is asked.

The parts are those of the worker's batch, in its order and on its classes; only sending is left out.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from monitor.annotate import annotate_batch
from monitor.codec import binary
from monitor.core.channels import OBSERVATIONS
from monitor.core.errors import InvalidRecord
from monitor.core.events import Output
from monitor.core.interaction import Interaction, Position
from monitor.core.session.snapshot import load_session
from monitor.core.system.snapshot import load_system
from monitor.ingest import IngestOptions, Record, decode
from monitor.policy_file import load_policy
from monitor.stages.decision import MemoryStates
from monitor.stages.session import Prepared, SessionStage
from monitor.stages.system import SystemStage

BATCH = 500
"""Records of one fetch, as the transport hands them over."""
PARTS = ("decode", "annotate", "session", "encode", "system", "snapshot", "system_snapshot")


class Stopwatch:
    """CPU seconds per part: what a turn costs a core, whoever else is on it."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.seconds[name] += time.process_time() - began


class Pipeline:
    """Both stages of one partition over dicts."""

    def __init__(self, options: IngestOptions | None = None) -> None:
        policy = load_policy(None)
        self.turns = 0
        self.outputs = 0
        self.watch = Stopwatch()
        self._options = options or IngestOptions()
        self._session_states, self._system_states = MemoryStates(), MemoryStates()
        self._session = SessionStage(0, self._session_states, policy=policy, options=self._options)
        self._system = SystemStage(0, self._system_states, policy=policy)
        self._log_end = 0

    def run(self, batch: Sequence[Record]) -> None:
        """One batch through every part."""
        prepared = self._prepare(batch)
        with self.watch.part("session"):
            decisions = self._session.decide(prepared)
        with self.watch.part("encode"):
            encoded = [binary(output) for output in decisions.outputs]
        log = self._log(decisions.outputs, [value for _, value in encoded])
        with self.watch.part("system"):
            further = self._system.decide(log)
        with self.watch.part("encode"):
            for output in further.outputs:
                binary(output)
        self._snapshot()
        self.turns += decisions.folded
        self.outputs += len(decisions.outputs) + len(further.outputs)

    def _prepare(self, batch: Sequence[Record]) -> Prepared:
        """What ``SessionStage.prepare`` does, with a watch on each half."""
        with self.watch.part("decode"):
            decoded, rejected = self._decode(batch)
        with self.watch.part("annotate"):
            annotations = annotate_batch([interaction for _, interaction in decoded])
        turns = tuple((record, annotation) for (record, _), annotation in zip(decoded, annotations, strict=True))
        return Prepared(turns, tuple(rejected), frozenset(annotation.system_id for annotation in annotations))

    def _decode(
        self, batch: Sequence[Record]
    ) -> tuple[list[tuple[Record, Interaction]], list[tuple[Record, InvalidRecord]]]:
        decoded, rejected = [], []
        for record in batch:
            try:
                decoded.append((record, decode(record, self._options)))
            except InvalidRecord as error:
                rejected.append((record, error))
        return decoded, rejected

    def _log(self, outputs: Sequence[Output], values: Sequence[bytes | None]) -> list[Record]:
        observed = [
            value for output, value in zip(outputs, values, strict=True) if output.channel.startswith(OBSERVATIONS)
        ]
        first, self._log_end = self._log_end, self._log_end + len(observed)
        return [
            Record(at=Position(OBSERVATIONS, 0, first + index), value=value) for index, value in enumerate(observed)
        ]

    def _snapshot(self) -> None:
        """Dump the touched states of both stages and load them once, as a recovery would."""
        with self.watch.part("snapshot"):
            sessions = self._session.writes()
            for write in sessions:
                if write.value is not None:
                    load_session(write.value)
        with self.watch.part("system_snapshot"):
            systems = self._system.writes()
            for write in systems:
                if write.value is not None:
                    load_system(write.value)
        for stage, states, writes in (
            (self._session, self._session_states, sessions),
            (self._system, self._system_states, systems),
        ):
            states.store(writes)
            stage.settled()


def measure(records: Sequence[Record]) -> dict[str, float]:
    """One run over fresh stages: row id -> value (turns/s, or us per turn)."""
    pipeline = Pipeline()
    for first in range(0, len(records), BATCH):
        pipeline.run(records[first : first + BATCH])
    assert pipeline.turns, "no turn was folded: is the data right?"
    seconds = pipeline.watch.seconds
    found = {f"memory.{name}": 1e6 * seconds[name] / pipeline.turns for name in PARTS}
    return {"memory.total": pipeline.turns / sum(seconds.values()), **found}
