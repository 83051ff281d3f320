"""How well the signals do on labelled conversations: ``python -m tests.quality``; with ``escalations``: the policy.

One row per signal and data set and half: n, base rate, AUC, F1 / precision / recall where the shipped policy fires, and
beside them what rules without understanding reach: length (AUC), a question mark and "always" (F1). ``fires`` is the
share of the cases that fired: on plain conversations it is the share of false alarms. Turns with an unknown score rank
last.
"""

import sys
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import click

from tests.quality.data import DATA, HELD_OUT, TUNED, Judged, available, judged
from tests.quality.measures import Case, auc, figures
from tests.quality.outcomes import outcomes
from tests.quality.page import MEANT, page
from tests.quality.tasks import TASKS, Task, cases

HEAD = ("signal", "data", "what", "half", "n", "base", "AUC", "F1", "prec", "recall", "fires", "length", "?", "always")
THIRD = 1 / 3
MACRO = "macro of three"


@click.group(invoke_without_command=True)
@click.option("--half", "halves", type=click.Choice((TUNED, HELD_OUT)), multiple=True, help="Both by default.")
@click.option("--only", multiple=True, help="Signals or data files to measure.")
@click.pass_context
def main(context: click.Context, *, halves: tuple[str, ...], only: tuple[str, ...]) -> None:
    """Print one table, or do what the command says."""
    if not available():
        click.echo(f"no labelled conversations in {DATA.name}/ beside this checkout", err=True)
        sys.exit(1)
    if context.invoked_subcommand is not None:
        return
    tasks = [task for task in TASKS if not only or {task.signal, *task.files} & set(only)]
    rows = [row for half in halves or (TUNED, HELD_OUT) for row in measured(tasks, half)]
    for row in (HEAD, *sorted(rows, key=itemgetter(0, 1, 2))):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, WIDTHS, strict=True)).rstrip())


@main.command()
@click.option("--only", "files", type=click.Choice(tuple(MEANT)), multiple=True, help="Files; all by default.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the page here instead of printing it.")
def escalations(*, files: tuple[str, ...], markdown: Path | None) -> None:
    """Report what the shipped policy escalates on whole sessions, how early, and what it finds at a budget."""
    text = page({file: outcomes(file) for file in files or MEANT})
    if markdown is None:
        click.echo(text)
    else:
        markdown.write_text(text, "utf-8")


WIDTHS = (20, 34, 18, 8, 5, 5, 5, 5, 5, 6, 5, 6, 5, 6)


def measured(tasks: list[Task], half: str) -> Iterator[tuple[str, ...]]:
    """The rows of one half; every file is folded once."""
    limits = {file: task.limit for task in tasks for file in task.files}
    turns = {file: judged(file, half, limit) for file, limit in limits.items()}
    for task in tasks:
        mine = [turn for file in task.files for turn in turns[file]]
        yield row_of(task, half, list(cases(task, mine)))
    if "meld" in turns:
        yield _sentiment(turns["meld"], half)


def row_of(task: Task, half: str, found: list[Case]) -> tuple[str, ...]:
    """One line of the table."""
    truth = [case.truth for case in found]
    sign = -1.0 if task.what == "negative" else 1.0
    scores = [-1.0 if case.score is None else sign * case.score for case in found]
    fired = [score > THIRD for score in scores] if task.signal == "sentiment" else [case.fired for case in found]
    at = figures(truth, fired)
    judged_by = (at.f1, at.precision, at.recall) if any(truth) else (None, None, None)
    asks = figures(truth, [case.questions > 0 for case in found]).f1 if any(truth) else None
    always = figures(truth, [True] * len(truth)).f1 if any(truth) else None
    numbers = (
        auc(truth, scores),
        *judged_by,
        sum(fired) / max(1, len(found)),
        auc(truth, [case.length for case in found]),
        asks,
        always,
    )
    base = f"{sum(truth) / max(1, len(truth)):.3f}"
    data = "+".join(task.files)
    return (task.signal, data, task.what, half, str(len(found)), base, *map(_shown, numbers))


def _sentiment(turns: list[Judged], half: str) -> tuple[str, ...]:
    """Macro-F1 of the three moods at -1/3 and 1/3, beside "always neutral"."""
    pairs = [(turn.label.get("sentiment"), turn.scores.get("sentiment") or 0.0) for turn in turns]
    read = {
        "negative": [value < -THIRD for _, value in pairs],
        "neutral": [-THIRD <= value <= THIRD for _, value in pairs],
        "positive": [value > THIRD for _, value in pairs],
    }
    f1 = sum(figures([truth == name for truth, _ in pairs], fired).f1 for name, fired in read.items()) / len(read)
    neutral = figures([truth == "neutral" for truth, _ in pairs], [True] * len(pairs)).f1 / len(read)
    figure, trivial = _shown(f1), _shown(neutral)
    return ("sentiment", "meld", MACRO, half, str(len(pairs)), "", "", figure, "", "", "", "", "", trivial)


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.3f}"


if __name__ == "__main__":
    main()
