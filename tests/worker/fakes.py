"""A partition without Kafka: every call that the runner makes is written down in one list."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

import pytest

from monitor.config import Settings
from monitor.core.interaction import Position
from monitor.delivery.recovery import Entry, Merge
from monitor.ingest import Record
from monitor.stages.decision import Decisions, Write
from monitor.worker import runner as module
from monitor.worker.leave import INTERNAL
from monitor.worker.runner import PartitionRunner
from monitor.worker.sender import Outgoing, Sender
from monitor.worker.store import CONTROL, CONTROL_KEY, MemoryStore, Store

OUT = "out"
CHANGELOG = "changelog"


class Left(Exception):  # noqa: N818 - the process's end, not an error
    """In place of ``os._exit``."""


class Calls(list[str]):
    """What was called, in order."""


class FakeWork:
    """Folds nothing; says what it is asked."""

    name = "session"

    def __init__(self, calls: Calls, *, write_every: float = 0.0, progress: int | None = None) -> None:
        self.write_every = write_every
        self.progress = progress
        self.adopting: list[Write] = []
        self.folded: list[int] = []
        self._calls = calls
        self._touched: dict[str, int] = {}

    async def build(self, merge: Merge[bytes], store: Store) -> int | None:
        self._calls.append("build")
        return self.progress

    def in_force(self, progress: int) -> list[Write]:
        return [Write(CONTROL + "policy", b"p", progress)]

    async def adopt(self, records: Sequence[Record], *, first: int) -> list[Write]:
        return self.adopting

    def adopted(self) -> None:
        self._calls.append("ADOPT")

    def decide(self, records: Sequence[Record]) -> Decisions:
        self._calls.append("DECIDE")
        self.folded += [record.at.offset for record in records]
        self._touched["0/bot/s"] = records[-1].at.offset
        return Decisions(folded=len(records))

    def writes(self) -> list[Write]:
        return [Write(key, b"state", included) for key, included in self._touched.items()]

    def control(self, progress: int) -> Write:
        return Write(CONTROL_KEY, b"control", progress)

    def settled(self) -> None:
        self._touched.clear()
        self._calls.append("settled")


class FakePlace:
    """A log of a hundred records."""

    def __init__(self, calls: Calls) -> None:
        self.first, self.end = 0, 100
        self.committed: list[int] = []
        self.fetched: int | None = None
        self._calls = calls

    def generation(self) -> int:
        return 5

    async def bounds(self) -> tuple[int, int]:
        return self.first, self.end

    async def initial(self) -> int:
        return self.first

    async def seek(self, offset: int) -> None:
        self._calls.append(f"seek {offset}")

    def position(self) -> int | None:
        return self.fetched

    def commit(self, next_offset: int) -> None:
        self.committed.append(next_offset)
        self._calls.append("COMMIT")


class FakeSender(Sender):
    """Keeps what is sent; fails at, or waits in, the step it is told."""

    def __init__(self, calls: Calls) -> None:
        self.sent: list[Outgoing] = []
        self.fails_at = ""
        self.waits_at = ""
        self.waiting = asyncio.Event()
        self.go_on = asyncio.Event()
        self._calls = calls

    async def send(self, records: Iterable[Outgoing]) -> int:
        found = list(records)
        step = step_of(found)
        if step:
            self._calls.append(step)
        if step and step == self.waits_at:
            self.waiting.set()
            await self.go_on.wait()
        if step and step == self.fails_at:
            raise ConnectionError("no broker")
        self.sent += found
        return len(found)


class NotingStore(MemoryStore):
    """Says when states are set; control records are set with their own step."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._calls = calls

    def apply(self, entries: Iterable[Entry[bytes]]) -> None:
        found = list(entries)
        if any(entry.key[0] != CONTROL for entry in found):
            self._calls.append("STORE")
        super().apply(found)


def step_of(records: Sequence[Outgoing]) -> str:
    """Which step of the protocol sends these; nothing to send has no name."""
    if not records:
        return ""
    if records[0].topic == OUT:
        return "SEND"
    key = records[0].key or b""
    if key == CONTROL_KEY.encode():
        return "CONTROL"
    return "assert" if key.startswith(CONTROL.encode()) else "CHANGELOG"


class Bench:
    """A runner with everything around it faked."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *, write_every: float = 0.0, progress: int | None = None
    ) -> None:
        self.calls = Calls()
        self.work = FakeWork(self.calls, write_every=write_every, progress=progress)
        self.place, self.sender = FakePlace(self.calls), FakeSender(self.calls)
        self.store, self.merge = NotingStore(self.calls), Merge[bytes]()
        self.recovers: Callable[[], None] = lambda: None
        monkeypatch.setattr(module, "open_store", lambda *_, **__: self.store)
        monkeypatch.setattr(module, "recover", self._recover)
        monkeypatch.setattr(module, "leave", _leave)
        self.runner = PartitionRunner(
            self.work,
            self.place,
            source=("in", 0),
            changelog=CHANGELOG,
            settings=Settings(),
            sender=self.sender,
            outgoing=lambda decisions: [Outgoing(OUT, b"k", b"v")] * decisions.folded,
        )

    async def assigned(self, epoch: int = 1) -> int:
        start = await self.runner.assigned(epoch)
        self.calls.clear()
        self.sender.sent.clear()
        return start

    async def take(self, *offsets: int, epoch: int = 1, start: int | None = None, behind: int | None = None) -> None:
        records = [Record(at=Position("in", 0, offset), value=b"{}") for offset in offsets]
        begin = start if start is not None else offsets[0] if offsets else 0
        end = behind if behind is not None else offsets[-1] + 1 if offsets else begin
        await self.runner.take(epoch, begin, records, end)

    async def _recover(self, *_: object) -> Merge[bytes]:
        self.recovers()
        return self.merge


def _leave(reason: str, code: int = INTERNAL) -> None:
    raise Left(code, reason)
