"""The changelog of a stage: how a write becomes a record, and how a partition is recovered from it (DESIGN.md 6.6)."""

import logging
import time
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from monitor.config import Settings
from monitor.core.errors import InternalError, OperatorError
from monitor.delivery.recovery import Entry, Merge
from monitor.worker.clients import aiokafka_options
from monitor.worker.sender import Outgoing
from monitor.worker.store import Store

INCLUDED = "included"
"""Header: the source offset that the state, or the tombstone, includes."""
TENURE = "tenure"
"""Header: the tenure of the owner that wrote it (delivery/recovery.py)."""

MAX_AGE = 5 * 86_400.0
"""Seconds after which a store that was not kept current is thrown away. The changelog's topic keeps tombstones for 7
days: an older store may hold sessions that others forgot, with nothing left to say so."""

log = logging.getLogger(__name__)


def changelog_record(topic: str, partition: int, entry: Entry[bytes]) -> Outgoing:
    """An entry as a record of the changelog partition that belongs to its source partition."""
    headers = [(INCLUDED, str(entry.included).encode()), (TENURE, str(entry.tenure).encode())]
    return Outgoing(topic, entry.key.encode(), entry.value, headers, partition)


def changelog_entry(record: Any) -> Entry[bytes]:  # noqa: ANN401 - aiokafka's record, untyped
    """The entry of a changelog record.

    Raises:
        InternalError: the record is not ours.
    """
    headers = dict(record.headers)
    if INCLUDED not in headers or TENURE not in headers or record.key is None:
        raise InternalError(f"{record.topic}-{record.partition}@{record.offset} is not a changelog record of ours")
    return Entry(record.key.decode(), record.value, int(headers[INCLUDED]), int(headers[TENURE]))


async def recover(
    settings: Settings, topic: str, partition: int, store: Store, moved: Callable[[], None]
) -> Merge[bytes]:
    """Bring the store up to the changelog's end and answer what the merge found.

    Args:
        settings: where the brokers are.
        topic: the changelog.
        partition: which of its partitions.
        store: what is known already; brought up to date.
        moved: called whenever reading got further, for the watchdog.

    Raises:
        InternalError: the changelog holds foreign records.
        OperatorError: the changelog is shorter than what the store has read of it.
        KafkaError: the broker does not answer.
    """
    consumer = AIOKafkaConsumer(
        **aiokafka_options(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()  # inside: a rebalance may cancel it half-way
        tp = TopicPartition(topic, partition)
        consumer.assign([tp])
        merge: Merge[bytes] = Merge()
        forget_if_old(store, time.time())
        for entry in store.entries():
            merge.add(entry)
        end = (await consumer.end_offsets([tp]))[tp]
        if store.checkpoint > end:
            raise OperatorError(
                f"{topic}-{partition} ends at {end}, but the local store has read up to {store.checkpoint}: the topic "
                "was truncated or replaced; delete this worker's OVERSIGHT_DATADIR or use a new OVERSIGHT_APP_ID"
            )
        read = await _read(consumer, tp, range(store.checkpoint, end), merge, moved)
    finally:
        await consumer.stop()
    store.apply(merge.entries())
    store.checkpoint, store.current_at = end, time.time()
    log.log(
        logging.INFO if read else logging.DEBUG,  # an empty partition has nothing to tell
        "recovered %s-%d: %d records, %d keys, %d regressed",
        topic,
        partition,
        read,
        len(merge.entries()),
        len(merge.regressed()),
    )
    return merge


def forget_if_old(store: Store, now: float) -> None:
    """Throw away what is older than the changelog's tombstones; the whole changelog is read instead."""
    if store.checkpoint and now - store.current_at > MAX_AGE:
        log.warning("the local store was last current %.0f days ago: read anew", (now - store.current_at) / 86_400)
        store.clear()


async def _read(
    consumer: AIOKafkaConsumer, tp: TopicPartition, span: range, merge: Merge[bytes], moved: Callable[[], None]
) -> int:
    begin = (await consumer.beginning_offsets([tp]))[tp]
    consumer.seek(tp, max(span.start, begin))
    read, reached = 0, -1
    while (position := await consumer.position(tp)) < span.stop:
        if position > reached:
            reached = position
            moved()
        for records in (await consumer.getmany(tp, timeout_ms=1000, max_records=5000)).values():
            for record in records:
                merge.add(changelog_entry(record))
                read += 1
    return read
