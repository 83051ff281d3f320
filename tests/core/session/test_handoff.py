from hypothesis import given
from hypothesis import strategies as st

from monitor.core.annotation import ToolUse
from monitor.core.events import Evidence, Reason
from monitor.core.session.handoff import MAX_NAMES, Memory, package, remember
from monitor.core.vocabulary import Delivery, Role, Stake
from tests.core.fakes import make, tool


def points(memory: Memory) -> tuple[str, ...]:
    return package(memory, (), ()).open_questions


def test_remember_question_stays_open_until_an_answer_is_delivered() -> None:
    memory = Memory()
    remember(memory, make(0, {"question": 0.9}), 0)
    remember(memory, make(1, role=Role.ASSISTANT, delivery=Delivery.DRAFT), 1)
    assert points(memory) == ("turn 0: asked a question",)
    remember(memory, make(2, {"refusal": 0.9}, role=Role.ASSISTANT), 2)
    assert points(memory) == ("turn 0: asked a question",)
    remember(memory, make(3, role=Role.ASSISTANT), 3)
    assert points(memory) == ()


def test_remember_request_for_a_person_stays_open_until_staff_comes() -> None:
    memory = Memory()
    remember(memory, make(0, {"human_request": 0.9}), 0)
    remember(memory, make(1, role=Role.ASSISTANT), 1)
    assert points(memory) == ("turn 0: asked for a person",)
    remember(memory, make(2, role=Role.STAFF), 2)
    assert points(memory) == ()


def test_remember_failed_tool_is_told_apart() -> None:
    memory = Memory()
    remember(memory, make(0, role=Role.ASSISTANT, tool=tool("refund", amount=1e6, note="x", flag=True)), 0)
    remember(memory, make(1, role=Role.TOOL, tool=ToolUse("refund", 1, error=True)), 1)
    assert package(memory, (), ()).tools == ("refund (failed)",)
    assert package(memory, (), ()).amounts == ("refund.amount=1000000",)


def test_package_points_at_reasons_and_open_points() -> None:
    memory = Memory(intents=["cancel"], points={4: "asked a question"})
    reason = Reason("dispute", "disputed", "t", 0.9, 0.6, evidence=(Evidence(turn=2),))
    found = package(memory, (Stake.MONEY,), (reason,))
    assert (found.turns, found.stakes, found.intents) == ((2, 4), (Stake.MONEY,), ("cancel",))


@given(st.lists(st.text(min_size=1, max_size=3), max_size=60))
def test_remember_keeps_the_newest_names_only(intents: list[str]) -> None:
    memory = Memory()
    for index, intent in enumerate(intents):
        remember(memory, make(index, {"question": 1.0}, intent=intent), index)
    assert len(memory.intents) <= MAX_NAMES
    assert len(memory.points) <= MAX_NAMES
    assert set(memory.intents) <= set(intents)
