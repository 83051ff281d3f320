"""Carries out, for one partition of one stage, what the delivery protocol says. It decides nothing about order.

``PartitionRunner.drive`` feeds an event to the protocol and performs the actions it answers; each step reports back as
the next event. The stage-specific part (folding, adopting) is a :class:`StageWork`.
"""

import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence

from monitor.config import Settings
from monitor.core.errors import OperatorError
from monitor.delivery.order import Phase
from monitor.delivery.partition import PartitionProtocol
from monitor.delivery.recovery import Entry, Merge, next_tenure
from monitor.delivery.steps import (
    Action,
    Assigned,
    Do,
    Done,
    Event,
    Exit,
    Failed,
    Fetched,
    Halt,
    Recovered,
    Revoked,
    Seek,
    Skip,
    Step,
    Wake,
    Warn,
)
from monitor.ingest import Record
from monitor.stages.decision import Decisions, Write
from monitor.worker.changelog import changelog_record, recover
from monitor.worker.contract import Place, StageWork
from monitor.worker.leave import OPERATOR, leave
from monitor.worker.sender import Outgoing, Sender
from monitor.worker.store import CONTROL, CONTROL_KEY, Store, open_store

STRANDED_SECONDS = 30.0
"""How long batches that were fetched may be on their way to the agent before they are fetched again."""

log = logging.getLogger(__name__)


class PartitionRunner:
    """One assigned partition. Not reentrant: batches come one after the other.

    ``signs``: a count that grows with every sign that a recovery gets further, for the watchdog.
    """

    def __init__(
        self,
        work: StageWork,
        place: Place,
        *,
        source: tuple[str, int],
        changelog: str,
        settings: Settings,
        sender: Sender,
        outgoing: Callable[[Decisions], list[Outgoing]],
    ) -> None:
        self.work = work
        self.protocol = PartitionProtocol(write_every=work.write_every)
        self.start = -1
        self.signs = 0
        self._place = place
        self._source = source
        self._changelog = changelog
        self._settings = settings
        self._sender = sender
        self._outgoing = outgoing
        self._store: Store | None = None
        self._merge: Merge[bytes] = Merge()
        self._records: Sequence[Record] = ()
        self._decisions = Decisions()
        self._entries: list[Entry[bytes]] = []
        self._placing = False
        self._tenure = -1
        self._passed = -1
        self._ahead: tuple[int, int, float] | None = None
        self._steps: dict[Step, Callable[[Do], Awaitable[Event | None]]] = {
            Step.RECOVER: self._recover,
            Step.REWRITE: self._rewrite,
            Step.ADOPT: self._adopt,
            Step.DECIDE: self._decide,
            Step.SEND: self._send,
            Step.CHANGELOG: self._write_states,
            Step.STORE: self._store_states,
            Step.CONTROL: self._write_control,
            Step.COMMIT: self._commit,
            Step.REFRESH: self._refresh,
        }

    @property
    def reached(self) -> int:
        """The offset behind everything taken: the next one to apply, or further where nothing lies in between.

        Transaction markers take offsets and are no records; without this they would count as lag, for ever.
        """
        return max(self.protocol.next_offset, self._passed)

    async def assigned(self, epoch: int) -> int:
        """Recover and answer the offset to start from (-1: halted)."""
        start, end = await self._place.bounds()
        self._sign()
        self._passed, self._ahead = -1, None
        self.start, self._placing = -1, True
        try:
            await self.drive(Assigned(epoch, start, end))
        finally:
            self._placing = False
        return self.start

    async def take(self, epoch: int, start: int, records: Sequence[Record], behind: int) -> None:
        """Run one batch through the protocol. ``behind``: the position after it; nothing lies between that and it."""
        follows = start <= self.reached
        if records:
            self._records = records
            first, last = records[0].at.offset, records[-1].at.offset
            begin = min(start, self.protocol.next_offset) if follows else start
            await self.drive(Fetched(epoch, begin, first, last, time.monotonic()))
            follows = follows and self.protocol.next_offset > last
        if follows and epoch == self.protocol.epoch:
            self._passed = max(self._passed, behind)

    async def wake(self, *, flush: bool = False) -> None:
        """Write what is due, and fetch again what was fetched and never came."""
        now = time.monotonic()
        await self.drive(Wake(now, flush=flush))
        await self._fetch_stranded(now)

    async def _fetch_stranded(self, now: float) -> None:
        """Faust empties its queues when it resumes after a rebalance; at the end of a log nothing else would notice."""
        reached, position = self.reached, self._place.position()
        if self.protocol.phase is not Phase.READY or position is None or position <= reached:
            self._ahead = None
        elif self._ahead is None or self._ahead[:2] != (reached, position):
            self._ahead = (reached, position, now)
        elif now - self._ahead[2] >= STRANDED_SECONDS:
            self._ahead = None
            log.warning("%s-%d: fetched up to %d, taken up to %d: fetching again", *self._source, position, reached)
            await self._place.seek(reached)

    async def revoked(self, epoch: int) -> None:
        """Let the partition go."""
        await self.drive(Revoked(epoch))
        self.close()

    def close(self) -> None:
        """Release the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    async def drive(self, event: Event) -> None:
        """Feed one event and perform what the protocol answers, until it has nothing more to say."""
        actions: deque[Action] = deque(self.protocol.on(event))
        while actions:
            answer = await self._perform(actions.popleft())
            if answer is not None:
                actions.extend(self.protocol.on(answer))

    async def _perform(self, action: Action) -> Event | None:
        match action:
            case Do():
                return await self._do(action)
            case Seek(offset, reason):
                await self._seek(offset, reason)
            case Skip(reason):
                log.debug("%s-%d: batch not taken: %s", *self._source, reason)
            case Warn(reason):
                log.warning("%s-%d: %s", *self._source, reason)
            case Halt(reason):
                leave(f"{self._source[0]}-{self._source[1]}: {reason}", OPERATOR)
            case Exit(reason):
                leave(f"{self._source[0]}-{self._source[1]}: {reason}")
        return None

    async def _do(self, do: Do) -> Event | None:
        try:
            return await self._steps[do.step](do)
        except OperatorError as error:
            leave(str(error), OPERATOR)
        except Exception as error:
            log.exception("%s-%d: %s failed", *self._source, do.step.name)
            return Failed(do.step, do.epoch, f"{type(error).__name__}: {error}")
        return None

    async def _seek(self, offset: int, reason: str) -> None:
        log.debug("%s-%d: start at %d: %s", *self._source, offset, reason)
        if self._placing:
            self.start = offset  # the transport seeks there before it fetches
        else:
            await self._place.seek(offset)

    async def _recover(self, do: Do) -> Event:
        self.close()
        settings = self._settings
        self._store = open_store(
            settings.store,
            settings.datadir,
            app_id=settings.group,
            stage=self.work.name,
            partition=self._source[1],
        )
        self._merge = await recover(settings, self._changelog, self._source[1], self._store, self._sign)
        self._tenure = next_tenure(self._place.generation(), self._merge.tenure(CONTROL_KEY))
        progress = await self.work.build(self._merge, self._store)
        if progress is not None:
            self._store.purge(progress)
        initial = await self._place.initial() if progress is None else progress + 1
        return Recovered(do.epoch, progress, initial, len(self._merge.regressed()))

    async def _rewrite(self, do: Do) -> Event:
        """Regressed keys as they were, and all that is in force under our own tenure."""
        await self._send_entries(self._merge.regressed())
        self._merge = Merge()  # it holds every state of the partition once more
        await self._write(self.work.in_force(do.last))
        return self._done(do)

    async def _refresh(self, do: Do) -> Event:
        """Every key again. Tombstones then go: an older owner's late write came long before (DESIGN.md 6.6)."""
        assert self._store is not None, "recovered first"
        await self._send_entries(entry for entry in self._store.entries() if entry.key[0] != CONTROL)
        await self._write(self.work.in_force(do.last))
        self._store.purge(do.last)
        self._store.current_at = time.time()
        return self._done(do)

    async def _adopt(self, do: Do) -> Event:
        await self._write(await self.work.adopt(self._batch(do), first=do.first))
        self.work.adopted()
        return self._done(do)

    async def _decide(self, do: Do) -> Event:
        self._decisions = self.work.decide(self._batch(do))
        return self._done(do)

    async def _send(self, do: Do) -> Event:
        await self._sender.send(self._outgoing(self._decisions))
        self._decisions = Decisions()
        return self._done(do)

    async def _write_states(self, do: Do) -> Event:
        self._entries = self._under_tenure(self.work.writes())
        await self._send_entries(self._entries)
        return self._done(do)

    async def _store_states(self, do: Do) -> Event:
        self._apply(self._entries)
        return self._done(do)

    async def _write_control(self, do: Do) -> Event:
        await self._write([self.work.control(do.last)])
        self.work.settled()
        return self._done(do)

    async def _commit(self, do: Do) -> Event | None:
        self._place.commit(do.last + 1)
        return None

    async def _write(self, writes: Sequence[Write]) -> None:
        """Send and store at once: for control records, which nothing may come between."""
        entries = self._under_tenure(writes)
        await self._send_entries(entries)
        self._apply(entries)

    async def _send_entries(self, entries: Iterable[Entry[bytes]]) -> None:
        await self._sender.send(self._record(entry) for entry in entries)

    def _record(self, entry: Entry[bytes]) -> Outgoing:
        self._sign()  # the sender takes the next one when there is room
        return changelog_record(self._changelog, self._source[1], entry)

    def _sign(self) -> None:
        self.signs += 1

    def _apply(self, entries: Iterable[Entry[bytes]]) -> None:
        assert self._store is not None, "recovered first"
        self._store.apply(entries)

    def _under_tenure(self, writes: Iterable[Write]) -> list[Entry[bytes]]:
        return [Entry(write.key, write.value, write.included, self._tenure) for write in writes]

    def _batch(self, do: Do) -> Sequence[Record]:
        return [record for record in self._records if do.first <= record.at.offset <= do.last]

    def _done(self, do: Do) -> Done:
        self._sign()
        return Done(do.step, do.epoch, time.monotonic())
