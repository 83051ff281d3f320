"""How many records per second a worker that does nothing takes in: stock Faust against our transport.

    python -m tests.bench.faust_noop produce BOOTSTRAP TOPIC RECORDS [PARTITIONS]    1 KB records, topic is created
    python -m tests.bench.faust_noop stock BOOTSTRAP TOPIC RECORDS [APP]             Faust's own driver and defaults
    python -m tests.bench.faust_noop transport BOOTSTRAP TOPIC RECORDS [APP]         ours

For large numbers run it on a real Kafka: the embedded broker keeps 5 MB a partition, and creates no topic on demand.
There, APP names an application whose topic ``APP-__assignor-__leader`` was made before. Records carry random bytes. The
clock runs from the first record to the last; the last line printed is JSON. One mode per process, each with a new
group; alternate the modes and compare medians, since machines differ. ``python -m tests.bench`` does so.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from typing import Any

import faust
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from monitor.worker.batch import Partition, batch_topic
from monitor.worker.transport import transport_settings

RECORD_BYTES = 1024


class Tally:
    """Counts records and says when all are there."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.seen = 0
        self.free = 0  # records of the first delivery, which the clock does not see
        self.seconds = 0.0
        self.cpu = 0.0
        self.full = asyncio.Event()

    def add(self, count: int) -> None:
        if not self.seen:
            self.free, self.seconds, self.cpu = count, time.perf_counter(), time.process_time()
        self.seen += count
        if self.seen >= self.wanted and not self.full.is_set():
            self.seconds, self.cpu = time.perf_counter() - self.seconds, time.process_time() - self.cpu
            self.full.set()


class FromTheStart:
    async def on_assigned(self, epoch: int, partitions: frozenset[Partition]) -> Mapping[Partition, int | None]:
        return dict.fromkeys(partitions)

    async def on_revoked(self, epoch: int, partitions: frozenset[Partition]) -> None:
        pass


def stock(bootstrap: str, topic: str, tally: Tally, name: str) -> faust.App:
    # every default, so with its idle leader topic; declared only where nobody did so before
    more: dict[str, Any] = {"topic_allow_declare": False} if name else {}
    more["datadir"] = tempfile.mkdtemp()  # else it makes one where the bench stands
    app = faust.App(name or str(uuid.uuid4()), broker=f"kafka://{bootstrap}", web_enabled=False, **more)

    async def take(stream: Any) -> None:  # noqa: ANN401 - faust carries no types
        async for _ in stream:
            tally.add(1)

    app.agent(app.topic(topic, value_type=bytes, value_serializer="raw"))(take)
    return app


def transport(bootstrap: str, topic: str, tally: Tally, name: str) -> faust.App:
    app = faust.App(name or str(uuid.uuid4()), **transport_settings(bootstrap, datadir=tempfile.mkdtemp()))
    app.delivery_hooks = FromTheStart()

    async def take(stream: Any) -> None:  # noqa: ANN401 - faust carries no types
        async for batch in stream:
            tally.add(len(batch.records))
            app.consumer.note_progress(batch.topic, batch.partition, batch.next_offset)

    app.agent(batch_topic(app, topic))(take)
    return app


def produce(bootstrap: str, topic: str, records: int, partitions: int) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for outcome in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
        outcome.result()
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": records + 1})
    value = random.Random(7).randbytes(RECORD_BYTES)
    for number in range(records):
        producer.produce(topic, value=value, key=str(number), partition=number % partitions)
        producer.poll(0)
    producer.flush()


async def measure(mode: str, bootstrap: str, topic: str, records: int, name: str) -> dict[str, Any]:
    tally = Tally(records)
    build = {"stock": stock, "transport": transport}[mode]
    app = build(bootstrap, topic, tally, name)
    await app.start()
    await tally.full.wait()
    await app.stop()
    timed = tally.seen - tally.free
    rate = timed / tally.seconds if tally.seconds else 0.0
    cpu = 1e6 * tally.cpu / max(1, timed)
    return {"mode": mode, "records": tally.seen, "records_per_s": round(rate), "cpu_us_per_record": round(cpu, 2)}


def main() -> None:
    mode, bootstrap, topic, records, *rest = sys.argv[1:]
    if mode == "produce":
        produce(bootstrap, topic, int(records), int(rest[0]) if rest else 4)
        return
    print(json.dumps(asyncio.run(measure(mode, bootstrap, topic, int(records), rest[0] if rest else ""))), flush=True)
    os._exit(0)  # Faust's threads may linger


if __name__ == "__main__":
    main()
