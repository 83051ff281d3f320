"""Who gets which partition: round robin, and nothing at all before the partitions are known."""

from typing import Any

from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import UnknownTopicOrPartitionError


class InformedAssignor(RoundRobinPartitionAssignor):  # type: ignore[misc]
    """aiokafka's round robin, except that it refuses to assign from no knowledge.

    A leader that joins while a broker comes up may not have the topics' metadata yet. Its answer would be that nobody
    owns anything; the group would be content, and every worker idle for ever. A refusal makes the group join again.
    """

    @classmethod
    def assign(cls, cluster: Any, members: Any) -> Any:  # noqa: ANN401 - aiokafka ships no types
        """The assignment.

        Raises:
            UnknownTopicOrPartitionError: the partitions of a subscribed topic are not known yet; the group joins again.
        """
        topics = {topic for member in members.values() for topic in member.subscription}
        unknown = sorted(topic for topic in topics if not cluster.partitions_for_topic(topic))
        if unknown:
            raise UnknownTopicOrPartitionError(f"no metadata yet of {', '.join(unknown)}")
        return super().assign(cluster, members)
