"""What the runner asks of others: the work that differs between stages, and the place of its partition in the log."""

from collections.abc import Sequence
from typing import Protocol

from monitor.delivery.recovery import Merge
from monitor.ingest import Record
from monitor.stages.decision import Decisions, Write
from monitor.worker.store import Store


class StageWork(Protocol):
    """What differs between the stages."""

    name: str
    write_every: float

    async def build(self, merge: Merge[bytes], store: Store) -> int | None:
        """Make the stage from what was recovered; answers the progress in its control record, or None."""
        ...

    def in_force(self, progress: int) -> list[Write]:
        """Everything asserted (policy, standings) as control writes, in force behind ``progress``."""
        ...

    async def adopt(self, records: Sequence[Record], *, first: int) -> list[Write]:
        """Changes of policy and standings to put in force from ``first`` on, as control writes."""
        ...

    def adopted(self) -> None:
        """The control writes are acknowledged: they are in force."""
        ...

    def decide(self, records: Sequence[Record]) -> Decisions:
        """Fold the records."""
        ...

    def writes(self) -> list[Write]:
        """States touched since the last write."""
        ...

    def control(self, progress: int) -> Write:
        """The control record."""
        ...

    def settled(self) -> None:
        """States and control record are safe."""
        ...


class Place(Protocol):
    """What the runner needs of the transport for its partition."""

    def generation(self) -> int:
        """The group's generation of this assignment."""
        ...

    async def bounds(self) -> tuple[int, int]:
        """Log start and log end now."""
        ...

    async def initial(self) -> int:
        """Where a new application begins (OVERSIGHT_START)."""
        ...

    async def seek(self, offset: int) -> None:
        """Fetch from there next."""
        ...

    def position(self) -> int | None:
        """Up to where batches were handed over, or None while nothing is fetched."""
        ...

    def commit(self, next_offset: int) -> None:
        """Tell the group, a hint."""
        ...
