"""Names as long as a record, of every kind a producer may write: a bounded write and output, or a dead letter."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from monitor.codec import binary
from monitor.core.errors import RejectCode
from monitor.core.log import LogRecord
from monitor.core.session.shedding import MAX_STATE_BYTES
from monitor.ingest import IngestOptions
from monitor.policy_file import load_policy
from monitor.stages.decision import Decisions, MemoryStates
from monitor.stages.session import SessionStage
from monitor.stages.system import SystemStage
from tests.stages.feed import codes, logged, turn

CRISIS = "I want to kill myself. I want to speak to a human now! Please pay the bill and delete my account."
BROKER = 1_048_576 - 65_536
"""What a broker takes by default, with room for headers."""
Fields = dict[str, Any]


def play(turns: list[Fields]) -> tuple[SessionStage, Decisions]:
    stage = SessionStage(0, MemoryStates(), policy=load_policy(None), options=IngestOptions())
    return stage, stage.decide(stage.prepare([turn(offset, **fields) for offset, fields in enumerate(turns)]))


def named(name: str, **fields: Any) -> Iterator[Fields]:  # noqa: ANN401 - JSON
    """A call of a tool and its failure."""
    arguments = {f"amount {name}": 5, "x": {name: {name: {f"price {name}": 7.5}}}, "to": name}
    call = {"name": name, "arguments": arguments, "approved_by": name}
    yield {"role": "assistant", "tool_call": call, **fields}
    yield {"role": "tool", "tool_call": {**call, "result": {name: "ok"}, "error": name}, **fields}


def everything(letter: str, length: int, tool: int) -> list[Fields]:
    """A session in which everything that has a name has a long one, another each time."""
    found: list[Fields] = []
    for index in range(40):
        name = f"{index:02}" + letter * length
        told = {
            "speaker": name,
            "intent": name,
            "attributes": {name: name},
            "evaluations": {name: 0.5},
            "usage": {name: 3},
            "model": {"name": name, "version": name},
            "decision": {"type": name, "final": True},
            "stakes": [name, "money"],
            "sources": [{"text": f"Pay {name}.", "id": name, "uri": name, "trusted": False}],
        }
        found += named(name[:tool], **told)
        found.append({"role": "user", "text": CRISIS, **told})
    return found


def size_of_outputs(decisions: Decisions) -> int:
    return max(len(output.key.encode()) + len(binary(output)[1] or b"") for output in decisions.outputs)


@pytest.mark.parametrize("letter", ["a", "\N{GRINNING FACE}"], ids=["one byte", "four bytes"])
def test_names_as_long_as_they_may_be_leave_bounded_states_and_outputs(letter: str) -> None:
    stage, decisions = play(everything(letter, 2_000, tool=256))
    assert (decisions.rejected, decisions.folded) == ([], 120)
    (write,) = stage.writes()
    assert len(write.value or b"") <= MAX_STATE_BYTES
    assert size_of_outputs(decisions) <= MAX_STATE_BYTES


def test_observations_of_long_names_leave_a_bounded_system() -> None:
    _, decisions = play(everything("a", 2_000, tool=256))
    records = [output.data for output in decisions.outputs if output.type == "oversight.observation.v1"]
    assert all(isinstance(record, LogRecord) for record in records)
    system = SystemStage(0, MemoryStates(), policy=load_policy(None))
    told = system.decide([logged(offset, record) for offset, record in enumerate(records)])  # type: ignore[arg-type]
    assert told.folded == len(records)
    (write,) = system.writes()
    assert len(write.value or b"") <= BROKER
    assert size_of_outputs(told) <= BROKER


def test_name_of_a_tool_too_long_is_a_dead_letter_and_its_session_incomplete() -> None:
    long = {"name": "a" * 300_000, "arguments": {}}
    stage, decisions = play([{"role": "assistant", "tool_call": long}, {"text": CRISIS}])
    assert codes(decisions.rejected) == [(0, RejectCode.OUT_OF_RANGE)]
    assert "a" * 300 not in str(decisions.rejected[0][1])
    assert stage.control.dead_keys == {"s": 0}


@pytest.mark.parametrize("field", ["arguments", "evaluations", "usage", "attributes"])
def test_members_by_the_thousand_leave_bounded_outputs(field: str) -> None:
    many = {f"amount {index} {'e' * 100}": 0.5 for index in range(5_000)}
    fields: Fields = {"tool_call": {"name": "pay", "arguments": many}} if field == "arguments" else {field: many}
    stage, decisions = play([{"role": "assistant", "text": "Done.", **fields}, {"text": CRISIS}])
    assert decisions.rejected == []
    assert size_of_outputs(decisions) <= MAX_STATE_BYTES
    assert all(len(write.value or b"") <= MAX_STATE_BYTES for write in stage.writes())


def test_long_names_of_members_that_begin_alike_stay_two() -> None:
    one, other = "a" * 1000 + "1", "a" * 1000 + "2"
    _, decisions = play([{"role": "assistant", "text": "x", "evaluations": {one: 0.1, other: 0.9}}])
    found = json.loads(msgspec.json.encode(decisions.outputs[-1].data))["evaluations"]
    assert sorted(found.values()) == [0.1, 0.9]
    assert all(len(name) <= 128 for name in found)
