"""Short ways to make annotated turns and policies for stories in tests; the unsaid is an ordinary English turn."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import msgspec

from monitor.core.annotation import Annotation, Claim, Fact, ToolUse, Value
from monitor.core.ids import digest64
from monitor.core.policy.model import Bound, BreakerPolicy, DriftPolicy, SystemPolicy, ToolPolicy
from monitor.core.signals import SIGNALS
from monitor.core.signals.base import Context, Score, Signal
from monitor.core.signals.ledger import Ledger, enter
from monitor.core.vocabulary import Autonomy, Role
from monitor.core.words import fold

ANYONE = ("valence", "question", "urgency", "hedging")
PERSON = (
    "dissatisfaction",
    "confusion",
    "dispute",
    "accountability",
    "human_request",
    "distress",
    "judgement_request",
    "satisfaction",
)
AI = (
    "final_decision",
    "denial",
    "irreversible",
    "recommendation",
    "criteria_given",
    "judgement",
    "publication",
    "refusal",
    "handoff_offer",
    "promise",
    "unclear",
    "concession",
    "claims_human",
    "claims_review",
    "affirms",
    "denies",
    "discloses",
    "consequence",
    "basis",
    "recourse",
)
ASKING = (
    "new_problem",
    "control_loss",
    "unclear",
    "vague",
    "dangling",
    "exception",
    "asks_if_human",
    "asks_if_machine",
    "asks_if_reviewed",
    "asks_again",
)
FACTS: dict[Role, tuple[str, ...]] = {
    Role.USER: (*ANYONE, *PERSON, "agreement", *ASKING),
    Role.STAFF: (*ANYONE, *PERSON, "approval", "denial"),
    Role.ASSISTANT: ANYONE + AI,
    Role.TOOL: ("instruction",),
}
_FIELDS = frozenset(Annotation.__struct_fields__)
_serial = count()


def turn(role: str = "user", content: str = "", /, **given: Any) -> Annotation:  # noqa: ANN401 - any field or fact
    """An annotated turn: keyword arguments that are no fields of Annotation are facts.

    ``content`` are its content words. Every fact of the role is 0 unless given; ``language=None`` leaves only those
    given.

    >>> turn("user", "refund order", dispute=0.9).facts["dispute"].score
    0.9
    """
    kind = Role(role)
    fields = {name: value for name, value in given.items() if name in _FIELDS}
    facts = {name: Fact(value) for name, value in given.items() if name not in _FIELDS}
    looked = {name: Fact(0.0) for name in FACTS[kind]} if given.get("language", "en") == "en" else {}
    terms = tuple(content.split())
    defaults: dict[str, Any] = {
        "id": f"t-{next(_serial)}",
        "ts": 0.0,
        "system_id": "bot",
        "session_id": "s",
        "turn": None,
        "language": "en",
        "terms": terms,
        "words": 0 if kind is Role.TOOL else max(1, len(terms)),
    }
    return Annotation(role=kind, **{**defaults, **fields, "facts": {**looked, **facts}})


def user(content: str = "", /, **given: Any) -> Annotation:  # noqa: ANN401 - any field or fact
    """A turn of the user."""
    return turn("user", content, **given)


def ai(content: str = "", /, **given: Any) -> Annotation:  # noqa: ANN401 - any field or fact
    """An answer of the assistant."""
    return turn("assistant", content, **given)


def staff(content: str = "", /, **given: Any) -> Annotation:  # noqa: ANN401 - any field or fact
    """A turn of a person of the operator."""
    return turn("staff", content, **given)


def call(name: str, values: Iterable[str] = (), *, common: bool = False, **given: Any) -> Annotation:  # noqa: ANN401 - any field or fact
    """A tool call of the assistant, without text. ``values`` are its arguments, all ``common`` or none."""
    arguments = tuple(Value(digest64(value), f"argument{index}", common=common) for index, value in enumerate(values))
    return turn(
        "assistant",
        tool=tool(name, **given.pop("use", {})),
        values=arguments,
        **{"words": 0, "language": None, **given},
    )


def result(name: str, values: Iterable[str] = (), instruction: float = 0.0, **given: Any) -> Annotation:  # noqa: ANN401 - any field or fact
    """What a tool answered; ``instruction``: how much the passage around its values reads like one."""
    brought = tuple(Value(digest64(value), "result", instruction) for value in values)
    return turn(
        "tool", tool=tool(name, **given.pop("use", {})), values=brought, **{"instruction": instruction, **given}
    )


def tool(name: str, **given: Any) -> ToolUse:  # noqa: ANN401 - any field or fact
    """A tool use; equal names and ``arguments`` have equal signatures."""
    signature = digest64(name + repr(given.get("arguments", "")))
    return ToolUse(name, **{"signature": signature, **given})


def mentions(*values: str) -> tuple[int, ...]:
    """Digests of values said in a text, as they stand in arguments."""
    return tuple(digest64(value) for value in values)


def claim(words: str, *numbers: str, **given: Any) -> Claim:  # noqa: ANN401 - any field or fact
    """A statement of these content words, folded as annotated ones are, and numbers."""
    return Claim(0, len(words), tuple(fold(word) for word in words.split()), numbers, **given)


def system_policy(**given: Any) -> SystemPolicy:  # noqa: ANN401 - any field or fact
    """A policy that allows everything and bounds nothing."""
    defaults: dict[str, Any] = {
        "purpose": "test",
        "owner": "tests",
        "granted": Autonomy.ACT,
        "situations": (),
        "bounds": {},
        "tools": ToolPolicy(),
        "drift": DriftPolicy(),
        "breaker": BreakerPolicy(),
    }
    return SystemPolicy(**{**defaults, **given})


def bound(**params: float) -> Bound:
    """A bound with parameters of its signal."""
    return Bound(0.5, 0.2, params=params)


class Fold:
    """All signals folded over turns one by one, as the session stage does it."""

    def __init__(self, signals: Sequence[Signal] = SIGNALS, **context: Any) -> None:  # noqa: ANN401 - any field of Context
        self.signals = signals
        self.context = {"policy": system_policy(), "ceiling": Autonomy.ACT, "granted": Autonomy.ACT, **context}
        self.states: dict[str, msgspec.Struct] = {signal.name: signal.State() for signal in signals}
        self.ledger = Ledger()
        self.turns = 0

    def add(self, turn: Annotation) -> dict[str, Score]:
        """The scores of the next turn."""
        values: dict[str, float | None] = {}
        context = Context(turn=self.turns, scores=values, entry=enter(self.ledger, turn), **self.context)
        found = {}
        for signal in self.signals:
            found[signal.name] = signal.update(self.states[signal.name], turn, context)
            values[signal.name] = found[signal.name].value
        self.turns += 1
        return found


def told(name: str, *turns: Annotation, **context: Any) -> Score:  # noqa: ANN401 - any field of Context
    """A signal's score on the last of the turns; ``context`` as in Context (policy, ceiling, incomplete ...)."""
    return story(name, *turns, **context)[-1]


def story(name: str, *turns: Annotation, **context: Any) -> list[Score]:  # noqa: ANN401 - any field of Context
    """A signal's score on each of the turns."""
    fold = Fold(**context)
    return [fold.add(turn)[name] for turn in turns]


def value(name: str, *turns: Annotation, **context: Any) -> float:  # noqa: ANN401 - any field of Context
    """A signal's known value on the last of the turns."""
    found = told(name, *turns, **context).value
    assert found is not None, f"{name} cannot know"
    return found
