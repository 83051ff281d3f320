"""One fetch of one partition: how it is taken from the client, and the one value an agent gets of it (DESIGN.md 6.1).

Faust sees a batch as one message. Nothing is decoded on the way: a record that Faust itself fails to decode would stop
the agent and be lost. The fetching side reaches into the client's private parts, as Faust's own driver does; both are
pinned to versions that were read.
"""
# ruff: noqa: ANN401, SLF001 - faust and aiokafka carry no types, and no public way to their fetcher

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)
from aiokafka.structs import OffsetAndMetadata
from faust import App, Schema
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from monitor.core.errors import OperatorError
from monitor.worker.assignor import InformedAssignor
from monitor.worker.hearing import listen

__all__ = [
    "BATCH_RECORDS",
    "Batch",
    "BatchMessage",
    "BatchSchema",
    "ConsumerThread",
    "Cursor",
    "DeliveryHooks",
    "Fetched",
    "Headers",
    "Partition",
    "Record",
    "batch_topic",
]

FETCH_MAX_WAIT_MS = 100  # Faust says 1500: an idle partition would hold up the busy ones for that long
BATCH_RECORDS = 500
_REFUSALS = (GroupAuthorizationFailedError, TopicAuthorizationFailedError)

log = logging.getLogger(__name__)

Partition = tuple[str, int]
"""Topic and partition number."""
Headers = tuple[tuple[str, bytes], ...]
"""Names and values in the order they were written; a null value reads as empty."""


class Record(NamedTuple):
    """One record as it lies in the log. ``timestamp`` is in milliseconds since 1970, -1 when the log has none."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The records of one fetch of one partition.

    Attributes:
        topic: where they come from.
        partition: the same.
        epoch: the rebalance under which it was fetched; worthless once ``consumer.epoch`` is another.
        start: the position the fetch was asked from: where the batch before ended, or where we sought to. The first
            record may lie above it (transaction markers, retention, compaction), and below it only when the log was
            cut or made anew.
        next_offset: the position behind the batch, from which the next one starts.
        records: at most ``broker_max_poll_records``, in the order of the log; none when only the position moved on.
    """

    topic: str
    partition: int
    epoch: int
    start: int
    next_offset: int
    records: tuple[Record, ...]


@dataclass(slots=True, eq=False)
class Cursor:
    """Where the transport reads one partition; every seek and every rebalance makes a new one.

    A fetch and a queued batch belong to the cursor they were made with, and are dropped once it is no longer ``live``.
    """

    epoch: int
    position: int
    live: bool = True


class DeliveryHooks(Protocol):
    """What the worker does when partitions come and go; set as ``app.delivery_hooks`` before the app starts.

    Both run in the main loop, and the group's heartbeats go on meanwhile.
    """

    async def on_assigned(self, epoch: int, partitions: frozenset[Partition]) -> Mapping[Partition, int | None]:
        """Recover the state of ``partitions``, all that we own now, and say where to start reading each.

        It may take long; nothing is read meanwhile. It is cancelled when another rebalance comes. None, or no entry,
        leaves a partition at the group's committed offset or, without one, at the earliest. An exception ends the
        worker.
        """

    async def on_revoked(self, epoch: int, partitions: frozenset[Partition]) -> None:
        """Let go of ``partitions``, also when the worker stops. ``epoch`` is already the new one.

        The rebalance waits for it, at most half a session timeout; then it is cancelled. An exception ends the worker.
        """


class BatchMessage(ConsumerMessage):  # type: ignore[misc]
    """Faust's envelope of one batch.

    A stream skips a message whose generation is not the app's. It checks that last, as the agent takes the message from
    its queue, so we answer by our own cursor: a batch queued before a seek or a rebalance never reaches the agent.
    """

    def __init__(self, batch: Batch, tp: Any, generation: Callable[[], int | None]) -> None:
        self._generation = generation
        last = batch.records[-1].offset if batch.records else batch.next_offset - 1
        super().__init__(batch.topic, batch.partition, last, 0.0, 0, (), None, batch, None, 0, 0, tp)

    @property
    def generation_id(self) -> int | None:
        """The app's generation while the batch counts, else None."""
        return self._generation()

    @generation_id.setter
    def generation_id(self, _: int | None) -> None:
        """Faust's constructor sets it; ours is computed."""


class BatchSchema(Schema):  # type: ignore[misc]
    """Hands the batch through as the event's value; the event has no key and no headers."""

    def compile(self, app: App, **_: Any) -> Callable[..., Awaitable[Any]]:
        """Return the decode function that Faust calls for every message of the topic."""

        async def decode(message: BatchMessage, *, propagate: bool = False) -> Any:  # noqa: ARG001 - Faust's signature
            return app.create_event(None, message.value, (), message)

        return decode


def batch_topic(app: App, *names: str) -> Any:
    """Topic (or several as one) whose agent gets :class:`Batch` values.

    Faust's acknowledgements are off: what is committed is what ``consumer.note_progress`` was told (DESIGN.md 6.9).
    """
    return app.topic(*names, schema=BatchSchema(), acks=False)


Fetched = tuple[TP, Cursor, tuple[Record, ...], int]
"""Partition, the cursor it was fetched under, the records, and the position behind them."""


class ConsumerThread(AIOKafkaConsumerThread):  # type: ignore[misc]
    """Faust's consumer thread. Every coroutine here must run in its loop, never in the main one."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        client = super()._create_worker_consumer(transport)
        client._partition_assignment_strategy = (InformedAssignor,)
        client._fetch_max_wait_ms = FETCH_MAX_WAIT_MS  # there is no setting; the client reads it at start
        return client

    async def place(self, starts: Mapping[TP, int | None]) -> dict[TP, int]:
        """Seek every partition and return the positions; None means the committed offset, else the earliest.

        A partition is sought even to where it stands: that throws away what the client fetched in advance.

        Raises:
            IllegalStateError: a partition is no longer ours.
        """
        client = self._ensure_consumer()
        places = {}
        for tp, start in starts.items():
            key = _key(tp)
            places[tp] = int(await client.position(key)) if start is None else start
            client.seek(key, places[tp])
        return places

    async def commit_offsets(self, offsets: Mapping[TP, int]) -> None:
        """Commit for those partitions that are still ours; retries until cancelled.

        Raises:
            KafkaError: the group refused.
        """
        client = self._ensure_consumer()
        owned = client.assignment()
        due = {_key(tp): OffsetAndMetadata(offset, "") for tp, offset in offsets.items() if tp in owned}
        if due:
            await client.commit(due)

    async def check_group(self) -> None:
        """Take note of what went wrong in the group. Until somebody does, the client neither heartbeats nor rejoins.

        Faust never does: after such an error its worker stands still for ever, and silently.

        Raises:
            OperatorError: the cluster does not let us in.
            KafkaError: the client has given up on the group.
        """
        coordinator = self._consumer and self._consumer._coordinator
        if not coordinator:
            return
        if (lease := getattr(self.app, "lease", None)) is not None:
            listen(coordinator, lease.renew)
        try:
            coordinator.check_errors()
        except _REFUSALS as error:
            raise OperatorError(f"Kafka refuses the group: {error}. Grant Read on the group and its topics.") from error
        except KafkaError as error:
            if coordinator._coordination_task.done():
                raise
            log.warning("the group failed, joining again: %r", error)
            # A leader that refused for want of metadata asks for it nowhere: it would refuse for up to five minutes.
            self._consumer._client.force_metadata_update()

    async def fetch(self, cursors: Mapping[TP, Cursor], room: "Counter[str]", limit: int, wait: float) -> list[Fetched]:
        """Take what has arrived: a batch of up to ``limit`` records per partition, up to ``room`` batches per topic.

        Waits up to ``wait`` seconds when there is nothing. The fetch context tells the client that we are alive, also
        while a recovery reads nothing; it leaves the group after ``broker_max_poll_interval`` without.

        Raises:
            ConsumerStoppedError: the client is closed.
            KafkaError: a partition cannot be read, and waiting will not help.
        """
        client = self._ensure_consumer()
        fetcher = client._fetcher
        with client._subscription.fetch_context():
            if client._closed:
                raise ConsumerStoppedError
            fetched = await _take_all(client, cursors, room, limit)
            if not fetched:
                waiter = fetcher._create_fetch_waiter()
                done, _ = await asyncio.wait([waiter], timeout=wait)
                if not done:
                    waiter.cancel()
                fetched = await _take_all(client, cursors, room, limit)
        return fetched


def _key(tp: TP) -> TopicPartition:
    return TopicPartition(tp.topic, tp.partition)


async def _take_all(client: Any, cursors: Mapping[TP, Cursor], room: "Counter[str]", limit: int) -> list[Fetched]:
    fetched = []
    for tp, cursor in cursors.items():
        if room[tp.topic] > 0 and (one := await _take(client, tp, cursor, limit)) is not None:
            fetched.append(one)
            room[tp.topic] -= 1
    return fetched


async def _take(client: Any, tp: TP, cursor: Cursor, limit: int) -> Fetched | None:
    """One batch of a partition, or None. Runs without a pause: what it takes moves the client's position.

    A cursor that has been retired takes nothing: the records would be missing under the new one.
    """
    subscriptions, fetcher, key = client._subscription, client._fetcher, _key(tp)
    if not cursor.live or subscriptions.reassignment_in_progress or not subscriptions.is_assigned(key):
        return None
    found: list[Any] = []
    if key in fetcher._records:
        found = (await fetcher.fetched_records([key], timeout=0, max_records=limit)).get(key, [])
    state = subscriptions.subscription.assignment.state_value(key)
    if found:
        return tp, cursor, tuple(_record(each) for each in found), state.position
    if state.has_valid_position and state.position > cursor.position:  # markers of a transaction, compacted records
        return tp, cursor, (), state.position
    return None


def _record(raw: Any) -> Record:
    headers = tuple((name, value or b"") for name, value in raw.headers) if raw.headers else ()
    return Record(raw.offset, raw.key, raw.value, headers, raw.timestamp)
