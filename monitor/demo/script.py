"""How the screenplay is written: a system's line, then scenes, each a header and its turns, one JSON object a line.

A system's line (``system``) holds what all its assistant turns carry, and under ``changed`` what they carry instead
after the model change at midday. A scene's header (``session``) says what is expected of it::

    expects   situation -> rule that this scene must raise; none: a calm scene, which must raise nothing
    near      why a calm scene looks as if it should raise something
    weight    how often a calm scene is drawn to fill the day
    times     how often a troubled scene occurs
    part      morning or afternoon, where it matters

A turn's line has its text under its role, and any other field of an interaction as it is. Texts hold ``{slots}`` and
``{one|of|these}``.
"""

import json
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

from monitor.core.vocabulary import Role, Situation
from monitor.demo.desk import Answer

ROLES = tuple(Role)
SYSTEMS = (
    "airline-support",
    "retail-refunds",
    "clinic-triage",
    "loan-desk",
    "copy-studio",
    "helpdesk-agent",
    "tariff-adviser",
    "knowledge-search",
)
"""Files of ``scripts/``; the day's order of drawing depends on this order."""
PEOPLE = "people"
"""The file of the commands that people issue during the day, and of their answers to escalations."""

Line = dict[str, Any]


class Scene(Struct, frozen=True, kw_only=True):
    """One kind of session. ``turns``: lines as written."""

    system: Line
    name: str
    turns: tuple[Line, ...]
    expects: dict[Situation, str] = {}
    near: str | None = None
    weight: int = 1
    times: int = 1
    part: str = "day"


@cache
def scenes() -> tuple[Scene, ...]:
    """Every scene of every system, in file order."""
    return tuple(scene for name in SYSTEMS for scene in _scenes(_lines(name)))


@cache
def orders() -> tuple[Line, ...]:
    """What people order: ``at`` (share of the day) and ``command``."""
    return tuple(line for line in _lines(PEOPLE) if "command" in line)


@cache
def answers() -> tuple[Answer, ...]:
    """How people answer escalations, in the order in which it is tried."""
    return tuple(msgspec.convert(line["answer"], Answer) for line in _lines(PEOPLE) if "answer" in line)


def _scenes(lines: list[Line]) -> list[Scene]:
    system, found = lines[0], []
    heads = [number for number, line in enumerate(lines) if "session" in line]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        head = dict(lines[start])
        expects = {Situation(row): rule for row, rule in head.pop("expects", {}).items()}
        turns = tuple(lines[start + 1 : end])
        found.append(Scene(system=system, name=head.pop("session"), turns=turns, expects=expects, **head))
    return found


def _lines(name: str) -> list[Line]:
    text = resources.files("monitor.demo.scripts").joinpath(f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def role_of(line: Line) -> Role:
    """Whose turn a line is.

    >>> role_of({"user": "Hello"})
    <Role.USER: 'user'>
    """
    return next(role for role in ROLES if role.value in line)
