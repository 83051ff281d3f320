"""What the demo shows, from events as the worker sends them."""

import io
import json
from typing import Any

import msgspec
import pytest
from rich.console import Console

from monitor.codec import decode_structured
from monitor.core.interaction import Position
from monitor.core.log import Command, Observation
from monitor.core.vocabulary import Role, Situation
from monitor.demo import summary
from monitor.demo.screen import JsonScreen, PlainScreen
from monitor.demo.tally import DeadLetter, Heard, Tally
from monitor.demo.view import LiveScreen, picture
from monitor.topics import contract_folder

HEIGHT = 45


def example(kind: str) -> dict[str, Any]:
    """The first valid example of an event that the contract ships."""
    path = min((contract_folder() / "examples" / kind / "valid").glob("*.json"))
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def event(kind: str, ce_type: str, **changed: object) -> Heard:
    envelope = {"specversion": "1.0", "id": "e", "source": "/s", "time": "2026-03-02T09:00:00Z", "type": ce_type}
    return decode_structured(msgspec.json.encode(envelope | {"data": example(kind) | changed}))


def raised(**changed: object) -> Heard:
    return event("escalation", "oversight.escalation.raised.v1", status="raised", **changed)


def turn(risk: float, *, final: bool = False) -> Observation:
    return Observation(
        source=Position("t", 0, 0),
        ordinal=0,
        system_id="bot",
        session_id="s-1",
        turn=0,
        at=1.0,
        role=Role.USER,
        session_risk=risk,
        final=final,
    )


def told(*heard: Heard) -> Tally:
    tally = Tally()
    for each in heard:
        tally.fold(each)
    return tally


ORDER = Command(action="reset", system_id="bot", issued_by="me", reason="repaired")
DEAD = DeadLetter("invalid_json", "no JSON", 0, 3)


def test_tally_counts_an_escalation_once_however_often_it_is_heard() -> None:
    tally = told(raised(escalation_id="a"), raised(escalation_id="a"), raised(escalation_id="b"))
    assert sum(tally.raised.values()) == 2


def test_tally_session_at_risk_is_listed_until_it_ends() -> None:
    assert [one.session_id for one in told(turn(0.7)).at_risk] == ["s-1"]
    assert told(turn(0.7), turn(0.1)).at_risk == []
    assert told(turn(0.7), turn(0.7, final=True)).at_risk == []


def test_tally_row_that_occurred_is_not_missing() -> None:
    assert told().missing == list(Situation)
    assert Situation.LOW_RISK_TASK not in told(raised(situation="low_risk_task")).missing


def test_plain_screen_says_who_must_act_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    screen = PlainScreen()
    for heard in (raised(owner="Dr. Y. Berg"), turn(0.1), ORDER, DEAD):
        screen.show(heard)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "Dr. Y. Berg" in lines[0]
    assert "reset on bot by me" in lines[1]
    assert "invalid_json" in lines[2]


def test_json_screen_gives_one_object_a_line_and_the_summary_last(capsys: pytest.CaptureFixture[str]) -> None:
    screen = JsonScreen()
    heard = (raised(escalation_id="a"), turn(0.1), ORDER, DEAD)
    for each in heard:
        screen.show(each)
    screen.close_with(summary.summary(told(*heard), sent=1, complete=True, seconds=1.0))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 5
    assert lines[0]["type"] == "oversight.escalation.raised.v1"
    assert lines[-1]["summary"]["turns"] == 1
    assert lines[-1]["summary"]["rejected"] == {"invalid_json": 1}


def test_view_fits_the_terminal_and_names_the_owner() -> None:
    heard = [raised(escalation_id=str(number), owner="Dr. Y. Berg") for number in range(60)]
    tally = told(*heard, turn(0.7), event("breaker", "oversight.breaker.state.v1"))
    console = Console(file=io.StringIO(), width=150, height=HEIGHT, force_terminal=False)
    console.print(picture(tally, 1, rate=3.0, height=HEIGHT))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert len(shown.splitlines()) <= HEIGHT
    assert "Dr. Y. Berg" in shown
    assert "s-1" in shown


def test_live_screen_note_after_the_end_is_printed() -> None:
    console = Console(file=io.StringIO(), width=100, height=HEIGHT, force_terminal=True)
    screen = LiveScreen(console)
    with screen:
        screen.note("starting")
        screen.refresh(told(turn(0.7)), 1)
    screen.note("the worker ended with exit code 3")
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().rstrip().endswith("the worker ended with exit code 3")


def test_summary_lines_name_every_row_and_what_to_try_next() -> None:
    found = summary.summary(told(raised()), sent=1, complete=False, seconds=2.0)
    text = "\n".join(summary.lines(found))
    assert all(row.value in text for row in Situation)
    assert "cut short" in text
    assert "oversight replay" in text
