"""A topic from its oldest record to where it ended when reading began. Joins no group, commits nothing."""

from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from monitor.cli.tail import TIMEOUT_SECONDS, Message, address_of, partitions_of
from monitor.config import Settings
from monitor.core.errors import OperatorError
from monitor.topics import topic_name
from monitor.worker.clients import librdkafka_options


def read_to_end(settings: Settings, topic: str) -> Iterator[Message]:
    """Every record of a topic that is there now.

    Args:
        settings: where the brokers are.
        topic: a short name or an address, as `oversight tail` takes them.

    Raises:
        OperatorError: no broker answers, there is no such topic, or it cannot be read to its end.
    """
    name = topic_name(address_of(topic, settings), prefix=settings.topic_prefix, output_prefix=settings.output_prefix)
    own = {"group.id": "oversight-explain", "enable.auto.commit": False, "log_level": 0, "enable.partition.eof": True}
    consumer = Consumer(librdkafka_options(settings) | own)
    try:
        for partition in partitions_of(consumer, name, settings):
            yield from _partition(consumer, name, partition)
    except KafkaException as error:
        raise OperatorError(f"{name}: cannot be read: {error.args[0].str()}; check the broker and its ACLs") from error
    finally:
        consumer.close()


def _partition(consumer: Consumer, topic: str, partition: int) -> Iterator[Message]:
    """A partition up to its end; what Kafka itself wrote there (marks of transactions) is no record, so EOF counts."""
    place = TopicPartition(topic, partition)
    start, end = consumer.get_watermark_offsets(place, timeout=TIMEOUT_SECONDS)
    consumer.assign([TopicPartition(topic, partition, start)])
    while start < end:
        message = consumer.poll(TIMEOUT_SECONDS)
        if message is None:
            raise OperatorError(f"{topic}/{partition}: silent before its end at {end}; check the broker and try again")
        error = message.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - its only name
            return
        if error is not None:
            raise KafkaException(error)
        start = message.offset() + 1
        yield Message(tuple(message.headers() or ()), message.value(), message.partition(), message.offset())
