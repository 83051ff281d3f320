"""Golden stories: sessions in our own words, and what each must (or must not) escalate under the shipped default.

Stories run through ingest, annotate and the session stage, as records do in the worker. ``stories/<row>.yaml`` holds at
least one that must escalate and one near miss for each row that the session stage decides.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.annotate import annotate
from monitor.core.events import Escalation, Standing
from monitor.core.interaction import Position
from monitor.core.policy import Policy
from monitor.core.policy_tree import parse_policy
from monitor.core.session import SessionState, observe
from monitor.core.vocabulary import EscalationStatus, Situation
from monitor.ingest import IngestOptions, Record, decode
from monitor.policy_file import load_policy, shipped_tree

FOLDER = Path(__file__).parent / "stories"
SYSTEM = "golden-bot"
SHIPPED = load_policy(None)
START, STEP = 1_700_000_000, 30

STORIES = [
    (path.stem, story)
    for path in sorted(FOLDER.glob("*.yaml"))
    for story in yaml.safe_load(path.read_text(encoding="utf-8"))
]
ids = [f"{row}: {story['story']}" for row, story in STORIES]


def policy_of(story: dict[str, Any]) -> Policy:
    if "policy" not in story:
        return SHIPPED
    return parse_policy({"name": "story", "owner": "story", **story["policy"]}, base=shipped_tree())


def raised(story: dict[str, Any]) -> list[Escalation]:
    """Every escalation event of the story, in order."""
    policy, standing = policy_of(story), Standing(system_id=SYSTEM)
    state: SessionState | None = None
    found: list[Escalation] = []
    for index, turn in enumerate(story["turns"]):
        at = Position("oversight.interactions.v1", 0, index)
        fields = {"session_id": "story", "system_id": SYSTEM, "turn": index, "ts": START + STEP * index, **turn}
        interaction = decode(Record(at, json.dumps(fields).encode()), IngestOptions())
        step = observe(state, annotate(interaction), at=at, now=interaction.ts, policy=policy, standing=standing)
        state = step.state
        found.extend(output.data for output in step.outputs if isinstance(output.data, Escalation))
    return found


@pytest.mark.parametrize(("row", "story"), STORIES, ids=ids)
def test_story_escalates_exactly_as_told(row: str, story: dict[str, Any]) -> None:
    found = raised(story)
    expected = story["expect"]
    assert {str(each.situation) for each in found} == {each["situation"] for each in expected}
    for each in expected:
        first = next(
            found_one
            for found_one in found
            if found_one.situation == each["situation"] and found_one.status is EscalationStatus.RAISED
        )
        rules = {reason.rule for one in found if one.situation == each["situation"] for reason in one.reasons}
        assert each["rule"] in rules
        assert (first.lead, first.human_role, first.severity) == (each["turn"], each["role"], each["severity"])
        assert first.counterfactual.startswith("silent if ")
        assert first.reasons[0].evidence


def test_stories_every_row_of_the_session_stage_has_one_that_escalates_and_one_near_miss() -> None:
    rows = {row for row, _ in STORIES}
    assert rows == set(Situation) - {Situation.AUTONOMY_EXPANSION}
    for row in rows:
        kinds = {bool(story["expect"]) for name, story in STORIES if name == row}
        assert kinds == {True, False}, row
