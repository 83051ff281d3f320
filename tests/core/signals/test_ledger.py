"""Calls from their beginning to their result: each is judged once, whoever speaks in between, and a person's never."""

from typing import Any

import msgspec
import pytest

from monitor.core.annotation import Annotation
from monitor.core.policy.model import Limit, SystemPolicy, ToolPolicy
from monitor.core.signals import SIGNALS
from monitor.core.signals.ledger import MAX_OPEN, NOTHING, Call, Ledger, enter
from monitor.core.vocabulary import Delivery, Role
from tests.builders import ai, call, result, staff, story, system_policy, tool, user

STRICT = system_policy(
    tools=ToolPolicy(
        allowed=("get_*",),
        approval=("publish_*",),
        irreversible=("publish_*",),
        limits=(Limit("none", "not by itself", ("publish_*",), max_calls=0),),
    )
)
"""A policy under which each of JUDGING fires on a call of ``publish_post``."""
JUDGING = (
    "tool_not_allowed",
    "irreversible_action",
    "approval_missing",
    "publish_without_review",
    "limit_exceeded",
)
POST = "publish_post"


def fired(name: str, *turns: Annotation, policy: SystemPolicy = STRICT, **context: Any) -> int:  # noqa: ANN401
    """On how many of the turns a signal says 1."""
    return sum(score.value == 1.0 for score in story(name, *turns, policy=policy, **context))


@pytest.mark.parametrize("name", JUDGING)
@pytest.mark.parametrize(
    "turns",
    [
        (call(POST), result(POST)),
        (result(POST),),
        (call(POST), user("how far are you"), result(POST)),
        (call(POST), user("go on"), ai("yes"), user("well"), result(POST), ai("done")),
        (call(POST, delivery=Delivery.DRAFT), result(POST)),
    ],
)
def test_call_is_judged_once_however_late_its_result_comes(name: str, turns: tuple[Annotation, ...]) -> None:
    assert fired(name, *turns) == 1


@pytest.mark.parametrize("name", JUDGING)
def test_calls_in_parallel_are_each_judged_once(name: str) -> None:
    at_once = [call(POST, use={"arguments": {"id": index}}) for index in range(20)]
    results = [result(POST, use={"arguments": {"id": index}}) for index in range(20)]
    assert fired(name, *at_once, *results) == 20


@pytest.mark.parametrize("name", JUDGING)
def test_call_of_staff_and_its_result_are_a_persons(name: str) -> None:
    assert fired(name, user("hello"), staff(tool=tool(POST)), result(POST)) == 0


@pytest.mark.parametrize("name", JUDGING)
def test_call_of_the_ai_beside_one_of_staff_is_judged(name: str) -> None:
    by_staff, by_ai = {"arguments": {"id": 1}}, {"arguments": {"id": 2}}
    turns = (staff(tool=tool(POST, **by_staff)), call(POST, use=by_ai))
    assert fired(name, *turns, result(POST, use=by_ai), result(POST, use=by_staff)) == 1


def test_stuck_loop_counts_a_step_once_and_none_of_a_person() -> None:
    assert story("stuck_loop", call("look"), result("look"))[-1].value == 0.0
    twice = [staff(tool=tool("look")), result("look")] * 3
    assert {score.value for score in story("stuck_loop", *twice)} <= {None, 0.0}


def test_result_ends_the_call_of_equal_arguments_else_the_oldest_of_its_name() -> None:
    ledger = Ledger()
    opened = [enter(ledger, call("look", use={"arguments": {"id": text}})).opened for text in "abc"]
    assert opened == ledger.open
    assert enter(ledger, result("look", use={"arguments": {"id": "b"}})).ended == opened[1]
    assert enter(ledger, result("look", use={"arguments": {"id": "x"}})).ended == opened[0]
    assert ledger.open == opened[2:]
    assert enter(ledger, result("find")).begun is not None


def test_calls_have_numbers_of_their_own() -> None:
    ledger = Ledger()
    for _ in range(3):
        enter(ledger, call("look"))
        enter(ledger, result("look"))
    entry = enter(ledger, call("look"))
    assert entry.opened == Call("look", entry.opened.signature if entry.opened else 0, 3)


def test_ledger_of_more_calls_than_it_keeps_takes_the_oldest_for_settled() -> None:
    ledger = Ledger()
    entries = [enter(ledger, call("look", use={"arguments": {"id": index}})) for index in range(MAX_OPEN + 2)]
    assert [each.number for entry in entries for each in entry.settled] == [0, 1]
    assert len(ledger.open) == MAX_OPEN


@pytest.mark.parametrize("turn", [user(), ai(), user(tool=tool("look"))])
def test_turn_without_a_call_is_nothing_to_the_ledger(turn: Annotation) -> None:
    assert enter(Ledger(), turn) is NOTHING


def test_calls_under_way_are_kept_once_a_session_not_by_signals() -> None:
    for each in SIGNALS:
        assert b"pending" not in msgspec.json.encode(each.State()), each.name
        assert b"open" not in msgspec.json.encode(each.State()), each.name


def test_role_of_an_entry_is_that_of_the_turn() -> None:
    """A result's ``begun`` is the AI's call that nobody saw; whoever else calls begins nothing to be judged."""
    for role in Role:
        turn = msgspec.structs.replace(call("look"), role=role)
        assert (enter(Ledger(), turn).begun is not None) is (role in {Role.ASSISTANT, Role.TOOL})
