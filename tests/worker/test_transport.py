"""The transport's promises (DESIGN.md 6.1, 6.3, 6.9), each on the embedded broker and on a real Kafka."""

import itertools
import time
from collections.abc import Iterable
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from monitor.core.errors import OperatorError
from monitor.demo.broker import EmbeddedBroker
from monitor.worker.transport import transport_settings
from tests.brokers import Broker, broker, fresh
from tests.kafka.broker import ApacheKafka
from tests.worker.transport_worker import Orders
from tests.worker.worker_process import PATIENCE_SECONDS, Happening, WorkerProcess

__all__ = ["broker"]

pytestmark = pytest.mark.cluster


class Bench:
    """A topic of its own on a broker, with what a test does to it."""

    def __init__(self, broker: Broker, partitions: int) -> None:
        self.broker = broker
        self.topic = fresh("transport.v1")
        self.group = fresh("group")
        self.partitions = partitions
        broker.create_topic(self.topic, partitions)

    def produce(self, each: int, **more: Any) -> None:  # noqa: ANN401 - whatever the client takes
        """Write ``each`` records to every partition; the value says partition and number."""
        producer = Producer({"bootstrap.servers": self.broker.bootstrap_servers, "log_level": 2})
        for number, partition in itertools.product(range(each), range(self.partitions)):
            producer.produce(self.topic, partition=partition, value=f"{partition}:{number}", **more)
        producer.flush()

    def worker(self, **orders: Any) -> WorkerProcess:  # noqa: ANN401 - the fields of Orders
        return WorkerProcess(Orders(self.broker.bootstrap_servers, self.group, self.topic, **orders))

    def committed(self) -> list[int]:
        """The group's committed offset of every partition, below 0 when there is none."""
        client = self._client()
        places = client.committed([TopicPartition(self.topic, n) for n in range(self.partitions)], timeout=30)
        client.close()
        return [place.offset for place in places]

    def commit(self, offset: int) -> None:
        client = self._client()
        client.commit(
            offsets=[TopicPartition(self.topic, n, offset) for n in range(self.partitions)], asynchronous=False
        )
        client.close()

    def wait_for_commits(self, wanted: list[int]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while (found := self.committed()) != wanted:
            assert time.monotonic() < until, f"committed {found}, wanted {wanted}"
            time.sleep(0.1)

    def _client(self) -> Consumer:
        return Consumer({"bootstrap.servers": self.broker.bootstrap_servers, "group.id": self.group, "log_level": 2})


def offsets_of(batches: Iterable[Happening]) -> list[int]:
    return [offset for batch in batches for offset in batch["offsets"]]


def read_up_to(worker: WorkerProcess, end: int, partitions: Iterable[int]) -> None:
    wanted = set(partitions)
    worker.wait_until(
        lambda: {each["partition"] for each in worker.batches() if each["next"] >= end} >= wanted,
        f"offset {end} of partitions {sorted(wanted)}",
    )


def first_of_each_epoch(worker: WorkerProcess) -> dict[tuple[int, int], int]:
    """Start of the first batch, per epoch and partition."""
    first: dict[tuple[int, int], int] = {}
    for batch in worker.batches():
        first.setdefault((batch["epoch"], batch["partition"]), batch["start"])
    return first


def test_all_records_arrive_once_and_in_order_as_batches(broker: Broker) -> None:
    bench = Bench(broker, partitions=4)
    bench.produce(500, key="session", headers=[("ce_id", b"1"), ("ce_id", b"2"), ("empty", None)])
    with bench.worker(batch_records=40) as worker:
        read_up_to(worker, 500, range(4))
        for partition in range(4):
            batches = worker.batches(partition)
            assert offsets_of(batches) == list(range(500))
            assert [value for batch in batches for value in batch["values"]] == [f"{partition}:{n}" for n in range(500)]
            assert [batch["start"] for batch in batches] == [0, *(batch["next"] for batch in batches[:-1])]
            assert all(0 < len(batch["offsets"]) <= 40 for batch in batches)
        sample = worker.batches()[0]
        assert sample["keys"][0] == "session"
        assert sample["headers"][0] == [["ce_id", "1"], ["ce_id", "2"], ["empty", ""]]
        assert sample["timestamps"][0] > 1_600_000_000_000
        assert worker.stop() == 0


def test_first_batch_starts_exactly_where_the_hook_says(broker: Broker) -> None:
    bench = Bench(broker, partitions=2)
    bench.produce(200)
    bench.commit(20)
    with bench.worker(starts={"0": 150, "1": 5}, recovery=0.5) as worker:
        read_up_to(worker, 200, range(2))
        assert offsets_of(worker.batches(0)) == list(range(150, 200))
        assert offsets_of(worker.batches(1)) == list(range(5, 200))


def test_partition_without_a_start_begins_at_the_groups_commit(broker: Broker) -> None:
    bench = Bench(broker, partitions=2)
    bench.produce(100)
    bench.commit(70)
    with bench.worker(starts={"1": 90}) as worker:
        read_up_to(worker, 100, range(2))
        assert offsets_of(worker.batches(0)) == list(range(70, 100))
        assert offsets_of(worker.batches(1)) == list(range(90, 100))


def test_every_rebalance_seeks_before_it_reads_and_stamps_its_epoch(broker: Broker) -> None:
    bench = Bench(broker, partitions=4)
    bench.produce(300)
    starts = {str(partition): 100 + partition for partition in range(4)}
    with bench.worker(starts=starts) as first:
        read_up_to(first, 300, range(4))
        with bench.worker(starts=starts) as second:
            second.wait_for("recovered")
            first.wait_until(
                lambda: sum(len(each["partitions"]) for each in (first.all_of("assigned")[-1:])) < 4, "fewer"
            )
            mine = [partition for _, partition in second.wait_for("assigned")[-1]["partitions"]]
            read_up_to(second, 300, mine)
            assert second.stop() == 0
        first.wait_until(lambda: len(first.all_of("assigned")[-1]["partitions"]) == 4, "all partitions again")
        last = first.all_of("assigned")[-1]["epoch"]
        first.wait_until(
            lambda: len({each["partition"] for each in first.batches() if each["epoch"] == last}) == 4, "4"
        )
        for worker in (first, second):
            assert all(start == 100 + partition for (_, partition), start in first_of_each_epoch(worker).items())
            assert all(batch["epoch"] == batch["now"] for batch in worker.batches())
            epochs = [each["epoch"] for each in worker.happenings if each["what"] in ("assigned", "revoked")]
            assert epochs == sorted(set(epochs))


def test_seek_back_delivers_again_from_there_and_drops_what_was_queued(broker: Broker) -> None:
    bench = Bench(broker, partitions=1)
    bench.produce(400)
    with bench.worker(batch_records=20, hold=0.2) as worker:
        worker.wait_for("batch", 3)
        worker.say(f"seek {bench.topic} 0 7")
        worker.wait_for("sought")
        at = next(n for n, each in enumerate(worker.happenings) if each["what"] == "sought")
        worker.wait_until(lambda: len(worker.batches()) >= at + 2, "two batches more")
        before = [each for each in worker.happenings[:at] if each["what"] == "batch"]
        after = [each for each in worker.happenings[at:] if each["what"] == "batch"]
        assert before[-1]["next"] < 400
        assert [batch["start"] for batch in after[:2]] == [7, 27]
        assert after[0]["offsets"][0] == 7


def test_seek_in_a_partition_of_another_worker_does_nothing(broker: Broker) -> None:
    bench = Bench(broker, partitions=1)
    bench.produce(10)
    with bench.worker() as worker:
        read_up_to(worker, 10, [0])
        worker.say("seek elsewhere.v1 0 3")
        worker.wait_for("sought")
        bench.produce(1)
        read_up_to(worker, 11, [0])
        assert offsets_of(worker.batches()) == list(range(11))


def test_noted_progress_is_what_is_committed(broker: Broker) -> None:
    bench = Bench(broker, partitions=2)
    bench.produce(100)
    with bench.worker() as worker:
        read_up_to(worker, 100, range(2))
        bench.wait_for_commits([100, 100])
        assert worker.stop() == 0
    assert bench.committed() == [100, 100]


def test_nothing_is_committed_without_noted_progress(broker: Broker) -> None:
    bench = Bench(broker, partitions=2)
    bench.produce(100)
    with bench.worker(note=False) as worker:
        read_up_to(worker, 100, range(2))
        assert worker.stop() == 0
    assert all(offset < 0 for offset in bench.committed())


def test_start_given_by_the_hook_is_committed_at_once(broker: Broker) -> None:
    bench = Bench(broker, partitions=1)
    bench.produce(50)
    with bench.worker(starts={"0": 50}, note=False) as worker:
        worker.wait_for("recovered")
        bench.wait_for_commits([50])


def test_last_progress_is_committed_when_the_worker_stops(broker: Broker) -> None:
    bench = Bench(broker, partitions=1)
    bench.produce(100)
    with bench.worker(batch_records=10, hold=0.05) as worker:
        worker.wait_for("batch", 4)
        assert worker.stop() == 0
        done = worker.batches()
        assert worker.all_of("revoked")[-1]["partitions"] == [[bench.topic, 0]]
    assert bench.committed()[0] in {done[-1]["start"], done[-1]["next"]}


def test_recovery_longer_than_a_session_keeps_the_membership(broker: Broker) -> None:
    bench = Bench(broker, partitions=2)
    bench.produce(10)
    with bench.worker(recovery=5.0, session_seconds=2.0, starts={"0": 3, "1": 3}) as worker:
        read_up_to(worker, 10, range(2))
        assert len(worker.all_of("assigned")) == 1
        assert offsets_of(worker.batches(0)) == list(range(3, 10))


def test_rebalance_during_a_recovery_cancels_it_and_its_result_is_not_used(broker: Broker) -> None:
    bench = Bench(broker, partitions=2)
    bench.produce(10)
    with bench.worker(recovery=4.0) as first:
        first.wait_for("assigned")
        with bench.worker(recovery=0.1) as second:
            second.wait_for("recovered")
            cancelled = first.wait_for("recovery cancelled")
            first.wait_for("batch")
            assert not [each for each in first.batches() if each["epoch"] in {each["epoch"] for each in cancelled}]
            assert first.all_of("recovered")[0]["epoch"] > cancelled[0]["epoch"]


def test_failed_recovery_ends_the_worker_before_it_reads(broker: Broker) -> None:
    bench = Bench(broker, partitions=1)
    bench.produce(10)
    with bench.worker(fail=True) as worker:
        assert worker.process.wait(PATIENCE_SECONDS) == 70
        assert worker.batches() == []


def test_reading_and_committing_go_on_after_an_outage(broker: Broker) -> None:
    bench = Bench(broker, partitions=2)
    bench.produce(50)
    with bench.worker() as worker:
        read_up_to(worker, 50, range(2))
        bench.wait_for_commits([50, 50])
        outage(broker, seconds=8.0)
        bench.produce(50)
        read_up_to(worker, 100, range(2))
        bench.wait_for_commits([100, 100])
        for partition in range(2):
            assert set(offsets_of(worker.batches(partition))) == set(range(100))


def outage(broker: Broker, seconds: float) -> None:
    if isinstance(broker, EmbeddedBroker):
        broker.broker_down()
        time.sleep(seconds)
        broker.broker_up()
    elif isinstance(broker, ApacheKafka) and broker.own:
        broker.kill()
        time.sleep(seconds)
        broker.restart()
    else:
        pytest.skip("the cluster is not ours to stop")


def test_progress_passes_the_markers_of_a_transaction(broker: Broker) -> None:
    if isinstance(broker, EmbeddedBroker):
        pytest.skip("the mock cluster's transactions are broken")
    bench = Bench(broker, partitions=1)
    settings = {"bootstrap.servers": broker.bootstrap_servers, "transactional.id": fresh("transaction")}
    producer = Producer({**settings, "log_level": 2})
    producer.init_transactions()
    with bench.worker() as worker:
        for number in range(2):
            producer.begin_transaction()
            producer.produce(bench.topic, value=f"0:{number}")
            producer.commit_transaction()
        read_up_to(worker, 4, [0])
        bench.wait_for_commits([4])
        assert offsets_of(worker.batches()) == [0, 2]


def test_settings_name_every_host_under_our_scheme() -> None:
    assert transport_settings("a:1, b:2", web_enabled=True)["broker"] == "oversight://a:1;oversight://b:2"
    assert transport_settings("a:1", web_enabled=True)["web_enabled"] is True


def test_settings_without_a_host_name_the_next_action() -> None:
    with pytest.raises(OperatorError, match="host:port"):
        transport_settings(" , ")
