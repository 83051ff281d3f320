"""One worker for the transport's tests, in a process of its own: Faust apps are process-wide.

It reads its orders as JSON from the first argument, writes one JSON line per happening to standard output, and obeys
lines of standard input: ``seek TOPIC PARTITION OFFSET``, ``let TOPIC PARTITION`` and ``stop`` (or the end of input).
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

import faust
import msgspec

from monitor.worker.batch import Batch, Partition, batch_topic
from monitor.worker.transport import transport_settings
from tests.brokers import let_followers_sync_first


class Orders(msgspec.Struct, frozen=True):
    """What the test wants.

    ``starts``: offset per partition that the hook returns (no entry: None). ``recovery``: seconds the hook takes.
    ``note``: whether progress is noted. ``hold``: seconds the agent keeps each batch. ``fail``: the hook raises.
    """

    bootstrap_servers: str
    group: str
    topic: str
    starts: dict[str, int] = {}
    recovery: float = 0.0
    note: bool = True
    hold: float = 0.0
    fail: bool = False
    batch_records: int = 50
    session_seconds: float = 6.0


def tell(what: str, **details: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    sys.stdout.write(json.dumps({"what": what, **details}) + "\n")
    sys.stdout.flush()


class Hooks:
    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.calls = 0

    async def on_assigned(self, epoch: int, partitions: frozenset[Partition]) -> Mapping[Partition, int | None]:
        tell("assigned", epoch=epoch, partitions=sorted(partitions))
        self.calls += 1
        try:
            await asyncio.sleep(self.orders.recovery)
        except asyncio.CancelledError:
            tell("recovery cancelled", epoch=epoch)
            raise
        if self.orders.fail:
            raise ValueError("recovery failed")
        tell("recovered", epoch=epoch)
        return {each: self.orders.starts.get(str(each[1])) for each in partitions}

    async def on_revoked(self, epoch: int, partitions: frozenset[Partition]) -> None:
        tell("revoked", epoch=epoch, partitions=sorted(partitions))


def build(orders: Orders) -> faust.App:
    settings = transport_settings(
        orders.bootstrap_servers,
        broker_session_timeout=orders.session_seconds,
        broker_heartbeat_interval=0.5,
        broker_request_timeout=8.0,
        broker_commit_interval=0.2,
        broker_max_poll_records=orders.batch_records,
        datadir=tempfile.mkdtemp(),  # else it makes one where the tests stand
    )
    app = faust.App(orders.group, **settings)
    app.delivery_hooks = Hooks(orders)

    async def take(stream: Any) -> None:  # noqa: ANN401 - faust carries no types
        async for batch in stream:
            await use(app, orders, batch)

    app.agent(batch_topic(app, orders.topic), concurrency=1)(take)
    return app


async def use(app: faust.App, orders: Orders, batch: Batch) -> None:
    values = [record.value.decode() if record.value is not None else None for record in batch.records]
    tell(
        "batch",
        topic=batch.topic,
        partition=batch.partition,
        epoch=batch.epoch,
        now=app.consumer.epoch,
        start=batch.start,
        next=batch.next_offset,
        offsets=[record.offset for record in batch.records],
        values=values,
        keys=[record.key.decode() if record.key is not None else None for record in batch.records],
        headers=[[[name, value.decode()] for name, value in record.headers] for record in batch.records],
        timestamps=[record.timestamp for record in batch.records],
    )
    await asyncio.sleep(orders.hold)
    if orders.note:
        app.consumer.note_progress(batch.topic, batch.partition, batch.next_offset)


async def obey(app: faust.App) -> None:
    while True:
        match (await asyncio.to_thread(sys.stdin.readline)).split():
            case ["seek", topic, partition, offset]:
                await app.consumer.seek_back(topic, int(partition), int(offset))
                tell("sought")
            case _:
                return


async def main() -> None:
    let_followers_sync_first()
    app = build(msgspec.json.decode(sys.argv[1], type=Orders))
    await app.start()
    obeying = asyncio.create_task(obey(app))
    crashed = asyncio.create_task(app._crashed.wait())
    await asyncio.wait({obeying, crashed}, return_when=asyncio.FIRST_COMPLETED)
    if crashed.done():
        tell("crashed")
        os._exit(70)  # as a worker does: the driver's thread and the one that reads our input would keep us
    await app.stop()
    tell("stopped")


if __name__ == "__main__":
    asyncio.run(main())
