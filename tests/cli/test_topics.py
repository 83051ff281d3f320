from collections.abc import Iterable, Iterator

import click
import pytest
from click.testing import CliRunner, Result

from monitor.cli import topics as command
from monitor.config import Settings
from monitor.core.errors import OperatorError
from monitor.topics import TopicSpec, topic_specs
from tests.brokers import apache_kafka, fresh
from tests.kafka.broker import ApacheKafka


class FakeCluster:
    """A cluster in a list; what is created is kept."""

    def __init__(self, existing: Iterable[TopicSpec] = (), refusal: str = "") -> None:
        self.existing = list(existing)
        self.refusal = refusal
        self.settings: Settings | None = None

    def __call__(self, settings: Settings) -> "FakeCluster":
        self.settings = settings
        return self

    def topics(self, wanted: Iterable[TopicSpec]) -> list[TopicSpec]:
        names = {spec.name for spec in wanted}
        return [spec for spec in self.existing if spec.name in names]

    def create(self, specs: Iterable[TopicSpec]) -> None:
        if self.refusal:
            raise OperatorError(self.refusal)
        self.existing.extend(specs)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOOTSTRAP_SERVERS", "TOPIC_PREFIX", "OUTPUT_PREFIX", "APP_ID", "PARTITIONS", "REPLICATION", "CONFIG"):
        monkeypatch.delenv(f"OVERSIGHT_{name}", raising=False)


def use(monkeypatch: pytest.MonkeyPatch, cluster: FakeCluster) -> FakeCluster:
    monkeypatch.setattr(command, "Cluster", cluster)
    return cluster


def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(command.topics, list(arguments), env=env or {})


def test_group_is_what_the_command_line_wires() -> None:
    assert isinstance(command.topics, click.Group)
    assert set(command.topics.commands) == {"apply", "diff"}


def test_apply_on_an_empty_cluster_creates_all(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = use(monkeypatch, FakeCluster())
    result = run("apply")
    assert result.exit_code == 0
    assert cluster.existing == list(topic_specs())
    assert "created oversight.breakers.v1: 3 partitions, 3 replicas, compact" in result.output


def test_apply_again_creates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = use(monkeypatch, FakeCluster(topic_specs()))
    result = run("apply")
    assert result.exit_code == 0
    assert result.output == f"{len(cluster.existing)} of {len(cluster.existing)} topics were there already\n"


def test_apply_dry_run_creates_nothing_and_says_what_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = use(monkeypatch, FakeCluster())
    result = run("apply", "--dry-run")
    assert result.exit_code == 0
    assert cluster.existing == []
    assert "would create oversight.interactions.v1: 12 partitions" in result.output


def test_apply_options_reach_the_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = use(monkeypatch, FakeCluster())
    options = ("--prefix", "eu.", "--app-id", "night", "--partitions", "4", "--replication", "1")
    assert run("apply", *options, "--bootstrap-servers", "b:1").exit_code == 0
    assert cluster.existing == list(topic_specs(prefix="eu.", app_id="night", partitions=4, replication=1))
    assert cluster.settings is not None
    assert cluster.settings.bootstrap_servers == "b:1"


def test_apply_for_a_second_application_creates_its_outputs_and_not_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = use(monkeypatch, FakeCluster(topic_specs()))
    result = run("apply", "--output-prefix", "candidate.", "--app-id", "candidate")
    assert result.exit_code == 0
    assert result.output.count("created candidate.") == len(topic_specs()) - 3
    assert [
        spec.name for spec in cluster.existing[len(topic_specs()) :] if not spec.name.startswith("candidate.")
    ] == []


def test_apply_for_a_second_application_without_a_first_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = use(monkeypatch, FakeCluster())
    result = run("apply", env={"OVERSIGHT_OUTPUT_PREFIX": "candidate."})
    assert (result.exit_code, cluster.existing) == (command.EXIT_OPERATOR, [])
    assert "oversight.interactions.v1: is missing; it is the input of the application beside" in result.output


def test_apply_environment_reaches_the_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = use(monkeypatch, FakeCluster())
    env = {"OVERSIGHT_PARTITIONS": "2", "OVERSIGHT_APP_ID": "night", "OVERSIGHT_BOOTSTRAP_SERVERS": "b:1"}
    assert run("apply", env=env).exit_code == 0
    assert cluster.existing == list(topic_specs(partitions=2, app_id="night"))
    assert cluster.settings is not None
    assert cluster.settings.bootstrap_servers == "b:1"


def test_apply_other_partition_count_of_state_refused_and_nothing_created(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [spec for spec in topic_specs(partitions=6) if spec.name == "oversight.interactions.v1"]
    cluster = use(monkeypatch, FakeCluster(there))
    result = run("apply")
    assert result.exit_code == command.EXIT_OPERATOR
    assert cluster.existing == there
    assert "oversight.interactions.v1: has 6 partitions, not 12" in result.output


def test_apply_other_settings_reported_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [
        TopicSpec(spec.name, spec.partitions, spec.replication, spec.config | {"retention.ms": "1"}, fixed=spec.fixed)
        if spec.name == "oversight.escalations.v1"
        else spec
        for spec in topic_specs()
    ]
    cluster = use(monkeypatch, FakeCluster(there))
    result = run("apply")
    assert result.exit_code == 0
    assert "oversight.escalations.v1: has retention.ms=1, not 2592000000" in result.output
    assert cluster.existing == there


def test_apply_refused_by_the_cluster_exits_with_two(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeCluster(refusal="could not create a"))
    result = run("apply")
    assert result.exit_code == command.EXIT_OPERATOR
    assert result.output == "error: could not create a\n"


def test_diff_of_an_equal_cluster_exits_with_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeCluster(topic_specs()))
    result = run("diff")
    assert (result.exit_code, result.output) == (0, f"{len(topic_specs())} topics are as declared\n")


def test_diff_of_an_empty_cluster_exits_with_one_and_names_all(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeCluster())
    result = run("diff")
    assert result.exit_code == command.EXIT_DIFFERENT
    assert result.output.count("is missing") == len(topic_specs())


def test_settings_wrong_exit_with_two_and_the_variable() -> None:
    result = run("diff", env={"OVERSIGHT_PARTITIONS": "many"})
    assert result.exit_code == command.EXIT_OPERATOR
    assert "OVERSIGHT_PARTITIONS" in result.output


def test_broker_missing_named_with_the_next_action(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "TIMEOUT_SECONDS", 0.5)
    result = run("diff", "--bootstrap-servers", "127.0.0.1:1")
    assert result.exit_code == command.EXIT_OPERATOR
    assert "no answer from Kafka at 127.0.0.1:1" in result.output
    assert "OVERSIGHT_BOOTSTRAP_SERVERS" in result.output


@pytest.fixture(scope="module")
def kafka() -> Iterator[ApacheKafka]:
    with apache_kafka() as running:
        yield running


@pytest.mark.kafka
def test_apply_and_diff_on_real_kafka(kafka: ApacheKafka) -> None:
    options = ("--bootstrap-servers", kafka.bootstrap_servers, "--prefix", f"{fresh('topics')}.", "--replication", "1")
    assert run("diff", *options).exit_code == command.EXIT_DIFFERENT
    assert run("apply", *options, "--dry-run").exit_code == 0
    assert run("diff", *options).output.count("is missing") == len(topic_specs())

    created = run("apply", *options)
    assert created.exit_code == 0, created.output
    assert created.output.count("created ") == len(topic_specs())

    same = run("diff", *options)
    assert (same.exit_code, same.output) == (0, f"{len(topic_specs())} topics are as declared\n")
    assert run("apply", *options).exit_code == 0

    other = run("apply", *options, "--partitions", "6")
    assert other.exit_code == command.EXIT_OPERATOR
    assert "has 12 partitions, not 6" in other.output


@pytest.mark.kafka
def test_apply_with_more_replicas_than_brokers_refused_with_the_setting(kafka: ApacheKafka) -> None:
    prefix = f"{fresh('replicas')}."
    result = run("apply", "--bootstrap-servers", kafka.bootstrap_servers, "--prefix", prefix, "--replication", "30")
    assert result.exit_code == command.EXIT_OPERATOR
    assert "OVERSIGHT_REPLICATION" in result.output
