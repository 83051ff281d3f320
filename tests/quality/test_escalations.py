"""The report on whole sessions: its measure, and that the committed page is what the code says."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.quality.__main__ import main
from tests.quality.budgets import Estimate, at_budget, found, mean
from tests.quality.data import HELD_OUT, TUNED, available
from tests.quality.outcomes import BAD, CALM, Outcome, outcomes
from tests.quality.page import COMMAND, MEANT, PROMISED, page, section

needs_data = pytest.mark.skipif(not available(), reason="the labelled conversations are not beside this checkout")
PAGE = Path(__file__).parents[2] / "docs" / "quality.md"
SMALL = "maia_dqe"
"""The file that folds within a second: the page's part on it is held against the code."""


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


@needs_data
def test_outcomes_every_session_has_turns_and_both_verdicts_occur() -> None:
    sessions = outcomes(SMALL)
    assert all(each.turns for each in sessions)
    assert {CALM, BAD, None} == {each.verdict for each in sessions}


@needs_data
def test_page_part_on_the_small_file_is_what_the_code_measures() -> None:
    committed = PAGE.read_text("utf-8")
    assert section(SMALL, outcomes(SMALL)) in committed, f"docs/quality.md is out of step: {COMMAND}"


def test_page_committed_names_its_command_and_every_file() -> None:
    committed = PAGE.read_text("utf-8")
    assert page({}).split("##")[0] in committed, f"docs/quality.md is out of step: {COMMAND}"
    assert all(f"## {file}\n\n{MEANT[file].capitalize()[:1]}" in committed for file in MEANT)


@needs_data
def test_escalations_command_writes_the_page(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    result = CliRunner().invoke(main, ["escalations", "--only", SMALL, "--markdown", str(path)])
    assert result.exit_code == 0, result.output
    assert f"## {SMALL}\n" in path.read_text("utf-8")


@needs_data
@pytest.mark.parametrize("half", [TUNED, HELD_OUT])
def test_shipped_policy_keeps_calm_where_nothing_went_wrong(half: str) -> None:
    calm = [each for each in outcomes(SMALL) if each.half == half and each.verdict == CALM]
    assert 1000 * sum(len(each.raised) for each in calm) <= PROMISED * len(calm)
