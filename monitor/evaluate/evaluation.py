"""From files to a report: which rows the files allow, one fold a file, then the figures."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.annotate.scorer import Scorer
from monitor.core.errors import OperatorError
from monitor.core.policy.model import Policy
from monitor.core.system.drifts import DRIFT
from monitor.evaluate.cases import cases
from monitor.evaluate.fields import BOUNDARY_NAME, NAMES, Field, known_fields, task_of, understood
from monitor.evaluate.fold import Folding, Judged
from monitor.evaluate.inputs import Inputs
from monitor.evaluate.labelled import LabelledFile, Line, lines_of
from monitor.evaluate.report import FileSeen, Report, Row, row_of
from monitor.evaluate.series import SeriesRow
from monitor.evaluate.series import measured as series_rows
from monitor.evaluate.shuffle import DERIVED, shuffled
from monitor.evaluate.task import Task
from monitor.evaluate.tasks import BOUNDARY, TASKS
from monitor.replay.engine import Standings

SAMPLED = {"goemotions": 5000}
"""Sessions of data that are more than their rows need."""
Heard = Callable[[str, int], None]
"""Told the data and how many of its turns are folded, after each."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to evaluate and how. ``fields``: labels that the user names; they add to what is understood anyway."""

    policy: Policy
    half: str | None = None
    sample: int | None = None
    signals: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    standings: Standings = "pinned"
    texts: bool = False
    scorer: Scorer | None = None


def evaluate(inputs: Inputs, request: Request, heard: Heard = lambda _data, _turns: None) -> Report:
    """Measure what the files allow.

    Raises:
        OperatorError: a file cannot be read, no label in it is understood, or nothing is left to measure.
    """
    files = inputs.sessions
    rows = [task for task in _rows(files, request) if _asked(task, request.signals)]
    present = {file.data for file in files} | {DERIVED[file.data] for file in files if file.data in DERIVED}
    rows = [task for task in rows if set(task.data) <= present]
    series = tuple(_series(inputs, request, heard))
    if not rows and not series:
        raise OperatorError(f"nothing to measure: {_why(request)}")
    folding = Folding(
        request.policy,
        {signal for task in rows for signal in task.signals},
        standings=request.standings,
        texts=request.texts,
        scorer=request.scorer,
    )
    needed = {data for task in rows for data in task.data}
    turns: dict[str, list[Judged]] = {}
    for file in files:
        for data, lines in _told(file, request):
            if data in needed:
                turns.setdefault(data, []).extend(_counted(data, folding.judged(data, lines), heard))
    measured = tuple(_measured(rows, turns))
    if not measured and not series:
        raise OperatorError(
            "nothing is judged: no label here is true or false; give more sessions, or map others with --label"
        )
    return Report(
        policy=request.policy.fingerprint,
        half=request.half or "both",
        files=tuple(_seen(file, turns[file.data]) for file in files if file.data in turns),
        rows=measured,
        series=series,
        left_out=inputs.left_out,
    )


def _series(inputs: Inputs, request: Request, heard: Heard) -> Iterator[SeriesRow]:
    """What is found on series: of the half that is asked for, else of each and of both together."""
    if not inputs.series or (request.signals and DRIFT not in request.signals):
        return
    for file in inputs.series:
        heard(file.data, 0)
    found = series_rows([file.path for file in inputs.series], request.policy, inputs.streamed)
    yield from (row for row in found if request.half in (None, row.half))


def _rows(files: Iterable[LabelledFile], request: Request) -> Iterator[Task]:
    """The table's rows on known data, in the table's order; then what fields allow on other data."""
    known = {data for task in TASKS for data in task.data}
    yield from TASKS
    for data, group in _by_data(files).items():
        names = {name for file in group for name in named(file)}
        fields = [field for field in request.fields if field.name in names]
        own = [task_of(field, data) for field in fields]
        found = own if data in known else [*own, *understood(data, names)]
        if not found and data not in known:
            has = ", ".join(sorted(names)) or "none"
            raise OperatorError(
                f"{group[0].path}: no label in it is understood (it has: {has}). Understood: {known_fields()}. "
                "Rename yours, or say which is which: --label 'signal=FIELD'"
            )
        yield from found


def named(file: LabelledFile) -> set[str]:
    """The names of all label fields in a file; those of whole sessions begin with ``session.``."""
    return {name for line in lines_of(file.path) for name in _names(line.label)}


def _names(label: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, value in label.items():
        if isinstance(value, dict):
            yield from _names(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def _by_data(files: Iterable[LabelledFile]) -> dict[str, list[LabelledFile]]:
    found: dict[str, list[LabelledFile]] = {}
    for file in files:
        found.setdefault(file.data, []).append(file)
    return found


def _asked(task: Task, signals: tuple[str, ...]) -> bool:
    return not signals or any(
        signal in task.signals or (signal == BOUNDARY_NAME and set(BOUNDARY) <= set(task.signals)) for signal in signals
    )


def _why(request: Request) -> str:
    if request.signals:
        return (
            f"no row for {', '.join(request.signals)} on these files; signals are {BOUNDARY_NAME}, {', '.join(NAMES)}"
        )
    return "the files allow no row; give labelled sessions"


def _told(file: LabelledFile, request: Request) -> Iterator[tuple[str, Iterator[Line]]]:
    """The file's data, and what is made of it."""
    sample = request.sample if request.sample is not None else SAMPLED.get(file.data)
    yield file.data, lines_of(file.path, request.half, sample)
    if file.data in DERIVED:
        yield DERIVED[file.data], shuffled(lines_of(file.path, request.half, sample))


def _counted(data: str, turns: Iterable[Judged], heard: Heard) -> Iterator[Judged]:
    for number, turn in enumerate(turns, 1):
        heard(data, number)
        yield turn


def _seen(file: LabelledFile, turns: Sequence[Judged]) -> FileSeen:
    rejected = [turn.rejected for turn in turns if turn.rejected]
    return FileSeen(
        file.path.name,
        file.data,
        len({turn.session for turn in turns}),
        len(turns),
        len(rejected),
        rejected[0] if rejected else "",
    )


def _measured(rows: Iterable[Task], turns: dict[str, list[Judged]]) -> Iterator[Row]:
    for task in rows:
        mine = [turn for data in task.data for turn in turns.get(data, ())]
        row = row_of(task, cases(task, mine))
        if row is not None:
            yield row
