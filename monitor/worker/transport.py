"""Faust's aiokafka driver, changed where DESIGN.md section 6 asks for it: URL scheme ``oversight://host:port``.

- One fetch of one partition reaches the agent as one :class:`~monitor.worker.batch.Batch`.
- After a rebalance it first asks ``app.delivery_hooks`` where to start, then seeks, and only then fetches.
- It commits what ``consumer.note_progress`` was told and nothing else; a failed commit is logged, never fatal.

Two event loops are at work. The driver's own thread talks to the broker (heartbeats go on there, whatever we do); the
consumer, the hooks and the agents live in the main loop. A :class:`~monitor.worker.batch.Cursor` per partition ties
them: what was fetched under a cursor that has been retired is dropped.

Faust's tables are not for this transport: recovery happens in the hook, before any record is read.
"""
# ruff: noqa: ANN401 - faust carries no types

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from aiokafka.errors import ConsumerStoppedError, IllegalStateError, KafkaError
from faust.transport.drivers import TRANSPORTS, aiokafka
from faust.types import TP

from monitor.core.errors import InternalError, OperatorError
from monitor.worker.batch import (
    BATCH_RECORDS,
    Batch,
    BatchMessage,
    Cursor,
    DeliveryHooks,
    Fetched,
    Partition,
    Record,
)
from monitor.worker.consumer_thread import ConsumerThread

__all__ = ["SCHEME", "Consumer", "DeliveryHooks", "Transport", "transport_settings"]

SCHEME = "oversight"
IDLE_SECONDS = 0.05  # how long a fetch waits for records
FULL_SECONDS = 0.005  # the same while a stream's queue is full: its agent may take a batch at any moment
GROUP_CHECK_SECONDS = 0.5

log = logging.getLogger(__name__)
T = TypeVar("T")


class Consumer(aiokafka.Consumer):  # type: ignore[misc]
    """The app's consumer, ``app.consumer``. Call it from the main loop only.

    Attributes:
        epoch: how many times partitions were revoked or assigned; a batch of another epoch is worthless.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.epoch = 0
        self._owned: frozenset[TP] = frozenset()
        self._cursors: dict[TP, Cursor] = {}
        self._progress: dict[TP, int] = {}
        self._takeover: asyncio.Task[None] | None = None
        self._flowing = asyncio.Event()
        self._commits = asyncio.Lock()
        self._patience = self.app.conf.broker_session_timeout / 2

    async def on_start(self) -> None:
        """Refuse an app with Faust tables: nothing would recover them."""
        if self.app.tables:
            raise InternalError("Faust tables do not work with the oversight transport; recover in on_assigned.")
        self.add_future(self._watch_group())
        await super().on_start()

    async def seek_back(self, topic: str, partition: int, offset: int) -> None:
        """Read the partition again from ``offset``; batches already queued from it are dropped.

        Does nothing when the partition is not ours, or not yet.
        """
        tp = TP(topic, partition)
        if tp not in self._cursors:
            return
        self._cursors[tp].live = False
        fresh = self._cursors[tp] = Cursor(self.epoch, offset, live=False)
        try:
            await self._in_thread(self._thread.place({tp: offset}))
        except IllegalStateError:  # just revoked
            return
        fresh.live = self._cursors.get(tp) is fresh  # unless another seek or a rebalance came first

    def position_of(self, topic: str, partition: int) -> int | None:
        """The offset behind the last batch handed to the agent's queue; None when the partition is not read now."""
        cursor = self._cursors.get(TP(topic, partition))
        return cursor.position if cursor is not None and cursor.live else None

    def note_progress(self, topic: str, partition: int, next_offset: int) -> None:
        """Tell what our state has applied: all below ``next_offset``. It is committed at the next turn of the loop.

        Ignored when the partition is not ours.
        """
        tp = TP(topic, partition)
        if tp in self._cursors:
            self._progress[tp] = next_offset

    async def on_partitions_revoked(self, revoked: Iterable[TP]) -> None:
        """Faust's call, in the main loop, which the rebalance waits for."""
        await self._retire()
        await super().on_partitions_revoked(revoked)
        await self._let_go(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TP], generation_id: int = 0) -> None:
        """Faust's call, in the main loop. Heartbeats wait for it, so the recovery is a task of its own."""
        await self._retire()
        self._flowing.clear()
        await super().on_partitions_assigned(assigned, generation_id)
        self._owned = frozenset(assigned)
        self._takeover = asyncio.create_task(self._take_over(self.epoch, self._owned))

    async def on_stop(self) -> None:
        """Let go of everything, commit, and only then leave the group."""
        await self._retire()
        await self._let_go(self._owned)
        await super().on_stop()

    def resume_flow(self) -> None:
        """Faust's call once its queues are open; it empties them just before, so no batch may come earlier."""
        super().resume_flow()
        self._flowing.set()

    async def perform_seek(self) -> None:
        """Faust would seek to its commits here, after it resumed; our seek comes before."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Faust's watchdog only logs, and looks at acknowledgements that we do not use (DESIGN.md 6.9)."""

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002
        """Commit the noted progress of the partitions that are still ours; whether anything was committed."""
        async with self._commits:
            due = {tp: offset for tp, offset in self._progress.items() if self._committed_offset.get(tp) != offset}
            if not due or not await self._commit(due):
                return False
            self._committed_offset.update(due)
            return True

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await self._in_thread(self._thread.commit_offsets(offsets))
        except (KafkaError, TimeoutError) as error:
            log.warning("offsets not committed; our own progress holds: %r", error)
            return False
        return True

    async def _watch_group(self) -> None:
        while not self.should_stop:
            await self.sleep(GROUP_CHECK_SECONDS)
            try:
                await self._in_thread(self._thread.check_group())
            except (OperatorError, KafkaError) as error:
                await self.crash(error)

    async def _retire(self) -> None:
        """Begin a new epoch: nothing fetched so far counts any more."""
        self.epoch += 1
        for cursor in self._cursors.values():
            cursor.live = False
        self._cursors.clear()
        takeover, self._takeover = self._takeover, None
        if takeover is not None and not takeover.done():
            takeover.cancel()
            await asyncio.wait([takeover], timeout=self._patience)

    async def _let_go(self, revoked: Iterable[TP]) -> None:
        partitions = frozenset((tp.topic, tp.partition) for tp in revoked)
        if partitions:
            try:
                async with asyncio.timeout(self._patience):
                    await self._hooks.on_revoked(self.epoch, partitions)
            except TimeoutError:
                log.warning("on_revoked took longer than half a session timeout and was cancelled")
            except Exception as error:  # noqa: BLE001 - the driver would log it and go on
                await self.crash(error)
            await self.commit()
        self._owned = frozenset()
        self._progress.clear()

    async def _take_over(self, epoch: int, assigned: frozenset[TP]) -> None:
        try:
            partitions = frozenset((tp.topic, tp.partition) for tp in assigned)
            starts = await self._hooks.on_assigned(epoch, partitions) if partitions else {}
            await self._flowing.wait()
            places = await self._in_thread(
                self._thread.place({tp: starts.get((tp.topic, tp.partition)) for tp in assigned})
            )
        except IllegalStateError:
            log.info("partitions were revoked while they were taken over", extra={"epoch": epoch})
        except Exception as error:  # noqa: BLE001 - whatever it is, reading from a wrong place would be worse
            await self.crash(error)
        else:
            self._begin(epoch, places, starts)

    def _begin(self, epoch: int, places: Mapping[TP, int], starts: Mapping[Partition, int | None]) -> None:
        if epoch != self.epoch:
            return
        for tp, position in places.items():
            self._cursors[tp] = Cursor(epoch, position)
            if starts.get((tp.topic, tp.partition)) is not None:
                self._progress[tp] = position  # the commit may be behind what our state has applied

    async def _drain_messages(self, fetcher: Any) -> None:
        """Faust's fetcher service runs this for as long as the app is up."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                for tp, cursor, records, position in await self._fetch():
                    if cursor.live:
                        await self._deliver(tp, cursor, records, position)
                await asyncio.sleep(0)
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.app.should_stop:
                raise

    async def _fetch(self) -> list[Fetched]:
        room = self._room()
        wait = FULL_SECONDS if any(free <= 0 for free in room.values()) else IDLE_SECONDS
        limit = self.app.conf.broker_max_poll_records or BATCH_RECORDS
        return await self._in_thread(self._thread.fetch(dict(self._cursors), room, limit, wait))

    def _room(self) -> "Counter[str]":
        """How many more batches the streams of each topic can queue: a slow agent slows its own fetches only."""
        room: Counter[str] = Counter()
        for channel in self.app.topics:
            free = channel.queue.maxsize - channel.queue.qsize()
            for name in channel.topics:
                room[name] = min(free, room.get(name, free))
        return room

    async def _deliver(self, tp: TP, cursor: Cursor, records: tuple[Record, ...], position: int) -> None:
        batch = Batch(tp.topic, tp.partition, cursor.epoch, cursor.position, position, records)
        cursor.position = position
        self._cursors[tp] = self._cursors.pop(tp)  # to the end: the others come first when room is short
        await self.callback(BatchMessage(batch, tp, lambda: self.app.consumer_generation_id if cursor.live else None))
        await asyncio.sleep(0)

    @property
    def _hooks(self) -> DeliveryHooks:
        hooks: DeliveryHooks | None = getattr(self.app, "delivery_hooks", None)
        if hooks is None:
            raise InternalError("app.delivery_hooks is not set: give the app its DeliveryHooks before it starts.")
        return hooks

    async def _in_thread(self, work: Coroutine[Any, Any, T]) -> T:
        # not the driver's method queue: its two workers would let a slow commit or fetch hold up a seek
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._thread.thread_loop))

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)


class Producer(aiokafka.Producer):  # type: ignore[misc]
    """Faust's producer, idempotent: a retry leaves neither a gap nor a duplicate (DESIGN.md 6.2)."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


class Transport(aiokafka.Transport):  # type: ignore[misc]
    """Registered with Faust under ``oversight://`` by :func:`transport_settings`."""

    Consumer = Consumer
    Producer = Producer


def transport_settings(bootstrap_servers: str, **more: Any) -> dict[str, Any]:
    """Arguments for ``faust.App`` that this transport needs, and those that suit it; ``more`` is added on top.

    ``bootstrap_servers`` is ``host:port``, several separated by commas; without one it raises :class:`OperatorError`.
    """
    hosts = [host.strip() for host in bootstrap_servers.split(",") if host.strip()]
    if not hosts:
        raise OperatorError("no bootstrap servers: give at least one host:port of your Kafka cluster.")
    TRANSPORTS.aliases[SCHEME] = f"{__name__}:{Transport.__name__}"
    return {
        "broker": ";".join(f"{SCHEME}://{host}" for host in hosts),
        "processing_guarantee": "at_least_once",
        "consumer_auto_offset_reset": "earliest",
        "stream_buffer_maxsize": 4,  # batches, not records
        "stream_wait_empty": False,  # a revoke waits for on_revoked instead
        "stream_recovery_delay": 0.0,
        "topic_allow_declare": False,  # topics are applied by an operator
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        "store": "memory://",
        "web_enabled": False,  # Faust's server has no authentication
        "broker_max_poll_records": BATCH_RECORDS,
        "broker_max_poll_interval": 300.0,
        "broker_session_timeout": 30.0,
        "broker_heartbeat_interval": 3.0,
        "broker_commit_interval": 1.0,
        **more,
    }
