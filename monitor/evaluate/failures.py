"""The worst mistakes of a row, by session and turn: what to read to see why a figure is no better.

Only of the half that may be looked at: the other one is counted, never shown.
"""

from collections.abc import Iterable

from msgspec import Struct

from monitor.core.signals.base import NOT_JUDGED, Score
from monitor.evaluate.cases import UNKNOWN, Cases
from monitor.evaluate.fold import Judged
from monitor.evaluate.task import Task

WORST = 10


class Failure(Struct, frozen=True):
    """One mistake. ``score`` None: not judged. ``text`` only where it was asked for."""

    data: str
    session: str
    turn: int
    score: float | None
    reason: str
    text: str = ""


def misses(task: Task, cases: Cases) -> list[Failure]:
    """True cases that did not fire, the lowest scores first."""
    wrong = cases.tuned & (cases.truth > 0) & ~cases.fired
    order = sorted(wrong.nonzero()[0].tolist(), key=lambda index: (cases.score[index], index))
    return _failures(task, cases, order[:WORST])


def false_alarms(task: Task, cases: Cases) -> list[Failure]:
    """What fired and is no true case, the highest scores first."""
    wrong = cases.tuned & (cases.truth <= 0) & cases.fired
    order = sorted(wrong.nonzero()[0].tolist(), key=lambda index: (-cases.score[index], index))
    return _failures(task, cases, order[:WORST])


def _failures(task: Task, cases: Cases, chosen: Iterable[int]) -> list[Failure]:
    return [
        Failure(
            data=turn.data,
            session=turn.session,
            turn=turn.number,
            score=_shown(task, float(cases.score[index])),
            reason=reason(task, turn),
            text=turn.text,
        )
        for index in chosen
        for turn in (cases.turns[index],)
    ]


def _shown(task: Task, score: float) -> float | None:
    """The signal's own value; None where there is none."""
    return None if score == UNKNOWN else round(task.sign * score, 4) + 0.0


def reason(task: Task, turn: Judged) -> str:
    """What the signal had to go by: what it found and where, or why it could not know. Never the text."""
    if turn.rejected:
        return f"the turn was rejected: {turn.rejected}"
    name, score = _strongest(task, turn)
    parts = [name] if len(task.signals) > 1 and score.value is not None else []
    if score.value is None:
        parts.append(f"not judged{f': {score.unknown}' if score.unknown else ''}")
    else:
        parts += dict.fromkeys(_seen(score, turn)) or [score.told or "nothing found"]
    return ", ".join(parts)


def _strongest(task: Task, turn: Judged) -> tuple[str, Score]:
    found = [(name, turn.scores.get(name, NOT_JUDGED)) for name in task.signals]
    return max(found, key=lambda pair: UNKNOWN if pair[1].value is None else task.sign * pair[1].value)


def _seen(score: Score, turn: Judged) -> Iterable[str]:
    for each in score.evidence:
        cue = each.cue or each.path or "evidence"
        yield cue if each.turn == turn.number else f"{cue} at turn {each.turn}"
