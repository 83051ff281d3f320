"""A golden story played through the worker's own session stage.

A file of ``stories/`` is a list of stories:

- ``story``: what happens, ``turns``: the records of one session, ``policy``: over the shipped default, if not that.
- A turn has the fields of a record. Its ``text`` may be a list of wordings: the story is played once with each.
  ``after``: seconds since the turn before (30), ``lost``: the record does not decode and is dead-lettered.
- ``expect``: the escalations, each with its row and turn, who must act, how urgently and why. ``rule`` is the reason it
  is raised for, ``then`` lists rules that join it later; ``owner`` is the policy's unless it says so; ``unknown`` and
  ``notice`` are words of what it does not know and of what the user is told, ``hidden`` what its route hides.
- ``fails``: wording (from 1) -> why the monitor cannot tell it yet.
"""

import json
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from monitor.core.events import Escalation
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.policy.model import Policy
from monitor.core.policy.tree import parse_policy
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy, shipped_tree
from monitor.stages.decision import MemoryStates
from monitor.stages.session import SessionStage

FOLDER = Path(__file__).parent / "stories"
TOPIC = "oversight.interactions.v1"
SYSTEM, SESSION = "golden-bot", "story"
SHIPPED = load_policy(None)
START, STEP = 1_700_000_000, 30

Story = dict[str, Any]


class Played(Struct):
    """What the stage said: escalation events and observations in order, and how many records were dead-lettered."""

    escalations: list[Escalation]
    observations: list[Observation]
    rejected: int


def stories(name: str) -> list[Story]:
    """The stories of a file, one for each wording."""
    told = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return [one for story in told for one in wordings(story)]


def wordings(story: Story) -> list[Story]:
    """A story whose texts are lists becomes as many stories as they have texts, each named by its number.

    >>> told = wordings({"story": "s", "turns": [{"text": ["a", "b"]}, {"text": "c"}], "fails": {2: "why"}})
    >>> [([turn["text"] for turn in one["turns"]], one["story"], one.get("fails")) for one in told]
    [(['a', 'c'], 's (1)', None), (['b', 'c'], 's (2)', 'why')]
    """
    counts = {len(turn["text"]) for turn in story["turns"] if isinstance(turn.get("text"), list)}
    if not counts:
        return [story]
    (count,) = counts
    reasons = story.get("fails", {})
    return [
        {
            **story,
            "story": f"{story['story']} ({number + 1})",
            "turns": [_worded(turn, number) for turn in story["turns"]],
            "fails": reasons.get(number + 1),
        }
        for number in range(count)
    ]


def _worded(turn: Story, number: int) -> Story:
    text = turn.get("text")
    return {**turn, "text": text[number]} if isinstance(text, list) else turn


def policy_of(story: Story) -> Policy:
    """The shipped default, or the story's own policy over it."""
    if "policy" not in story:
        return SHIPPED
    return parse_policy({"name": "story", "owner": "story", **story["policy"]}, base=shipped_tree())


def records(story: Story) -> list[Record]:
    """The story's turns as records of one partition."""
    found, time = [], START
    for index, turn in enumerate(story["turns"]):
        fields = {"session_id": SESSION, "system_id": SYSTEM, "turn": index, **turn}
        time += fields.pop("after", STEP)
        lost = fields.pop("lost", False)
        value = b"{not a turn" if lost else json.dumps({"ts": time, **fields}).encode()
        found.append(Record(Position(TOPIC, 0, index), value, SESSION.encode()))
    return found


def play(story: Story, policy: Policy | None = None) -> Played:
    """Everything the session stage says of the story."""
    stage = SessionStage(0, MemoryStates(), policy=policy or policy_of(story), options=IngestOptions())
    decisions = stage.decide(stage.prepare(records(story)))
    data = [output.data for output in decisions.outputs]
    return Played(
        [each for each in data if isinstance(each, Escalation)],
        [each for each in data if isinstance(each, Observation)],
        len(decisions.rejected),
    )
