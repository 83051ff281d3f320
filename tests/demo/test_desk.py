"""The demo's people answer whom the script says, once each, when it is time."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from monitor.core.events import Escalation, Output
from monitor.core.vocabulary import EscalationStatus, Mode, Situation, Verdict
from monitor.demo import desk as module
from monitor.demo.desk import Answer, Desk
from monitor.demo.script import answers
from tests.demo.test_screens import raised

HABIT = Answer(system_id="bot", situation=Situation.LOW_RISK_TASK, say={"reviewer": "ada"}, after=2.0, skip=1, times=1)


class Sent:
    """Stands in for the Kafka client: keeps what it is given."""

    def __init__(self, _: dict[str, Any]) -> None:
        self.values: list[dict[str, Any]] = []

    def produce(self, _topic: str, *, value: bytes, timestamp: int) -> None:
        assert timestamp
        self.values.append(json.loads(value))

    def poll(self, _: float) -> None:
        """Nothing to wait for."""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    found = Sent({})
    monkeypatch.setattr(module, "Producer", lambda _: found)
    return found


def told(number: int, **changed: Any) -> Output:  # noqa: ANN401 - any field of an escalation
    heard = raised()
    assert isinstance(heard, Output)
    assert isinstance(heard.data, Escalation)
    fields = {"escalation_id": f"e{number}", "system_id": "bot", "situation": Situation.LOW_RISK_TASK} | changed
    return replace(heard, data=replace(heard.data, **fields))


def test_desk_answers_the_one_it_is_told_to_and_not_before_its_time(sent: Sent) -> None:
    desk = Desk("", (HABIT,))
    for number in range(3):
        desk.hear(told(number), now=10.0)
        desk.hear(told(number), now=10.0)  # heard twice
    desk.answer(11.9)
    assert sent.values == []
    desk.answer(12.0)
    desk.answer(99.0)
    assert sent.values == [{"escalation_id": "e1", "system_id": "bot", "reviewer": "ada"}]


def test_desk_leaves_other_rows_shadow_and_later_events_alone(sent: Sent) -> None:
    desk = Desk("", (replace(HABIT, skip=0, times=9),))
    desk.hear(told(1, situation=Situation.CREATIVE_JUDGEMENT), now=0.0)
    desk.hear(told(2, mode=Mode.SHADOW), now=0.0)
    desk.hear(told(3, status=EscalationStatus.CLEARED), now=0.0)
    desk.hear(told(4, system_id="other"), now=0.0)
    desk.answer(99.0)
    assert sent.values == []


def test_script_every_verdict_says_why() -> None:
    said = [answer.say for answer in answers()]
    assert said
    for say in said:
        assert say["reviewer"]
        assert say.get("verdict") is None or (Verdict(say["verdict"]) and say["reason"])
