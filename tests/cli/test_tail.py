"""``oversight tail``: one readable line per event, JSON on request, names of topics, a real client below."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Producer
from hypothesis import given

from monitor import __version__
from monitor.cli import main
from monitor.cli.lines import line_of
from monitor.cli.tail import TOPICS, Message, json_line, readable
from monitor.codec import KINDS, binary, decode_structured
from monitor.core.channels import INTERACTIONS
from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.events import Escalation, Output
from monitor.core.interaction import Position
from monitor.dead_letter import dead_letter
from monitor.demo.broker import EmbeddedBroker
from monitor.ingest import Record
from tests.brokers import embedded_broker, fresh
from tests.events import outputs
from tests.replay.talks import ANGRY, records, run, talk


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
    return [output for turn in run(records(talk("s", ANGRY))) for output in turn.outputs]


def tail(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tail", *arguments])


def message(output: Output) -> Message:
    headers, value = binary(output)
    return Message(tuple(headers), value, 0, 0)


@given(outputs())
def test_every_event_is_one_printable_line(output: Output) -> None:
    text = line_of(output)
    assert text.strip()
    assert text.isprintable()


def test_escalation_says_who_must_act_and_why(decided: list[Output]) -> None:
    raised = next(each for each in decided if isinstance(each.data, Escalation))
    assert isinstance(raised.data, Escalation)
    text = readable(message(raised))
    for part in (raised.data.human_role, raised.data.owner, raised.data.reasons[0].text, raised.data.subject):
        assert part in text


def test_json_line_is_the_event_in_structured_form(decided: list[Output]) -> None:
    for output in decided:
        assert decode_structured(json_line(message(output)).encode()).id == output.id


def test_dead_letter_is_told_by_its_code_and_message() -> None:
    record = Record(Position(INTERACTIONS, 2, 7), b"{")
    error = InvalidRecord(RejectCode.INVALID_JSON, "value: broken")
    _, value, headers = dead_letter(record, error, stage="session", version=__version__, limit=1000)
    text = readable(Message(tuple(headers), value, 1, 3))
    assert text == f"{INTERACTIONS}/2/7 invalid_json: value: broken"


def test_record_that_is_no_event_is_shown_all_the_same() -> None:
    assert "missing_field" in readable(Message((), b"hello", 1, 3))
    assert json_line(Message((), b"a\nb", 1, 3)) == "a b"


def test_log_records_that_carry_no_headers_are_told_by_their_value() -> None:
    tick = b'{"kind": "tick", "wall": 60.0, "lag": 3, "partition": 2}'
    order = b'{"kind": "command", "action": "release", "system_id": "bot", "issued_by": "ada", "reason": "mended"}'
    assert readable(Message((), tick, 2, 0)) == "1970-01-01 00:01:00 tick of partition 2, input lag 3"
    assert readable(Message((), order, 2, 1)) == "- command release on bot by ada: mended"


def test_escalation_names_the_id_that_a_review_must_name(decided: list[Output]) -> None:
    raised = next(each for each in decided if isinstance(each.data, Escalation))
    assert isinstance(raised.data, Escalation)
    assert f"[{raised.data.escalation_id}]" in readable(message(raised))


def test_every_topic_we_write_events_to_has_a_short_name() -> None:
    assert {kind.channel for kind in KINDS.values()} <= set(TOPICS.values())


def test_unknown_topic_is_answered_with_the_known_ones() -> None:
    result = tail("escalation")
    assert result.exit_code == 2
    assert "escalations" in result.stderr


def test_follows_a_topic_from_its_beginning(broker: EmbeddedBroker, decided: list[Output]) -> None:
    prefix = fresh("tail") + "."
    sent = [each for each in decided if isinstance(each.data, Escalation)]
    topic = prefix + sent[0].channel
    broker.create_topic(topic, 2)
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers})
    for each in sent:
        headers, value = binary(each)
        producer.produce(topic, value, each.key, headers=headers, partition=1)
    producer.flush()
    address = ("--bootstrap-servers", broker.bootstrap_servers, "--prefix", prefix)
    result = tail("escalations", "--from-beginning", "--limit", str(len(sent)), "--json", *address)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [each.id for each in sent]


def test_missing_topic_names_the_next_action(broker: EmbeddedBroker) -> None:
    address = ("--bootstrap-servers", broker.bootstrap_servers, "--prefix", fresh("none") + ".")
    result = tail("breakers", *address)
    assert result.exit_code == 2
    assert "oversight topics apply" in result.stderr
