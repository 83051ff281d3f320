"""Both stages over recorded turns: what the worker runs, without a broker between them.

A turn's observations reach the system stage at once; what that says of its systems is in force from the next turn on.
A worker hears of it a little later, so a replay that must equal a worker's decisions is given its schedule, or both
run with standings pinned (DESIGN.md section 6, last part).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from msgspec import Struct

from monitor.annotate.scorer import Scorer
from monitor.core.channels import OBSERVATIONS
from monitor.core.errors import InvalidRecord
from monitor.core.events import Output, Standing, SystemReading
from monitor.core.interaction import Interaction, Position
from monitor.core.log import Observation
from monitor.core.policy.model import Policy
from monitor.core.signals.base import Score
from monitor.ingest import IngestOptions, Record
from monitor.replay.reader import chunks
from monitor.stages.decision import Decisions, MemoryStates
from monitor.stages.session import Prepared, SessionStage
from monitor.stages.system import SystemStage

Standings = Literal["live", "pinned"]
BATCH = 512
"""Records decoded and annotated together, and between two writes of states."""
ANY_NUMBER = 2**63
"""Of systems: a worker refuses new ones beyond a cap of each partition of its log, and a replay has one for all."""


class Adoption(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a schedule: a partition decided by this standing from that offset on (its control record says so)."""

    partition: int
    system_id: str
    from_offset: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of one record.

    ``interaction`` and ``observation`` are None for a rejected record, ``observation`` also for one that was folded
    before. ``outputs``: everything decided on it, by both stages, in order. ``noticed``: every signal's score with its
    evidence. ``system``: what the system stage noticed.
    """

    record: Record
    interaction: Interaction | None = None
    rejected: InvalidRecord | None = None
    observation: Observation | None = None
    outputs: tuple[Output, ...] = ()
    noticed: Mapping[str, Score] | None = None
    system: tuple[SystemReading, ...] = ()


class Engine:
    """The two stages in memory.

    Args:
        policy: in force throughout.
        options: the operator's options for input.
        standings: ``live`` feeds what the system stage says back to later turns, ``pinned`` does not.
        schedule: recorded adoptions, instead of either.
        scorer: reads the sources of answers more closely; None: the words alone do.
    """

    def __init__(
        self,
        policy: Policy,
        options: IngestOptions,
        *,
        standings: Standings = "live",
        schedule: Sequence[Adoption] | None = None,
        scorer: Scorer | None = None,
    ) -> None:
        self.policy = policy
        self._options = options
        self._scorer = scorer
        self._feeds_back = standings == "live" and schedule is None
        self._schedule = _by_partition(schedule or ())
        self._standings: dict[str, Standing] = {}
        self._sessions: dict[int, SessionStage] = {}
        self._states: dict[int, MemoryStates] = {}
        self._systems = MemoryStates()
        self._system = SystemStage(0, self._systems, policy=policy, max_systems=ANY_NUMBER)
        self._logged = 0

    def run(self, records: Iterable[Record]) -> Iterator[Turn]:
        """Decide every record, in order; the records of one partition must come in offset order."""
        for chunk in chunks(records, BATCH):
            yield from self.decide(chunk, self.prepare(chunk))

    def prepare(self, chunk: Sequence[Record]) -> Prepared:
        """Decode and annotate records. No policy bears on it: engines with the same options may share the answer."""
        return self._stage(chunk[0].at.partition).prepare(chunk)

    def decide(self, chunk: Sequence[Record], prepared: Prepared) -> Iterator[Turn]:
        """Decide prepared records, in order; the states are stored when the last one is taken."""
        yield from self._batch(chunk, prepared)
        self._settle()

    def _batch(self, chunk: Sequence[Record], prepared: Prepared) -> Iterator[Turn]:
        rejected = {record.at: error for record, error in prepared.rejected}
        turns = iter(zip(prepared.turns, prepared.interactions, strict=True))
        for record in chunk:
            stage = self._stage(record.at.partition)
            self._adopt(stage, record.at)
            error = rejected.get(record.at)
            if error is not None:
                stage.decide(Prepared((), ((record, error),), frozenset()))
                yield Turn(record, rejected=error)
            else:
                turn, interaction = next(turns)
                decided = stage.decide(Prepared((turn,), (), frozenset()))
                yield self._turn(record, interaction, stage, decided)

    def _turn(self, record: Record, interaction: Interaction, stage: SessionStage, decided: Decisions) -> Turn:
        own: Observation | None = None
        noticed: tuple[SystemReading, ...] = ()
        outputs = list(decided.outputs)
        for output in decided.outputs:
            if not isinstance(output.data, Observation):
                continue
            outputs += self._fold(output.data)
            if output.data.ordinal == 0:
                own, noticed = output.data, self._system.noticed
        return Turn(
            record,
            interaction,
            rejected=decided.rejected[0][1] if decided.rejected else None,
            observation=own,
            outputs=tuple(outputs),
            noticed=stage.noticed if own is not None and own.scores else None,
            system=noticed,
        )

    def _fold(self, observation: Observation) -> tuple[Output, ...]:
        """The system stage's answer to one observation, at its place in a log of one partition."""
        at = Position(OBSERVATIONS, 0, self._logged)
        self._logged += 1
        try:
            outputs = self._system.fold(observation, at)
        except InvalidRecord:  # the worker dead-letters it and goes on
            return ()
        if self._feeds_back:
            self._standings.update(
                (output.data.system_id, output.data) for output in outputs if isinstance(output.data, Standing)
            )
        return outputs

    def _adopt(self, stage: SessionStage, at: Position) -> None:
        """Put in force what is in force on this record."""
        if self._feeds_back:
            stage.standings = self._standings
            return
        due = self._schedule.get(at.partition)
        if due:
            split = bisect_right(due, at.offset, key=attrgetter("from_offset"))
            stage.standings.update((each.system_id, each.standing) for each in due[:split])
            del due[:split]

    def _stage(self, partition: int) -> SessionStage:
        stage = self._sessions.get(partition)
        if stage is None:
            states = self._states[partition] = MemoryStates()
            stage = SessionStage(partition, states, policy=self.policy, options=self._options, scorer=self._scorer)
            self._sessions[partition] = stage
        return stage

    def _settle(self) -> None:
        """Store the touched states, as the worker does after a batch: what is live in memory stays capped."""
        for partition, stage in self._sessions.items():
            _store(stage, self._states[partition])
        _store(self._system, self._systems)


def _store(stage: SessionStage | SystemStage, states: MemoryStates) -> None:
    states.store(stage.writes())
    stage.settled()


def side_by_side(one: Engine, other: Engine, records: Iterable[Record]) -> Iterator[tuple[Turn, Turn]]:
    """What two engines of the same options decide on the same records, turn beside turn; annotated once."""
    for chunk in chunks(records, BATCH):
        prepared = one.prepare(chunk)
        yield from zip(one.decide(chunk, prepared), other.decide(chunk, prepared), strict=True)


def _by_partition(schedule: Iterable[Adoption]) -> dict[int, list[Adoption]]:
    """Each partition's adoptions by offset; of two for one system at one offset the later line counts."""
    found: dict[int, list[Adoption]] = {}
    for each in schedule:
        found.setdefault(each.partition, []).append(each)
    return {partition: sorted(each, key=attrgetter("from_offset")) for partition, each in found.items()}
