"""Figures of a signal against the truth, each under weights per case, so that a bootstrap draws without sorting anew.

Undefined figures are nan: an AUC without both kinds, a precision where nothing fired.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from monitor.evaluate.cases import Cases, Flags, Numbers, Places

Weighted = Callable[[Numbers], float]
"""A figure of given cases under these weights."""
NAN = float("nan")
THIRD = 1 / 3
PRECISION = 0.7
MOODS = (-1, 0, 1)


class Figure(NamedTuple):
    """``of`` prepares what does not depend on the weights. ``title``: how it is called in a table."""

    title: str
    of: Callable[[Cases], Weighted]


def value(figure: str, cases: Cases) -> float:
    """The figure with every case counted once."""
    return FIGURES[figure].of(cases)(np.ones(len(cases)))


def auc(truth: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The chance that a true case scores above a false one, ties half; None where one kind is missing.

    >>> auc([True, False], [0.9, 0.1]), auc([True, False], [0.5, 0.5]), auc([True], [0.5])
    (1.0, 0.5, None)
    """
    count = len(truth)
    figure = _concordance(np.array(scores), np.array(truth), np.zeros(count, dtype=np.int64))
    found = figure(np.ones(count))
    return None if np.isnan(found) else found


def _auc(cases: Cases) -> Weighted:
    """The chance that a true case scores above a false one, ties half."""
    return _concordance(cases.score, cases.truth > 0, np.zeros(len(cases), dtype=np.int64))


def _auc_within(cases: Cases) -> Weighted:
    """The same, of two cases of one stratum: all such pairs count alike."""
    return _concordance(cases.score, cases.truth > 0, cases.stratum)


def _concordance(score: Numbers, true: Flags, stratum: Places) -> Weighted:
    parts = [np.flatnonzero(stratum == each) for each in np.unique(stratum)]
    ranked = [(part, true[part], np.unique(score[part], return_inverse=True)[1]) for part in parts]

    def figure(weights: Numbers) -> float:
        won = pairs = 0.0
        for part, truth, rank in ranked:
            weight = weights[part]
            positive = np.bincount(rank, weights=weight * truth)
            negative = np.bincount(rank, weights=weight * ~truth)
            won += float(positive @ (np.cumsum(negative) - negative / 2))
            pairs += float(positive.sum() * negative.sum())
        return won / pairs if pairs else NAN

    return figure


def _curve(cases: Cases) -> Callable[[Numbers], tuple[Numbers, Numbers, Numbers]]:
    """True cases found, precision and recall at every threshold, from the highest score down."""
    truth = cases.truth > 0
    rank = np.unique(-cases.score, return_inverse=True)[1]

    def curve(weights: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        found = np.bincount(rank, weights=weights * truth).astype(np.float64)
        above: Numbers = np.cumsum(np.bincount(rank, weights=weights))
        hits: Numbers = np.cumsum(found)
        precision: Numbers = np.divide(hits, above, out=np.zeros_like(hits), where=above > 0)
        recall: Numbers = np.divide(hits, hits[-1:], out=np.full_like(hits, NAN), where=hits[-1:] > 0)
        return found, precision, recall

    return curve


def _average_precision(cases: Cases) -> Weighted:
    """The mean, over true cases, of the precision at the threshold that finds them; equal scores are found together."""
    curve = _curve(cases)

    def figure(weights: Numbers) -> float:
        found, precision, _ = curve(weights)
        total = found.sum()
        return float(found @ precision / total) if total else NAN

    return figure


def _recall_at_precision(cases: Cases) -> Weighted:
    """The highest recall of all thresholds at which at least seven in ten are right."""
    curve = _curve(cases)

    def figure(weights: Numbers) -> float:
        _, precision, recall = curve(weights)
        reached = recall[precision >= PRECISION]
        return float(reached.max()) if len(reached) else 0.0

    return figure


def _decided(cases: Cases) -> Callable[[Numbers], tuple[float, float, float]]:
    """Weights of the cases that are true and fired, that fired, that are true."""
    truth, fired = cases.truth > 0, cases.fired
    both = truth & fired
    return lambda weights: (float(weights @ both), float(weights @ fired), float(weights @ truth))


def _f1(cases: Cases) -> Weighted:
    """The harmonic mean of precision and recall at the bound; 0 where nothing was found."""
    counted = _decided(cases)

    def figure(weights: Numbers) -> float:
        hits, fired, true = counted(weights)
        return 2 * hits / (fired + true) if true else NAN

    return figure


def _precision(cases: Cases) -> Weighted:
    counted = _decided(cases)

    def figure(weights: Numbers) -> float:
        hits, fired, _ = counted(weights)
        return hits / fired if fired else NAN

    return figure


def _recall(cases: Cases) -> Weighted:
    counted = _decided(cases)

    def figure(weights: Numbers) -> float:
        hits, _, true = counted(weights)
        return hits / true if true else NAN

    return figure


def _fires(cases: Cases) -> Weighted:
    """The share of the cases that fire, true or not."""
    fired = cases.fired

    def figure(weights: Numbers) -> float:
        total = float(weights.sum())
        return float(weights @ fired) / total if total else NAN

    return figure


def _macro_f1(cases: Cases) -> Weighted:
    """The mean F1 of negative, neutral and positive, read at -1/3 and 1/3; what is not judged reads neutral."""
    known = np.where(np.isfinite(cases.score), cases.score, 0.0)
    read = np.where(known < -THIRD, -1, np.where(known > THIRD, 1, 0))
    pairs = [(cases.truth == each, read == each) for each in MOODS]

    def figure(weights: Numbers) -> float:
        both = [float(weights @ (true & said)) for true, said in pairs]
        sizes = [float(weights @ true) + float(weights @ said) for true, said in pairs]
        return sum(2 * hits / size if size else 0.0 for hits, size in zip(both, sizes, strict=True)) / len(MOODS)

    return figure


FIGURES: dict[str, Figure] = {
    "auc": Figure("AUC", _auc),
    "ap": Figure("AP", _average_precision),
    "f1": Figure("F1", _f1),
    "precision": Figure("precision", _precision),
    "recall": Figure("recall", _recall),
    "fires": Figure("fires", _fires),
    "auc_within": Figure("AUC within strata", _auc_within),
    "recall_at_7": Figure("recall at precision .7", _recall_at_precision),
    "macro_f1": Figure("macro-F1", _macro_f1),
    "top1": Figure("top-1", _fires),
}
"""Every figure by its name."""
