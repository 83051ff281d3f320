"""The hand-off package: what the next person needs so that the user does not have to say it again. No text of theirs.

A small memory of the session, folded turn by turn: declared intents, tools tried, amounts in their arguments, what is
still open, and where each stands.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.events import Handoff, Reason
from monitor.core.vocabulary import Delivery, Role, Stake

MAX_NAMES = 16
"""Intents, tools, amounts and open points kept: more than a person reads before joining."""
MAX_LETTERS = 64
"""Characters kept of each name: a package is read, and stored with every open escalation."""
CLEAR_CUE = 0.5
"""A cue at or above an even chance is worth a line in the package; it decides nothing."""

OPEN_POINTS: tuple[tuple[str, str], ...] = (
    ("human_request", "asked for a person"),
    ("distress", "is having a hard time"),
    ("dispute", "disputes the answer"),
    ("accountability", "asks who is responsible"),
    ("judgement_request", "asks for a judgement"),
    ("question", "asked a question"),
)
"""A user's fact -> what is open; the first that applies names the turn."""
_ANSWERED_BY_ANSWER = "asked a question"
_AMOUNT = re.compile(r"amount|price|total|sum|cost|fee|refund|payment|budget|limit|quantity", re.IGNORECASE)


class Memory(Struct):
    """What is remembered for a package. ``points``: turn -> what is open since then."""

    intents: list[str] = []
    tools: list[str] = []
    amounts: list[str] = []
    points: dict[int, str] = {}


def remember(memory: Memory, turn: Annotation, index: int) -> None:
    """Fold one turn in."""
    if turn.intent:
        _keep(memory.intents, _cut(turn.intent))
    if turn.tool is not None:
        _remember_tool(memory, turn.tool)
    if turn.role is Role.USER:
        point = _open_point(turn)
        if point is not None:
            memory.points[index] = point
            _drop_oldest(memory.points)
    elif turn.role is Role.STAFF:
        memory.points.clear()
    elif memory.points and _answers(turn):
        for place in [place for place, words in memory.points.items() if words == _ANSWERED_BY_ANSWER]:
            del memory.points[place]


def package(memory: Memory, stakes: Iterable[Stake], reasons: Iterable[Reason]) -> Handoff:
    """The package as it stands now, with pointers to the turns of the reasons and of what is open."""
    turns = {evidence.turn for reason in reasons for evidence in reason.evidence} | memory.points.keys()
    return Handoff(
        intents=tuple(memory.intents),
        tools=tuple(memory.tools),
        amounts=tuple(memory.amounts),
        stakes=tuple(stakes),
        open_questions=tuple(f"turn {index}: {words}" for index, words in memory.points.items()),
        turns=tuple(sorted(turns)[-MAX_NAMES:]),
    )


def _says(turn: Annotation, fact: str) -> bool:
    found = turn.facts.get(fact)
    return found is not None and found.score >= CLEAR_CUE


def _open_point(turn: Annotation) -> str | None:
    """What a user's turn leaves open."""
    for fact, words in OPEN_POINTS:
        found = turn.facts.get(fact)
        if found is not None and found.score >= CLEAR_CUE:
            return words
    return None


def _answers(turn: Annotation) -> bool:
    """Whether the turn reached the user with words and without refusing."""
    reached = turn.role is Role.ASSISTANT and turn.delivery is Delivery.DELIVERED and turn.words > 0
    return reached and not _says(turn, "refusal")


def _remember_tool(memory: Memory, tool: ToolUse) -> None:
    name = _cut(tool.name)
    if tool.error and name in memory.tools:
        memory.tools.remove(name)
    _keep(memory.tools, f"{name} (failed)" if tool.error else name)
    for path, value in _amounts(tool.arguments):
        _keep(memory.amounts, f"{name}.{_cut(path)}={value:.15g}")


def _amounts(arguments: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, float]]:
    """Numbers whose name says that they are amounts, at any depth of maps."""
    for name, value in arguments.items():
        place = f"{path}{name}"
        if isinstance(value, Mapping):
            yield from _amounts(value, f"{place}.")
        elif isinstance(value, int | float) and not isinstance(value, bool) and _AMOUNT.search(name):
            yield place, value


def _cut(name: str) -> str:
    return name if len(name) <= MAX_LETTERS else f"{name[: MAX_LETTERS - 1]}…"


def _keep(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)
        del names[:-MAX_NAMES]


def _drop_oldest(points: dict[int, str]) -> None:
    while len(points) > MAX_NAMES:
        del points[next(iter(points))]
