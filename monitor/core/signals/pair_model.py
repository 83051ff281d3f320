"""How surely two statements contradict each other, learned from pairs that people judged: boosted trees over FEATURES.

The trees are in ``pair_trees.py``, written by ``training/contradiction.py``. Each asks three questions; the answers
lead to one of eight weights, and the weights of all trees are added up.
"""

from collections.abc import Sequence
from typing import Any

from monitor.core.signals.pair_trees import START, TREES

SPLITS = 7
"""Questions of one tree of depth three, in the order of a heap: those below question i are 2i + 1 and 2i + 2."""
AT_BOUND, STEP = 0.0, 0.6
"""The weight that reads as SURE, and how far from it the score is half way to its end."""
SURE = 0.7
"""The score at that weight; in cross-validation one plain answer in a hundred reaches it."""

Question = tuple[int, float, Any, Any]
"""The feature, the threshold, and what follows up to it and above it: another question, at last a weight."""


def trees_of(text: str) -> tuple[Question, ...]:
    """The trees of a table: a line of ``feature:threshold`` for each question, then a line of weights."""
    lines = [line.split() for line in text.strip().splitlines()]
    return tuple([_tree(asked, weights) for asked, weights in zip(lines[::2], lines[1::2], strict=True)])


def _tree(asked: list[str], weights: list[str], at: int = 0) -> Any:  # noqa: ANN401 - a question or a weight
    if at >= SPLITS:
        return float(weights[at - SPLITS])
    feature, _, threshold = asked[at].partition(":")
    return int(feature), float(threshold), _tree(asked, weights, 2 * at + 1), _tree(asked, weights, 2 * at + 2)


_TREES = trees_of(TREES)


def weight_of(features: Sequence[float]) -> float:
    """The sum over the trees: above 0 a contradiction is likelier than not, among the pairs it was trained on."""
    total = START
    for feature, threshold, low, high in _TREES:
        feature, threshold, low, high = low if features[feature] <= threshold else high  # noqa: PLW2901 - going down
        feature, threshold, low, high = low if features[feature] <= threshold else high  # noqa: PLW2901
        total += low if features[feature] <= threshold else high
    return total


def score_of(weight: float) -> float:
    """A weight as a score in (0, 1), SURE at AT_BOUND. Only ``+ - * /``, so that equal pairs give equal bits.

    >>> [round(score_of(weight), 2) for weight in (-3.0, AT_BOUND, 3.0)]
    [0.12, 0.7, 0.95]
    """
    steps = (weight - AT_BOUND) / STEP
    if steps >= 0.0:
        return SURE + (1.0 - SURE) * steps / (1.0 + steps)
    return SURE / (1.0 - steps)
