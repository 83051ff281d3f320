"""The tables of a report, with their heads: signals beside trivial rules, figures beside their bars, series."""

from collections.abc import Iterable, Iterator

from monitor.evaluate.figures import FIGURES
from monitor.evaluate.report import Row, Verdict, stands
from monitor.evaluate.series import BOTH, SeriesRow
from monitor.evaluate.task import Bar
from monitor.evaluate.words import NONE, estimate, number, verdict

MARK = "†"
BY_HAND = "‡"
TRAINED = (
    "a shipped model was trained on the dev file of this data, and there the figures are in-sample; cross-validated "
    "over sessions: "
)
COLUMNS = ("auc", "ap", "f1", "precision", "recall", "fires")
"""Figures with a column of their own in the table of signals; the others stand with the bars."""
WON_BY_CONSTANTS = ("recall", "fires")
SERIES_BARS = {"swap": Bar("f1", 0.80, 0.88), "gradual": Bar("f1", 0.42, 0.60), "drift_skab": Bar("f1", 0.47, 0.60)}
"""Kind of series -> what finding its changes has to reach."""
MOST_FALSE = {"swap": 20.0, "gradual": 20.0}
"""Kind of series -> false alarms per 10,000 places, at most."""


def signals(rows: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    """The table of signals with its head: one line a row, and one for each trivial rule on the same cases."""
    yield ("signal", "data", "true case", "n", "base", *(FIGURES[name].title for name in COLUMNS))
    for row in rows:
        if not set(COLUMNS) & row.figures.keys():
            continue
        base = NONE if row.base is None else number(row.base)
        cells = (estimate(row.figures.get(name)) for name in COLUMNS)
        yield (f"{row.signal}{mark(row)}", "+".join(row.data), row.what, f"{row.n:,}", base, *cells)
        for rule, figures in row.baselines.items():
            yield ("", "", f"  {rule}", "", "", *(number(figures.get(name)) for name in COLUMNS))


def bars(rows: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    """The table of bars with its head: where each figure is, on each half, beside the best trivial rule."""
    yield ("signal", "data", "figure", "value", "tuned", "heldout", "trivial", "must", "aim", "")
    for row in rows:
        for bar in row.bars:
            halves = (number(row.halves.get(half, {}).get(bar.figure)) for half in ("tuned", "heldout"))
            yield (
                f"{row.signal}{mark(row)}",
                "+".join(row.data),
                FIGURES[bar.figure].title + (" (at most)" if bar.aim < bar.must else ""),
                estimate(row.figures.get(bar.figure)),
                *halves,
                _trivial(row, bar),
                number(bar.must),
                number(bar.aim),
                verdict(bar) + (", in-sample" if row.trained else ""),
            )


def series(rows: Iterable[SeriesRow]) -> Iterator[tuple[str, ...]]:
    """The table of series with its head: a row a kind and half, the bar beside both halves together.

    Where nothing ever changes only what is told falsely says something.
    """
    told = ("F1", "precision", "recall", "false per 10,000", "delay", "F1 of always", "of never")
    yield ("series", "half", "n", "places", "changes", *told, "must", "aim", "")
    for row in rows:
        delay = NONE if row.delay is None else f"{row.delay:.1f}"
        figures = (row.f1, row.precision, row.recall) if row.changes else (None, None, None)
        counts = (row.name, row.half, str(row.series), f"{row.n:,}", str(row.changes))
        trivial = (row.always, row.never) if row.changes else (None, None)
        costs = (f"{row.false_alarms:.1f}", delay)
        yield (*counts, *map(number, figures), *costs, *map(number, trivial), *_series_bar(row))


def _series_bar(row: SeriesRow) -> tuple[str, str, str]:
    bar = SERIES_BARS.get(row.name) if row.half == BOTH else None
    if bar is None:
        return ("", "", "")
    most = MOST_FALSE.get(row.name)
    loud = f", above {most:g} false" if most is not None and row.false_alarms > most else ""
    return (number(bar.must), number(bar.aim), verdict(stands(bar, row.f1)) + loud)


def notes(rows: Iterable[Row]) -> list[str]:
    """What the marks say: a shipped model has seen such data, and who prints the honest figures; a hand has."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for row in rows:
        told = [(MARK, f"{TRAINED}{command}") for command in row.trained] + [(BY_HAND, note) for note in row.by_hand]
        for each in told:
            found.setdefault(each, {})[f"{row.signal} on {'+'.join(row.data)}"] = None
    return [f"{sign} {', '.join(names)}: {note}" for (sign, note), names in found.items()]


def mark(row: Row) -> str:
    """The sign beside a signal whose model, or who set it by hand, has seen the data."""
    return "".join(f" {sign}" for sign, seen in ((MARK, row.trained), (BY_HAND, row.by_hand)) if seen)


def _trivial(row: Row, bar: Verdict) -> str:
    """The trivial rule that does best by this figure; none by which always or never firing must win."""
    known = [(value, rule) for rule, found in row.baselines.items() if (value := found.get(bar.figure)) is not None]
    if not known or bar.figure in WON_BY_CONSTANTS:
        return ""
    best, rule = max(known, key=lambda pair: pair[0])
    return f"{number(best)} {rule}"
