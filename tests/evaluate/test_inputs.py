"""Files sorted by what can be measured on them; what is left out is named with its reason."""

from pathlib import Path

import pytest

from monitor.core.errors import OperatorError
from monitor.evaluate.inputs import inputs_of
from tests.evaluate.build import line, written

VALUES = {"series_id": "a", "values": [[1.0], [2.0]], "change_points": [1]}
STREAM = {"series_id": "b", "sessions": ["s1", "s2"], "change_points": [1]}


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    return written(tmp_path / "turns.jsonl", [line("s1", 0, "hello")])


def test_series_with_their_changes_are_measured_by_themselves(tmp_path: Path) -> None:
    found = inputs_of([written(tmp_path / "x.jsonl", [VALUES])])
    assert ([file.data for file in found.series], found.sessions, found.left_out) == (["x"], (), ())


def test_streams_are_measured_with_the_file_their_sessions_are_in(tmp_path: Path, turns: Path) -> None:
    other = written(tmp_path / "other.jsonl", [line("s9", 0, "hello")])
    found = inputs_of([written(tmp_path / "x.jsonl", [STREAM]), other, turns])
    assert (found.streamed, found.left_out) == (turns, ())


def test_streams_without_their_sessions_are_left_out(tmp_path: Path) -> None:
    other = written(tmp_path / "other.jsonl", [line("s9", 0, "hello")])
    found = inputs_of([written(tmp_path / "x.jsonl", [STREAM]), other])
    assert found.series == ()
    assert "(s1 first); give the file they are in" in found.left_out[0]


def test_series_that_do_not_say_where_they_change_are_left_out(tmp_path: Path, turns: Path) -> None:
    path = written(tmp_path / "x.jsonl", [{"series_id": "a", "values": [1]}])
    assert inputs_of([path, turns]).left_out[0].startswith(f"{path}: left out: its series do not say")
    with pytest.raises(OperatorError, match="give each change_points\nnothing to measure: add"):
        inputs_of([path])
