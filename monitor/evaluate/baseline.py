"""What rules without understanding reach on the same cases."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from monitor.evaluate.cases import Cases

HALF = 0.5


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


def _by_stratum(cases: Cases) -> Cases:
    """Scores by the share of true cases in the stratum, as if that were known; fires where it is above a half."""
    true, size = np.bincount(cases.stratum, weights=cases.truth > 0), np.bincount(cases.stratum)
    share = np.divide(true, size, out=np.zeros(len(size)), where=size > 0)[cases.stratum]
    return replace(cases, score=share, fired=share > HALF)


def _constant(cases: Cases, *, fired: bool) -> Cases:
    return replace(cases, score=np.zeros(len(cases)), fired=np.full(len(cases), fired))


TRIVIAL: dict[str, Callable[[Cases], Cases]] = {
    "always": _always,
    "never": _never,
    "length": _longest,
    "neutral": _neutral,
    "role": _by_stratum,
    "turn before": _turn_before,
}
"""Rule -> the cases as it would judge them."""
