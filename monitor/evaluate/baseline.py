"""What rules without understanding reach on the same cases."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from monitor.evaluate.cases import Cases


def _always(cases: Cases) -> Cases:
    return _constant(cases, fired=True)


def _never(cases: Cases) -> Cases:
    return _constant(cases, fired=False)


def _longest(cases: Cases) -> Cases:
    """Scores by length, and fires on the longest, as many as the signal fires on."""
    fired = np.zeros(len(cases), dtype=np.bool_)
    fired[np.argsort(-cases.length, kind="stable")[: int(cases.fired.sum())]] = True
    return replace(cases, score=cases.length, fired=fired)


def _neutral(cases: Cases) -> Cases:
    return replace(cases, score=np.zeros(len(cases)))


def _turn_before(cases: Cases) -> Cases:
    """Names the answer just before: ``length`` says whether that is right."""
    return replace(cases, fired=cases.length > 0)


def _constant(cases: Cases, *, fired: bool) -> Cases:
    return replace(cases, score=np.zeros(len(cases)), fired=np.full(len(cases), fired))


TRIVIAL: dict[str, Callable[[Cases], Cases]] = {
    "always": _always,
    "never": _never,
    "length": _longest,
    "neutral": _neutral,
    "turn before": _turn_before,
}
"""Rule -> the cases as it would judge them."""
