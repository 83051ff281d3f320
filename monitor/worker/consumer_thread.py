"""The client behind the transport: where each partition starts, what is fetched of it, what the group has committed.

It reaches into the client's private parts, as Faust's own driver does; both are pinned to versions that were read.
"""
# ruff: noqa: ANN401, SLF001 - faust and aiokafka carry no types, and no public way to their fetcher

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)
from aiokafka.structs import OffsetAndMetadata
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP

from monitor.core.errors import OperatorError
from monitor.worker.assignor import InformedAssignor
from monitor.worker.batch import Cursor, Fetched, Record
from monitor.worker.hearing import listen

FETCH_MAX_WAIT_MS = 100  # Faust says 1500: an idle partition would hold up the busy ones for that long
_REFUSALS = (GroupAuthorizationFailedError, TopicAuthorizationFailedError)

log = logging.getLogger(__name__)


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
