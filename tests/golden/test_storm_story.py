"""Golden story of a storm, told by the engine of ``oversight replay`` under the shipped default.

An answer that helps nobody goes out: sixty sessions in five minutes do not follow it. People get one escalation that
counts them; the single ones are published, marked. Somebody in despair among them is nobody's one of many.
"""

import json
from collections.abc import Iterator
from functools import cache

from monitor.core.channels import INTERACTIONS
from monitor.core.events import Escalation
from monitor.core.interaction import Position
from monitor.core.vocabulary import EscalationStatus, HumanRole, Mode, Rung, Severity, Situation
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy
from monitor.replay.engine import Engine

SHIPPED = load_policy(None)
START = 1_700_000_000
LOST = (
    "How do I move my booking to the new portal?",
    "Bind the legacy locator to the federated profile and re-key the wallet.",
    "I don't understand what you mean. What is a locator?",
    "The locator is the record key which the federation assigns to the profile.",
    "Sorry, I'm completely lost. This makes no sense to me.",
)
DESPAIR = ("Nobody answers me.", "I am sorry to hear that.", "I don't want to live any more.")
CALM = ("When does the office open?", "At nine in the morning.", "Great, thank you.")


def talk(session: str, said: tuple[str, ...], start: int) -> Iterator[tuple[int, dict[str, object]]]:
    """The turns of a session, two seconds apart, the user first."""
    for turn, text in enumerate(said):
        ts = start + 2 * turn
        role = ("user", "assistant")[turn % 2]
        yield ts, {"system_id": "portal", "session_id": session, "role": role, "text": text, "ts": START + ts}


@cache
def told() -> tuple[Escalation, ...]:
    """Sixty lost sessions within five minutes, one in despair among them, then half an hour of calm ones."""
    talks = [talk(f"lost-{number}", LOST, 5 * number) for number in range(60)]
    talks.append(talk("despair", DESPAIR, 290))
    talks.extend(talk(f"calm-{number}", CALM, 400 + 60 * number) for number in range(35))
    turns = sorted((turn for each in talks for turn in each), key=lambda turn: turn[0])
    records = [
        Record(Position(INTERACTIONS, 0, offset), json.dumps(turn).encode()) for offset, (_, turn) in enumerate(turns)
    ]
    engine = Engine(SHIPPED, IngestOptions())
    outputs = (output.data for turn in engine.run(records) for output in turn.outputs)
    return tuple(each for each in outputs if isinstance(each, Escalation))


def storm() -> list[Escalation]:
    """What was said of the storm; that the answers became shorter when it was over is drift, and another matter."""
    return [each for each in told() if each.session_id is None and each.subject.endswith("~storm")]


def test_storm_is_one_escalation_of_the_same_row_that_says_how_many() -> None:
    first, last = storm()
    row = (first.situation, first.human_role, first.severity, first.rung, first.mode)
    assert row == (Situation.LOW_RISK_TASK, HumanRole.CORRECT, Severity.INFO, Rung.REVIEW_AFTER, Mode.LIVE)
    assert first.reasons[0].text.startswith("50 sessions within 10 minutes show the same: the user is confused")
    assert len(first.reasons[0].evidence) == 3
    assert first.counterfactual == "silent if fewer than 50 in 10 minutes"
    assert (last.status, last.escalation_id) == (EscalationStatus.CLEARED, first.escalation_id)
    assert last.reasons[0].text == "60 sessions showed the same while it lasted"
    assert last.duration_seconds is not None
    assert 15 * 60 < last.duration_seconds < 25 * 60


def test_every_lost_session_is_published_and_the_later_ones_are_marked_as_merged() -> None:
    lost = [each for each in told() if each.situation is Situation.LOW_RISK_TASK and each.session_id is not None]
    raised = [each for each in lost if each.status is EscalationStatus.RAISED]
    assert {each.session_id for each in raised} == {f"lost-{number}" for number in range(60)}
    assert [each.merged_into for each in raised] == [None] * 50 + [storm()[0].escalation_id] * 10


def test_despair_in_the_middle_of_the_storm_is_not_merged() -> None:
    (found,) = [each for each in told() if each.session_id == "despair"]
    assert (found.situation, found.merged_into) == (Situation.VULNERABLE_CONTEXT, None)
    assert storm()[0].at < found.at < storm()[1].at
