"""``oversight policy`` and ``oversight settings``: what is in force, and every problem at once."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.config import SETTINGS
from monitor.core.policy.schema import UNASSIGNED
from monitor.policy_file import load_policy
from monitor.policy_names import named_policy
from tests.replay.talks import ANGRY, talk

FORMS = ("terminal", "markdown", "html")
ACME = """
name: acme
owner: legal-desk
situations:
  low_risk_task:
    backup_owner: night-desk
    rules:
      sudden: {text: "a | <b>sudden</b>\\nturn", signals: [sentiment_shift]}
systems:
  refund-bot: {owner: money-desk, mode: shadow, granted: recommend}
"""


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


@pytest.mark.parametrize("name", ["default", "airline", "retail", "triage"])
def test_check_and_show_take_a_shipped_policy_by_name(name: str) -> None:
    checked, shown = run("policy", "check", name), run("policy", "show", name, "--format", "markdown")
    assert (checked.exit_code, shown.exit_code) == (0, 0), checked.output + shown.output
    assert named_policy(name).fingerprint in checked.stdout
    assert (UNASSIGNED in shown.stdout) is (name == "default")


def test_check_of_an_unknown_name_lists_what_is_shipped() -> None:
    result = run("policy", "check", "airlines")
    assert result.exit_code == 2
    assert "default, airline, retail, triage" in result.stderr


def test_check_prefers_a_file_over_a_shipped_policy_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "airline").write_text("name: mine\nowner: desk\n")
    assert "mine" in run("policy", "check", "airline").stdout


def test_show_prefers_a_system_of_the_policy_in_force_over_an_example(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("name: mine\nowner: desk\nsystems: {airline: {owner: flight-desk}}\n")
    shown = run("policy", "show", "airline", env={"OVERSIGHT_POLICY": str(file)})
    assert "flight-desk" in shown.stdout


def test_replay_and_diff_take_a_shipped_policy_by_name(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(b"\n".join(talk("s", ANGRY)))
    assert run("replay", file, "--policy", "airline").exit_code == 0
    assert run("diff", "retail", "default", file).exit_code == 0
    assert "triage" in run("replay", file, "--policy", "nowhere").stderr


def test_check_of_a_missing_file_names_it() -> None:
    result = run("policy", "check", "nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.stderr


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    file = tmp_path / "acme.yaml"
    file.write_text(ACME)
    return file


def unwrapped(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("form", FORMS)
def test_show_says_of_every_row_who_when_and_why(form: str) -> None:
    text = unwrapped(unescape(run("policy", "show", "--format", form).stdout).replace("\\", ""))
    for row in load_policy(None).base.situations:
        assert row.name.replace("_", " ") in text.lower()
        for part in (row.ai_may, row.human_when, ", ".join(row.human_adds), *(rule.text for rule in row.rules)):
            assert part in text
    for part in ("within 4 hours", "takes over now", "surely 10% or more", "at stake is"):
        assert part in text


@pytest.mark.parametrize("form", FORMS)
def test_show_names_signals_bounds_conditions_and_fingerprint_only_where_asked_to(form: str) -> None:
    policy = load_policy(None)
    plain, technical = (
        unwrapped(unescape(run("policy", "show", "--format", form, *more).stdout).replace("\\", ""))
        for more in ((), ("--technical",))
    )
    conditions = [rule.when for row in policy.base.situations for rule in row.rules if rule.when]
    named = [rule.id for row in policy.base.situations for rule in row.rules if "_" in rule.id]
    for part in ("dispute at 0.6 or above", policy.fingerprint, *conditions, *named):
        assert part not in plain
        assert part in technical


def test_show_technical_on_a_terminal_lists_every_bound() -> None:
    text = run("policy", "show", "--technical").stdout
    assert all(f"  {name} " in text for name in load_policy(None).base.bounds)


@pytest.mark.parametrize("form", FORMS)
def test_show_is_loud_about_rows_without_an_owner(form: str, acme: Path) -> None:
    assert "NO OWNER: 8 of 8 situations" in unwrapped(run("policy", "show", "default", "--format", form).stdout)
    owned = run("policy", "show", acme, "--format", form).stdout
    assert "NO OWNER" not in owned
    assert "UNASSIGNED" not in owned
    assert "legal-desk" in owned
    assert "night-desk" in owned


@pytest.mark.parametrize("form", FORMS)
def test_show_of_a_system_is_that_systems_map(form: str, acme: Path) -> None:
    whole = run("policy", "show", acme, "--format", form).stdout
    assert "refund-bot" in whole
    assert "money-desk" not in whole
    one = run("policy", "show", acme, "refund-bot", "--format", form).stdout
    assert "money-desk" in one
    assert "SHADOW" in one
    assert run("policy", "show", acme, "--system", "refund-bot", "--format", form).stdout == one
    alone = run("policy", "show", "refund-bot", "--format", form, env={"OVERSIGHT_POLICY": str(acme)})
    assert alone.stdout == one


def test_show_of_a_system_nobody_has_described_says_so(acme: Path) -> None:
    assert "other-bot has no policy of its own" in run("policy", "show", acme, "other-bot").stdout


def test_show_of_what_is_no_file_and_no_system_names_it(acme: Path) -> None:
    result = run("policy", "show", "refnd-bot", env={"OVERSIGHT_POLICY": str(acme)})
    assert result.exit_code == 2
    assert "refnd-bot" in result.stderr


BOUNDED = """
name: bounded
owner: desk
role: {topics: [refunds], leaves_alone: {medical_advice: [dosage]}}
stakes: [money]
reversibility: irreversible
evidence_required: [sources]
tools:
  allowed: [refund, lookup]
  approval: [close_account]
  limits: {small: {text: small refunds only, tools: [refund], argument: amount, max: 100}}
  orders: {check: {text: look the order up first, before: [refund], after: [lookup]}}
budget: {soft_per_1000: 40}
routes: {restricted: {hides: [amounts]}}
situations:
  support_resolution: {repeat_seconds: 600, user_notice: {en: A person looks at it., de: Ein Mensch sieht es sich an.}}
"""


@pytest.mark.parametrize("form", FORMS)
def test_show_says_what_the_system_may_do_and_what_holds_around_it(form: str, tmp_path: Path) -> None:
    file = tmp_path / "bounded.yaml"
    file.write_text(BOUNDED)
    text = unwrapped(unescape(run("policy", "show", file, "--format", form).stdout).replace("\\", ""))
    for part in (
        "refunds",
        "medical advice (dosage)",
        "cannot be undone",
        "one of your staff says yes before close_account",
        "small refunds only (refund: amount at most 100)",
        "look the order up first (before refund: lookup succeeded)",
        "at most 40 escalations per 1,000 sessions",
        "does not see amounts",
        "then it is said once more and stays open, again every 10 minutes",
        "when the monitor itself is silent for 1.5 minutes",
        "de: Ein Mensch sieht es sich an.",
    ):
        assert part in text


@pytest.mark.parametrize("form", FORMS)
def test_show_with_reviews_says_what_they_changed(form: str, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    turns = tmp_path / "turns.jsonl"
    turns.write_bytes(b"\n".join(talk("s1", ANGRY)))
    assert run("replay", turns, "--outputs", events).exit_code == 0
    text = unwrapped(run("policy", "show", "default", "--reviews", events, "--format", form).stdout)
    assert "none of 1 answered" in text
    assert "none yet" in text
    assert "none of 1 answered" not in unwrapped(run("policy", "show", "default", "--format", form).stdout)


def test_show_as_html_needs_nothing_beside_it_and_runs_nothing(acme: Path) -> None:
    page = run("policy", "show", acme, "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    for outside in ("<script", "http:", "https:", "src=", "@import", "url("):
        assert outside not in page
    assert "<b>sudden</b>" not in page
    assert "&lt;b&gt;sudden&lt;/b&gt;" in page
    assert "@media print" in page
    Page().feed(page)


class Page(HTMLParser):
    """Refuses a page whose elements are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_show_as_markdown_keeps_its_columns_whatever_a_text_holds(acme: Path) -> None:
    lines = run("policy", "show", acme, "--format", "markdown").stdout.splitlines()
    table = [re.sub(r"\\.", "", line) for line in lines if line.startswith("|")]
    assert {line.count("|") for line in table} == {8, 5}
    assert sum("sudden" in line for line in table) == 1


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
