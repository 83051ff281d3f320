"""A report as a person reads it in a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from monitor.evaluate.failures import Failure
from monitor.evaluate.figures import FIGURES
from monitor.evaluate.interval import Estimate
from monitor.evaluate.report import MUST, SHORT, Report, Row, Verdict

MARK = "†"
NONE = "-"
COLUMNS = ("auc", "ap", "f1", "precision", "recall", "fires")
"""Figures with a column of their own in the table of signals; the others stand with the bars."""
WON_BY_CONSTANTS = ("recall", "fires")


def lines(report: Report) -> Iterator[str]:
    """The report: what was read, every signal beside its trivial rules, where the bars are, the worst mistakes."""
    for file in report.files:
        rejected = f"; {file.rejected:,} rejected, first: {file.first}" if file.rejected else ""
        yield f"{file.path}: {file.data}, {file.sessions:,} sessions, {file.turns:,} turns{rejected}"
    yield ""
    yield from aligned(signals(report.rows))
    if any(row.bars for row in report.rows):
        yield ""
        yield from aligned(bars(report.rows))
    yield from (f"{MARK} {note}" for note in notes(report.rows))
    for row in report.rows:
        yield from _failures(row)


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


def verdict(bar: Verdict) -> str:
    """Where the figure is, in words.

    >>> verdict(Verdict("auc", 0.8, 0.9, 0.75, SHORT, 0.05))
    'short by .050'
    """
    if bar.reached == SHORT:
        return f"short by {number(bar.by)}"
    return "must reached" if bar.reached == MUST else bar.reached


def notes(rows: Iterable[Row]) -> list[str]:
    """What the mark says: a shipped model has seen such data, and who prints the honest figures."""
    commands = dict.fromkeys(command for row in rows for command in row.trained)
    return [
        f"a shipped model was trained on the dev file of this data: there the figures are in-sample; "
        f"cross-validated over sessions: {command}"
        for command in commands
    ]


def mark(row: Row) -> str:
    """The sign beside a signal whose model has seen the data."""
    return f" {MARK}" if row.trained else ""


def number(value: float | None) -> str:
    """A figure with three places.

    >>> number(0.51234), number(1.0), number(None)
    ('.512', '1.000', '-')
    """
    if value is None:
        return NONE
    return f"{value:.3f}".removeprefix("0") if value >= 0 else f"{value:.3f}"


def estimate(found: Estimate | None) -> str:
    """A figure with its interval.

    >>> estimate(Estimate(0.5, 0.4, 0.6)), estimate(None)
    ('.500 [.400, .600]', '-')
    """
    if found is None:
        return NONE
    return f"{number(found.value)} [{number(found.low)}, {number(found.high)}]"


def aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Cells under one another."""
    table = list(rows)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _trivial(row: Row, bar: Verdict) -> str:
    """The trivial rule that does best by this figure; none by which always or never firing must win."""
    known = [(value, rule) for rule, found in row.baselines.items() if (value := found.get(bar.figure)) is not None]
    if not known or bar.figure in WON_BY_CONSTANTS:
        return ""
    best, rule = max(known, key=lambda pair: pair[0])
    return f"{number(best)} {rule}"


def _failures(row: Row) -> Iterator[str]:
    for title, found in (("misses", row.misses), ("false alarms", row.false_alarms)):
        if found:
            yield ""
            yield f"{row.signal} on {'+'.join(row.data)} ({row.what}): worst {title}"
            yield from (failure(each) for each in found)


def failure(each: Failure) -> str:
    """One mistake on a line, with its text where it was asked for."""
    text = f"\n        {' '.join(each.text.split())}" if each.text else ""
    score = NONE if each.score is None else f"{each.score:.2f}"
    return f"  {score:>5}  {each.session} turn {each.turn}: {each.reason}{text}"
