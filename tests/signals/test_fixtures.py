"""The written cases: they are of the form, enough of them, and no signal falls below what it reaches on either half.

The unseen half is counted, never read: its floors are what the signal reached when it was last worked on, less a case
or two.
"""

import pytest

from tests.signals.cases import HALVES, HERE, SEEN, UNSEEN, WRITTEN, counted, known, played, read

FLOORS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "dispute": ((0.90, 0.45), (0.85, 0.30)),
    "accountability_request": ((0.80, 0.75), (0.70, 0.65)),
    "urgency": ((0.70, 0.75), (0.75, 0.80)),
    "handoff_missed": ((0.95, 0.90), (0.60, 0.50)),
    "repeated_request": ((0.90, 0.70), (0.75, 0.55)),
    "new_problem": ((0.85, 0.65), (0.60, 0.50)),
    "loss_of_control": ((0.75, 0.75), (0.70, 0.85)),
    "ambiguity": ((0.90, 0.60), (0.50, 0.25)),
    "stakes_rising": ((0.85, 0.80), (0.80, 0.55)),
    "final_decision": ((0.85, 0.80), (0.90, 0.70)),
    "irreversible_action": ((0.85, 0.80), (0.90, 0.60)),
    "no_recourse": ((0.75, 0.70), (0.85, 0.90)),
    "opaque_recommendation": ((0.85, 0.70), (0.65, 0.25)),
    "judgement_call": ((0.80, 0.75), (0.95, 0.50)),
    "beyond_policy": ((0.95, 0.75), (0.90, 0.60)),
    "unauthorised_promise": ((0.90, 0.85), (0.85, 0.90)),
    "publish_without_review": ((0.90, 0.80), (0.70, 0.70)),
    "human_impersonation": ((0.95, 0.80), (0.80, 0.40)),
    "stuck_loop": ((0.95, 0.85), (0.80, 0.75)),
}
"""Signal -> precision and recall at the shipped bound at least, on the seen half and on the unseen one."""
FEW = 14
"""Cases of a kind that a half has of every signal at least."""


def test_every_signal_without_a_corpus_exists_and_has_floors() -> None:
    assert set(FLOORS) == set(WRITTEN)
    assert all(known(signal) for signal in WRITTEN)


@pytest.mark.parametrize("half", [half for half in HALVES if (HERE / half).exists()])
@pytest.mark.parametrize("signal", WRITTEN)
def test_signal_on_written_cases_keeps_its_floor(signal: str, half: str) -> None:
    cases = read(signal, half)
    fires = sum(case.fires for case in cases)
    assert min(fires, len(cases) - fires) >= FEW
    count = counted(played(signal, cases))
    precision, recall = FLOORS[signal][(SEEN, UNSEEN).index(half)]
    assert count.precision >= precision, count
    assert count.recall >= recall, count
