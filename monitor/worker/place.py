"""A source partition as the runner sees it: its ends, where a new application begins, seeking and committing."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from monitor.config import Settings
from monitor.core.errors import OperatorError
from monitor.worker.clients import librdkafka_options

QUERY_SECONDS = 15.0
FOR_AN_OPERATOR = frozenset(
    {
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError._UNKNOWN_TOPIC,  # noqa: SLF001 - the client's own name
        KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001 - the same
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
    }
)


class LogPlace:
    """Asks the broker through a client of its own, so that a rebalance in progress cannot block the question."""

    def __init__(self, app: Any, settings: Settings, topic: str, partition: int) -> None:  # noqa: ANN401 - faust's app
        self._app = app
        self._settings = settings
        self._topic = topic
        self._partition = partition

    def generation(self) -> int:
        """The group's generation of this assignment."""
        return int(self._app.consumer_generation_id)

    async def bounds(self) -> tuple[int, int]:
        """Log start and log end now.

        Raises:
            OperatorError: the broker has no such partition, or not for us.
            ConnectionError: the broker does not answer.
        """
        return await asyncio.to_thread(self._bounds)

    async def initial(self) -> int:
        """Where a new application begins: earliest, latest, or the first record at or after a time."""
        start, end = await self.bounds()
        match self._settings.start:
            case "earliest":
                return start
            case "latest":
                return end
        return await asyncio.to_thread(self._at_time, datetime.fromisoformat(self._settings.start), end)

    async def seek(self, offset: int) -> None:
        """Fetch from there next."""
        await self._app.consumer.seek_back(self._topic, self._partition, offset)

    def position(self) -> int | None:
        """Up to where batches were handed over, or None while nothing is fetched."""
        position: int | None = self._app.consumer.position_of(self._topic, self._partition)
        return position

    def commit(self, next_offset: int) -> None:
        """Tell the group, a hint."""
        self._app.consumer.note_progress(self._topic, self._partition, next_offset)

    def _bounds(self) -> tuple[int, int]:
        consumer = self._client()
        try:
            low, high = consumer.get_watermark_offsets(
                TopicPartition(self._topic, self._partition), timeout=QUERY_SECONDS
            )
        except KafkaException as error:
            raise self._unanswered(error) from error
        finally:
            consumer.close()
        return int(low), int(high)

    def _at_time(self, moment: datetime, end: int) -> int:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        consumer = self._client()
        try:
            wanted = TopicPartition(self._topic, self._partition, int(aware.timestamp() * 1000))
            found = consumer.offsets_for_times([wanted], timeout=QUERY_SECONDS)[0]
        except KafkaException as error:
            raise self._unanswered(error) from error
        finally:
            consumer.close()
        if found.error is not None:
            raise self._unanswered(KafkaException(found.error))
        return int(found.offset) if found.offset >= 0 else end

    def _unanswered(self, error: KafkaException) -> Exception:
        """An outage passes, so a restart helps; a partition that is not there, or not for us, needs somebody."""
        kind = OperatorError if error.args[0].code() in FOR_AN_OPERATOR else ConnectionError
        return kind(f"{self._topic}-{self._partition}: no answer about its offsets: {error}")

    def _client(self) -> Consumer:
        return Consumer({**librdkafka_options(self._settings), "group.id": f"{self._settings.app_id}-places"})
