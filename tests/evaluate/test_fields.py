"""Labels of users: what is understood by itself, what they can say, and what they are told when it is not."""

import re
from pathlib import Path

import pytest

from monitor.core.errors import OperatorError
from monitor.evaluate.fields import BOUNDARY_NAME, FIELDS, NAMES, SESSION, known_fields, mapped, task_of, understood
from monitor.evaluate.task import Unit
from monitor.evaluate.tasks import BOUNDARY
from tests.evaluate.build import judged

PAGE = Path(__file__).parents[2] / "docs" / "quality.md"


@pytest.mark.parametrize(
    ("text", "label", "truth"),
    [
        ("confusion=lost", {"lost": True}, True),
        ("confusion=lost", {"lost": 0}, False),
        ("confusion=lost", {"lost": None}, None),
        ("confusion=lost", {"lost": "yes"}, None),
        ("confusion=lost", {"lost": ["x"]}, None),
        ("unsupported_claim=!proven", {"proven": "no"}, None),
        ("confusion=a.b.c", {"a": {"b": {"c": True}}}, True),
        ("confusion=lost", {}, None),
        ("unsupported_claim=!proven", {"proven": False}, True),
        ("unsupported_claim=!proven", {"proven": True}, False),
        ("distress=mood=low", {"mood": "low"}, True),
        ("distress=mood=low", {"mood": ["high", "low"]}, True),
        ("distress=mood=low", {"mood": "high"}, False),
        ("session_risk=session.csat<=2", {"session": {"csat": 2}}, True),
        ("session_risk=session.csat<=2", {"session": {"csat": 2.5}}, False),
        ("session_risk=session.csat<=2", {"session": {"csat": True}}, None),
        ("session_risk=stars>=4", {"stars": 5}, True),
        ("session_risk=stars=4", {"stars": 4}, True),
    ],
)
def test_mapped_field_tells_the_truth_of_a_label(text: str, label: dict[str, object], truth: bool | None) -> None:  # noqa: FBT001
    assert mapped(text).truth(judged(label=label)) is truth


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("confusion", "write one of"),
        ("=lost", "write one of"),
        ("confusion=", "write one of"),
        ("confuzion=lost", "no signal 'confuzion'; there are boundary, sentiment"),
        ("session_risk=stars<=many", "'many' is not a number"),
        ("session_risk=!stars<=2", "together"),
    ],
)
def test_mapped_what_is_not_understood_is_told(text: str, says: str) -> None:
    with pytest.raises(OperatorError, match=says):
        mapped(text)


def test_mapped_boundary_stands_for_the_family() -> None:
    assert mapped(f"{BOUNDARY_NAME}=session.hacked").signals == BOUNDARY


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("confusion=lost", Unit.TURN),
        ("distress=session.sad", Unit.SESSION),
        ("session_risk=session.bad", Unit.BEFORE_LAST),
    ],
)
def test_task_of_session_field_judges_sessions(field: str, unit: Unit) -> None:
    assert task_of(mapped(field), "data").unit is unit


def test_understood_every_field_gives_its_row_alone() -> None:
    for field in FIELDS:
        rows = list(understood("data", {field.name, "something_else"}))
        assert [(row.signals, row.data) for row in rows] == [(field.signals, ("data",))]


def test_page_tells_of_every_field_and_its_mappings_are_understood() -> None:
    page = PAGE.read_text("utf-8").partition("## How to read it")[0]
    signals = {f"{prefix}{name}" for name in NAMES for prefix in ("", SESSION)}
    assert all(f"`{field.name}`" in page for field in FIELDS if field.name not in signals)
    mappings = re.findall(r"'(\w+=[^']+)'", page)
    assert len(mappings) > 3
    assert all(mapped(text).signals for text in mappings)


def test_known_fields_names_everything_that_is_understood() -> None:
    told = known_fields()
    assert all(field.name.removeprefix("session.") in told for field in FIELDS)
