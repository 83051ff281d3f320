"""The learned part: the table is the one that was written, and reads as it should."""

import hashlib

import pytest

from monitor.core.signals.pair import FEATURES
from monitor.core.signals.pair_model import AT_BOUND, SPLITS, SURE, score_of, trees_of, weight_of
from monitor.core.signals.pair_trees import SHA256, START, TREES


def test_trees_are_as_training_wrote_them() -> None:
    assert hashlib.sha256(TREES.encode()).hexdigest() == SHA256


def test_trees_ask_only_what_is_compared_and_are_full() -> None:
    lines = [line.split() for line in TREES.splitlines()]
    for asked, weights in zip(lines[::2], lines[1::2], strict=True):
        assert (len(asked), len(weights)) == (SPLITS, SPLITS + 1)
        assert all(0 <= int(cell.partition(":")[0]) < len(FEATURES) for cell in asked)


def test_trees_of_a_question_goes_down_by_its_threshold() -> None:
    ((feature, threshold, low, high),) = trees_of("0:1 1:5 2:5 0:0 0:0 0:0 0:0\n1 2 3 4 5 6 7 8")
    assert (feature, threshold) == (0, 1.0)
    assert (low, high) == (
        (1, 5.0, (0, 0.0, 1.0, 2.0), (0, 0.0, 3.0, 4.0)),
        (2, 5.0, (0, 0.0, 5.0, 6.0), (0, 0.0, 7.0, 8.0)),
    )


def test_weight_of_is_the_sum_of_one_weight_per_tree() -> None:
    bound = sum(max(abs(float(cell)) for cell in line.split()) for line in TREES.splitlines()[1::2])
    assert abs(weight_of([0.0] * len(FEATURES)) - START) <= bound


@pytest.mark.parametrize("weight", [-9.0, -1.0, AT_BOUND, 0.4, 9.0])
def test_score_of_rises_with_the_weight_and_stays_inside(weight: float) -> None:
    assert 0.0 < score_of(weight) < 1.0
    assert score_of(weight - 0.1) < score_of(weight) < score_of(weight + 0.1)
    assert (score_of(weight) >= SURE) is (weight >= AT_BOUND)
