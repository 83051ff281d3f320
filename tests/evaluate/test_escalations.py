"""The report on whole sessions: what is counted, and how it is told."""

from pathlib import Path

import pytest

from monitor.evaluate.budgets import at_budget, found, mean
from monitor.evaluate.escalations import MEANT, PROMISED, page, section
from monitor.evaluate.interval import Estimate
from monitor.evaluate.labelled import HELD_OUT, TUNED, opened
from monitor.evaluate.markdown import written
from monitor.evaluate.outcomes import BAD, CALM, Outcome, outcomes, verdict
from monitor.policy_file import load_policy

PAGE = Path(__file__).parents[2] / "docs" / "escalations.md"
SAMPLE = Path(__file__).parent / "sample.jsonl"
CALMEST = Path(__file__).parents[3] / "shared" / "data" / "maia_dqe.dev.jsonl.gz"


def _session(name: str, verdict: str, *, risk: float = 0.0, raised_at: int | None = None) -> Outcome:
    outcome = Outcome(name, TUNED, verdict, turns=5, risk=risk)
    if raised_at is not None:
        outcome.raised.append((raised_at, "support_resolution", ("disputed", "dissatisfied")))
    return outcome


def test_found_ties_with_the_threshold_stay_below() -> None:
    calm = [(0.5,)] * 100
    assert found(calm, [(0.5,), (0.6,)], 50) == 0.5


def test_found_few_calm_sessions_none_may_rank_above() -> None:
    calm = [(0.1,), (0.7,)]
    assert found(calm, [(0.6,), (0.8,)], 100) == 0.5


def test_at_budget_same_seed_gives_the_same_interval_around_the_value() -> None:
    calm, bad = [(index / 100,) for index in range(100)], [(index / 50,) for index in range(50)]
    estimate = at_budget(calm, bad, 50)
    assert estimate == at_budget(calm, bad, 50)
    assert estimate.low <= estimate.value <= estimate.high


def test_mean_of_equals_has_no_width() -> None:
    assert mean([2, 2, 2]) == Estimate(2.0, 2.0, 2.0)


def test_outcome_raised_on_the_last_turn_is_not_caught() -> None:
    assert _session("a", BAD, raised_at=3).caught
    assert not _session("b", BAD, raised_at=4).caught
    assert not _session("c", BAD).caught


def test_section_counts_situations_rules_and_lead_per_half_and_verdict() -> None:
    calm = [_session(str(index), CALM) for index in range(3)]
    text = section("betold", [*calm, _session("bad", BAD, risk=0.9, raised_at=1)])
    assert "| tuned | calm | 3 | 0 [0, 0] | 0.00 [0.00, 0.00] |  |  |" in text
    assert "| tuned | bad | 1 | 1000 [1000, 1000] | 1.00 [1.00, 1.00] | 1 | 3 |" in text
    assert "| `support_resolution` | 0 | 1000 |" in text
    assert "`disputed` | 0 | 1000 |" in text
    assert HELD_OUT not in text


@pytest.mark.parametrize(
    ("label", "read"),
    [
        ({"attack_success": True, "attacked": True, "task_success": True}, BAD),
        ({"attack_success": False, "attacked": True}, None),
        ({"attack_success": False, "attacked": False, "task_success": False}, CALM),
        ({"escalation": True}, BAD),
        ({"unsafe": False}, CALM),
        ({"reward": 1}, CALM),
        ({"reward": 0.0}, BAD),
        ({"task_success": 3.0, "dropped": False}, BAD),
        ({"task_success": 4}, None),
        ({"task_success": 5}, CALM),
        ({"task_success": True}, None),
        ({"distress": None}, None),
        ({}, None),
        (None, None),
        ("bad", None),
    ],
)
def test_verdict_is_read_off_the_label_of_the_session(label: object, read: str | None) -> None:
    assert verdict(label) == read


def test_outcomes_of_the_sample_are_all_its_sessions_with_both_verdicts_and_what_was_raised() -> None:
    (sessions,) = outcomes([opened(SAMPLE)], load_policy(None)).values()
    assert {each.verdict for each in sessions} >= {CALM, BAD}
    assert all(each.turns for each in sessions)
    assert any(each.raised for each in sessions)
    assert "## sample\n\nCalm and bad by the label of the session." in page({"sample": sessions})


def test_outcomes_without_a_label_of_sessions_are_none(tmp_path: Path) -> None:
    path = tmp_path / "turns.jsonl"
    path.write_text('{"session_id": "a", "role": "user", "text": "hello", "label": {"confused": true}}\n', "utf-8")
    assert outcomes([opened(path)], load_policy(None)) == {}


@pytest.mark.skipif(not CALMEST.exists(), reason="the labelled conversations are not beside this checkout")
def test_shipped_policy_keeps_calm_where_nothing_went_wrong() -> None:
    (sessions,) = outcomes([opened(CALMEST)], load_policy(None)).values()
    for half in (TUNED, HELD_OUT):
        calm = [each for each in sessions if each.half == half and each.verdict == CALM]
        assert 1000 * sum(len(each.raised) for each in calm) <= PROMISED * len(calm)


def test_committed_page_tells_of_every_data() -> None:
    committed = written(PAGE.read_text("utf-8"))
    assert all(f"## {data}\n\n{meant[0].upper()}{meant[1:]}" in committed for data, meant in MEANT.items())
