"""``oversight diff``: same input, same bytes; exit codes; what it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from tests.replay.talks import day, line


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)], input=stdin)


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    path = tmp_path / "turns.jsonl"
    path.write_bytes(b"\n".join(day()) + b"\n")
    return path


@pytest.fixture
def calmer(tmp_path: Path) -> Path:
    path = tmp_path / "calmer.yaml"
    path.write_text(
        "name: calmer\nowner: desk\nsituations: {support_resolution: {rules: {disputed: null, person_wanted: null}}}\n"
    )
    return path


def test_same_input_gives_the_same_bytes(turns: Path, calmer: Path) -> None:
    for form in ((), ("--json",), ("--all",)):
        one, other = (run("default", calmer, turns, *form) for _ in range(2))
        assert one.exit_code == 0, one.output
        assert one.stdout == other.stdout


def test_coverage_comes_before_every_difference(turns: Path, calmer: Path) -> None:
    text = run("default", calmer, turns).stdout
    places = [text.index(part) for part in ("coverage: ", "escalations per 1,000", "reviewer hours", "sessions that")]
    assert places == sorted(places)
    assert "calmer" in text
    assert "assumed minutes" in text


def test_json_has_the_numbers_of_the_text(turns: Path, calmer: Path) -> None:
    found = json.loads(run("default", calmer, turns, "--json", "--all").stdout)
    assert found["coverage"]["sessions"] == 12
    assert found["differs"]
    assert len(found["changes"]) == found["sessions_changed"] + found["systems_changed"]
    a, b = (found[side]["per_thousand_sessions"].get("support_resolution", 0) for side in "ab")
    assert a > b


def test_exit_code_is_asked_for(turns: Path, calmer: Path) -> None:
    assert run("default", calmer, turns).exit_code == 0
    assert run("default", calmer, turns, "--exit-code").exit_code == 1
    assert run("default", "default", turns, "--exit-code").exit_code == 0


def test_standard_input_and_a_supplied_system_work(calmer: Path) -> None:
    given = line(session_id="a", role="user", text="Hi", system_id=None)
    text = run("default", calmer, "-", "--system", "mine", stdin=given).stdout
    assert "coverage: 1 turns in 1 sessions" in text


def test_minutes_are_replaced_by_rung(turns: Path) -> None:
    found = json.loads(run("default", "default", turns, "--json", "--minutes", "inform=0,take_over=0").stdout)
    assert found["minutes_per_rung"] == {"inform": 0, "review_after": 5, "review_before": 10, "take_over": 0}


@pytest.mark.parametrize("text", ["nap=1", "inform", "inform=x", "inform=-1", "inform=nan", "inform=inf"])
def test_minutes_that_are_none_are_refused(turns: Path, text: str) -> None:
    result = run("default", "default", turns, "--minutes", text)
    assert result.exit_code == 2
    assert "take_over" in result.stderr


def test_bad_policy_is_refused_with_its_problems(turns: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("nonsense: 1\n")
    result = run("default", bad, turns)
    assert result.exit_code == 2
    assert "nonsense" in result.stderr
    assert run("default", "nowhere.yaml", turns).exit_code == 2


def test_names_from_outside_cannot_steer_a_terminal(tmp_path: Path, calmer: Path) -> None:
    path = tmp_path / "t"
    said = ["Where is my refund?", "That is wrong. I dispute this. Let me talk to a human."]
    path.write_bytes(b"\n".join(line(session_id="a\x1b[2J\nb", role="user", text=each) for each in said))
    text = run("default", calmer, path, "--all").stdout
    assert "\x1b" not in text
    assert "sessions that change: 1" in text
