"""``oversight policy`` and ``oversight settings``: what is in force, and every problem at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.config import SETTINGS
from monitor.core.vocabulary import Situation
from monitor.policy_file import load_policy


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLICY", "CONFIG"):
        monkeypatch.delenv(f"OVERSIGHT_{name}", raising=False)


def run(*arguments: str | Path, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], env=env)


def test_check_says_the_fingerprint_of_a_good_policy(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("name: mine\nowner: desk\n")
    result = run("policy", "check", file)
    assert result.exit_code == 0, result.output
    assert load_policy(file).fingerprint in result.stdout


def test_check_lists_every_problem_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("name: mine\nowner: desk\nnonsense: 1\ngranted: everything\n")
    result = run("policy", "check", file)
    assert result.exit_code == 2
    assert f"error: {file}:3:" in result.stderr
    assert f"error: {file}:4:" in result.stderr


def test_check_of_a_missing_file_names_it() -> None:
    result = run("policy", "check", "nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.stderr


def test_show_prints_every_row_rule_and_bound() -> None:
    text = run("policy", "show").stdout
    policy = load_policy(None).base
    assert all(situation in text for situation in Situation)
    assert all(f"{rule.id}: {rule.text}" in text for row in policy.situations for rule in row.rules)
    assert all(f"  {name} " in text for name in policy.bounds)


def test_show_text_is_a_policy_again(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("name: mine\nowner: desk\n")
    again = tmp_path / "again.yaml"
    again.write_text(run("policy", "show", file, "--text").stdout)
    assert load_policy(again).fingerprint == load_policy(file).fingerprint


def test_show_follows_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("name: mine\nowner: night-desk\n")
    assert "night-desk" in run("policy", "show", env={"OVERSIGHT_POLICY": str(file)}).stdout


def test_settings_lists_every_variable_with_its_meaning() -> None:
    text = run("settings").stdout
    assert all(f"| `{row.variable}` |" in text and row.meaning in text for row in SETTINGS)
