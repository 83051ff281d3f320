"""The table of rows, and the page that was made of it."""

from pathlib import Path

import pytest

from monitor.core.signals import SIGNALS
from monitor.evaluate.baseline import TRIVIAL
from monitor.evaluate.evaluation import SAMPLED
from monitor.evaluate.figures import FIGURES
from monitor.evaluate.markdown import written
from monitor.evaluate.shuffle import DERIVED
from monitor.evaluate.task import Task
from monitor.evaluate.tasks import BOUNDARY, TASKS
from monitor.evaluate.trained import IN_SAMPLE, SET_BY_HAND
from monitor.evaluate.words import number

PAGE = Path(__file__).parents[2] / "docs" / "quality.md"
NAMES = {signal.name for signal in SIGNALS}
DATA = {data for task in TASKS for data in task.data}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.name} {'+'.join(task.data)} {task.what}")
def test_task_names_known_signals_figures_and_rules(task: Task) -> None:
    assert set(task.signals) <= NAMES | set(BOUNDARY)
    assert set(task.figures) <= FIGURES.keys()
    assert set(task.baselines) <= TRIVIAL.keys()
    assert {bar.figure for bar in task.bars} <= set(task.figures)
    assert all(0 < bar.must < 1 and 0 < bar.aim < 1 and bar.must != bar.aim for bar in task.bars)


def test_tasks_no_two_rows_are_called_the_same() -> None:
    rows = [(task.name, task.data, task.what) for task in TASKS]
    assert len(rows) == len(set(rows))


def test_data_sampled_derived_and_trained_on_are_data_of_some_row() -> None:
    assert SAMPLED.keys() | set(DERIVED.values()) <= DATA
    assert {data for _, data in (*IN_SAMPLE, *SET_BY_HAND)} <= DATA
    assert {signal for signal, _ in (*IN_SAMPLE, *SET_BY_HAND)} <= NAMES | set(BOUNDARY)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.name} {'+'.join(task.data)} {task.what}")
def test_committed_page_has_every_row_and_every_bar(task: Task) -> None:
    page = written(PAGE.read_text("utf-8"))
    data = "+".join(task.data)
    assert task.figures in (("macro_f1",), ("top1",)) or f"| {data} | {task.what} |" in page
    for bar in task.bars:
        title = FIGURES[bar.figure].title
        rows = [row for row in page.splitlines() if row.startswith(f"| {task.name}") and f" | {data} | {title}" in row]
        assert any(f" | {number(bar.must)} | {number(bar.aim)} | " in row for row in rows)
