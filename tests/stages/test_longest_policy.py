"""A policy as long as it may be, under which all that can fire does: its words must not make a record too large."""

from typing import Any

import msgspec
import pytest

from monitor.core.errors import PolicyError
from monitor.core.log import LogRecord
from monitor.core.policy.model import Policy
from monitor.core.policy.tree import parse_policy
from monitor.core.signals import SIGNALS
from monitor.core.told import MAX_RULES, MAX_TEXT
from monitor.core.vocabulary import Situation
from monitor.ingest import IngestOptions
from monitor.policy_file import shipped_tree
from monitor.stages.decision import Decisions, MemoryStates
from monitor.stages.log_entry import MAX_REASON
from monitor.stages.session import SessionStage
from monitor.stages.system import SystemStage
from tests.core.systems import answer, order
from tests.stages.feed import logged, turn
from tests.stages.test_long_names import BROKER, everything, size_of_outputs

NAMES = [one.name for one in SIGNALS if one.name != "session_risk"]
SESSION_ROWS = [name for name in Situation if name not in (Situation.SYSTEM_BEHAVIOUR, Situation.AUTONOMY_EXPANSION)]
OWNED = {"name": "mine", "owner": "care"}
SHIPPED = shipped_tree()
EACH = MAX_RULES // len(Situation)


def longest(letter: str) -> str:
    return letter * (MAX_TEXT // len(letter.encode()))


def rules(text: str, many: int = EACH) -> dict[str, Any]:
    """Rules with the longest names and words, half of them in shadow, each on signals of its own and of others."""
    return {
        f"{index:03}" + "r" * 125: {
            "text": text,
            "signals": NAMES[index % len(NAMES) :] + NAMES[: index % len(NAMES)],
            "mode": "shadow" if index % 2 else "live",
        }
        for index in range(many)
    }


def wordy(letter: str) -> Policy:
    """Every text as long as it may be, every bound at nothing, every call of a tool over a hundred limits."""
    text = longest(letter)
    limit = {"text": text, "tools": ["*"], "max_calls": 0}
    row = {"next_step": text, "user_notice": text, "route": "r" * 100, "owner": text, "backup_owner": text}
    shipped = shipped_tree()
    none = {name: dict.fromkeys(shipped["situations"][name]["rules"]) for name in SESSION_ROWS}
    return parse_policy(
        {
            "name": text,
            "owner": text,
            "routes": {"r" * 100: {}},
            "bounds": {name: {"raise": 0, "clear": -1, "below": False} for name in NAMES},
            "tools": {"limits": {f"{index}": limit for index in range(120)}},
            "situations": {
                name: {**row, "scope": "session", "rules": none[name] | rules(text)} for name in SESSION_ROWS
            },
        },
        base=shipped,
    )


def play(policy: Policy) -> tuple[SessionStage, Decisions]:
    stage = SessionStage(0, MemoryStates(), policy=policy, options=IngestOptions())
    turns = [turn(offset, **fields) for offset, fields in enumerate(everything("a", 300, tool=256))]
    return stage, stage.decide(stage.prepare(turns))


@pytest.mark.parametrize("letter", ["a", "\N{GRINNING FACE}"], ids=["one byte", "four bytes"])
def test_longest_policy_leaves_bounded_states_and_outputs_of_both_stages(letter: str) -> None:
    policy = wordy(letter)
    stage, decisions = play(policy)
    assert decisions.rejected == []
    assert len([output for output in decisions.outputs if output.type == "oversight.escalation.raised.v1"]) > 4
    readings = [each for output in decisions.outputs for each in getattr(output.data, "readings", ())]
    assert max(len(text.encode()) for each in readings for text in (each.told, each.unless)) <= MAX_TEXT
    assert size_of_outputs(decisions) <= BROKER
    assert all(len(write.value or b"") <= BROKER for write in stage.writes())

    log: list[LogRecord] = [output.data for output in decisions.outputs if isinstance(output.data, LogRecord)]
    raised = dict.fromkeys(each.escalation_id for entry in log for each in getattr(entry, "escalations", ()))
    log += [answer(each, verdict="not_justified", reason=letter * MAX_REASON) for each in raised]
    log += [order("force_open", capability=f"{i:03}" + "c" * 125, reason=letter * MAX_REASON) for i in range(70)]
    system = SystemStage(0, MemoryStates(), policy=policy)
    told = system.decide([logged(offset, record) for offset, record in enumerate(log)])
    assert told.rejected == []
    assert size_of_outputs(told) <= BROKER
    assert all(len(write.value or b"") <= BROKER for write in system.writes())


@pytest.mark.parametrize("letter", ["a", "\N{GRINNING FACE}"], ids=["one byte", "four bytes"])
def test_longer_policy_is_refused(letter: str) -> None:
    row = {"next_step": longest(letter) + "a" * len(letter.encode()), "rules": rules("t", many=MAX_RULES)}
    name = longest(letter) + "a"
    with pytest.raises(PolicyError) as error:
        parse_policy(
            {**OWNED, "situations": {"low_risk_task": row}, "role": {"leaves_alone": {name: []}}}, base=SHIPPED
        )
    problems = "\n".join(map(str, error.value.problems))
    assert f"low_risk_task.next_step: has {len(row['next_step'].encode()):,} bytes, at most 1,000" in problems  # type: ignore[attr-defined]
    assert f"leaves_alone.{name}: the name has 1,001 bytes, at most 1,000" in problems
    assert f"rules, at most {MAX_RULES}" in problems


def test_shipped_policy_is_far_below() -> None:
    rows = shipped_tree()["situations"].values()
    assert sum(len(row["rules"]) for row in rows) < MAX_RULES // 2
    assert len(msgspec.json.encode(shipped_tree())) < 100_000
