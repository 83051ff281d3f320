"""One partition of one stage in one process: carries out what the protocol says, payloads and all."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.delivery.partition import PartitionProtocol, Phase
from monitor.delivery.recovery import Entry, Merge, next_tenure
from monitor.delivery.rules import Rule
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
)
from tests.delivery.application import SOURCES, STAGES, Force, Stage
from tests.delivery.broker import TP, Record
from tests.delivery.feed import Feed
from tests.delivery.producer import Items
from tests.delivery.work import CONTROL, FORCE, Work, restore

if TYPE_CHECKING:
    from tests.delivery.worker import Worker


class Task:
    """Runs one partition."""

    def __init__(self, worker: "Worker", source: TP) -> None:
        world = worker.world
        self.worker = worker
        self.world = world
        self.source = source
        self.name = next(stage for stage, topic in SOURCES.items() if topic == source[0])
        self.changelog: TP = (self.name, source[1])
        self.protocol = PartitionProtocol(
            write_every=world.write_every if self.name == "system" else 0.0,
            refresh_every=world.refresh_every,
            rules=world.rules,
        )
        self.stage = self._empty()
        self.tenure = 0
        self._merge: Merge[object] = Merge(world.rules)
        self._merged_at = 0.0
        self._feed = Feed(self)
        self._steps: dict[Step, Callable[[Do, Work], None]] = {
            Step.RECOVER: self._recover,
            Step.REWRITE: self._rewrite,
            Step.ADOPT: self._adopt,
            Step.DECIDE: self._decide,
            Step.SEND: self._send,
            Step.CHANGELOG: self._write_states,
            Step.STORE: self._store,
            Step.CONTROL: self._write_control,
            Step.COMMIT: self._commit,
            Step.REFRESH: self._refresh,
        }

    # What happens.

    def assigned(self) -> None:
        """The group gave us the partition."""
        log = self.world.broker.logs[self.source]
        self._feed.clear()
        self._on(Assigned(self.worker.epoch, log.start, log.end))
        self._feed.resume_too_early()

    def revoked(self) -> None:
        """The group takes it back."""
        if self.protocol.phase is not Phase.UNASSIGNED:
            self._feed.cancel()
            self._on(Revoked(self.worker.epoch))

    def wake(self, *, flush: bool) -> None:
        """Time passed."""
        if self.protocol.phase is Phase.READY:
            self._on(Wake(self.world.clock.now, flush=flush))

    def _on(self, event: Event, work: Work | None = None) -> None:
        if not self.worker.alive:
            return
        if self.world.trace:
            self.world.note(f"  {self.worker.number} {self.source} {event}")
        for action in self.protocol.on(event):
            self._carry_out(action, work or Work(self.stage, []))
        if self.protocol.phase is Phase.READY:
            self._feed.next()

    def take(self, epoch: int, start: int, records: list[Record]) -> None:
        """A batch came."""
        event = Fetched(epoch, start, records[0].offset, records[-1].offset, self.world.clock.now)
        self._on(event, Work(self.stage, records))

    def _carry_out(self, action: Action, work: Work) -> None:
        match action:
            case Do():
                if self.worker.may_send():
                    self._steps[action.step](action, work)
            case Seek(offset):
                if action.reason == "assignment":
                    self.world.began.setdefault(self.source, offset)
                self._feed.seek(offset)
            case Exit(reason) | Halt(reason):
                self.worker.end(f"{self.source}: {reason}")
            case Skip(reason):
                if self.world.trace:
                    self.world.note(f"  {self.worker.number} {self.source} skips: {reason}")

    def _done(self, do: Do, work: Work, failure: str | None = None) -> None:
        if do.step is Step.REFRESH and failure is None:
            work.stage.purge(do.last)
        if failure is not None:
            self._on(Failed(do.step, do.epoch, failure), work)
            return
        self._on(Done(do.step, do.epoch, self.world.clock.now), work)

    # Steps.

    def _recover(self, do: Do, work: Work) -> None:
        """Read the changelog as it is at one moment; that takes a while before and after."""
        self.world.clock.after(self.world.network.quick() * 10, self._read_changelog, do, work)

    def _read_changelog(self, do: Do, work: Work) -> None:
        if not self.world.broker.is_up(self.changelog):
            self.world.clock.after(1.0, self._read_changelog, do, work)
            return
        merge: Merge[object] = Merge(self.world.rules)
        for record in self.world.broker.logs[self.changelog].records:
            assert isinstance(record.value, Entry)
            merge.add(record.value)
        delay = self.world.network.quick() * 10
        self.world.clock.after(delay, self.worker.deliver, "ack", self._recovered, do, merge, self.world.clock.now)

    def _recovered(self, do: Do, merge: Merge[object], merged_at: float) -> None:
        if do.epoch != self.protocol.epoch and Rule.EPOCH in self.world.rules:
            return
        self._merge, self._merged_at = merge, merged_at
        self.tenure = next_tenure(self.worker.generation, merge.tenure(CONTROL))
        if Rule.TENURE not in self.world.rules:
            self.tenure = 0
        stage = self._empty()
        progress = restore(stage, merge)
        self.stage = stage
        initial = self.world.broker.logs[self.source].end if self.world.from_latest else 0
        self._on(Recovered(do.epoch, progress, initial, len(merge.regressed())), Work(stage, []))

    def _empty(self) -> Stage:
        return STAGES[self.name](self.source[1], self.world.broker.partitions, self.world.rules)

    def _rewrite(self, do: Do, work: Work) -> None:
        entries = list(self._merge.regressed()) if Rule.REWRITE_REGRESSED in self.world.rules else []
        self._write([*entries, *self._in_force(do.last)], do, work, rewritten=self._merged_at)

    def _refresh(self, do: Do, work: Work) -> None:
        entries = [Entry(key, slot.value, slot.included, self.tenure) for key, slot in work.stage.store.items()]
        self._write([*entries, *self._in_force(do.last)], do, work, rewritten=self.world.clock.now)

    def _in_force(self, included: int) -> list[Entry[object]]:
        if Rule.TENURE not in self.world.rules:
            return []
        return self._assertions(self.stage.force, included)

    def _assertions(self, force: dict[str, Force], included: int) -> list[Entry[object]]:
        return [Entry(FORCE + key, value, included, self.tenure) for key, value in force.items()]

    def _adopt(self, do: Do, work: Work) -> None:
        work.changes = self.worker.changes(self.name, self.source[1], work.stage.force)
        entries = self._assertions(work.changes, do.first - 1)
        self._write(entries, do, work, awaited=Rule.ADOPT_ACKED in self.world.rules)

    def _decide(self, do: Do, work: Work) -> None:
        stage = work.stage
        stage.force.update(work.changes)
        work.outputs = stage.decide([each for each in work.records if do.first <= each.offset <= do.last])
        work.control = stage.control()
        if self.world.rng.random() < 0.2:  # a fold that gives the loop away
            self.worker.later(self.world.network.quick(), self._done, do, work)
        else:
            self._done(do, work)

    def _send(self, do: Do, work: Work) -> None:
        groups: dict[TP, list[tuple[str, object]]] = {}
        for output in work.outputs:
            groups.setdefault(output.to, []).append((output.key, output.value))
        self._await([(tp, tuple(items)) for tp, items in groups.items()], do, work)

    def _write_states(self, do: Do, work: Work) -> None:
        work.written = dict(work.stage.touched)
        work.control = work.stage.control()
        entries = [Entry(key, slot.value, slot.included, self.tenure) for key, slot in work.written.items()]
        self._write(entries, do, work)

    def _store(self, do: Do, work: Work) -> None:
        self.stage.store.update(work.written)
        for key, slot in work.written.items():
            if work.stage.touched.get(key) is slot:
                del work.stage.touched[key]
        self._done(do, work)

    def _write_control(self, do: Do, work: Work) -> None:
        if do.first == do.last == -1 or not work.records:
            work.control = work.stage.control()
        self._write([Entry(CONTROL, work.control, do.last, self.tenure)], do, work)

    def _commit(self, do: Do, _: Work) -> None:
        if not self.world.network.loses():
            self.world.commits[self.source] = do.last + 1

    # Sending.

    def _write(
        self, entries: list[Entry[object]], do: Do, work: Work, *, awaited: bool = True, rewritten: float | None = None
    ) -> None:
        """Send changelog records in small requests: a crash between them leaves half a batch behind."""
        size = self.world.rng.randint(1, 3)
        requests: list[tuple[TP, Items]] = [
            (self.changelog, tuple((entry.key, entry) for entry in entries[index : index + size]))
            for index in range(0, len(entries), size)
        ]
        self._await(requests, do, work, awaited=awaited, rewritten=rewritten)

    def _await(
        self,
        requests: list[tuple[TP, Items]],
        do: Do,
        work: Work,
        *,
        awaited: bool = True,
        rewritten: float | None = None,
    ) -> None:
        """Send; the step is over when everything is acknowledged, and failed with the first that failed."""
        awaited = awaited and Rule.AWAIT_ACKS in self.world.rules

        def answered(failure: str | None) -> None:
            if failure is None and rewritten is not None:
                self.world.rewritten[self.changelog] = rewritten
            if awaited or not requests:
                self._done(do, work, failure)

        self.worker.producer.send_all(requests, answered)
        if requests and not awaited:
            self.worker.later(0.001, self._done, do, work)
