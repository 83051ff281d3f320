"""``oversight topics``: create what the contract declares, and say how a cluster differs from it.

Nothing that exists is changed: partition counts carry state, and settings may differ on purpose.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from monitor.config import Settings, load_settings
from monitor.core.errors import OperatorError
from monitor.topics import Difference, Kind, TopicSpec, diff, topic_specs
from monitor.worker.clients import librdkafka_options

__all__ = ["topics"]

TIMEOUT_SECONDS = 10.0
EXIT_DIFFERENT = 1
EXIT_OPERATOR = 2

Command = TypeVar("Command", bound=Callable[..., Any])


def _options(command: Command) -> Command:
    """What both commands take. Without an option its variable, or the file of OVERSIGHT_CONFIG, counts."""
    for option in reversed(
        (
            click.option("--bootstrap-servers", metavar="HOST:PORT,…", help="Brokers [OVERSIGHT_BOOTSTRAP_SERVERS]."),
            click.option("--prefix", metavar="TEXT", help="Put before every name [OVERSIGHT_TOPIC_PREFIX]."),
            click.option(
                "--output-prefix",
                metavar="TEXT",
                help="For a second application: before every name but the input's [OVERSIGHT_OUTPUT_PREFIX].",
            ),
            click.option("--app-id", metavar="TEXT", help="Names the changelogs [OVERSIGHT_APP_ID]."),
            click.option(
                "--partitions",
                type=click.IntRange(1),
                help="Of the input and all that shares its count [OVERSIGHT_PARTITIONS].",
            ),
            click.option("--replication", type=click.IntRange(1), help="Replication factor [OVERSIGHT_REPLICATION]."),
        )
    ):
        command = option(command)
    return command


@click.group()
def topics() -> None:
    """Create the topics, or compare a cluster with the contract."""


@topics.command()
@_options
@click.option("--dry-run", is_flag=True, help="Only say what would be created.")
def apply(*, dry_run: bool, **options: str | int | None) -> None:
    """Create missing topics; report differences and change nothing that exists.

    Exits with 0 when every topic exists or was created, with 2 when a partition count that carries state differs, no
    broker answers, or a topic cannot be created.
    """
    with _refusals():
        cluster, wanted = _open(options)
        found = diff(cluster.topics(wanted), wanted)
        blocking = [each for each in found if each.blocking]
        if blocking:
            raise OperatorError("nothing was created:\n" + _lines(blocking))
        missing = {each.topic for each in found if each.kind is Kind.MISSING}
        new = [spec for spec in wanted if spec.name in missing]
        if not dry_run:
            cluster.create(new)
        for spec in new:
            click.echo(f"{'would create' if dry_run else 'created'} {_summary(spec)}")
        rest = [each for each in found if each.kind is not Kind.MISSING]
        click.echo(_lines(rest) or f"{len(wanted) - len(new)} of {len(wanted)} topics were there already")


@topics.command("diff")
@_options
def compare(**options: str | int | None) -> None:
    """Say how the cluster differs from the contract. Exits with 0 when it does not, with 1 when it does."""
    with _refusals():
        cluster, wanted = _open(options)
        found = diff(cluster.topics(wanted), wanted)
    click.echo(_lines(found) or f"{len(wanted)} topics are as declared")
    if found:
        raise SystemExit(EXIT_DIFFERENT)


class Cluster:
    """The admin side of a Kafka cluster, as far as topics go."""

    def __init__(self, settings: Settings) -> None:
        from confluent_kafka.admin import AdminClient  # noqa: PLC0415 - the command line starts without it

        self._address = settings.bootstrap_servers
        # librdkafka would log every attempt; the one message below says more
        self._admin = AdminClient(librdkafka_options(settings) | {"log_level": 0})

    def topics(self, wanted: Iterable[TopicSpec]) -> list[TopicSpec]:
        """Those of the wanted topics that exist, with the settings in force.

        Raises:
            OperatorError: no broker answers, or the answer is a refusal.
        """
        metadata = self._ask(lambda: self._admin.list_topics(timeout=TIMEOUT_SECONDS)).topics
        names = [spec.name for spec in wanted if spec.name in metadata]
        configs = self._configs(names)
        return [
            TopicSpec(name, len(metadata[name].partitions), _replication(metadata[name]), configs[name])
            for name in names
        ]

    def create(self, specs: Iterable[TopicSpec]) -> None:
        """Create topics; one that appeared meanwhile is fine.

        Raises:
            OperatorError: naming every topic that could not be created.
        """
        from confluent_kafka import KafkaError, KafkaException  # noqa: PLC0415 - as above
        from confluent_kafka.admin import NewTopic  # noqa: PLC0415 - as above

        new = [NewTopic(each.name, each.partitions, each.replication, config=each.config) for each in specs]
        problems: dict[str, list[str]] = {}
        for name, outcome in (self._admin.create_topics(new, request_timeout=30.0) if new else {}).items():
            try:
                outcome.result()
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    problems.setdefault(error.args[0].str(), []).append(name)
        if problems:
            advice = "fewer brokers than replicas? set OVERSIGHT_REPLICATION. No right to create? ask for the ACL."
            told = "\n".join(f"{', '.join(names)}: {why}" for why, names in problems.items())
            raise OperatorError(f"could not create {told}\n{advice}")

    def _configs(self, names: list[str]) -> dict[str, dict[str, str]]:
        from confluent_kafka.admin import RESOURCE_TOPIC, ConfigResource  # noqa: PLC0415 - as above

        if not names:
            return {}
        resources = [ConfigResource(RESOURCE_TOPIC, name) for name in names]
        asked = self._admin.describe_configs(resources, request_timeout=TIMEOUT_SECONDS)
        return {
            resource.name: {entry.name: entry.value for entry in self._ask(answer.result).values()}
            for resource, answer in asked.items()
        }

    def _ask(self, question: Callable[[], Any]) -> Any:  # noqa: ANN401 - confluent-kafka ships no types we use
        from confluent_kafka import KafkaException  # noqa: PLC0415 - as above

        try:
            return question()
        except KafkaException as error:
            raise OperatorError(_refusal(error.args[0], self._address)) from error


@contextmanager
def _refusals() -> Iterator[None]:
    """An operator's error is printed and ends the command with exit code 2."""
    try:
        yield
    except OperatorError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(EXIT_OPERATOR) from error


def _open(options: dict[str, Any]) -> tuple[Cluster, tuple[TopicSpec, ...]]:
    """The cluster, and the topics it should have."""
    settings = load_settings(topic_prefix=options.pop("prefix"), **options)
    wanted = topic_specs(
        prefix=settings.topic_prefix,
        output_prefix=settings.output_prefix,
        app_id=settings.app_id,
        partitions=settings.partitions,
        replication=settings.replication,
        record_bytes=settings.max_record_bytes,
    )
    return Cluster(settings), wanted


def _refusal(error: Any, address: str) -> str:  # noqa: ANN401 - as above
    """What went wrong, and what to do: no answer, or an answer that is a refusal."""
    if error.code() in _no_answer():
        return (
            f"no answer from Kafka at {address} within {TIMEOUT_SECONDS:.0f} s ({error.str()}): start it, "
            "or name it with --bootstrap-servers or OVERSIGHT_BOOTSTRAP_SERVERS; "
            "with TLS or SASL also set OVERSIGHT_SECURITY_PROTOCOL"
        )
    return (
        f"Kafka at {address} refused ({error.str()}): use a real cluster, 3.8 or newer, "
        "and an account that may describe topics and their settings"
    )


def _no_answer() -> frozenset[int]:
    """Codes that mean: nobody there, or nobody who speaks with us."""
    from confluent_kafka import KafkaError  # noqa: PLC0415 - as above

    names = ("_TRANSPORT", "_TIMED_OUT", "_ALL_BROKERS_DOWN", "_RESOLVE", "_AUTHENTICATION", "_SSL")
    return frozenset(getattr(KafkaError, name) for name in names)


def _replication(topic: Any) -> int:  # noqa: ANN401 - as above
    return min((len(partition.replicas) for partition in topic.partitions.values()), default=0)


def _summary(spec: TopicSpec) -> str:
    policy = spec.config.get("cleanup.policy", "delete")
    replicas = "1 replica" if spec.replication == 1 else f"{spec.replication} replicas"
    return f"{spec.name}: {spec.partitions} partitions, {replicas}, {policy}"


def _lines(differences: Iterable[Difference]) -> str:
    return "\n".join(map(str, differences))
