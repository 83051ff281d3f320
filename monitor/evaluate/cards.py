"""Quality cards as Markdown: the bars, then a card a signal. ``docs/quality.md`` holds them for the public data."""

from collections.abc import Iterable, Iterator, Sequence

from monitor.evaluate.failures import Failure
from monitor.evaluate.markdown import table
from monitor.evaluate.report import Report, Row
from monitor.evaluate.tables import bars, notes, series, signals
from monitor.evaluate.words import NONE

SHOWN = 3
"""Mistakes of a kind on a card; ``--json`` has all ten."""


def cards(report: Report) -> str:
    """The whole part of the page."""
    parts = ["## Where the bars are\n", _table(bars(report.rows))] if any(row.bars for row in report.rows) else []
    parts += [f"{note}\n" for note in notes(report.rows)]
    if report.series:
        parts += ["## Drift on series\n", _table(series(report.series))]
    for name, rows in _by_signal(report.rows).items():
        parts += _card(name, rows)
    return "\n".join(parts)


def _card(name: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"## {name}\n"
    shown = [line[1:] for line in signals(rows)]
    if len(shown) > 1:
        yield _table(shown)
    worst = [line for row in rows for line in _worst(row)]
    if worst:
        yield "".join(f"- {line}\n" for line in worst)


def _worst(row: Row) -> Iterator[str]:
    for title, found in (("missed", row.misses), ("false alarms", row.false_alarms)):
        if found:
            yield f"{'+'.join(row.data)}, worst {title}: {'; '.join(_failure(each) for each in found[:SHOWN])}"


def _failure(each: Failure) -> str:
    score = NONE if each.score is None else f"{each.score:.2f}"
    return f"`{each.session}` turn {each.turn} ({score}: {each.reason})"


def _by_signal(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.signal, []).append(row)
    return found


def _table(lines: Iterable[Sequence[str]]) -> str:
    head, *rows = [tuple(cell.strip() for cell in line) for line in lines]
    return table(head, rows)
