"""A real worker on the embedded broker, and beside it a Faust that does nothing.

The worker's time is read from the log it leaves: the timestamps of its control records. The first batch is where the
clock starts, so its turns do not count; neither do joining the group and recovering.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from confluent_kafka import Message

from monitor.codec import decode_log
from monitor.core.channels import INTERACTIONS, OBSERVATIONS, SESSION_CHANGELOG, SYSTEM_CHANGELOG
from monitor.core.log import Tick
from monitor.demo.broker import EmbeddedBroker
from monitor.ingest import Record
from monitor.stages import session, system
from monitor.worker.store import CONTROL_KEY
from tests.brokers import fresh
from tests.integration.site import APP, Site

PARTITIONS = 4
MAX_BYTES = 12_000_000
"""Of a topic of the embedded broker, which keeps 5 MB a partition; with room for an uneven spread."""
NOOP_SECONDS = 120
NOOP_TIMES = 8


class Progress(NamedTuple):
    """What one control record says: when, of which partition, and how far it is."""

    at: float
    partition: int
    reached: int


def worker(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, float]:
    """Turns/s of one worker process over turns that wait for it: sessions decided, and systems with them."""
    with EmbeddedBroker() as broker, TemporaryDirectory() as folder:
        site = Site(broker, partitions=PARTITIONS)
        site.produce(pairs)
        with (Path(folder) / "worker.log").open("w+b") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "monitor", "worker"], env=_environment(site, folder), stdout=log, stderr=log
            )
            try:
                site.await_drained()
            except AssertionError as error:
                log.seek(0)
                error.add_note(log.read()[-4000:].decode(errors="replace"))
                raise
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(30)
        return _rates(site)


def noop(mode: str, pairs: Sequence[tuple[bytes, bytes]]) -> float:
    """Records/s of ``stock`` Faust or of our ``transport`` with an agent that does nothing, over the same records.

    They are produced several times over, as often as the broker keeps them: doing nothing is quick.
    """
    times = max(1, min(NOOP_TIMES, MAX_BYTES // sum(len(key) + len(value) for key, value in pairs)))
    with EmbeddedBroker() as broker:
        topic = fresh("noop")
        app = f"{topic}-app"
        broker.create_topic(
            f"{app}-__assignor-__leader", 1
        )  # stock Faust wants one; this broker creates none on demand
        site = Site(broker, partitions=PARTITIONS)
        for _ in range(times):
            site.produce(pairs)
        command = [sys.executable, "-m", "tests.bench.faust_noop", mode, broker.bootstrap_servers]
        arguments = [site.topic(INTERACTIONS), str(len(pairs) * times), app]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=NOOP_SECONDS)
    assert done.returncode == 0, done.stderr[-4000:]
    return float(json.loads(done.stdout.splitlines()[-1])["records_per_s"])


def fitting(pairs: Sequence[tuple[bytes, bytes]], limit: int) -> list[tuple[bytes, bytes]]:
    """As many turns as the embedded broker keeps, at most ``limit``."""
    kept, size = [], 0
    for key, value in pairs[:limit]:
        size += len(key) + len(value)
        if size > MAX_BYTES:
            break
        kept.append((key, value))
    return kept


def _environment(site: Site, folder: str) -> dict[str, str]:
    return {
        **os.environ,
        "OVERSIGHT_BOOTSTRAP_SERVERS": site.broker.bootstrap_servers,
        "OVERSIGHT_TOPIC_PREFIX": site.prefix,
        "OVERSIGHT_PARTITIONS": str(site.partitions),
        "OVERSIGHT_DATADIR": folder,
        "OVERSIGHT_WRITE_INTERVAL": "0.2",  # at 1 s the system stage's last write would hide when it was done
        "OVERSIGHT_TICK_INTERVAL": "60",
    }


def _rates(site: Site) -> dict[str, float]:
    controls = sorted(
        Progress(message.timestamp()[1] / 1000, message.partition() or 0, control.progress + 1)
        for message in _controls(site, SESSION_CHANGELOG)
        if (control := session.load_control(message.value())) is not None and control.progress >= 0
    )
    assert controls, "no control record"
    began, first = controls[0].at, controls[0].reached
    turns = sum(site.ends(INTERACTIONS).values()) - first
    return {
        "worker.session": _rate(turns, controls[-1].at - began),
        "worker.pipeline": _rate(turns, _folded_at(site) - began),
    }


def _rate(turns: int, seconds: float) -> float:
    assert turns > 0, "one batch took all turns: use more of them"
    return turns / max(seconds, 0.001)


def _folded_at(site: Site) -> float:
    """When the system stage's control records first covered every observation."""
    last = {record.at.partition: record.at.offset for record in site.records(OBSERVATIONS) if not _is_tick(record)}
    covered: dict[int, float] = {}
    for message in _controls(site, SYSTEM_CHANGELOG):
        control, partition = system.load_control(message.value()), message.partition() or 0
        if control is not None and control.progress >= last.get(partition, 0):
            covered.setdefault(partition, message.timestamp()[1] / 1000)
    return max(covered[partition] for partition in last)


def _is_tick(record: Record) -> bool:
    return isinstance(decode_log(record.value or b""), Tick)


def _controls(site: Site, suffix: str) -> list[Message]:
    key = CONTROL_KEY.encode()
    return [message for message in site.read(f"{APP}-{suffix}") if message.key() == key]
