"""Before a worker starts: does a broker answer, are the topics there, are their partition counts the expected ones?"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from monitor.config import Settings
from monitor.core.channels import OBSERVATIONS, SESSION_CHANGELOG
from monitor.core.errors import OperatorError
from monitor.core.vocabulary import Mode
from monitor.topics import Kind, TopicSpec, diff, topic_specs

REQUEST_SECONDS = 10.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0

log = logging.getLogger(__name__)


class NoBroker(OperatorError):  # noqa: N818 - named for what is the case
    """No broker answered for as long as the operator wanted to wait."""


def partition_counts(settings: Settings) -> dict[str, int]:
    """Partitions of every topic of the cluster. Waits for a broker, with longer pauses each time.

    Raises:
        NoBroker: none answered within ``start_timeout``.
    """
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415 - the command line starts without it

    from monitor.worker.clients import librdkafka_options  # noqa: PLC0415 - as above

    admin = AdminClient(librdkafka_options(settings) | {"log_level": 0})
    return wait_for(lambda patience: _ask(admin, patience), settings)


def wait_for(
    ask: Callable[[float], dict[str, int]],
    settings: Settings,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, int]:
    """Ask until there is an answer. ``ask`` takes seconds of patience and raises OSError without an answer.

    Raises:
        NoBroker: with what to do, after ``start_timeout``.
    """
    end = clock() + settings.start_timeout
    for pause in pauses():
        left = end - clock()
        try:
            return ask(max(0.1, min(REQUEST_SECONDS, left)))
        except OSError as error:
            if clock() + pause >= end:
                raise NoBroker(
                    f"no answer from Kafka at {settings.bootstrap_servers} within {settings.start_timeout:g} s "
                    f"({error}): start it or set OVERSIGHT_BOOTSTRAP_SERVERS; with TLS or SASL also set "
                    "OVERSIGHT_SECURITY_PROTOCOL; OVERSIGHT_START_TIMEOUT says how long to wait"
                ) from error
            log.warning("no answer from Kafka at %s (%s), asking again", settings.bootstrap_servers, error)
        sleep(pause)
    raise AssertionError("pauses never end")


def pauses() -> Iterator[float]:
    """Seconds between attempts: doubled up to a cap, for ever."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(LONGEST_PAUSE, 2 * pause)


def check_topics(counts: dict[str, int], settings: Settings) -> None:
    """Refuse to run on topics that are missing or whose partition count is not the one the state is kept by.

    Raises:
        OperatorError: naming every such topic and the next action.
    """
    wanted = topic_specs(
        prefix=settings.topic_prefix,
        output_prefix=settings.output_prefix,
        app_id=settings.app_id,
        partitions=settings.partitions,
    )
    found = diff(_as_found(wanted, counts), wanted)
    missing = [each.topic for each in found if each.kind is Kind.MISSING and not each.blocking]
    problems = [str(each) for each in found if each.blocking]
    if missing:
        problems.append(f"missing topics: {', '.join(missing)}; create them with `oversight topics apply`")
    if problems:
        raise OperatorError("\n".join(problems))


def check_alone(counts: dict[str, int], settings: Settings) -> None:
    """Refuse to try a policy in shadow in the very topics that another application writes; warn where it may be so.

    An observation of one would be folded by the other, and its standings would bind the other's sessions.

    Raises:
        OperatorError: naming the other application and the next action.
    """
    others, log_topic = neighbours(counts, settings), settings.topic(OBSERVATIONS)
    beside = f"application {', '.join(others)} has its changelogs here, and writes to {log_topic} too"
    advice = (
        "to decide the same input beside it, set OVERSIGHT_OUTPUT_PREFIX (candidate.) and run `oversight topics apply`"
    )
    if others and settings.mode is Mode.SHADOW:
        raise OperatorError(f"{beside}: {advice}; if it is gone for good, delete its changelogs")
    if others:
        log.warning("%s; if it still runs, give one of the two an OVERSIGHT_OUTPUT_PREFIX of its own", beside)
    elif settings.mode is Mode.SHADOW and settings.app_id != Settings().app_id and not settings.output_prefix:
        log.warning("shadow without OVERSIGHT_OUTPUT_PREFIX: nobody else may write to %s; %s", log_topic, advice)


def neighbours(counts: dict[str, int], settings: Settings) -> list[str]:
    """Applications, by their changelogs, whose outputs have our names. A name with dots may be a prefix: left out."""
    base = settings.topic("")
    pattern = re.compile(re.escape(base) + rf"([A-Za-z0-9-]+)-{SESSION_CHANGELOG}")
    found = sorted(match[1] for name in counts if (match := pattern.fullmatch(name)))
    return [name for name in found if name != settings.app_id and not _has_a_prefix(name, base, counts)]


def _has_a_prefix(name: str, base: str, counts: dict[str, int]) -> bool:
    """Whether the beginning of the name is the topic prefix of a deployment of its own (``eu-``)."""
    return any(f"{base}{name[:cut]}{OBSERVATIONS}" in counts for cut in range(1, len(name)))


def _as_found(wanted: Iterable[TopicSpec], counts: dict[str, int]) -> list[TopicSpec]:
    """The topics of the cluster as far as a worker cares: names and partitions."""
    return [
        TopicSpec(each.name, counts[each.name], each.replication, each.config, each.fixed, each.borrowed)
        for each in wanted
        if each.name in counts
    ]


def _ask(admin: Any, patience: float) -> dict[str, int]:  # noqa: ANN401 - a client without types
    from confluent_kafka import KafkaException  # noqa: PLC0415 - the command line starts without it

    try:
        topics = admin.list_topics(timeout=patience).topics
    except KafkaException as error:
        raise OSError(error.args[0].str()) from error
    return {name: len(topic.partitions) for name, topic in topics.items()}
