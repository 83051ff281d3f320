"""The worker on a broker, under the faults of DESIGN.md section 6; each test ends with the equivalence check."""

import json
import signal
import time
from pathlib import Path

import pytest

from monitor.core.channels import COMMANDS, DEAD_LETTERS, INTERACTIONS, OBSERVATIONS
from tests.brokers import Broker, apache_kafka, broker
from tests.integration.fleet import Fleet
from tests.integration.offline import assert_equivalent
from tests.integration.site import Site
from tests.integration.turns import turns
from tests.kafka.broker import ApacheKafka

__all__ = ["broker"]

pytestmark = pytest.mark.cluster

COUNT = 900
"""Turns of one feed. The embedded broker keeps 5 MB a partition and then drops the oldest: three feeds stay below."""


def feed(site: Site, *, parts: int = 6, seed: int = 1, pause: float = 0.7) -> None:
    """The turns in portions, so that faults fall into the middle of work."""
    all_turns = list(turns(COUNT, seed=seed))
    for part in range(parts):
        site.produce(all_turns[part * COUNT // parts : (part + 1) * COUNT // parts])
        time.sleep(pause)


def test_worker_undisturbed_decides_what_an_offline_fold_decides(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker)
    with Fleet(site, tmp_path) as fleet:
        fleet.join()
        feed(site, pause=0.1)
        site.await_drained()
        compared = assert_equivalent(site)
    assert compared["session events"] >= COUNT
    assert compared["states"] > 0


def test_worker_rejects_bad_records_and_goes_on(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker, max_record_bytes=2_000)
    bad = [
        (b"k", b"{broken"),
        (b"k", b"\xff\xfe"),
        (b"k", None),
        (None, None),
        (None, b'{"role": "user", "text": "who?"}'),
        (b"k", b'{"system_id": "a b", "session_id": "s", "role": "user", "text": ""}'),
        (b"k", b'{"text": "' + b"x" * 3_000 + b'"}'),
    ]
    good = list(turns(200, seed=3))
    with Fleet(site, tmp_path) as fleet:
        fleet.join()
        site.produce(good[:100])
        site.produce(bad)
        site.produce(good[100:])
        site.await_drained()
        assert_equivalent(site)
    letters = site.records(DEAD_LETTERS)
    codes = {dict(record.headers)["dlq.error.code"].decode() for record in letters}
    assert codes == {"invalid_json", "invalid_utf8", "null_value", "missing_field", "out_of_range", "too_large"}
    assert sorted(record.value or b"" for record in letters) == sorted(value or b"" for _, value in bad)


def test_worker_killed_and_restarted_loses_and_invents_nothing(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker)
    with Fleet(site, tmp_path) as fleet:
        member = fleet.join()
        site.produce(turns(600, seed=8))
        time.sleep(3.0)
        feed(site, parts=3, pause=0.3)
        member.signal(signal.SIGKILL)
        feed(site, parts=3, seed=2)
        site.await_drained()
        assert_equivalent(site)
    assert -signal.SIGKILL in member.exits


def test_worker_with_rocksdb_killed_continues_from_its_own_directory(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker, store="rocksdb")
    with Fleet(site, tmp_path) as fleet:
        member = fleet.join()
        feed(site, parts=3, pause=1.0)
        member.signal(signal.SIGKILL)
        feed(site, parts=3, seed=2)
        site.await_drained()
        assert_equivalent(site)
    assert (tmp_path / "data-0").is_dir()


def test_recovery_that_hangs_ends_the_worker_and_the_next_one_recovers(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker, stall_timeout=8.0, hang_once=tmp_path / "hung")
    with Fleet(site, tmp_path) as fleet:
        member = fleet.join()
        site.produce(turns(200, seed=5))
        fleet.await_logged("its recovery gets no further")
        site.await_drained()
        assert_equivalent(site)
    assert member.exits == [70]


def test_second_worker_joining_under_load_changes_no_decision(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker)
    with Fleet(site, tmp_path) as fleet:
        fleet.join()
        feed(site, parts=3, pause=1.0)
        fleet.join()
        feed(site, parts=6, seed=2, pause=1.5)
        site.await_drained()
        assert_equivalent(site)


def test_scale_out_then_sigterm_changes_no_decision(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker)
    with Fleet(site, tmp_path) as fleet:
        first = fleet.join()
        feed(site, parts=3, pause=1.0)
        fleet.join()
        feed(site, parts=3, seed=2, pause=2.0)
        assert fleet.retire(first) == 0
        feed(site, parts=3, seed=3, pause=1.0)
        site.await_drained()
        assert_equivalent(site)


def test_frozen_worker_that_comes_back_writes_nothing_wrong(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker)
    with Fleet(site, tmp_path) as fleet:
        first = fleet.join()
        fleet.join()
        fleet.await_assigned()
        feed(site, parts=4, pause=1.5)
        before = first.assignments()
        first.signal(signal.SIGSTOP)
        feed(site, parts=6, seed=2, pause=2.0)
        first.signal(signal.SIGCONT)
        feed(site, parts=3, seed=3, pause=1.0)
        site.await_drained()
        assert_equivalent(site)
    # It ends when it wants to send, or hears first that it was replaced and takes over anew; it never just goes on.
    assert first.exits or first.assignments() > before


def test_command_reaches_the_breaker_and_the_sessions(broker: Broker, tmp_path: Path) -> None:
    site = Site(broker)
    order = {"action": "force_open", "system_id": "shop-bot", "issued_by": "ada", "reason": "drill", "level": "support"}
    with Fleet(site, tmp_path) as fleet:
        fleet.join()
        feed(site, parts=3, pause=0.5)
        site.produce([(b"shop-bot", json.dumps(order).encode())], topic=COMMANDS)
        time.sleep(4.0)
        feed(site, parts=3, seed=2, pause=0.5)
        site.await_drained()
        assert_equivalent(site)
    held = [record for record in site.records(OBSERVATIONS) if b'"ceiling":"support"' in (record.value or b"")]
    assert held, "no session ever worked under the ceiling that the command set"


@pytest.mark.parametrize("broker", [pytest.param(apache_kafka, id="kafka", marks=pytest.mark.kafka)], indirect=True)
def test_broker_killed_and_restarted_loses_and_invents_nothing(broker: Broker, tmp_path: Path) -> None:
    if not isinstance(broker, ApacheKafka) or not broker.own:
        pytest.skip("only a broker of our own can be killed")
    site = Site(broker)
    with Fleet(site, tmp_path) as fleet:
        fleet.join()
        fleet.join()
        fleet.await_assigned()
        feed(site, parts=3, pause=1.0)
        broker.kill()
        time.sleep(4.0)
        broker.restart()
        feed(site, parts=3, seed=2, pause=1.0)
        site.await_drained()
        assert_equivalent(site)
    assert site.ends(INTERACTIONS)
