"""The two stages as the runner sees them: building from what was recovered, adopting changes, folding."""

import logging
from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from monitor.annotate.scorers import scorer_of
from monitor.config import Settings
from monitor.core.errors import SnapshotError
from monitor.core.events import Standing
from monitor.core.policy.model import Policy
from monitor.delivery.recovery import Merge
from monitor.ingest import IngestOptions, Record
from monitor.stages import session, system
from monitor.stages.decision import Decisions, Write
from monitor.stages.session import Prepared, SessionStage
from monitor.stages.system import SystemStage
from monitor.worker.inbox import PolicyBook, StandingInbox
from monitor.worker.store import CONTROL, CONTROL_KEY, Store

STANDING_PREFIX = CONTROL + "standing/"
POLICY_KEY = CONTROL + "policy"

S = TypeVar("S", SessionStage, SystemStage)
log = logging.getLogger(__name__)


class BuiltStage(Generic[S]):
    """What both stages do alike once they are built from what was recovered."""

    def __init__(self) -> None:
        self._stage: S | None = None

    @property
    def stage(self) -> S:
        """The stage; there is one once the partition is recovered."""
        assert self._stage is not None, "build() first"
        return self._stage

    def writes(self) -> list[Write]:
        """States touched since the last write."""
        return self.stage.writes()

    def control(self, progress: int) -> Write:
        """The control record."""
        return Write(CONTROL_KEY, self.stage.control_record(progress), progress)

    def settled(self) -> None:
        """All is safe."""
        self.stage.settled()


class SessionWork(BuiltStage[SessionStage]):
    """The session stage of one partition: folds turns, adopts standings and policies (DESIGN.md 6.5)."""

    name = "session"
    write_every = 0.0

    def __init__(self, partition: int, settings: Settings, policies: PolicyBook, inbox: StandingInbox) -> None:
        self._partition = partition
        self._policies = policies
        self._inbox = inbox
        self._options = IngestOptions(max_bytes=settings.max_record_bytes, default_system=settings.default_system)
        self._scorer = scorer_of(settings.scorer, settings.scorer_model)
        super().__init__()
        self._prepared: tuple[int, Prepared] | None = None
        self._adopting: tuple[Policy | None, list[Standing]] = (None, [])

    async def build(self, merge: Merge[bytes], store: Store) -> int | None:
        """Make the stage from the recovered states and control records."""
        control = session.load_control(store.get(CONTROL_KEY))
        progress = control.progress if control else None
        in_force = _policy_in_force(merge, control.policy if control else "")
        self._stage = SessionStage(
            self._partition,
            store,
            policy=await self._policies.named(in_force),
            options=self._options,
            scorer=self._scorer,
            control=control,
            standings=_standings(merge),
            guards=merge.included(above=progress if progress is not None else -1),
        )
        self._prepared = None
        return progress

    def in_force(self, progress: int) -> list[Write]:
        """The policy and every standing in force."""
        writes = [Write(POLICY_KEY, self.stage.policy.fingerprint.encode(), progress)]
        return writes + [_standing_write(each, progress) for _, each in sorted(self.stage.standings.items())]

    async def adopt(self, records: Sequence[Record], *, first: int) -> list[Write]:
        """Control writes for what changed since the last batch: the policy, and the standings of these systems."""
        stage, prepared = self.stage, self._prepare(records)
        policy = _newer_policy(self._policies, stage.policy)
        newer = [
            standing
            for name in sorted(prepared.systems)
            if (standing := self._inbox.newer(name, stage.standings.get(name))) is not None
        ]
        self._adopting = (policy, newer)
        writes = [_standing_write(each, first - 1) for each in newer]
        if policy is not None:
            writes.append(Write(POLICY_KEY, policy.fingerprint.encode(), first - 1))
        return writes

    def adopted(self) -> None:
        """Put in force what is acknowledged."""
        policy, standings = self._adopting
        if policy is not None:
            log.info("session-%d: policy %s in force", self._partition, policy.fingerprint)
            self.stage.policy = policy
        self.stage.standings.update({standing.system_id: standing for standing in standings})
        self._adopting = (None, [])

    def decide(self, records: Sequence[Record]) -> Decisions:
        """Fold the turns."""
        prepared = self._prepare(records)
        self._prepared = None
        return self.stage.decide(prepared)

    def _prepare(self, records: Sequence[Record]) -> Prepared:
        """Decode and annotate once, for adopting and for deciding."""
        first = records[0].at.offset
        if self._prepared is None or self._prepared[0] != first:
            self._prepared = (first, self.stage.prepare(records))
        return self._prepared[1]


class SystemWork(BuiltStage[SystemStage]):
    """The system stage of one partition of the log."""

    name = "system"

    def __init__(self, partition: int, settings: Settings, policies: PolicyBook) -> None:
        self.write_every = settings.write_interval
        self._partition = partition
        self._max_systems = settings.max_systems
        self._policies = policies
        super().__init__()
        self._adopting: Policy | None = None

    async def build(self, merge: Merge[bytes], store: Store) -> int | None:
        """Make the stage from the recovered states and control record."""
        control = system.load_control(store.get(CONTROL_KEY))
        progress = control.progress if control else None
        in_force = _policy_in_force(merge, control.policy if control else "")
        self._stage = SystemStage(
            self._partition,
            store,
            policy=await self._policies.named(in_force),
            control=control,
            guards=merge.included(above=progress if progress is not None else -1),
            max_systems=self._max_systems,
        )
        return progress

    def in_force(self, progress: int) -> list[Write]:
        """The policy in force."""
        return [Write(POLICY_KEY, self.stage.policy.fingerprint.encode(), progress)]

    async def adopt(self, records: Sequence[Record], *, first: int) -> list[Write]:  # noqa: ARG002 - the stage contract
        """A control write when the policy changed."""
        self._adopting = _newer_policy(self._policies, self.stage.policy)
        if self._adopting is None:
            return []
        return [Write(POLICY_KEY, self._adopting.fingerprint.encode(), first - 1)]

    def adopted(self) -> None:
        """Put in force what is acknowledged."""
        if self._adopting is not None:
            log.info("system-%d: policy %s in force", self._partition, self._adopting.fingerprint)
            self.stage.policy, self._adopting = self._adopting, None

    def decide(self, records: Sequence[Record]) -> Decisions:
        """Fold log records."""
        return self.stage.decide(records)


def _newer_policy(policies: PolicyBook, in_force: Policy) -> Policy | None:
    """The worker's policy where it means something else than what is in force here. A new name is no change."""
    return policies.current if policies.current.fingerprint != in_force.fingerprint else None


def _standing_write(standing: Standing, included: int) -> Write:
    return Write(STANDING_PREFIX + standing.system_id, msgspec.json.encode(standing), included)


def _policy_in_force(merge: Merge[bytes], of_control: str) -> str | None:
    """The fingerprint asserted last: its own record is written before the control record can say it."""
    adopted = merge.asserted(POLICY_KEY, control=CONTROL_KEY).get(POLICY_KEY)
    return adopted.decode() if adopted else of_control or None


def _standings(merge: Merge[bytes]) -> dict[str, Standing]:
    """The standings in force, from the control records."""
    found = {}
    for key, value in merge.asserted(STANDING_PREFIX, control=CONTROL_KEY).items():
        try:
            standing = msgspec.json.decode(value, type=Standing)
        except msgspec.MsgspecError as error:
            raise SnapshotError(f"{key}: {error}") from error
        found[standing.system_id] = standing
    return found
