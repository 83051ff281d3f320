"""Inputs become records: positions, compression, lines that are too long, files that cannot be read."""

import gzip
import io
import json
from pathlib import Path

import pytest

from monitor.core.channels import INTERACTIONS
from monitor.core.errors import OperatorError
from monitor.core.interaction import Position
from monitor.ingest import IngestOptions, Record, decode
from monitor.replay.reader import STDIN, Inputs, chunks


def write(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def test_offsets_without_positions_count_over_all_files(tmp_path: Path) -> None:
    one, two = write(tmp_path / "1", b"a\nb\n"), write(tmp_path / "2", b"c")
    found = [(each.at, each.value) for each in Inputs([one, two]).records()]
    assert found == [(Position(INTERACTIONS, 0, index), value) for index, value in enumerate((b"a", b"b", b"c"))]


def test_blank_lines_are_no_records_but_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "1", b"a\r\n\n\r\nb\n")
    assert [(each.at.offset, each.value) for each in Inputs([path]).records()] == [(0, b"a"), (3, b"b")]


def test_gzip_is_recognised_by_content_not_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "turns.txt", gzip.compress(b"a\n") + gzip.compress(b"b\n"))
    assert [each.value for each in Inputs([path]).records()] == [b"a", b"b"]


@pytest.mark.parametrize("data", [b"a\nb\n", gzip.compress(b"a\nb\n")], ids=["plain", "gzip"])
def test_standard_input_is_read_like_a_file(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    inputs = Inputs([STDIN])
    assert [each.value for each in inputs.records()] == [b"a", b"b"]
    assert inputs.total_bytes is None


def test_positions_give_each_line_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "1", b"a\nb\n")
    places = [{"partition": 3, "offset": 17, "timestamp": 9.5}, {"partition": 1, "offset": 4, "key": "s"}]
    positions = tmp_path / "p"
    positions.write_text("".join(json.dumps(each) + "\n" for each in places))
    assert list(Inputs([path], positions=positions).records()) == [
        Record(Position(INTERACTIONS, 3, 17), b"a", timestamp=9.5),
        Record(Position(INTERACTIONS, 1, 4), b"b", key=b"s"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"partition":0,"offset":0}\n', "fewer than the input"),
        ('{"partition":0,"offset":0}\n{"partition":"x"}\n', ":2: not a line of this kind"),
        ('{"partition":0,"offset":0,"ofset":1}\n', ":1: not a line of this kind"),
    ],
    ids=["too few", "wrong type", "unknown key"],
)
def test_positions_that_do_not_fit_are_refused(tmp_path: Path, text: str, told: str) -> None:
    path, positions = write(tmp_path / "1", b"a\nb\n"), tmp_path / "p"
    positions.write_text(text)
    with pytest.raises(OperatorError, match=told):
        list(Inputs([path], positions=positions).records())


def test_line_above_the_limit_is_cut_just_above_it(tmp_path: Path) -> None:
    path = write(tmp_path / "1", b"x" * 3_000_000 + b"\n" + b"y" * 10 + b"\nz\n")
    assert [each.value for each in Inputs([path], max_bytes=10).records()] == [b"x" * 11, b"y" * 10, b"z"]


def test_gzip_cut_short_is_the_operators_error(tmp_path: Path) -> None:
    path = write(tmp_path / "1.gz", gzip.compress(b"a\n" * 1000)[:-9])
    with pytest.raises(OperatorError, match="cannot be read"):
        list(Inputs([path]).records())


def test_bytes_read_reaches_the_total(tmp_path: Path) -> None:
    inputs = Inputs([write(tmp_path / "1", b"a\nb\n"), write(tmp_path / "2.gz", gzip.compress(b"c\n"))])
    list(inputs.records())
    assert inputs.bytes_read == inputs.total_bytes


@pytest.mark.parametrize("count", [0, 1, 4, 5, 6])
def test_chunks_keep_order_and_lose_nothing(count: int) -> None:
    given = [Record(Position("t", 0, index), b"") for index in range(count)]
    found = list(chunks(given, 5))
    assert [each for chunk in found for each in chunk] == given
    assert all(len(chunk) <= 5 for chunk in found)


def test_cloudevent_in_structured_form_is_read_as_one(tmp_path: Path) -> None:
    turn = {"system_id": "bot", "session_id": "s", "role": "user", "text": "Hello"}
    event = {"specversion": "1.0", "id": "e-1", "source": "/x", "type": "turn", "data": turn}
    file = tmp_path / "a"
    file.write_text(
        "\n".join(json.dumps(each) for each in (event, turn, turn | {"specversion": "1.0"}, ["specversion"]))
    )
    records = list(Inputs([str(file)]).records())
    assert [bool(record.headers) for record in records] == [True, False, False, False]
    assert decode(records[0], IngestOptions()).id == "e-1"
