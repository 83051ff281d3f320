"""The scripted day through both stages: what is meant to be noticed is, what is meant to be calm is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import pytest

from monitor.core.channels import INTERACTIONS
from monitor.core.events import BreakerTransition, Escalation, Output
from monitor.core.interaction import Position
from monitor.core.vocabulary import EscalationStatus, HumanRole, Situation
from monitor.demo.plan import DEMO_POLICY
from monitor.demo.script import Scene
from monitor.demo.traffic import day, traffic
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy
from monitor.replay.engine import Engine

END = 1_760_000_000.0
VULNERABLE = Situation.VULNERABLE_CONTEXT
ROLES = {
    Situation.LOW_RISK_TASK: HumanRole.CORRECT,
    Situation.PERSONALISED_RECOMMENDATION: HumanRole.REVIEW,
    Situation.SUPPORT_RESOLUTION: HumanRole.TAKE_OVER,
    Situation.HIGH_STAKES_DECISION: HumanRole.APPROVE,
    Situation.VULNERABLE_CONTEXT: HumanRole.TAKE_OVER,
    Situation.CREATIVE_JUDGEMENT: HumanRole.APPROVE,
    Situation.SYSTEM_BEHAVIOUR: HumanRole.CORRECT,
    Situation.AUTONOMY_EXPANSION: HumanRole.APPROVE,
}
"""Whom each row calls: the person of the source document's table."""


@dataclass
class Watched:
    scenes: dict[str, Scene]
    sessions: dict[str, list[Escalation]] = field(default_factory=dict)
    systems: list[Escalation] = field(default_factory=list)
    signals: set[str] = field(default_factory=set)
    transitions: list[BreakerTransition] = field(default_factory=list)
    rejected: int = 0


def records(seed: int) -> Iterator[Record]:
    turns = (event for event in traffic(seed, ends_at=END) if event.topic == INTERACTIONS)
    for offset, event in enumerate(turns):
        at = Position(INTERACTIONS, 0, offset)
        yield Record(at, msgspec.json.encode(event.value), event.key.encode(), (), event.at)


@pytest.fixture(scope="module", params=[1, 7])
def watched(request: pytest.FixtureRequest) -> Watched:
    found = Watched({session.session_id: session.scene for session in day(request.param, ends_at=END)})
    for turn in Engine(load_policy(DEMO_POLICY), IngestOptions()).run(records(request.param)):
        found.rejected += turn.rejected is not None
        found.signals |= {reading.signal for reading in turn.system if reading.harmful}
        for output in turn.outputs:
            note(found, output)
    return found


def note(found: Watched, output: Output) -> None:
    match output.data:
        case Escalation(status=EscalationStatus.RAISED | EscalationStatus.UPDATED, session_id=None) as raised:
            found.systems.append(raised)
        case (
            Escalation(status=EscalationStatus.RAISED | EscalationStatus.UPDATED, session_id=str(session_id)) as raised
        ):
            found.sessions.setdefault(session_id, []).append(raised)
        case BreakerTransition() as transition:
            found.transitions.append(transition)


def test_day_no_turn_is_rejected(watched: Watched) -> None:
    assert watched.rejected == 0


def test_day_calm_sessions_raise_nothing(watched: Watched) -> None:
    loud = {
        (scene.name, raised.situation.value, reason.signal)
        for session_id, scene in watched.scenes.items()
        if not scene.expects
        for raised in watched.sessions.get(session_id, ())
        for reason in raised.reasons
    }
    assert loud == set()


def test_day_troubled_sessions_raise_what_they_are_meant_to_for_the_right_reason(watched: Watched) -> None:
    missed = set()
    for session_id, scene in watched.scenes.items():
        raised = [*watched.sessions.get(session_id, ()), *of_system(watched, scene.system["system"])]
        here = {(each.situation, reason.rule) for each in raised for reason in each.reasons}
        missed |= {(scene.name, *pair) for pair in scene.expects.items() if pair not in here}
    assert missed == set()


def of_system(watched: Watched, system_id: str) -> list[Escalation]:
    return [each for each in watched.systems if each.system_id == system_id]


def test_day_every_row_calls_the_role_of_the_table_and_the_owner_of_the_system(watched: Watched) -> None:
    raised = [*watched.systems, *(each for per_session in watched.sessions.values() for each in per_session)]
    called = {row: {each.human_role for each in raised if each.situation is row} for row in Situation}
    assert called == {row: {role} for row, role in ROLES.items()}
    nurse = {each.owner for each in raised if each.system_id == "clinic-triage" and each.situation is VULNERABLE}
    assert nurse == {"nurse on duty"}
    owners = {each.system_id: each.owner for each in raised if each.situation is not VULNERABLE}
    assert owners == {name: system.owner for name, system in load_policy(DEMO_POLICY).systems.items()}


def test_day_every_row_occurs(watched: Watched) -> None:
    raised = {each.situation for per_session in watched.sessions.values() for each in per_session}
    assert raised | {each.situation for each in watched.systems} == set(Situation)


def test_day_the_systems_show_drift_rates_and_an_ignored_ceiling(watched: Watched) -> None:
    assert watched.signals >= {"drift", "contradiction_rate", "overreach_rate", "ceiling_ignored"}


def test_day_the_breakers_narrow_the_two_systems_that_went_wrong(watched: Watched) -> None:
    narrowed = {step.system_id for step in watched.transitions if step.to_ceiling.rank < step.from_ceiling.rank}
    assert narrowed == {"retail-refunds", "knowledge-search"}


def test_day_every_escalation_has_a_named_owner(watched: Watched) -> None:
    raised = [*watched.systems, *(each for per_session in watched.sessions.values() for each in per_session)]
    assert "unassigned" not in {each.owner for each in raised}
