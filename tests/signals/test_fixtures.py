"""The written cases: they are of the form, enough of them, and no signal falls below what it reaches on either half.

The unseen half is counted, never read: its floors are what the signal reached when it was last worked on, less a case
or two.
"""

import pytest

from tests.signals.cases import HALVES, SEEN, UNSEEN, WRITTEN, counted, known, played, read

FLOORS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "dispute": ((0.95, 0.75), (0.75, 0.15)),
    "accountability_request": ((0.90, 0.90), (0.65, 0.55)),
    "urgency": ((0.75, 0.90), (0.55, 0.55)),
    "handoff_missed": ((0.80, 0.80), (0.60, 0.30)),
    "repeated_request": ((0.95, 0.90), (0.85, 0.40)),
    "new_problem": ((0.90, 0.85), (0.70, 0.40)),
    "loss_of_control": ((0.85, 0.90), (0.65, 0.55)),
    "ambiguity": ((0.75, 0.75), (0.60, 0.20)),
    "stakes_rising": ((0.90, 0.90), (0.65, 0.20)),
    "final_decision": ((0.85, 0.90), (0.70, 0.60)),
    "irreversible_action": ((0.90, 0.90), (0.75, 0.60)),
    "no_recourse": ((0.70, 0.90), (0.70, 0.50)),
    "opaque_recommendation": ((0.85, 0.50), (0.80, 0.20)),
    "judgement_call": ((0.90, 0.90), (0.60, 0.50)),
    "beyond_policy": ((0.95, 0.90), (0.85, 0.55)),
    "unauthorised_promise": ((0.95, 0.90), (0.75, 0.65)),
    "publish_without_review": ((0.90, 0.90), (0.85, 0.65)),
    "human_impersonation": ((0.80, 0.75), (0.90, 0.45)),
    "stuck_loop": ((0.90, 0.85), (0.70, 0.35)),
}
"""Signal -> precision and recall at the shipped bound at least, on the seen half and on the unseen one."""
FEW = 14
"""Cases of a kind that a half has of every signal at least."""


def test_every_signal_without_a_corpus_exists_and_has_floors() -> None:
    assert set(FLOORS) == set(WRITTEN)
    assert all(known(signal) for signal in WRITTEN)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("signal", WRITTEN)
def test_signal_on_written_cases_keeps_its_floor(signal: str, half: str) -> None:
    cases = read(signal, half)
    fires = sum(case.fires for case in cases)
    assert min(fires, len(cases) - fires) >= FEW
    count = counted(played(signal, cases))
    precision, recall = FLOORS[signal][(SEEN, UNSEEN).index(half)]
    assert count.precision >= precision, count
    assert count.recall >= recall, count
