"""The one way out of the process: an idempotent producer, awaited, behind the lease (DESIGN.md 6.2, 6.6).

Idempotent and acks=all, so that no gap can appear in a target partition. Whoever sends here awaits every
acknowledgement; a send that fails raises, and the caller ends the process.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer

from monitor.config import Settings
from monitor.delivery.lease import Lease
from monitor.worker.clients import aiokafka_options
from monitor.worker.leave import leave

REQUEST_TIMEOUT_MS = 40_000
"""Longer than a broker restart: idempotent batches do not expire, and a shorter wait would end healthy workers."""
IN_FLIGHT = 2_000
"""Records handed to the client before their acknowledgements are awaited: bounds memory, not throughput."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to send, names with prefix. ``partition`` None: by key (murmur2)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = field(default_factory=list)
    partition: int | None = None


class Sender:
    """Sends records and awaits them."""

    def __init__(self, settings: Settings, lease: Lease) -> None:
        self._settings = settings
        self._lease = lease
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect."""
        self._producer = AIOKafkaProducer(
            **aiokafka_options(self._settings),
            client_id=f"{self._settings.app_id}-sender",
            enable_idempotence=True,
            acks="all",
            linger_ms=2,
            max_batch_size=131_072,
            max_request_size=2 * self._settings.max_record_bytes + 131_072,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Let go of the connection; everything was awaited already."""
        if self._producer is not None:
            await self._producer.stop()

    async def send(self, records: Iterable[Outgoing]) -> int:
        """Send all and await all acknowledgements; answers how many. Raises the first failure."""
        pending: list[asyncio.Future[object]] = []
        count = 0
        for record in records:
            self.check_lease()
            pending.append(await self._hand_over(record))
            count += 1
            if len(pending) >= IN_FLIGHT:
                await asyncio.gather(*pending)
                pending.clear()
        await asyncio.gather(*pending)
        return count

    def check_lease(self) -> None:
        """End the process when it stood still for too long: it may have been replaced."""
        reason = self._lease.expired(time.monotonic())
        if reason:
            leave(reason)

    async def _hand_over(self, record: Outgoing) -> "asyncio.Future[object]":
        assert self._producer is not None, "start() first"
        future: asyncio.Future[object] = await self._producer.send(
            record.topic, record.value, key=record.key, headers=record.headers, partition=record.partition
        )
        return future
