"""Decisions as records: dead letters first, outputs in decided order, every topic with its prefix."""

import pytest

from monitor.codec import decode_event
from monitor.config import Settings
from monitor.core.channels import DEAD_LETTERS, POLICIES
from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.events import Output, PolicyText
from monitor.core.interaction import Position
from monitor.core.outputs import policy_output
from monitor.ingest import Record
from monitor.stages.decision import Decisions
from monitor.stages.unforeseen import unforeseen
from monitor.worker.outgoing import outgoing, output_record

SETTINGS = Settings(topic_prefix="acme.")


def output(name: str) -> Output:
    return policy_output(PolicyText(fingerprint=name, name="p", text="{}"), 0.0)


def test_outgoing_puts_dead_letters_first_and_keeps_the_decided_order() -> None:
    rejected = Record(at=Position("acme.in", 0, 5), value=b"{", key=b"k")
    decisions = Decisions(
        outputs=[output("b"), output("a"), output("c")],
        rejected=[(rejected, InvalidRecord(RejectCode.INVALID_JSON, "no"))],
    )
    sent = outgoing(decisions, SETTINGS, stage="session")
    assert [each.topic for each in sent] == ["acme." + DEAD_LETTERS] + 3 * ["acme." + POLICIES]
    assert dict(sent[0].headers)["dlq.stage"] == b"session"
    assert [decode_event(tuple(each.headers), each.value).id for each in sent[1:]] == [
        output(name).id for name in ("b", "a", "c")
    ]


def test_outgoing_of_our_own_failure_logs_the_way_to_it_and_no_text(caplog: pytest.LogCaptureFixture) -> None:
    record, texts = Record(at=Position("acme.in", 0, 5), value=b"{}"), dict[str, str]()
    said = "what a person said"
    try:
        texts[said]
    except KeyError as error:
        decisions = Decisions(rejected=[(record, unforeseen(error))])
    (letter,) = outgoing(decisions, SETTINGS, stage="session")
    assert dict(letter.headers)["dlq.error.code"] == b"internal_error"
    assert "acme.in-0@5" in caplog.text
    assert "test_outgoing.py" in caplog.text
    assert said not in caplog.text


def test_outgoing_of_nothing_is_nothing() -> None:
    assert outgoing(Decisions(folded=3), SETTINGS, stage="session") == []


def test_output_record_extra_headers_change_neither_id_nor_payload() -> None:
    plain = output_record(output("a"), SETTINGS)
    extra = output_record(output("a"), SETTINGS, extra=(("valid_until", b"9"),), partition=4)
    assert (extra.value, extra.key, extra.partition) == (plain.value, plain.key, 4)
    assert extra.headers == [*plain.headers, ("valid_until", b"9")]
