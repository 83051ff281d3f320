"""What an evaluation found, as data: rows with figures, intervals, trivial rules, bars and the worst mistakes."""

import math

from msgspec import Struct

from monitor.evaluate.baseline import TRIVIAL
from monitor.evaluate.cases import Cases
from monitor.evaluate.failures import Failure, false_alarms, misses
from monitor.evaluate.figures import value
from monitor.evaluate.interval import Estimate, estimates
from monitor.evaluate.series import SeriesRow
from monitor.evaluate.task import Bar, Task
from monitor.evaluate.trained import set_by_hand, trained_by

AIM, MUST, SHORT, UNKNOWN = "aim reached", "reached", "short", "not known"

Figures = dict[str, float | None]


class Verdict(Struct, frozen=True):
    """A bar and where the figure stands. ``by``: how far it is short of ``must``; 0 where it is reached."""

    figure: str
    must: float
    aim: float
    value: float | None
    reached: str
    by: float = 0.0


class Row(Struct, frozen=True, kw_only=True):
    """One signal on some data. ``base``: the share of true cases; None where there are three kinds.

    ``halves``: the figures of each half alone. ``trained``: commands whose cross-validated figures hold instead.
    ``by_hand``: what was set by hand on one half of the data.
    """

    signal: str
    data: tuple[str, ...]
    what: str
    unit: str
    n: int
    sessions: int
    base: float | None
    figures: dict[str, Estimate | None]
    halves: dict[str, Figures]
    baselines: dict[str, Figures]
    bars: tuple[Verdict, ...] = ()
    trained: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    misses: tuple[Failure, ...] = ()
    false_alarms: tuple[Failure, ...] = ()


class FileSeen(Struct, frozen=True):
    """One input. ``rejected``: turns that the engine did not take, ``first`` the first reason."""

    path: str
    data: str
    sessions: int
    turns: int
    rejected: int = 0
    first: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """Everything. ``series``: a row a kind of series and half. ``left_out``: which files were not measured, and why."""

    policy: str
    half: str
    files: tuple[FileSeen, ...]
    rows: tuple[Row, ...]
    series: tuple[SeriesRow, ...] = ()
    left_out: tuple[str, ...] = ()


def row_of(task: Task, cases: Cases) -> Row | None:
    """The row of a task; None where nothing is judged."""
    if not len(cases):
        return None
    found = estimates(task.figures, cases)
    halves = {"tuned": cases.of(cases.tuned), "heldout": cases.of(~cases.tuned)}
    ranked = "f1" in task.figures
    return Row(
        signal=task.name,
        data=task.data,
        what=task.what,
        unit=task.unit,
        n=len(cases),
        sessions=len(set(cases.session.tolist())),
        base=None if (cases.truth < 0).any() else float((cases.truth > 0).mean()),
        figures=found,
        halves={name: _plain(task, half) for name, half in halves.items() if len(half)},
        baselines={name: _plain(task, TRIVIAL[name](cases)) for name in task.baselines},
        bars=tuple(stands(bar, _of(found[bar.figure])) for bar in task.bars),
        trained=trained_by(task.signals, task.data),
        by_hand=set_by_hand(task.signals, task.data),
        misses=tuple(misses(task, cases)) if ranked else (),
        false_alarms=tuple(false_alarms(task, cases)) if ranked or not (cases.truth > 0).any() else (),
    )


def _plain(task: Task, cases: Cases) -> Figures:
    """The task's figures without intervals."""
    found = ((name, value(name, cases)) for name in task.figures)
    return {name: None if math.isnan(number) else number for name, number in found}


def _of(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def stands(bar: Bar, found: float | None) -> Verdict:
    """Where a figure stands.

    >>> stands(Bar("fires", 0.03, 0.01), 0.05).reached
    'short'
    """
    if found is None:
        return Verdict(bar.figure, bar.must, bar.aim, None, UNKNOWN)
    sign = -1 if bar.less_is_better else 1
    short = sign * (bar.must - found)
    reached = SHORT if short > 0 else AIM if sign * (found - bar.aim) >= 0 else MUST
    return Verdict(bar.figure, bar.must, bar.aim, found, reached, max(0.0, short))
