"""The page of the written cases: each signal on either half, with intervals, beside a rule that always fires."""

from collections.abc import Sequence

import numpy as np

from monitor.evaluate.cases import Cases
from monitor.evaluate.interval import Estimate, estimates
from monitor.evaluate.markdown import table
from tests.signals.cases import HALVES, WRITTEN, Outcome, played, read

FIGURES = ("f1", "precision", "recall")
HEAD = ("signal", "half", "fires + near misses", "F1 [95 %]", "precision [95 %]", "recall [95 %]", "F1 of always")


def page() -> str:
    """The table, a row per signal and half; seeded, so the same code writes the same page."""
    return table(HEAD, [_row(signal, half) for signal in WRITTEN for half in HALVES])


def _row(signal: str, half: str) -> tuple[str, ...]:
    outcomes = played(signal, read(signal, half))
    fires = sum(outcome.case.fires for outcome in outcomes)
    found = estimates(FIGURES, _cases(outcomes))
    sizes = f"{fires} + {len(outcomes) - fires}"
    return signal, half, sizes, *(_told(found[name]) for name in FIGURES), f"{2 * fires / (fires + len(outcomes)):.2f}"


def _cases(outcomes: Sequence[Outcome]) -> Cases:
    """Every case a session of its own."""
    places = np.arange(len(outcomes), dtype=np.int64)
    nothing = np.zeros(len(outcomes))
    return Cases(
        truth=np.array([outcome.case.fires for outcome in outcomes], dtype=np.int64),
        score=np.array([outcome.highest or 0.0 for outcome in outcomes]),
        fired=np.array([outcome.fired for outcome in outcomes], dtype=np.bool_),
        length=nothing,
        stratum=np.zeros(len(outcomes), dtype=np.int64),
        session=places,
        tuned=np.zeros(len(outcomes), dtype=np.bool_),
        turns=(),
    )


def _told(found: Estimate | None) -> str:
    return "-" if found is None else f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"
