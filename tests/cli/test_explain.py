"""``oversight explain``: from a file, from a topic, by part of an id; what it says when there is none."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Producer

from monitor.cli import main
from monitor.codec import binary, structured
from monitor.core.channels import POLICIES
from monitor.core.events import BreakerTransition, Escalation, Output, PolicyText, SystemReading
from monitor.core.outputs import escalation_output, policy_output, transition_output
from monitor.core.system.followed import NO_BACKUP, UNKNOWN_REASON
from monitor.core.vocabulary import Autonomy, BreakerStatus, EscalationStatus, Outcome, Severity, Verdict
from monitor.demo.broker import EmbeddedBroker
from monitor.ingest import IngestOptions
from monitor.policy_file import load_policy
from monitor.replay.engine import Engine
from tests.brokers import embedded_broker, fresh
from tests.replay.talks import ANGRY, records, talk

PLACE = records(talk("s", ANGRY))[0].at


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOOTSTRAP_SERVERS", "TOPIC_PREFIX", "CONFIG"):
        monkeypatch.delenv(f"OVERSIGHT_{name}", raising=False)


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with embedded_broker() as running:
        yield running


@pytest.fixture(scope="module")
def decided() -> list[Output]:
    return of_policy(None)


def of_policy(path: Path | None) -> list[Output]:
    engine = Engine(load_policy(path), IngestOptions())
    return [output for turn in engine.run(records(talk("s", ANGRY))) for output in turn.outputs]


def escalations(outputs: list[Output]) -> list[Escalation]:
    return [output.data for output in outputs if isinstance(output.data, Escalation)]


def grown(decided: list[Output]) -> Output:
    """A second revision of the first escalation: worse, for one reason more."""
    one = escalations(decided)[0]
    more = msgspec.structs.replace(one.reasons[0], rule="later", text="and then this")
    two = msgspec.structs.replace(
        one,
        revision=2,
        status=EscalationStatus.UPDATED,
        severity=Severity.CRITICAL,
        reasons=(*one.reasons, more),
        at=one.at + 60,
    )
    return escalation_output(two, PLACE)


def escalation_outputs(decided: list[Output], it: Escalation) -> list[Output]:
    return [each for each in decided if isinstance(each.data, Escalation) and each.data == it]


def written(path: Path, outputs: list[Output]) -> Path:
    path.write_bytes(b"".join(structured(output) + b"\n" for output in outputs))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)])


def test_explains_why_this_why_this_level_and_what_would_have_kept_it_silent(
    decided: list[Output], tmp_path: Path
) -> None:
    it = escalations(decided)[-1]
    text = run(it.escalation_id, "--from", written(tmp_path / "e", decided)).stdout
    for reason in it.reasons:
        assert reason.text in text
        assert all(f"{each.turn}" in text for each in reason.evidence)
    for part in (
        it.next_step,
        it.route,
        "A person takes over now",
        "NOBODY: the owner is unassigned",
        "so says the rule",
    ):
        assert part in text
    assert "had the user not contested the answer" in text


def test_without_technical_no_signal_bound_or_fingerprint_is_named_and_with_it_all_are(
    decided: list[Output], tmp_path: Path
) -> None:
    it = escalations(decided)[-1]
    events = written(tmp_path / "e", decided)
    plain, technical = (run(it.escalation_id, "--from", events, *more).stdout for more in ((), ("--technical",)))
    assert technical.startswith(plain)
    for part in (it.counterfactual, it.policy, str(it.rung), str(it.situation), *(each.rule for each in it.reasons)):
        assert part not in plain
        assert part in technical
    for reason in it.reasons:
        assert f"{reason.signal} was {reason.value:.2f}" in technical
        assert all(f"{each.topic}/{each.partition}/{each.offset}" in technical for each in reason.evidence)


def test_life_lists_every_revision_with_what_grew(decided: list[Output], tmp_path: Path) -> None:
    it = escalations(decided)[0]
    closed = msgspec.structs.replace(it, revision=3, status=EscalationStatus.CLEARED, duration_seconds=300.0)
    events = [*escalation_outputs(decided, it), grown(decided), escalation_output(closed, PLACE)]
    text = run(it.escalation_id, "--from", written(tmp_path / "e", events[::-1])).stdout
    life = text[text.index("WHAT BECAME OF IT") : text.index("WHAT HOLDS")]
    first, second, third = (line.strip() for line in life.strip().splitlines()[1:])
    assert first.startswith("2023-")
    assert first.endswith("UTC  a person was called")
    assert second.endswith(f"more was found: how bad it is went from {it.severity} to critical; also and then this")
    assert third.endswith("after 5 minutes")


def test_life_with_an_answer_still_says_why_and_names_who_answered(decided: list[Output], tmp_path: Path) -> None:
    it = escalations(decided)[0]
    settled = msgspec.structs.replace(
        it,
        status=EscalationStatus.RESOLVED,
        settlement=1,
        owner="duty",
        reasons=(msgspec.structs.replace(it.reasons[0], evidence=()),),
        counterfactual="",
        unknown=(UNKNOWN_REASON, NO_BACKUP),
        reviewer="ada",
        review_reason="the fee was wrong",
        verdict=Verdict.JUSTIFIED,
        outcome=Outcome.CHANGED,
    )
    events = [escalation_output(settled, PLACE), *escalation_outputs(decided, it)]
    text = run(it.escalation_id, "--from", written(tmp_path / "e", events)).stdout
    for part in (
        it.reasons[0].text,
        "\n  duty, within",
        "ada answered: justified, changed (the fee was wrong)",
        NO_BACKUP,
    ):
        assert part in text
    assert "before that unassigned" in text
    assert UNKNOWN_REASON not in text
    assert "a person answered: who is asked went from unassigned to duty" in text


def test_life_that_is_open_or_lacks_its_beginning_says_so(decided: list[Output], tmp_path: Path) -> None:
    two = grown(decided)
    text = run(two.id, "--from", written(tmp_path / "e", [two])).stdout
    assert "what came before revision 2 is not among what was read" in text
    assert "still open as far as was read" in text


def test_level_names_the_rule_that_gave_it(tmp_path: Path) -> None:
    policy = tmp_path / "p.yaml"
    policy.write_text(
        "name: mine\nowner: desk\nsituations: {support_resolution: {rules: {disputed: {severity: critical}}}}\n"
    )
    outputs = of_policy(policy)
    it = next(each for each in escalations(outputs) if each.severity == "critical")
    events = written(tmp_path / "e", outputs)
    text = run(it.escalation_id, "--from", events, "--policy", policy).stdout
    assert 'critical: so says the rule "the user disputes the answer"' in text
    assert "a person takes over now: so says the rule" in text
    assert "\n  desk, within" in text
    without = run(it.escalation_id, "--from", events).stdout
    assert f"({it.policy}) is not at hand; name it with --policy" in without
    other = run(it.escalation_id, "--from", events, "--policy", "default").stdout
    assert other.startswith("!! Rules are looked up in another policy")
    assert "critical: not by the policy at hand" in other


def test_beginning_of_the_id_or_of_an_events_id_is_enough(decided: list[Output], tmp_path: Path) -> None:
    updated = grown(decided)
    events = written(tmp_path / "e", [*decided, updated])
    assert isinstance(updated.data, Escalation)
    whole = run(updated.data.escalation_id, "--from", events).stdout
    assert run(updated.data.escalation_id[:12], "--from", events).stdout == whole
    assert run(updated.id[:12], "--from", events).stdout == whole


def test_compressed_file_gives_what_the_file_gives(decided: list[Output], tmp_path: Path) -> None:
    events = written(tmp_path / "e", decided)
    zipped = tmp_path / "e.gz"
    zipped.write_bytes(gzip.compress(b'not json\n{"oversight.": 1}\n' + events.read_bytes()))
    found = escalations(decided)[0].escalation_id
    assert run(found, "--from", zipped).stdout == run(found, "--from", events).stdout


def test_event_delivered_twice_counts_once(decided: list[Output], tmp_path: Path) -> None:
    found = escalations(decided)[0].escalation_id
    once, twice = written(tmp_path / "1", decided), written(tmp_path / "2", decided * 2)
    assert run(found, "--from", twice).stdout == run(found, "--from", once).stdout


def test_unknown_id_names_near_ones(decided: list[Output], tmp_path: Path) -> None:
    events = written(tmp_path / "e", decided)
    found = escalations(decided)[0].escalation_id
    wrong = found[:10] + ("0" if found[10] != "0" else "1") + found[11:]
    for asked in (wrong, wrong[:14]):
        result = run(asked, "--from", events)
        assert result.exit_code == 2
        assert found in result.stderr
    assert run("zzzz", "--from", events).exit_code == 2
    assert run("", "--from", events).exit_code == 2


def test_prefix_of_several_is_refused_with_them(decided: list[Output], tmp_path: Path) -> None:
    one = escalations(decided)[0]
    twin = msgspec.structs.replace(one, escalation_id=one.escalation_id[:8] + "f" * 24)
    events = written(tmp_path / "e", [*decided, escalation_output(twin, PLACE)])
    result = run(one.escalation_id[:8], "--from", events)
    assert result.exit_code == 2
    assert twin.escalation_id in result.stderr


def test_file_without_escalations_says_what_to_name(tmp_path: Path) -> None:
    result = run("ab", "--from", written(tmp_path / "e", []))
    assert result.exit_code == 2
    assert "--outputs" in result.stderr


def test_names_from_outside_cannot_steer_a_terminal(decided: list[Output], tmp_path: Path) -> None:
    it = msgspec.structs.replace(escalations(decided)[0], owner="x\x1b]0;\x07")
    text = run(it.escalation_id, "--from", written(tmp_path / "e", [escalation_output(it, PLACE)])).stdout
    assert "\n  x" in text
    assert "\x1b" not in text
    assert "\x07" not in text


def test_topic_is_read_to_its_end_with_the_policy_that_was_published(broker: EmbeddedBroker, tmp_path: Path) -> None:
    policy = tmp_path / "p.yaml"
    policy.write_text("name: mine\nowner: desk\n")
    loaded = load_policy(policy)
    outputs = [each for each in of_policy(policy) if isinstance(each.data, Escalation)]
    prefix = fresh("explain") + "."
    sent = [*outputs, policy_output(PolicyText(fingerprint=loaded.fingerprint, name="mine", text=loaded.text), 0.0)]
    for channel in {each.channel for each in sent}:
        broker.create_topic(prefix + channel, 3)
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers})
    for each in sent:
        headers, value = binary(each)
        producer.produce(prefix + each.channel, value, each.key, headers=headers)
    producer.flush()
    found = escalations(outputs)[-1].escalation_id
    address = ("--bootstrap-servers", broker.bootstrap_servers, "--prefix", prefix)
    result = run(found[:16], "--from", "escalations", *address)
    assert result.exit_code == 0, result.output
    text = run(found, "--from", written(tmp_path / "e", outputs), "--policy", policy).stdout
    assert result.stdout == text
    assert "name it with --policy" not in text


def test_topic_without_published_policies_is_explained_all_the_same(
    broker: EmbeddedBroker, decided: list[Output]
) -> None:
    prefix = fresh("alone") + "."
    sent = [each for each in decided if isinstance(each.data, Escalation)]
    broker.create_topic(prefix + sent[0].channel, 1)
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers})
    for each in sent:
        headers, value = binary(each)
        producer.produce(prefix + each.channel, value, each.key, headers=headers)
    producer.flush()
    address = ("--bootstrap-servers", broker.bootstrap_servers, "--prefix", prefix)
    result = run(escalations(decided)[0].escalation_id, "--from", "escalations", *address)
    assert result.exit_code == 0, result.output
    assert "name it with --policy" not in result.stdout  # the shipped policy is at hand
    assert POLICIES not in result.output


def test_missing_topic_names_the_next_action(broker: EmbeddedBroker) -> None:
    address = ("--bootstrap-servers", broker.bootstrap_servers, "--prefix", fresh("none") + ".")
    assert "oversight topics apply" in run("ab", "--from", "escalations", *address).stderr
    assert "escalations" in run("ab", "--from", "nowhere.jsonl", *address).stderr


def test_ceiling_below_the_grant_is_explained_by_the_step_that_held_the_system_back(
    decided: list[Output], tmp_path: Path
) -> None:
    it = msgspec.structs.replace(escalations(decided)[0], ceiling=Autonomy.SUPPORT)
    step = BreakerTransition(
        system_id=it.system_id,
        capability="",
        from_state=BreakerStatus.CLOSED,
        to_state=BreakerStatus.OPEN,
        from_ceiling=Autonomy.ACT,
        to_ceiling=Autonomy.SUPPORT,
        trigger="trip",
        epoch=1,
        at=it.at - 60,
        reason="unsupported_rate 0.5",
        readings=(SystemReading("unsupported_rate", 0.5, 0.3, 60),),
    )
    held = transition_output(step, PLACE)
    text = run(it.escalation_id, "--from", written(tmp_path / "e", [held, escalation_output(it, PLACE)])).stdout
    assert "could at the most prepare and support, since 2023-" in text
    assert "because of this: the share of answers that its sources do not carry" in text
    alone = run(it.escalation_id, "--from", written(tmp_path / "a", [escalation_output(it, PLACE)])).stdout
    assert "could at the most prepare and support\n" in alone
