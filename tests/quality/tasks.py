"""What is measured on which data: the truth of a line, and which turns count."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from tests.quality.data import Judged
from tests.quality.measures import Case

Truth = Callable[[Judged], bool | None]
TURN, SESSION, BEFORE_LAST = "turn", "session", "before its end"


@dataclass(frozen=True, slots=True)
class Task:
    """One row. ``truth`` None leaves a turn out. A session's score is its highest, its truth that of its last line."""

    signal: str
    files: tuple[str, ...]
    what: str
    truth: Truth
    unit: str = TURN
    role: str = ""
    limit: int | None = None
    rule: str = ""
    """Count escalations by this rule instead of readings."""


def labelled(name: str, value: object) -> Truth:
    """Truth by a field of the label; None where the label says nothing."""

    def truth(turn: Judged) -> bool | None:
        found = turn.label.get(name)
        return None if found is None else found == value

    return truth


def of_session(name: str) -> Truth:
    """Truth by a field of the session's label, on its last line."""

    def truth(turn: Judged) -> bool | None:
        found = _session(turn).get(name)
        return None if found is None else bool(found)

    return truth


def _session(turn: Judged) -> Mapping[str, Any]:
    return turn.label.get("session") or {}


def _kind(name: str) -> Truth:
    """Cases of citod that contradict only in this way, against those that do not contradict at all."""

    def truth(turn: Judged) -> bool | None:
        kinds = turn.label.get("kinds")
        if turn.label.get("contradiction") is None:
            return None
        return name in (kinds or ())

    return truth


def _not_grounded(turn: Judged) -> bool | None:
    found = turn.label.get("grounded")
    return None if found is None else not found


def _claim_not_grounded(turn: Judged) -> bool | None:
    return _not_grounded(turn) if turn.label.get("unit") == "claim" else None


def _emotion(name: str) -> Truth:
    return lambda turn: name in turn.label.get("emotions", ())


def _failed(turn: Judged) -> bool | None:
    success = _session(turn).get("task_success")
    return None if success is None else success <= 3


def _plain(_turn: Judged) -> bool:
    return False


TASKS: tuple[Task, ...] = (
    Task("sentiment", ("meld",), "negative", labelled("sentiment", "negative"), role="user"),
    Task("sentiment", ("meld",), "positive", labelled("sentiment", "positive"), role="user"),
    Task("sentiment_shift", ("meld",), "fell", labelled("shift", -1), role="user"),
    Task("dissatisfaction", ("maia_dqe",), "dissatisfied", labelled("dissatisfied", value=True), role="user"),
    Task("dissatisfaction", ("goemotions",), "annoyance", _emotion("annoyance"), role="user", limit=5000),
    Task("dissatisfaction", ("tau_airline",), "plain", _plain, role="user"),
    Task("confusion", ("maia_dqe",), "confused", labelled("confused", value=True), role="user"),
    Task("confusion", ("goemotions",), "confusion", _emotion("confusion"), role="user", limit=5000),
    Task("confusion", ("tau_airline",), "plain", _plain, role="user"),
    Task("human_request", ("hint3_handoff",), "asks for a person", labelled("human_request", value=True), role="user"),
    Task("human_request", ("maia_dqe",), "plain", _plain, role="user"),
    Task(
        "distress",
        ("esconv_failed", "maia_dqe", "tau_airline"),
        "in distress",
        lambda turn: turn.file == "esconv_failed",
        unit=SESSION,
    ),
    Task("dispute", ("maia_dqe", "tau_airline", "meld"), "plain", _plain, role="user"),
    Task("unsupported_claim", ("begin",), "not grounded", _not_grounded, role="assistant"),
    Task("unsupported_claim", ("factcheck_gpt",), "claim not grounded", _claim_not_grounded, role="assistant"),
    Task(
        "self_contradiction", ("chatprotect",), "contradiction", labelled("contradiction", value=True), role="assistant"
    ),
    Task("self_contradiction", ("citod",), "history", _kind("history"), role="assistant"),
    Task("self_contradiction", ("tau_airline",), "plain", _plain, role="assistant"),
    Task("self_contradiction", ("maia_dqe",), "plain", _plain, role="assistant"),
    Task("source_contradiction", ("citod",), "knowledge", _kind("knowledge"), role="assistant"),
    Task("source_contradiction", ("tau_airline", "maia_dqe"), "plain", _plain, role="assistant"),
    Task("injected_instruction", ("agentdojo",), "attack succeeded", of_session("attack_success"), unit=SESSION),
    Task("session_risk", ("maia_dqe",), "task failed", _failed, unit=BEFORE_LAST),
    *(
        Task(rule, (file,), "escalated", _plain, unit=SESSION, rule=rule)
        for file in ("maia_dqe", "tau_airline", "citod", "meld")
        for rule in ("user_confused", "dissatisfied", "disputed", "person_wanted", "distress", "contradicts_itself")
    ),
)


def cases(task: Task, turns: list[Judged]) -> Iterator[Case]:
    """What the row counts."""
    if task.unit == TURN:
        for turn in turns:
            truth = task.truth(turn) if not task.role or turn.role == task.role else None
            if truth is not None:
                yield _case(task, truth, [turn])
        return
    for _, members in groupby(sorted(turns, key=attrgetter("file", "session")), attrgetter("file", "session")):
        session = list(members)
        truth = task.truth(session[-1])
        if truth is not None:
            yield _case(task, truth, session[-2:-1] if task.unit == BEFORE_LAST else session)


def _case(task: Task, truth: bool, turns: list[Judged]) -> Case:  # noqa: FBT001 - a truth is a plain value here
    found = [value for turn in turns if (value := turn.scores.get(task.signal)) is not None]
    name = task.rule or task.signal
    return Case(
        truth,
        max(found, default=None),
        any(name in (turn.raised if task.rule else turn.fired) for turn in turns),
        float(sum(turn.words for turn in turns)),
        float(sum(turn.questions for turn in turns)),
    )
