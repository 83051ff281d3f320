"""Golden stories of what becomes of escalations, under the shipped default with owners: answers, silence, verdicts.

A story is the log of one system as sessions, people and the clock write it, beside the events people see of it.
"""

from typing import Any, NamedTuple

import msgspec
import pytest

from monitor.core.events import Escalation
from monitor.core.interaction import Position
from monitor.core.log import LogRecord, Observation, Tick
from monitor.core.policy.model import Policy
from monitor.core.rules import STORM
from monitor.core.vocabulary import Autonomy, EscalationStatus, Mode, Outcome, Role, Severity, Situation
from monitor.policy_file import load_policy
from monitor.stages.decision import MemoryStates
from monitor.stages.system import SystemControl, SystemStage, load_control
from tests.core.observed import Log, answered, escalations, ordered, raised, seen, standings, transitions
from tests.stages.feed import logged

NOON = 1_000_000.0
"""Wall time at which the stories begin; every story's escalation has a minute to be answered."""


def owned(*, repeat: int = 0) -> Policy:
    """The shipped policy, taken by a team with a backup; overdue is said again every ``repeat`` seconds."""
    base = load_policy(None).base
    rows = tuple(
        msgspec.structs.replace(each, owner="care", backup_owner="duty", repeat_seconds=repeat)
        for each in base.situations
    )
    return Policy("owned", "0123456789abcdef", msgspec.structs.replace(base, situations=rows, owner="care"))


def tick(seconds: float, lag: int = 0) -> Tick:
    return Tick(wall=NOON + seconds, lag=lag)


def disputes(name: str = "e-1", **given: Any) -> Observation:  # noqa: ANN401 - any field of the brief
    """A user's turn on which their session called a person."""
    brief = raised(name, **{"owner": "care", "backup_owner": "duty", **given})
    return seen(role=Role.USER, scores={}, escalations=(brief,))


def ended(name: str = "e-1", **given: Any) -> Observation:  # noqa: ANN401 - any field of the brief
    """The end of the session: it is forgotten, and what is open travels along."""
    brief = raised(name, **{"owner": "care", "backup_owner": "duty", "rule": "open", "rules": ("disputed",), **given})
    return seen(role=Role.USER, scores={}, final=True, escalations=(brief,))


class Story(NamedTuple):
    """What happened, and what people see of its escalations: status, whose it is, settlement."""

    name: str
    records: list[LogRecord]
    expected: list[tuple[str, str, int]]
    repeat: int = 0


STORIES = [
    Story(
        "somebody takes it in time and answers: it is never overdue",
        [
            *(tick(0), disputes(), tick(30), answered(), tick(60), tick(9_000)),
            answered(verdict="justified", outcome="changed", reason="the refund was due"),
            tick(99_000),
        ],
        [("acknowledged", "care", 1), ("resolved", "care", 2)],
    ),
    Story(
        "nobody answers: it goes to the backup owner, who answers",
        [tick(0), disputes(), tick(59), tick(60), tick(65), answered(reviewer="lee"), tick(9_000)],
        [("overdue", "duty", 1), ("acknowledged", "duty", 2)],
    ),
    Story(
        "nobody answers for long: it is said again and again, and stays open",
        [tick(0), disputes(), tick(60), tick(130), tick(200), tick(260)],
        [("overdue", "duty", 1), ("overdue", "duty", 2), ("overdue", "duty", 3)],
        repeat=70,
    ),
    Story(
        "the session ends and is forgotten while nobody has answered: overdue as any other",
        [tick(0), disputes(), tick(10), ended(), tick(59), tick(60)],
        [("overdue", "duty", 1)],
    ),
    Story(
        "the session goes quiet for days: overdue as any other",
        [tick(0), disputes(), tick(60), tick(400_000)],
        [("overdue", "duty", 1)],
    ),
    Story(
        "near miss: the session clears it before anybody had to answer",
        [tick(0), disputes(), disputes(status=EscalationStatus.CLEARED, revision=2), tick(9_000)],
        [],
    ),
    Story(
        "near miss: the monitor itself is behind: it says nothing about people until it sees again",
        [tick(0), disputes(), tick(60, lag=5_000), tick(90, lag=5_000), answered(), tick(120)],
        [("acknowledged", "care", 1)],
    ),
    Story(
        "near miss: a rule in shadow called nobody, so nobody is late",
        [tick(0), disputes(mode=Mode.SHADOW), tick(9_000)],
        [],
    ),
    Story(
        "it gets worse after somebody took it: they keep it, under the new revision",
        [
            *(tick(0), disputes(), answered(reviewer="lee")),
            *(disputes(status=EscalationStatus.UPDATED, revision=2, severity=Severity.CRITICAL), tick(9_000)),
        ],
        [("acknowledged", "care", 1), ("acknowledged", "care", 2)],
    ),
    Story(
        "it gets worse after a verdict: it is open again, and late again",
        [
            *(tick(0), disputes(), answered(verdict="not_justified", reason="they were joking"), tick(100)),
            *(disputes(status=EscalationStatus.UPDATED, revision=2), tick(159), tick(160)),
        ],
        [("resolved", "care", 1), ("overdue", "duty", 2)],
    ),
]


def _folded(story: Story) -> list[Escalation]:
    """The story as the stage folds it, which is stored and starts anew between any two records."""
    states, control, found = MemoryStates(), SystemControl(), list[Escalation]()
    for offset, record in enumerate([seen(), *story.records]):
        stage = SystemStage(0, states, policy=owned(repeat=story.repeat), control=control)
        timed = msgspec.structs.replace(record, at=float(offset)) if isinstance(record, Observation) else record
        placed = msgspec.structs.replace(timed, source=Position("t", 0, offset)) if timed is not record else timed
        decisions = stage.decide([logged(offset, placed)])
        assert decisions.rejected == []
        found += escalations(decisions.outputs)
        states.store(stage.writes())
        control = load_control(stage.control_record(offset)) or SystemControl()
    return found


@pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
def test_story_settles_exactly_as_told(story: Story) -> None:
    found = _folded(story)
    assert [(each.status, each.owner, each.settlement) for each in found] == story.expected
    assert {each.escalation_id for each in found} <= {"e-1"}


# verdicts -------------------------------------------------------------------------------------------------------------


def judged(first: int, words: list[str]) -> list[LogRecord]:
    """Escalations of one rule, each with a person's verdict."""
    records: list[LogRecord] = []
    for number, word in enumerate(words, first):
        said = {"verdict": word, "outcome": Outcome.NO_EFFECT, "reason": "looked at the session"}
        records += [disputes(f"e-{number}"), answered(f"e-{number}", **said)]
    return records


def about_rules(found: list[Escalation]) -> list[Escalation]:
    return [each for each in found if each.session_id is None and each.reasons[0].signal != STORM]


def test_story_twenty_bad_verdicts_shadow_the_rule_and_a_person_restores_it() -> None:
    log = Log(owned())
    log.add(seen(), tick(0), *judged(0, ["not_justified"] * 20))
    assert [each.shadowed for each in standings(log.outputs)][-1] == ("support_resolution/disputed",)
    (told,) = about_rules(escalations(log.outputs))
    assert (told.situation, told.severity, told.owner) == (Situation.SYSTEM_BEHAVIOUR, Severity.INFO, "care")
    assert "support_resolution/disputed" in told.reasons[0].text
    new = log.add(ordered("restore_rule", rule="support_resolution/disputed", reason="its bound was raised"))
    assert [each.shadowed for each in standings(new)] == [()]
    assert [(each.trigger, each.issued_by, each.refused) for each in transitions(new)] == [
        ("restore_rule", "kim", None)
    ]
    assert [(each.escalation_id, each.status) for each in escalations(new)] == [(told.escalation_id, "resolved")]


def test_story_a_rule_that_is_right_often_enough_stays() -> None:
    log = Log(owned())
    log.add(seen(), *judged(0, ["not_justified", "not_justified", "too_late", "justified"] * 10))
    assert all(each.shadowed == () for each in standings(log.outputs))
    assert about_rules(escalations(log.outputs)) == []


def test_story_verdicts_reach_the_record_on_which_more_autonomy_is_decided() -> None:
    log = Log(owned())
    log.add(ordered("grant", level=Autonomy.RECOMMEND), *judged(0, ["justified"] * 6 + ["not_justified"] * 4))
    asked = escalations(log.add(ordered("request_autonomy", level=Autonomy.ACT)))[-1]
    record = {reading.signal: reading for reading in asked.track_record}
    assert (record["verdicts"].value, record["verdicts_justified"].value) == (10.0, 0.6)
    assert (record["verdicts_justified"].harmful, record["outcomes_changed"].harmful) == (True, False)
