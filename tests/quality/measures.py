"""Figures of a detector against the truth."""

from collections.abc import Sequence
from typing import NamedTuple


class Case(NamedTuple):
    """One judged thing: what it is, its score (None: cannot know), whether it fired, and what a trivial rule sees."""

    truth: bool
    score: float | None
    fired: bool
    length: float
    questions: float


class Figures(NamedTuple):
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float
    f1: float


def auc(truth: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The chance that a true case scores above a false one, ties half; None where one kind is missing.

    >>> auc([True, False], [0.9, 0.1]), auc([True, False], [0.5, 0.5]), auc([True], [0.5])
    (1.0, 0.5, None)
    """
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    start = 0
    while start < len(order):
        past = start
        while past < len(order) and scores[order[past]] == scores[order[start]]:
            past += 1
        for index in order[start:past]:
            ranks[index] = (start + past + 1) / 2
        start = past
    positive = sum(truth)
    negative = len(truth) - positive
    if not positive or not negative:
        return None
    total = sum(rank for rank, true in zip(ranks, truth, strict=True) if true)
    return (total - positive * (positive + 1) / 2) / (positive * negative)


def figures(truth: Sequence[bool], fired: Sequence[bool]) -> Figures:
    """Precision, recall and F1.

    >>> figures([True, True, False], [True, False, False])
    Figures(precision=1.0, recall=0.5, f1=0.6666666666666666)
    """
    hits = sum(1 for true, said in zip(truth, fired, strict=True) if true and said)
    precision = hits / sum(fired) if any(fired) else 0.0
    recall = hits / sum(truth) if any(truth) else 0.0
    return Figures(precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0)
