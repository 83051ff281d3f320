import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from monitor.worker.assignor import InformedAssignor
from monitor.worker.consumer_thread import ConsumerThread


def cluster(**partitions: set[int]) -> SimpleNamespace:
    return SimpleNamespace(partitions_for_topic=partitions.get)


MEMBERS = {
    "one": SimpleNamespace(subscription=["turns", "log"], topics=["turns", "log"]),
    "two": SimpleNamespace(subscription=["turns", "log"], topics=["turns", "log"]),
}


def test_leader_without_metadata_refuses_to_assign_nothing_to_everybody() -> None:
    with pytest.raises(UnknownTopicOrPartitionError, match="log"):
        InformedAssignor.assign(cluster(turns={0, 1}), MEMBERS)


def test_known_partitions_are_dealt_out_completely() -> None:
    dealt = InformedAssignor.assign(cluster(turns={0, 1}, log={0, 1}), MEMBERS)
    held = [(topic, number) for member in dealt.values() for topic, numbers in member.assignment for number in numbers]
    assert sorted(held) == [("log", 0), ("log", 1), ("turns", 0), ("turns", 1)]


def test_refused_assignment_asks_for_the_metadata_that_was_missing() -> None:
    """The client itself would ask again after five minutes, and refuse until then."""
    asked: list[str] = []

    def refused() -> None:
        raise KafkaError("no metadata yet of turns")

    coordinator = SimpleNamespace(check_errors=refused, _coordination_task=SimpleNamespace(done=lambda: False))
    thread = ConsumerThread.__new__(ConsumerThread)
    thread.app = SimpleNamespace(lease=None)
    thread._consumer = SimpleNamespace(
        _coordinator=coordinator, _client=SimpleNamespace(force_metadata_update=lambda: asked.append("metadata"))
    )
    asyncio.run(thread.check_group())
    assert asked == ["metadata"]
