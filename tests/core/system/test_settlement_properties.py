"""What holds for the fate of escalations whatever sessions, people and the clock say, in whatever order."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.log import LogRecord, Review, Tick
from monitor.core.policy.model import Policy, PrecisionPolicy
from monitor.core.system.people import RESTORE
from monitor.core.system.snapshot import dump_system, load_system
from monitor.core.vocabulary import Autonomy, EscalationStatus, Mode, Severity
from tests.core.observed import breakers, escalations, standings
from tests.core.systems import BAD, Folding, answer, brief, order, policy, seen, told

RAISED, UPDATED, CLEARED = EscalationStatus.RAISED, EscalationStatus.UPDATED, EscalationStatus.CLEARED
BY_PEOPLE = {EscalationStatus.ACKNOWLEDGED, EscalationStatus.RESOLVED}
NAMES = ("e1", "e2")


def _rules() -> Policy:
    rows = tuple(
        msgspec.structs.replace(each, repeat_seconds=index % 2 * 40, response_seconds=60)
        for index, each in enumerate(policy().base.situations)
    )
    return policy(situations=rows, precision=PrecisionPolicy(floor=0.9, min_verdicts=3), granted=Autonomy.RECOMMEND)


RULES = _rules()
briefs = st.builds(
    brief,
    st.sampled_from(NAMES),
    revision=st.integers(1, 3),
    status=st.sampled_from([RAISED, UPDATED, CLEARED]),
    severity=st.sampled_from(Severity),
    mode=st.sampled_from([Mode.LIVE, Mode.LIVE, Mode.SHADOW]),
    merged_into=st.sampled_from([None, None, "storm"]),
    backup_owner=st.sampled_from([None, "duty"]),
    rules=st.sampled_from([(), ("disputed", "accountability")]),
)
turns = st.builds(
    seen,
    at=st.floats(0.0, 1e6),
    turn=st.integers(0, 3),
    readings=st.sampled_from([(), BAD]),
    autonomy=st.sampled_from([None, Autonomy.ACT]),
    escalations=st.lists(briefs, max_size=2, unique_by=lambda each: each.escalation_id).map(tuple),
    final=st.booleans(),
)
ticks = st.builds(Tick, wall=st.floats(1.0, 1e4))
answers = st.builds(
    answer,
    st.sampled_from([*NAMES * 3, "nobody's"]),
    verdict=st.sampled_from([None, None, None, "justified", "not_justified", "too_late", "unheard of"]),
    outcome=st.sampled_from([None, None, None, None, "changed", "no_effect", "unheard of"]),
    reviewer=st.sampled_from(["lee", "lee", "lee", ""]),
    reason=st.sampled_from(["looked", "looked", None]),
)
orders = st.sampled_from(
    [
        order("request_autonomy", level=Autonomy.ACT),
        order("grant", level=Autonomy.ACT),
        order("force_open", level=Autonomy.SUPPORT),
        order(RESTORE, rule="support_resolution/disputed"),
    ]
)
records: st.SearchStrategy[LogRecord] = st.one_of(turns, turns, ticks, answers, orders)
logs = st.lists(st.one_of(records.map(lambda one: [one]), turns.map(lambda one: [one] * 20)), max_size=14).map(
    lambda parts: [record for part in parts for record in part]
)


def rising(walls: list[float]) -> list[Tick]:
    return [Tick(wall=wall) for wall in sorted(walls)]


@given(logs, st.lists(st.floats(1.0, 1e9), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_time_alone_resolves_nothing_and_loosens_nothing(log: list[LogRecord], walls: list[float]) -> None:
    folding = Folding(RULES)
    folding.run([seen(0.0), *log])
    held = {scope: (each.in_force, each.epoch) for scope, each in folding.state.breakers.items()}
    opened, shadowed, answered = set(folding.state.opened), folding.state.shadowed, _answered(folding)
    outputs = folding.run(rising(walls))
    assert {each.status for each in escalations(outputs)} <= {EscalationStatus.OVERDUE}
    assert (breakers(outputs), standings(outputs)) == ([], [])
    assert {scope: (each.in_force, each.epoch) for scope, each in folding.state.breakers.items()} == held
    assert (set(folding.state.opened), folding.state.shadowed, _answered(folding)) == (opened, shadowed, answered)


def _answered(folding: Folding) -> set[str]:
    return {name for name, each in folding.state.followed.items() if each.fate in BY_PEOPLE}


@given(logs)
@settings(max_examples=60, deadline=None)
def test_events_of_one_escalation_never_share_a_place_and_rise(log: list[LogRecord]) -> None:
    folding = Folding(RULES)
    places: dict[str, list[tuple[int, int]]] = {}
    for record in [seen(0.0), *log]:
        for each in escalations(folding.add(record)):
            places.setdefault(each.escalation_id, []).append((each.revision, each.settlement))
    for found in places.values():
        assert found == sorted(set(found))
    ids = [output.id for output in folding.said]
    assert len(set(ids)) == len(set(told(folding.said)))


@given(logs)
@settings(max_examples=60, deadline=None)
def test_answers_refused_change_nothing_and_all_others_are_told(log: list[LogRecord]) -> None:
    folding = Folding(RULES)
    folding.add(seen(0.0))
    for record in log:
        before, refused = dump_system(folding.state), len(folding.refused)
        outputs = folding.add(record)
        if len(folding.refused) > refused:
            assert (outputs, dump_system(folding.state)) == ((), before)
        elif isinstance(record, Review):
            first = escalations(outputs)[0]
            assert (first.escalation_id, first.reviewer) == (record.escalation_id, record.reviewer)
            assert first.status is (EscalationStatus.RESOLVED if record.verdict else EscalationStatus.ACKNOWLEDGED)


@given(logs)
@settings(max_examples=60, deadline=None)
def test_waiting_is_for_open_escalations_that_somebody_is_asked_about(log: list[LogRecord]) -> None:
    folding = Folding(RULES)
    folding.add(seen(0.0))
    for record in log:
        folding.add(record)
        state = folding.state
        own = {each.escalation_id: each for each in state.opened.values()}
        for name in state.due:
            assert name in own or name in state.followed
            if name in own:
                assert own[name].mode is Mode.LIVE
            else:
                known = state.followed[name]
                assert (known.is_over, known.brief.mode, known.brief.merged_into) == (False, Mode.LIVE, None)
                assert known.fate is not EscalationStatus.ACKNOWLEDGED


@given(logs, st.data())
@settings(max_examples=40, deadline=None)
def test_any_log_cut_anywhere_by_a_snapshot_goes_on_identically(log: list[LogRecord], data: st.DataObject) -> None:
    whole = Folding(RULES)
    whole.run([seen(0.0), *log])
    cut = data.draw(st.integers(0, len(log)))
    first = Folding(RULES)
    first.run([seen(0.0), *log[:cut]])
    resumed = Folding(RULES, load_system(dump_system(first.state)), first=cut + 1)
    resumed.tick = first.tick
    resumed.run(log[cut:])
    assert told([*first.said, *resumed.said]) == told(whole.said)
    assert dump_system(resumed.state) == dump_system(whole.state)


@given(
    st.lists(st.floats(101.0, 159.0), max_size=4), st.lists(st.floats(160.0, 1e9), min_size=1, max_size=4), st.data()
)
@settings(max_examples=40, deadline=None)
def test_acknowledged_in_time_is_never_overdue(early: list[float], late: list[float], data: st.DataObject) -> None:
    folding = Folding(RULES)
    before: list[Any] = [Tick(wall=100.0), seen(1.0, escalations=(brief("e1"),)), *rising(early)]
    before.insert(data.draw(st.integers(2, len(before))), answer("e1"))
    folding.run([seen(0.0), *before, *rising(late)])
    assert [each.status for each in escalations(folding.said)] == [EscalationStatus.ACKNOWLEDGED]
