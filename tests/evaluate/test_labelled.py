"""The reader: labels come off, halves and samples are whole sessions and always the same, errors name what to do."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import OperatorError
from monitor.evaluate.labelled import HALVES, SERIES, SESSIONS, half_of, lines_of, opened
from tests.evaluate.build import HELD_OUT_ID, TUNED_ID, line, written


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    """Twenty sessions of two turns, each on turns that lie across one another."""
    lines = [line(f"s{index}", turn, "hello", label={"confused": True}) for turn in (0, 1) for index in range(20)]
    return written(tmp_path / "talks.v2.jsonl", lines)


def test_lines_keep_the_label_out_of_what_the_engine_may_see(talks: Path) -> None:
    lines = list(lines_of(talks))
    assert all("label" not in each.body and each.label == {"confused": True} for each in lines)
    assert {each.body["text"] for each in lines} == {"hello"}


def test_lines_halves_share_no_session_and_leave_none_out(talks: Path) -> None:
    one, other = ({each.session for each in lines_of(talks, half)} for half in HALVES)
    assert one
    assert other
    assert one | other == {f"s{index}" for index in range(20)}
    assert not one & other


@given(st.text())
def test_half_of_is_one_of_the_two(session: str) -> None:
    assert half_of(session) in HALVES


def test_half_of_known_ids_never_changes() -> None:
    assert [half_of(each) for each in (TUNED_ID, HELD_OUT_ID)] == list(HALVES)


def test_lines_sample_has_whole_sessions_and_grows_by_adding(talks: Path) -> None:
    few, more = (list(lines_of(talks, sample=count)) for count in (3, 5))
    assert len(few) == 6
    assert {each.session for each in few} < {each.session for each in more}


def test_lines_without_turn_numbers_are_counted_per_session(tmp_path: Path) -> None:
    lines = [{"session_id": name, "role": "user", "text": "x"} for name in ("a", "b", "a")]
    assert [each.number for each in lines_of(written(tmp_path / "x.jsonl", lines))] == [0, 0, 1]


def test_compressed_file_reads_as_the_file_does(talks: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "talks.jsonl.gz"
    zipped.write_bytes(gzip.compress(talks.read_bytes()))
    assert list(lines_of(zipped)) == list(lines_of(talks))


@pytest.mark.parametrize(
    ("first", "form", "data"),
    [
        ({"session_id": "a", "role": "user", "text": "x"}, SESSIONS, "talks"),
        ({"session_id": "a", "role": "user", "text": "x", "source": "shop"}, SESSIONS, "shop"),
        ({"series_id": "a", "values": [1]}, SERIES, "talks"),
    ],
)
def test_opened_tells_form_and_data_by_the_first_line(
    tmp_path: Path, first: dict[str, object], form: str, data: str
) -> None:
    found = opened(written(tmp_path / "talks.dev.jsonl", [first]))
    assert (found.form, found.data) == (form, data)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty; give"),
        (b"\n \n", "is empty; give"),
        (b"[1]\n", ":1: is not a JSON object"),
        (b'{"text": "\xff"}\n', ":1: is not a JSON object"),
        (b'{"text": "x"}\n', ":1: has neither session_id"),
        (b"\x1f\x8bnot zipped", "cannot be read"),
    ],
)
def test_opened_unfit_file_says_where_and_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "unfit.jsonl"
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=says):
        opened(path)


def test_lines_a_later_line_that_is_no_turn_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"session_id": "a"}\n\n{"session_id": "b"\n', "utf-8")
    with pytest.raises(OperatorError, match=r":3: is not a JSON object"):
        list(lines_of(path))
    with pytest.raises(OperatorError, match=r":2: has no session_id"):
        list(lines_of(written(path, [{"session_id": "a"}, {"text": "b"}])))


def test_opened_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="check the path"):
        opened(tmp_path / "none.jsonl")
