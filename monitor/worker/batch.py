"""One fetch of one partition: how it is taken from the client, and the one value an agent gets of it (DESIGN.md 6.1).

Faust sees a batch as one message. Nothing is decoded on the way: a record that Faust itself fails to decode would stop
the agent and be lost. `consumer_thread.py` fetches it.
"""
# ruff: noqa: ANN401 - faust carries no types

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from faust import App, Schema
from faust.types import TP
from faust.types.tuples import ConsumerMessage

__all__ = [
    "BATCH_RECORDS",
    "Batch",
    "BatchMessage",
    "BatchSchema",
    "Cursor",
    "DeliveryHooks",
    "Fetched",
    "Headers",
    "Partition",
    "Record",
    "batch_topic",
]

BATCH_RECORDS = 500

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
