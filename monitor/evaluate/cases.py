"""The judged things of one row, as columns: what is true, what the signal says, what a trivial rule sees."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from monitor.evaluate.fold import Judged, by_session
from monitor.evaluate.labelled import TUNED, half_of
from monitor.evaluate.task import Task, Unit

UNKNOWN = float("-inf")
"""The score where the signal cannot know: such cases rank last."""
THIRDS = 3

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


class Case(NamedTuple):
    """One judged thing. ``turn`` decided the score, ``length`` is what a trivial rule sees, ``group`` the stratum."""

    truth: int
    score: float
    fired: bool
    length: float
    turn: Judged
    group: object = None


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Cases as columns. ``session`` and ``stratum`` are numbers without further meaning."""

    truth: Places
    score: Numbers
    fired: Flags
    length: Numbers
    stratum: Places
    session: Places
    tuned: Flags
    turns: tuple[Judged, ...]

    def __len__(self) -> int:
        return len(self.truth)

    def of(self, chosen: Flags) -> "Cases":
        """The chosen ones alone; sessions keep their numbers."""
        return Cases(
            truth=self.truth[chosen],
            score=self.score[chosen],
            fired=self.fired[chosen],
            length=self.length[chosen],
            stratum=self.stratum[chosen],
            session=self.session[chosen],
            tuned=self.tuned[chosen],
            turns=tuple(turn for turn, keep in zip(self.turns, chosen, strict=True) if keep),
        )


def cases(task: Task, turns: Sequence[Judged]) -> Cases:
    """What the row counts."""
    found = list(READ[task.unit](task, turns))
    length = np.array([case.length for case in found], dtype=np.float64)
    sessions: dict[tuple[int, str], int] = {}
    return Cases(
        truth=np.array([case.truth for case in found], dtype=np.int64),
        score=np.array([case.score for case in found], dtype=np.float64),
        fired=np.array([case.fired for case in found], dtype=np.bool_),
        length=length,
        stratum=_thirds(length) if task.stratum is None else _numbered([case.group for case in found]),
        session=np.array(
            [sessions.setdefault((case.turn.part, case.turn.session), len(sessions)) for case in found], dtype=np.int64
        ),
        tuned=np.array([half_of(case.turn.session) == TUNED for case in found], dtype=np.bool_),
        turns=tuple(case.turn for case in found),
    )


def _turns(task: Task, turns: Sequence[Judged]) -> Iterator[Case]:
    for turn in turns:
        truth = task.truth(turn) if not task.roles or turn.role in task.roles else None
        if truth is not None:
            yield _case(task, truth, [turn], turn)


def _sessions(task: Task, turns: Sequence[Judged]) -> Iterator[Case]:
    for session in by_session(turns):
        truth = _of_session(task, session)
        if truth is not None:
            worst = max(session, key=lambda turn: _score(task, turn))
            yield _case(task, truth, session, worst)


def _before_last(task: Task, turns: Sequence[Judged]) -> Iterator[Case]:
    for session in by_session(turns):
        truth = _of_session(task, session)
        if truth is not None and len(session) > 1:
            known = [turn for turn in session[:-1] if _score(task, turn) != UNKNOWN]
            case = _case(task, truth, session[:-1], known[-1] if known else session[-2])
            yield case._replace(group=task.stratum(session[-2]) if task.stratum else None)


def _picks(task: Task, turns: Sequence[Judged]) -> Iterator[Case]:
    for session in by_session(turns):
        last = session[-1]
        if not task.truth(last):
            continue
        evidence = last.scores[task.signals[0]].evidence if task.signals[0] in last.scores else ()
        named = next((each.turn for each in evidence if each.turn != last.number), None)
        answers = [turn.number for turn in session[:-1] if turn.role in task.roles]
        against = last.label.get("against_turn")
        yield Case(1, _score(task, last), named == against, float(answers[-1:] == [against]), last)


READ: dict[Unit, Callable[[Task, Sequence[Judged]], Iterator[Case]]] = {
    Unit.TURN: _turns,
    Unit.SESSION: _sessions,
    Unit.BEFORE_LAST: _before_last,
    Unit.PICK: _picks,
}


def _of_session(task: Task, session: Sequence[Judged]) -> int | None:
    """What the session's lines say of it; the last one that says anything counts."""
    return next((truth for turn in reversed(session) if (truth := task.truth(turn)) is not None), None)


def _case(task: Task, truth: int, turns: Sequence[Judged], decided: Judged) -> Case:
    score = _score(task, decided)
    if task.bound is None:
        fired = any(name in turn.fired for turn in turns for name in task.signals)
    else:
        fired = score > task.bound
    return Case(int(truth), score, fired, float(sum(turn.length for turn in turns)), decided)


def _score(task: Task, turn: Judged) -> float:
    known = [task.sign * value for name in task.signals if (value := turn.value(name)) is not None]
    return max(known, default=UNKNOWN)


def _thirds(length: Numbers) -> Places:
    """The third of equal length that each case is in: 0 the shortest, 2 the longest."""
    third = np.empty(len(length), dtype=np.int64)
    for index, members in enumerate(np.array_split(np.argsort(length, kind="stable"), THIRDS)):
        third[members] = index
    return third


def _numbered(groups: Sequence[object]) -> Places:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.int64)
