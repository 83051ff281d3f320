from types import SimpleNamespace

import pytest
from aiokafka.errors import UnknownTopicOrPartitionError

from monitor.worker.assignor import InformedAssignor


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
