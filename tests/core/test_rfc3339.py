"""Times as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.rfc3339 import FIRST, LAST, parse, render


@given(st.integers(int(FIRST) * 10**6, int(LAST) * 10**6))
def test_render_any_microsecond_reads_back(microseconds: int) -> None:
    seconds = microseconds / 10**6
    assert parse(render(seconds)) == pytest.approx(seconds, abs=1e-4)
    assert render(parse(render(seconds))) == render(seconds)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000000Z"),
        (1e300, "9999-12-31T23:59:59.000000Z"),
        (-1e300, "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_render_beyond_dates_is_the_nearest(seconds: float, text: str) -> None:
    assert render(seconds) == text


@given(st.text(max_size=30))
def test_parse_any_text_is_a_time_or_value_error(text: str) -> None:
    try:
        parse(text)
    except ValueError:
        return


def test_parse_offset_before_the_first_year_is_a_value_or_time() -> None:
    assert parse("0001-01-01T00:00:00+23:59") < FIRST
