"""``oversight tail``: follow an output topic, readably or as JSON. Reads every partition, joins no group."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import click

from monitor.cli.lines import line_of, printable, told
from monitor.codec import decode_event, decode_log, structured
from monitor.config import Settings, load_settings
from monitor.core import channels
from monitor.core.errors import InvalidRecord, OperatorError
from monitor.core.log import Observation, Tick
from monitor.topics import topic_name

__all__ = ["tail"]

TOPICS = {
    "escalations": channels.ESCALATIONS,
    "breakers": channels.BREAKERS,
    "breaker-transitions": channels.BREAKER_TRANSITIONS,
    "observations": channels.OBSERVATIONS,
    "standings": channels.STANDINGS,
    "policies": channels.POLICIES,
    "heartbeats": channels.HEARTBEATS,
    "dlq": channels.DEAD_LETTERS,
}
"""Short name -> address."""
POLL_SECONDS = 0.2
"""How long Ctrl-C may wait."""
TIMEOUT_SECONDS = 10.0


class Message(NamedTuple):
    """A record as far as a reader of outputs cares."""

    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None
    partition: int
    offset: int


@click.command()
@click.argument("topic", metavar="TOPIC")
@click.option("--json", "as_json", is_flag=True, help="Whole events as JSON, one a line.")
@click.option("--from-beginning", is_flag=True, help="From the oldest record, not from now on.")
@click.option("--limit", type=click.IntRange(1), help="Stop after so many records.")
@click.option("--bootstrap-servers", metavar="HOST:PORT,…", help="Brokers [OVERSIGHT_BOOTSTRAP_SERVERS].")
@click.option("--prefix", metavar="TEXT", help="Put before every topic name [OVERSIGHT_TOPIC_PREFIX].")
def tail(
    *,
    topic: str,
    as_json: bool,
    from_beginning: bool,
    limit: int | None,
    bootstrap_servers: str | None,
    prefix: str | None,
) -> None:
    """Follow TOPIC: escalations, breakers, breaker-transitions, observations, standings, policies, heartbeats or dlq.

    The full address works too. Ctrl-C ends it.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers, topic_prefix=prefix)
    name = topic_name(address_of(topic, settings), prefix=settings.topic_prefix, output_prefix=settings.output_prefix)
    render = json_line if as_json else readable
    for record in islice(follow(settings, name, from_beginning=from_beginning), limit):
        click.echo(render(record))


def json_line(record: Message) -> str:
    """The event in structured form; what is no event of ours as its value."""
    try:
        return structured(decode_event(record.headers, record.value)).decode()
    except InvalidRecord:
        return printable((record.value or b"").decode("utf-8", "replace"))


def readable(record: Message) -> str:
    """One line for a person; a dead letter is told by its headers, a tick or what people sent by its value."""
    try:
        return line_of(decode_event(record.headers, record.value))
    except InvalidRecord as error:
        why = {name: value.decode("utf-8", "replace") for name, value in record.headers if name.startswith("dlq.")}
        if not why:
            return _logged(record) or printable(f"{record.partition}/{record.offset} {error.code}: {error}")
        where = "/".join(why.get(f"dlq.original.{part}", "?") for part in ("topic", "partition", "offset"))
        return printable(f"{where} {why.get('dlq.error.code')}: {why.get('dlq.error.message')}")


def _logged(record: Message) -> str | None:
    """A record of the log that is no event: a tick, or a review or command as it was relayed."""
    try:
        entry = decode_log(record.value or b"")
    except InvalidRecord:
        return None
    if isinstance(entry, Tick):
        return told(entry.wall, entry)
    return None if isinstance(entry, Observation) else told(entry.at or 0.0, entry)


def address_of(topic: str, settings: Settings) -> str:
    """The address without prefix, from a short name or an address with or without prefix."""
    bare = topic.removeprefix(settings.topic_prefix).removeprefix(settings.output_prefix)
    address = TOPICS.get(bare, bare)
    if address not in TOPICS.values():
        raise OperatorError(f"{topic!r} is no output topic; name one of {', '.join(TOPICS)}")
    return address


def follow(settings: Settings, topic: str, *, from_beginning: bool) -> Iterator[Message]:
    """Every record of a topic's partitions, as it arrives; nothing is committed, no group is joined.

    Raises:
        OperatorError: no broker answers, or there is no such topic.
    """
    from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, TopicPartition  # noqa: PLC0415 - starts without

    from monitor.worker.clients import librdkafka_options  # noqa: PLC0415 - as above

    own = {"group.id": "oversight-tail", "enable.auto.commit": False, "log_level": 0}
    consumer = Consumer(librdkafka_options(settings) | own)
    try:
        start = OFFSET_BEGINNING if from_beginning else OFFSET_END
        consumer.assign([TopicPartition(topic, number, start) for number in partitions_of(consumer, topic, settings)])
        while True:
            message = consumer.poll(POLL_SECONDS)
            if message is not None and message.error() is None:
                yield Message(tuple(message.headers() or ()), message.value(), message.partition(), message.offset())
    finally:
        consumer.close()


def partitions_of(consumer: Any, topic: str, settings: Settings) -> list[int]:  # noqa: ANN401 - a client without types
    from confluent_kafka import KafkaException  # noqa: PLC0415 - as above

    try:
        found = consumer.list_topics(topic, timeout=TIMEOUT_SECONDS).topics[topic]
    except KafkaException as error:
        raise OperatorError(
            f"no answer from Kafka at {settings.bootstrap_servers} ({error.args[0].str()}): start it, or name it with "
            "--bootstrap-servers or OVERSIGHT_BOOTSTRAP_SERVERS"
        ) from error
    if found.error is not None or not found.partitions:
        raise OperatorError(f"there is no topic {topic}: create the topics with `oversight topics apply`")
    return sorted(found.partitions)
