"""``oversight worker`` before it runs: settings, policy, broker, topics; each refusal names the next action."""

import logging
import signal
from collections.abc import Iterator

import msgspec
import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.cli import worker as command
from monitor.cli.readiness import NoBroker, check_alone, check_topics, pauses, wait_for
from monitor.config import SECRETS, SETTINGS, Settings
from monitor.core.channels import INTERACTIONS
from monitor.core.errors import OperatorError
from monitor.core.policy.model import Policy
from monitor.core.vocabulary import Mode
from monitor.demo.broker import EmbeddedBroker
from monitor.policy_file import load_policy
from monitor.topics import topic_specs
from monitor.worker import app
from tests.brokers import embedded_broker, fresh

SETTINGS_OF_A_TEST = Settings(partitions=4, start_timeout=20.0)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for row in SETTINGS:
        monkeypatch.delenv(row.variable, raising=False)
    levels = {name: logging.getLogger(name).level for name in ("", *command.CHATTY)}
    handlers = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with embedded_broker() as running:
        yield running


def worker(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["worker", *arguments])


def counts(settings: Settings) -> dict[str, int]:
    specs = topic_specs(
        prefix=settings.topic_prefix,
        output_prefix=settings.output_prefix,
        app_id=settings.app_id,
        partitions=settings.partitions,
    )
    return {spec.name: spec.partitions for spec in specs}


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_every_setting_but_secrets_is_an_option() -> None:
    options = {parameter.name for parameter in command.worker.params}
    assert options == {row.name for row in SETTINGS} - SECRETS


def test_bad_settings_are_refused_all_at_once() -> None:
    result = worker("--store", "paper", "--partitions", "0", "--start", "soon")
    assert result.exit_code == 2
    assert [name for name in ("STORE", "PARTITIONS", "START") if f"error: OVERSIGHT_{name}:" in result.stderr] == [
        "STORE",
        "PARTITIONS",
        "START",
    ]


def test_no_broker_ends_with_75_and_says_what_to_do() -> None:
    result = worker("--bootstrap-servers", "localhost:1", "--start-timeout", "0.3")
    assert result.exit_code == 75
    assert "localhost:1" in result.stderr
    assert "OVERSIGHT_BOOTSTRAP_SERVERS" in result.stderr


def test_variable_that_looks_misspelt_is_warned_of_and_others_are_let_be(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OVERSIGHT_TOPIC_PREFX", "mine.")
    monkeypatch.setenv("OVERSIGHT_SERVICE_PORT", "80")
    result = worker("--bootstrap-servers", "localhost:1", "--start-timeout", "0.3")
    said = result.stderr + capfd.readouterr().err
    assert "OVERSIGHT_TOPIC_PREFX is read by nobody; is OVERSIGHT_TOPIC_PREFIX meant?" in said
    assert "OVERSIGHT_SERVICE_PORT" not in said


@pytest.mark.parametrize(("terminal", "expected"), [(False, signal.SIG_IGN), (True, signal.SIG_DFL)])
def test_hang_up_while_starting_ends_only_what_a_terminal_started(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, expected: signal.Handlers
) -> None:
    monkeypatch.setattr("os.isatty", lambda _: terminal)
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        assert worker("--bootstrap-servers", "localhost:1", "--start-timeout", "0.3").exit_code == 75
        assert signal.getsignal(signal.SIGHUP) is expected
    finally:
        signal.signal(signal.SIGHUP, before)


def test_missing_topics_name_the_command_that_creates_them(broker: EmbeddedBroker) -> None:
    result = worker("--bootstrap-servers", broker.bootstrap_servers, "--topic-prefix", fresh("none") + ".")
    assert result.exit_code == 2
    assert INTERACTIONS in result.stderr
    assert "oversight topics apply" in result.stderr


def test_worker_runs_once_all_is_there(broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = fresh("there") + "."
    made: list[Settings] = []
    ran: list[Policy] = []

    class Recorded:
        def __init__(self, settings: Settings, policy: Policy) -> None:
            made.append(settings)
            self.policy = policy

        async def run(self) -> None:
            ran.append(self.policy)

    monkeypatch.setattr(app, "Worker", Recorded)
    for name, partitions in counts(Settings(topic_prefix=prefix, partitions=2)).items():
        broker.create_topic(name, partitions)
    given = ("--bootstrap-servers", broker.bootstrap_servers, "--topic-prefix", prefix, "--partitions", "2")
    result = worker(*given)
    assert result.exit_code == 0, result.output
    assert [settings.partitions for settings in made] == [2]
    assert ran == [load_policy(None)]


def test_topics_as_declared_are_accepted() -> None:
    check_topics(counts(SETTINGS_OF_A_TEST) | {"somebody-elses": 1}, SETTINGS_OF_A_TEST)


def test_other_partition_count_where_state_is_kept_by_it_is_refused() -> None:
    with pytest.raises(OperatorError, match=rf"{INTERACTIONS}: has 7 partitions, not 4; .*OVERSIGHT_PARTITIONS"):
        check_topics(counts(SETTINGS_OF_A_TEST) | {INTERACTIONS: 7}, SETTINGS_OF_A_TEST)


def test_missing_input_of_the_application_beside_is_not_to_be_created() -> None:
    candidate = Settings(partitions=4, output_prefix="candidate.")
    found = {name: number for name, number in counts(candidate).items() if name != INTERACTIONS}
    with pytest.raises(OperatorError) as error:
        check_topics(found, candidate)
    assert "without OVERSIGHT_OUTPUT_PREFIX" in str(error.value)
    assert "missing topics" not in str(error.value)


def shadow(**changes: str) -> Settings:
    return msgspec.structs.replace(Settings(app_id="candidate", mode=Mode.SHADOW), **changes)


@pytest.mark.parametrize(
    ("settings", "beside", "refused"),
    [
        (shadow(), [Settings()], True),
        (Settings(mode=Mode.SHADOW), [Settings(app_id="live-2")], True),
        (shadow(topic_prefix="eu."), [Settings(topic_prefix="eu.")], True),
        (shadow(output_prefix="c."), [Settings(), Settings(app_id="other", output_prefix="c.")], True),
        (shadow(output_prefix="c."), [Settings()], False),
        (shadow(), [Settings(topic_prefix="eu."), Settings(topic_prefix="eu-")], False),
        (shadow(), [], False),
        (Settings(mode=Mode.SHADOW), [], False),
        (Settings(), [shadow()], False),
    ],
)
def test_shadow_in_the_topics_of_another_application_is_refused(
    settings: Settings, beside: list[Settings], *, refused: bool
) -> None:
    found = {name: number for each in (settings, *beside) for name, number in counts(each).items()}
    if not refused:
        check_alone(found, settings)
        return
    with pytest.raises(OperatorError, match="set OVERSIGHT_OUTPUT_PREFIX"):
        check_alone(found, settings)


def test_shadow_beside_a_live_application_is_not_told_to_create_changelogs_there(broker: EmbeddedBroker) -> None:
    live = Settings(topic_prefix=fresh("live") + ".", partitions=2)
    for name, partitions in counts(live).items():
        broker.create_topic(name, partitions)
    given = ("--bootstrap-servers", broker.bootstrap_servers, "--topic-prefix", live.topic_prefix, "--partitions", "2")
    result = worker(*given, "--mode", "shadow", "--app-id", "candidate")
    assert result.exit_code == 2
    assert "OVERSIGHT_OUTPUT_PREFIX" in result.stderr
    assert "missing topics" not in result.stderr


@pytest.mark.parametrize(
    ("settings", "beside", "warns"),
    [
        (shadow(), [], "nobody else may write"),
        (Settings(), [shadow()], "application candidate has its changelogs here"),
        (Settings(mode=Mode.SHADOW), [], ""),
        (shadow(output_prefix="c."), [Settings()], ""),
    ],
)
def test_what_may_be_two_applications_in_the_same_topics_is_warned_of(
    settings: Settings, beside: list[Settings], warns: str, caplog: pytest.LogCaptureFixture
) -> None:
    check_alone({name: number for each in (settings, *beside) for name, number in counts(each).items()}, settings)
    assert bool(caplog.text) is bool(warns)
    assert warns in caplog.text


def test_waiting_ends_when_a_broker_answers() -> None:
    time = Time()

    def ask(_: float) -> dict[str, int]:
        if time.now < 1.0:
            raise OSError("down")
        return {"a": 1}

    assert wait_for(ask, SETTINGS_OF_A_TEST, clock=time.clock, sleep=time.sleep) == {"a": 1}
    assert 1.0 <= time.now < SETTINGS_OF_A_TEST.start_timeout


def test_waiting_ends_at_the_stated_time() -> None:
    time = Time()

    def ask(_: float) -> dict[str, int]:
        raise OSError("down")

    with pytest.raises(NoBroker, match="within 20 s"):
        wait_for(ask, SETTINGS_OF_A_TEST, clock=time.clock, sleep=time.sleep)
    assert time.now <= SETTINGS_OF_A_TEST.start_timeout


def test_pauses_grow_to_a_cap() -> None:
    found = [pause for pause, _ in zip(pauses(), range(12), strict=False)]
    assert found == sorted(found)
    assert found[-1] == found[-2] > found[0]
