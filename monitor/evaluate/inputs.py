"""The files of an evaluation by what can be measured on them, and why the others are left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import OperatorError
from monitor.evaluate.labelled import SERIES, LabelledFile, lines_of, objects, opened

TRUTH, STREAM = "change_points", "sessions"
"""What a series must carry: where its changes are. What a stream of recorded sessions carries besides: their ids."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """``streamed``: the file of the sessions that streams are made of. ``left_out``: lines that say which and why."""

    sessions: tuple[LabelledFile, ...]
    series: tuple[LabelledFile, ...] = ()
    streamed: Path | None = None
    left_out: tuple[str, ...] = ()


def inputs_of(paths: Iterable[Path]) -> Inputs:
    """The files, sorted.

    Raises:
        OperatorError: a file cannot be read or holds neither turns nor series, or none can be measured.
    """
    files = [opened(path) for path in paths]
    sessions = tuple(file for file in files if file.form != SERIES)
    series: list[LabelledFile] = []
    left_out: list[str] = []
    streamed: Path | None = None
    for file in files:
        if file.form == SERIES:
            fault, found = _playable(file, sessions)
            streamed = found or streamed
            if fault is None:
                series.append(file)
            else:
                left_out.append(f"{file.path}: left out: {fault}")
    if not sessions and not series:
        raise OperatorError("\n".join((*left_out, "nothing to measure: add files of labelled turns")))
    return Inputs(sessions, tuple(series), streamed, tuple(left_out))


def _playable(file: LabelledFile, sessions: Sequence[LabelledFile]) -> tuple[str | None, Path | None]:
    """What keeps a file of series from being measured, and the file that its streams need."""
    first = next(objects(file.path))
    if TRUTH not in first:
        return f"its series do not say where they change; give each {TRUTH}", None
    if STREAM not in first:
        return None, None
    wanted = next(iter(first[STREAM]), None)
    holds = (each.path for each in sessions if any(line.session == wanted for line in lines_of(each.path)))
    found = next(holds, None)
    if found is None:
        return f"its streams name recorded sessions ({wanted} first); give the file they are in as well", None
    return None, found
