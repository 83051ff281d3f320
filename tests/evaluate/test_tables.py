"""The table of series: what it says beside its bars, and where there is nothing to find."""

from dataclasses import replace

import pytest

from monitor.evaluate.series import BOTH, SeriesRow
from monitor.evaluate.tables import series

ROW = SeriesRow(
    name="swap",
    half=BOTH,
    series=2,
    n=1000,
    changes=4,
    f1=0.9,
    precision=1.0,
    recall=0.8,
    false_alarms=0.0,
    delay=7.25,
    always=0.5,
)


def told(row: SeriesRow) -> dict[str, str]:
    head, cells = series([row])
    return dict(zip(head, cells, strict=True))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (ROW, "aim reached"),
        (replace(ROW, f1=0.85), "must reached"),
        (replace(ROW, f1=0.7), "short by .100"),
        (replace(ROW, false_alarms=30.0), "aim reached, above 20 false"),
        (replace(ROW, half="tuned"), ""),
        (replace(ROW, name="somebody's"), ""),
        (replace(ROW, name="drift_skab", f1=0.5, false_alarms=30.0), "must reached"),
    ],
)
def test_series_row_says_where_it_stands(row: SeriesRow, says: str) -> None:
    assert told(row)[""] == says


def test_series_row_shows_what_was_counted() -> None:
    cells = told(ROW)
    assert (cells["places"], cells["F1"], cells["delay"], cells["F1 of always"]) == ("1,000", ".900", "7.2", ".500")


def test_series_row_without_changes_says_what_was_told_falsely_alone() -> None:
    cells = told(replace(ROW, name="none", changes=0, f1=0.0, false_alarms=6.9, delay=None))
    assert (cells["F1"], cells["recall"], cells["F1 of always"], cells["delay"]) == ("-",) * 4
    assert cells["false per 10,000"] == "6.9"
