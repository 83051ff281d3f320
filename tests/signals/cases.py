"""Written cases of one signal: read from YAML, played through the engine of ``oversight replay``, counted.

The form is told in README.md beside this file. A case fires if the signal reaches its bound on any turn.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from monitor.core.channels import INTERACTIONS
from monitor.core.errors import PolicyError
from monitor.core.interaction import Position
from monitor.core.policy.model import Policy
from monitor.core.policy.tree import parse_policy
from monitor.core.signals import SIGNALS
from monitor.core.vocabulary import Autonomy, Delivery, Role, Stake
from monitor.evaluate.tasks import UNLABELLED
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy, shipped_tree
from monitor.replay.engine import Engine

SEEN, UNSEEN = "seen", "unseen"
"""Written by who wrote the signal; written by somebody who had not read its code. The second half is only counted."""
HALVES = (SEEN, UNSEEN)
HERE = Path(__file__).parent
SYSTEM = "bot"
SECONDS = 20.0
"""Between two turns."""

WRITTEN = ("dispute", *UNLABELLED)
"""The signals that no public corpus labels: each has a file in both halves."""


class CaseTool(msgspec.Struct, forbid_unknown_fields=True):
    """A tool use; on assistant turns the call, on tool turns also how it ended."""

    name: str
    arguments: dict[str, Any] = {}
    error: str | None = None
    result: Any = None
    approved_by: str | None = None


class CaseDecision(msgspec.Struct, forbid_unknown_fields=True):
    """What the producer declares the turn to have decided."""

    type: str | None = None
    final: bool | None = None
    reversible: bool | None = None


class CaseTurn(msgspec.Struct, forbid_unknown_fields=True):
    """One turn; only ``role`` and one of ``text`` and ``tool`` are needed."""

    role: Role
    text: str | None = None
    tool: CaseTool | None = None
    sources: list[str] = []
    decision: CaseDecision | None = None
    capability: str | None = None
    intent: str | None = None
    delivery: Delivery | None = None
    stakes: list[Stake] = []
    speaker: str | None = None
    autonomy: Autonomy | None = None


class WrittenCase(msgspec.Struct, forbid_unknown_fields=True):
    """A short session and whether the signal should fire in it. ``policy`` is merged over the shipped one."""

    id: str
    fires: bool
    turns: list[CaseTurn]
    policy: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine made of a case. ``highest``: the signal's highest score on any turn, None where never known."""

    case: WrittenCase
    fired: bool
    highest: float | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases of a signal went which way."""

    hits: int
    misses: int
    false: int
    silent: int

    @property
    def precision(self) -> float:
        """Of those that fired, the share that should; 0 where none fired."""
        return self.hits / max(1, self.hits + self.false)

    @property
    def recall(self) -> float:
        """Of those that should fire, the share that did."""
        return self.hits / max(1, self.hits + self.misses)


def read(signal: str, half: str) -> list[WrittenCase]:
    """The cases of a signal in one half, none where nobody has written any.

    Raises:
        ValueError: a case is not of the form; the message names it and says what is wrong.
    """
    path = HERE / half / f"{signal}.yaml"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        items = yaml.safe_load(file) or []
    found = [_case(item, f"{half}/{path.name}, case {index + 1}") for index, item in enumerate(items)]
    ids = [case.id for case in found]
    doubled = sorted({each for each in ids if ids.count(each) > 1})
    if doubled:
        raise ValueError(f"{half}/{path.name}: written twice: {', '.join(doubled)}")
    return found


def _case(item: object, where: str) -> WrittenCase:
    name = f"{where} ({item.get('id')})" if isinstance(item, dict) else where
    try:
        case = msgspec.convert(item, WrittenCase, strict=True)
        policy_of(msgspec.json.encode(case.policy))
    except msgspec.ValidationError as error:
        raise ValueError(f"{name}: {error}") from None
    except PolicyError as error:
        raise ValueError(f"{name}: policy: {'; '.join(error.problems)}") from None
    if not case.turns:
        raise ValueError(f"{name}: has no turns")
    for index, turn in enumerate(case.turns):
        if not turn.text and turn.tool is None:
            raise ValueError(f"{name}: turn {index + 1} has neither text nor tool")
    return case


@cache
def policy_of(tree: bytes) -> Policy:
    """The policy of a case: what it gives, as JSON, over the shipped one."""
    given = msgspec.json.decode(tree)
    if not given:
        return load_policy(None)
    return parse_policy({"name": "case", "owner": "case", **given}, base=shipped_tree())


def played(signal: str, cases: Iterable[WrittenCase]) -> list[Outcome]:
    """Every case through the engine, each in a session of its own."""
    return [_played(signal, case) for case in cases]


def _played(signal: str, case: WrittenCase) -> Outcome:
    engine = Engine(policy_of(msgspec.json.encode(case.policy)), IngestOptions(), standings="pinned")
    fired, values = False, []
    for turn in engine.run(records(case)):
        if turn.rejected is not None:
            raise ValueError(f"{case.id}: a turn is rejected: {turn.rejected}")
        observation = turn.observation
        assert observation is not None
        fired = fired or any(reading.signal == signal for reading in observation.readings)
        value = observation.scores.get(signal)
        values += [] if value is None else [value]
    return Outcome(case, fired, max(values, default=None))


def records(case: WrittenCase) -> Iterator[Record]:
    """The turns of a case as the worker reads them."""
    for index, turn in enumerate(case.turns):
        given = {name: value for name, value in msgspec.to_builtins(turn).items() if value not in (None, [])}
        if "tool" in given:
            given["tool_call"] = given.pop("tool")
        fields = {"system_id": SYSTEM, "session_id": case.id, "ts": 1_700_000_000.0 + SECONDS * index, **given}
        yield Record(Position(INTERACTIONS, 0, index), msgspec.json.encode(fields), key=case.id.encode())


def counted(outcomes: Iterable[Outcome]) -> Count:
    """How many went which way."""
    found: Mapping[tuple[bool, bool], list[Outcome]] = {
        (fires, fired): [] for fires in (True, False) for fired in (True, False)
    }
    for outcome in outcomes:
        found[outcome.case.fires, outcome.fired].append(outcome)
    return Count(*(len(found[kind]) for kind in ((True, True), (True, False), (False, True), (False, False))))


def known(signal: str) -> bool:
    """Whether the monitor has a signal of that name."""
    return any(each.name == signal for each in SIGNALS)
