"""Golden stories of the two rows that the system stage decides, under the shipped default.

Each row has stories that must escalate and near misses; a story is what the session stage said, turn by turn, and what
people ordered. Stories of single sessions are in test_stories.py.
"""

from collections.abc import Iterable
from random import Random
from typing import NamedTuple

import pytest

from monitor.core.log import LogRecord
from monitor.core.policy.schema import UNASSIGNED
from monitor.core.vocabulary import Autonomy, HumanRole, Rung, Severity, Situation
from monitor.policy_file import load_policy
from tests.core.observed import Log, breakers, escalations, ordered, seen

SHIPPED = load_policy(None)
NONE, SUPPORT, RECOMMEND, ACT = Autonomy


RUNGS = {
    Situation.SYSTEM_BEHAVIOUR: Rung.REVIEW_AFTER,
    Situation.AUTONOMY_EXPANSION: Rung.REVIEW_BEFORE,
    "ceiling_ignored": Rung.TAKE_OVER,
}
"""How much is taken over, by row, or by a rule that says otherwise."""


class Story(NamedTuple):
    """What happened, and the escalation it must lead to (its row, rule, role and severity), or None: calm."""

    name: str
    records: list[LogRecord]
    expected: tuple[Situation, str, HumanRole, Severity] | None
    ceiling: Autonomy = ACT


def share(part: float, signal: str, n: int = 400) -> list[LogRecord]:
    """Turns of which this part shows the signal, spread evenly."""
    return [seen(signal) if int((turn + 1) * part) > int(turn * part) else seen() for turn in range(n)]


def scored(before: float, after: float, name: str = "groundedness") -> list[LogRecord]:
    """An upstream evaluator's scores around one mean, then around another."""
    draw = Random(1)
    means = [before] * 200 + [after] * 200
    return [seen(evaluations={name: min(1.0, draw.gauss(mean, 0.05))}) for mean in means]


def slow(before: float, after: float) -> list[LogRecord]:
    """Answers that take as many milliseconds, then as many."""
    draw = Random(2)
    return [seen(features={"latency_ms": draw.gauss(mean, mean / 10)}) for mean in [before] * 200 + [after] * 200]


def used(level: Autonomy, n: int) -> list[LogRecord]:
    """Turns at this level of autonomy."""
    return [seen(autonomy=level)] * n


def behaviour(rule: str, severity: Severity = Severity.WARNING) -> tuple[Situation, str, HumanRole, Severity]:
    """An escalation of that row."""
    return (Situation.SYSTEM_BEHAVIOUR, rule, HumanRole.CORRECT, severity)


def expansion(rule: str) -> tuple[Situation, str, HumanRole, Severity]:
    """An escalation of that row."""
    return (Situation.AUTONOMY_EXPANSION, rule, HumanRole.APPROVE, Severity.WARNING)


STORIES = [
    Story(
        "one answer in four contradicts an earlier one",
        share(0.25, "self_contradiction", 60),
        behaviour("contradiction_rate"),
        RECOMMEND,
    ),
    Story(
        "half of what it claims rests on nothing", share(0.5, "unsupported_claim"), behaviour("unsupported_rate"), NONE
    ),
    Story("its answers lose their ground", scored(0.9, 0.6), behaviour("drifts")),
    Story("it becomes three times as slow", slow(900, 2700), behaviour("drifts")),
    Story(
        "it is told to recommend only and goes on acting",
        [*used(ACT, 3), ordered("force_open", level=RECOMMEND), *used(ACT, 6)],
        behaviour("ceiling_ignored", Severity.CRITICAL),
        SUPPORT,
    ),
    Story("near miss: a contradiction now and then", share(0.02, "self_contradiction"), None),
    Story("near miss: three contradictions in its first four answers", share(0.75, "self_contradiction", 4), None),
    Story("near miss: its answers gain ground", scored(0.6, 0.9), None),
    Story("near miss: it becomes three times as fast", slow(2700, 900), None),
    Story("near miss: the evaluator's scores scatter as ever", scored(0.8, 0.8), None),
    Story(
        "near miss: it is told to recommend only and obeys",
        [*used(ACT, 3), ordered("force_open", level=RECOMMEND), *used(RECOMMEND, 60)],
        None,
        RECOMMEND,
    ),
    Story(
        "a team asks for more than it granted",
        [ordered("grant", level=RECOMMEND), *used(RECOMMEND, 20), ordered("request_autonomy", level=ACT)],
        expansion("asked_for"),
        RECOMMEND,
    ),
    Story(
        "it acts where it may recommend",
        [ordered("grant", level=RECOMMEND), *used(ACT, 6)],
        expansion("taken"),
        RECOMMEND,
    ),
    Story(
        "near miss: a request for what is granted already",
        [ordered("grant", level=RECOMMEND), *used(RECOMMEND, 5), ordered("request_autonomy", level=RECOMMEND)],
        None,
        RECOMMEND,
    ),
    Story(
        "near miss: it keeps to its grant",
        [ordered("grant", level=RECOMMEND), *used(RECOMMEND, 30), *used(SUPPORT, 30)],
        None,
        RECOMMEND,
    ),
    Story(
        "near miss: it acts in the moment in which the grant falls",
        [*used(ACT, 5), ordered("grant", level=RECOMMEND), *used(ACT, 2), *used(RECOMMEND, 10)],
        None,
        RECOMMEND,
    ),
]


def names(stories: Iterable[Story]) -> list[str]:
    return [story.name for story in stories]


@pytest.mark.parametrize("story", STORIES, ids=names(STORIES))
def test_story_escalates_exactly_as_told(story: Story) -> None:
    log = Log(SHIPPED)
    found = escalations(log.add(*story.records))
    assert log.now.breakers[""].in_force is story.ceiling
    if story.expected is None:
        assert found == []
        return
    first = found[0]
    situation, rule, role, severity = story.expected
    assert {each.situation for each in found} == {situation}
    assert first.reasons[0].rule == rule
    assert (first.human_role, first.severity, first.session_id) == (role, severity, None)
    assert (first.rung, first.owner) == (RUNGS.get(rule, RUNGS[situation]), UNASSIGNED)
    assert first.counterfactual.startswith("silent if ")


@pytest.mark.parametrize("row", [Situation.SYSTEM_BEHAVIOUR, Situation.AUTONOMY_EXPANSION])
def test_stories_row_has_one_that_escalates_and_near_misses_stand_beside(row: Situation) -> None:
    assert any(story.expected is not None and story.expected[0] is row for story in STORIES)
    assert sum(story.expected is None for story in STORIES) >= 2


def test_request_comes_with_the_evidence_so_far_and_its_gaps() -> None:
    log = Log(SHIPPED)
    log.add(ordered("grant", level=SUPPORT), *share(0.05, "self_contradiction", 60))
    found = escalations(log.add(ordered("request_autonomy", level=RECOMMEND, reason="the pilot went well")))[0]
    record = {reading.signal: reading for reading in found.track_record}
    assert record["turns"].value == 60
    rate = record["contradiction_rate"]
    assert (rate.value, rate.n) == (3 / 60, 60)
    assert rate.low is not None
    assert rate.high is not None
    assert 0 < rate.low < rate.value < rate.high < 0.2
    assert any("sessions" in gap for gap in found.missing_evidence)
    assert found.handoff.open_questions == ("kim asks for more autonomy: the pilot went well",)
    assert found.reasons[0].text.endswith(": recommend")


def test_grant_by_a_person_answers_the_request_and_widens_the_ceiling() -> None:
    log = Log(SHIPPED)
    log.add(ordered("grant", level=SUPPORT), *used(SUPPORT, 5), ordered("request_autonomy", level=ACT))
    new = log.add(ordered("grant", level=ACT, issued_by="lee"))
    assert [each.status for each in escalations(new)] == ["resolved"]
    assert [each.ceiling for each in breakers(new)] == [ACT]
    assert log.now.opened == {}
