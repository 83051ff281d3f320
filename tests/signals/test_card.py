"""The committed page of the written cases is what the code does."""

from pathlib import Path

from monitor.evaluate.markdown import written
from tests.signals.card import page

PAGE = Path(__file__).parents[2] / "docs" / "quality-written.md"


def test_page_of_the_written_cases_is_what_the_code_measures() -> None:
    found = written(PAGE.read_text("utf-8"))
    assert found == page(), "out of step: python -m tests.signals --markdown docs/quality-written.md"
