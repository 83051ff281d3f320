"""A report as a person reads it in a terminal."""

from collections.abc import Iterator

from monitor.evaluate.failures import Failure
from monitor.evaluate.report import Report, Row
from monitor.evaluate.tables import bars, notes, series, signals
from monitor.evaluate.words import NONE, aligned


def lines(report: Report) -> Iterator[str]:
    """The report: what was read, every signal beside its trivial rules, where the bars are, the worst mistakes."""
    for file in report.files:
        rejected = f"; {file.rejected:,} rejected, first: {file.first}" if file.rejected else ""
        yield f"{file.path}: {file.data}, {file.sessions:,} sessions, {file.turns:,} turns{rejected}"
    if report.rows:
        yield ""
        yield from aligned(signals(report.rows))
    if any(row.bars for row in report.rows):
        yield ""
        yield from aligned(bars(report.rows))
    yield from notes(report.rows)
    if report.series:
        yield ""
        yield from aligned(series(report.series))
    for row in report.rows:
        yield from _failures(row)


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
