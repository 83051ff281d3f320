"""The measures, against values worked out by hand and against counting pair by pair."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evaluate.cases import UNKNOWN, Cases
from monitor.evaluate.figures import FIGURES, value
from tests.evaluate.build import columns

SCORES = st.sampled_from([UNKNOWN, 0.0, 0.2, 0.4, 0.6, 1.0])
PAIRS = st.lists(st.tuples(st.booleans(), SCORES), min_size=1, max_size=30)
SORTED = ("auc", "ap", "recall_at_7")


def of(pairs: Sequence[tuple[bool, float]]) -> Cases:
    return columns([int(true) for true, _ in pairs], [score for _, score in pairs])


def counted_auc(pairs: Sequence[tuple[bool, float]]) -> float:
    """The share of (true, false) pairs in which the true one scores higher, ties half."""
    won = [
        1.0 if above > below else 0.5 if above == below else 0.0
        for true, above in pairs
        if true
        for other, below in pairs
        if not other
    ]
    return sum(won) / len(won) if won else math.nan


def counted_ap(pairs: Sequence[tuple[bool, float]]) -> float:
    """The mean over true cases of the precision among those that score as high or higher."""
    at = []
    for true, score in pairs:
        if true:
            above = [other for other, found in pairs if found >= score]
            at.append(sum(above) / len(above))
    return sum(at) / len(at) if at else math.nan


@given(PAIRS)
def test_auc_is_the_share_of_pairs_won(pairs: list[tuple[bool, float]]) -> None:
    assert value("auc", of(pairs)) == pytest.approx(counted_auc(pairs), nan_ok=True)


@given(PAIRS)
def test_average_precision_is_the_mean_precision_at_true_cases(pairs: list[tuple[bool, float]]) -> None:
    assert value("ap", of(pairs)) == pytest.approx(counted_ap(pairs), nan_ok=True)


@given(PAIRS)
def test_auc_of_opposite_truth_is_the_rest_to_one(pairs: list[tuple[bool, float]]) -> None:
    opposite = [(not true, score) for true, score in pairs]
    assert value("auc", of(opposite)) == pytest.approx(1 - value("auc", of(pairs)), nan_ok=True)


@given(PAIRS, st.sampled_from(sorted(FIGURES)))
def test_figure_a_weight_of_two_is_the_case_twice(pairs: list[tuple[bool, float]], figure: str) -> None:
    weights = np.array([1.0 + (index % 2) for index in range(len(pairs))])
    twice = [pair for index, pair in enumerate(pairs) for _ in range(1 + index % 2)]
    weighted = FIGURES[figure].of(of(pairs))(weights)
    assert weighted == pytest.approx(value(figure, of(twice)), nan_ok=True)


@given(PAIRS, st.sampled_from(sorted(FIGURES)))
def test_figure_lies_between_nothing_and_one_or_is_undefined(pairs: list[tuple[bool, float]], figure: str) -> None:
    found = value(figure, of(pairs))
    assert math.isnan(found) or 0.0 <= found <= 1.0


@given(PAIRS)
def test_ranked_figures_depend_on_the_order_of_scores_alone(pairs: list[tuple[bool, float]]) -> None:
    other = [(true, score**3 * 7 - 2) for true, score in pairs]
    for figure in SORTED:
        assert value(figure, of(pairs)) == pytest.approx(value(figure, of(other)), nan_ok=True)


def test_decided_figures_by_hand() -> None:
    cases = columns([1, 1, 1, 0, 0], [0] * 5, fired=[True, True, False, True, False])
    found = {name: value(name, cases) for name in ("precision", "recall", "f1", "fires")}
    assert found == pytest.approx({"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "fires": 3 / 5})


def test_f1_nothing_fired_is_none_found_and_no_precision() -> None:
    cases = columns([1, 0], [0.0, 0.0])
    assert value("f1", cases) == 0.0
    assert math.isnan(value("precision", cases))


def test_auc_within_counts_pairs_of_one_stratum_alone() -> None:
    cases = columns([1, 0, 1, 0], [0.2, 0.1, 0.9, 0.95], stratum=[0, 0, 1, 1])
    assert value("auc_within", cases) == 0.5
    assert value("auc", cases) == 0.5
    across = columns([1, 0, 1, 0], [0.2, 0.1, 0.9, 0.8], stratum=[0, 0, 1, 1])
    assert (value("auc_within", across), value("auc", across)) == (1.0, 0.75)


def test_recall_at_precision_takes_the_best_threshold_that_is_precise_enough() -> None:
    cases = columns([1, 1, 0, 1, 0, 0, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
    assert value("recall_at_7", cases) == 3 / 4
    assert value("recall_at_7", columns([0, 1], [0.9, 0.1])) == 0.0


def test_macro_f1_reads_moods_at_a_third_and_the_unknown_as_neutral() -> None:
    cases = columns([-1, 0, 1, 0, 1], [-0.9, 0.1, 0.5, UNKNOWN, 0.2])
    negative, neutral, positive = 1.0, 2 * 2 / (2 + 3), 2 * 1 / (2 + 1)
    assert value("macro_f1", cases) == pytest.approx((negative + neutral + positive) / 3)
