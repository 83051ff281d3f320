"""Golden stories: sessions in our own words, and what each must (or must not) escalate under the shipped default.

``stories/<row>.yaml`` holds at least one that must escalate and one near miss for each row that the session stage
decides; ``stories/traps.yaml`` what a monitor of words is easily fooled by. ``play.py`` tells the format.
"""

from typing import Any

import pytest

from monitor.core.events import Escalation
from monitor.core.policy.model import Policy
from monitor.core.rules import SESSION, of_stage
from monitor.core.vocabulary import EscalationStatus, Mode, Situation
from tests.golden.play import FOLDER, SHIPPED, Played, Story, play, policy_of, stories

TRAPS = "traps"
STORIES = [(path.stem, story) for path in sorted(FOLDER.glob("*.yaml")) for story in stories(path.stem)]


def told(file: str, story: Story, *more: str) -> Any:  # noqa: ANN401 - pytest's ParameterSet
    """A story as a parameter, after ``more`` of them; one that the monitor cannot tell yet must fail."""
    why = story.get("fails")
    marks = [pytest.mark.xfail(strict=True, reason=why)] if why else []
    return pytest.param(*more, story, id=f"{file}: {story['story']}", marks=marks)


@pytest.mark.parametrize("story", [told(*each) for each in STORIES])
def test_story_escalates_exactly_as_told(story: Story) -> None:
    check_all(play(story), story, policy_of(story))


def check_all(played: Played, story: Story, policy: Policy) -> None:
    """Exactly the escalations that the story expects, each as it expects it; what is in shadow acts on nothing."""
    live = [each for each in played.escalations if each.mode is Mode.LIVE]
    rows = {each["situation"]: each for each in story["expect"]}
    assert {str(each.situation) for each in live} == rows.keys()
    assert played.rejected == sum(turn.get("lost", False) for turn in story["turns"])
    for name, expected in rows.items():
        of_row = [each for each in live if each.situation == name]
        assert [each.status for each in of_row].count(EscalationStatus.RAISED) == 1
        check(of_row, expected, policy.base.owner)


def check(events: list[Escalation], expected: Story, owner: str) -> None:
    """One escalation from its first event to its last: turn, role, rung, severity, owner and reasons."""
    first = events[0]
    assert first.status is EscalationStatus.RAISED
    assert (first.lead, first.human_role, first.severity, first.rung, first.owner) == (
        *(expected[key] for key in ("turn", "role", "severity", "rung")),
        expected.get("owner", owner),
    )
    assert first.reasons[0].rule == expected["rule"]
    rules = {reason.rule for event in events for reason in event.reasons}
    assert rules == {expected["rule"], *expected.get("then", ())}
    assert first.counterfactual.startswith("silent if ")
    assert first.reasons[0].evidence
    assert expected.get("unknown", "") in " ".join(first.unknown)
    assert expected.get("notice", "") in (first.user_notice or "")
    assert list(first.hidden) == expected.get("hidden", list(first.hidden))


def test_stories_every_row_of_the_session_stage_has_one_that_escalates_and_one_near_miss() -> None:
    rows = {file for file, _ in STORIES} - {TRAPS}
    assert rows == set(Situation) - {Situation.AUTONOMY_EXPANSION}
    for row in rows:
        kinds = {bool(story["expect"]) for file, story in STORIES if file == row}
        assert kinds == {True, False}, row


def test_stories_every_live_rule_of_one_session_is_raised_in_one_of_them() -> None:
    expected = {
        (each["situation"], rule)
        for _, story in STORIES
        if not story.get("fails")
        for each in story["expect"]
        for rule in (each["rule"], *each.get("then", ()))
    }
    shipped = {(str(row.name), rule.id) for row in SHIPPED.base.situations for rule in of_stage(row, SESSION)}
    assert shipped <= expected
