"""Trivial rules judge the same cases, by what they may know."""

import numpy as np
import pytest

from monitor.evaluate.baseline import TRIVIAL
from monitor.evaluate.figures import value
from tests.evaluate.build import columns

CASES = columns([1, 0, 1, 0], [0.9, 0.8, 0.1, 0.0], length=[1.0, 2.0, 4.0, 3.0], stratum=[0, 0, 1, 2])
"""The signal fires on the first two."""


@pytest.mark.parametrize(("rule", "fires", "auc"), [("always", 1.0, 0.5), ("never", 0.0, 0.5)])
def test_constant_rules_rank_nothing(rule: str, fires: float, auc: float) -> None:
    found = TRIVIAL[rule](CASES)
    assert (value("fires", found), value("auc", found)) == (fires, auc)


def test_length_fires_as_often_as_the_signal_on_the_longest() -> None:
    found = TRIVIAL["length"](CASES)
    assert found.fired.tolist() == [False, False, True, True]
    assert value("auc", found) == 0.5


def test_role_ranks_by_the_share_of_true_cases_in_a_stratum() -> None:
    found = TRIVIAL["role"](CASES)
    assert found.score.tolist() == [0.5, 0.5, 1.0, 0.0]
    assert value("auc_within", found) == 0.5


def test_rules_leave_truth_and_cases_as_they_are() -> None:
    for rule in TRIVIAL.values():
        found = rule(CASES)
        assert len(found) == len(CASES)
        assert np.array_equal(found.truth, CASES.truth)
