"""Figures and verdicts as words, the same on a terminal and on a page."""

from collections.abc import Iterable, Iterator, Sequence

from monitor.evaluate.interval import Estimate
from monitor.evaluate.report import MUST, SHORT, Verdict

NONE = "-"


def verdict(bar: Verdict) -> str:
    """Where the figure is, in words.

    >>> verdict(Verdict("auc", 0.8, 0.9, 0.75, SHORT, 0.05))
    'short by .050'
    """
    if bar.reached == SHORT:
        return f"short by {number(bar.by)}"
    return "must reached" if bar.reached == MUST else bar.reached


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
