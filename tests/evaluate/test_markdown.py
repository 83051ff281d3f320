"""Pages: what people wrote stays, what the command writes is replaced."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import OperatorError
from monitor.evaluate.markdown import BEGIN, END, within, write_page, written

WORDS = st.text(alphabet=st.characters(codec="ascii", exclude_characters="\r<>"))


@given(WORDS, WORDS, WORDS, WORDS)
def test_within_replaces_what_is_between_the_marks_alone(before: str, old: str, new: str, after: str) -> None:
    page = within(f"{before}{BEGIN}{old}{END}{after}", new)
    assert page.startswith(before + BEGIN)
    assert page.endswith(END + after)
    assert written(page) == f"{new.strip()}\n"
    assert within(page, new) == page


def test_write_page_makes_a_page_where_there_is_none(tmp_path: Path) -> None:
    write_page(tmp_path / "new.md", "figures")
    assert written((tmp_path / "new.md").read_text("utf-8")) == "figures\n"


def test_write_page_over_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("my own notes", "utf-8")
    with pytest.raises(OperatorError, match="name another file"):
        write_page(path, "figures")
    assert path.read_text("utf-8") == "my own notes"
    with pytest.raises(OperatorError, match="name another file"):
        write_page(tmp_path / "no" / "folder.md", "figures")
