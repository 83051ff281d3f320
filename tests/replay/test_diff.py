"""Two policies side by side: the numbers are those of two runs apart, and changes name the first differing turn."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.events import BreakerTransition, Escalation
from monitor.core.policy.model import Policy, Rule
from monitor.core.vocabulary import Autonomy, EscalationStatus, HumanRole, Mode, Rung, Severity, Situation
from monitor.ingest import IngestOptions
from monitor.policy_file import load_policy
from monitor.replay.coverage import Coverage
from monitor.replay.decisions import Call, Decision, Move, Subject, decisions
from monitor.replay.diff import MINUTES, ONE_ALONE, Comparison
from monitor.replay.diff_lines import lines, result, tried
from monitor.replay.engine import Engine, side_by_side
from tests.replay.talks import ANGRY, CALM, day, line, records, talk

DEFAULT = load_policy(None)


@pytest.fixture
def other(tmp_path: Path) -> Policy:
    return policy(tmp_path, "situations: {support_resolution: {rules: {disputed: null, person_wanted: null}}}")


def policy(folder: Path, text: str, owner: str = "unassigned") -> Policy:
    file = folder / "p.yaml"
    file.write_text(f"name: other\nowner: {owner if owner != 'unassigned' else 'desk'}\n{text}\n")
    return load_policy(file)


def compared(a: Policy, b: Policy, given: list[bytes], *, keep: int | None = None) -> Comparison:
    found = Comparison(a, b, keep=keep)
    for one, two in side_by_side(Engine(a, IngestOptions()), Engine(b, IngestOptions()), records(given)):
        found.add(one, two)
    return found


def test_side_by_side_decides_what_each_engine_decides_alone(other: Policy) -> None:
    given = records(day(30) * 9)
    both = list(side_by_side(Engine(DEFAULT, IngestOptions()), Engine(other, IngestOptions()), given))
    for index, each in enumerate((DEFAULT, other)):
        alone = Engine(each, IngestOptions()).run(given)
        assert [pair[index].outputs for pair in both] == [turn.outputs for turn in alone]


def test_a_policy_beside_itself_differs_in_nothing() -> None:
    found = compared(DEFAULT, DEFAULT, day())
    assert not found.differs
    assert not found.changes
    assert "no session changes: both decide the same on this data" in "\n".join(lines(found, MINUTES))


def test_changes_name_the_first_differing_turn_and_both_decisions(other: Policy) -> None:
    found = compared(DEFAULT, other, [*talk("calm", CALM), *talk("angry", ANGRY)])
    assert found.sessions_changed == 1
    change = found.changes[0]
    assert (change.subject, change.turn) == (Subject("shop-bot", "angry"), 2)
    assert change.at.offset == len(CALM) + 2
    raised = [each for each in change.a if isinstance(each, Call)]
    assert any(each.status is EscalationStatus.RAISED and "disputed" in each.rules for each in raised)
    assert change.a != change.b


def test_counts_are_those_of_the_events(other: Policy) -> None:
    found = compared(DEFAULT, other, day(30))
    assert len(found.coverage.sessions) == 30
    for side, each in zip(found.sides, (DEFAULT, other), strict=True):
        data = [output.data for turn in Engine(each, IngestOptions()).run(records(day(30))) for output in turn.outputs]
        raised = [it for it in data if isinstance(it, Escalation) and it.status is EscalationStatus.RAISED]
        assert side.raised.total() == len(raised) == len(side.rungs)
        assert len(side.escalated) == len({(it.system_id, it.session_id) for it in raised if it.session_id})
    assert found.per_thousand(3) == 100.0


def test_first_turn_is_never_after_the_first_difference_of_the_sessions_own_outputs(other: Policy) -> None:
    first: dict[Subject, int] = {}
    engines = (Engine(DEFAULT, IngestOptions()), Engine(other, IngestOptions()))
    for number, (one, two) in enumerate(side_by_side(*engines, records(day(30)))):
        a, b = decisions(one.outputs), decisions(two.outputs)
        for subject in a.keys() | b.keys():
            if _without_owner(a.get(subject, ())) != _without_owner(b.get(subject, ())):
                first.setdefault(subject, number)
    found = compared(DEFAULT, other, day(30))
    assert {change.subject: change.at.offset for change in found.changes} == first


def _without_owner(decided: tuple[Decision, ...]) -> list[tuple[object, ...]]:
    return [tuple(getattr(each, name) for name in each.__struct_fields__ if name != "owner") for each in decided]


def test_another_owner_is_told_apart_from_another_decision(tmp_path: Path) -> None:
    found = compared(DEFAULT, policy(tmp_path, ""), day())
    assert found.sessions_changed == 0
    assert found.reowned > 0
    assert found.differs
    assert "the same but for the owner" in "\n".join(lines(found, MINUTES))


def test_another_grant_is_another_ceiling(tmp_path: Path) -> None:
    found = compared(DEFAULT, policy(tmp_path, "granted: recommend"), talk("s", CALM))
    assert found.other_ceiling == len(CALM)
    assert found.differs


def test_examples_are_capped_and_the_rest_is_counted(other: Policy) -> None:
    whole = compared(DEFAULT, other, day(30))
    capped = compared(DEFAULT, other, day(30), keep=1)
    assert capped.changes == whole.changes[:1]
    assert capped.sessions_changed == whole.sessions_changed > 1
    assert f"and {len(whole.changes) - 1} more (--all)" in "\n".join(lines(capped, MINUTES))


def test_shadow_costs_no_reviewer_and_is_counted_apart(tmp_path: Path) -> None:
    found = compared(DEFAULT, policy(tmp_path, "mode: shadow"), talk("s", ANGRY))
    live, shadow = found.sides
    assert {f"{name} (shadow)": count for name, count in live.raised.items()} == shadow.raised
    assert live.minutes(MINUTES) > 0
    assert shadow.minutes(MINUTES) == 0
    assert not shadow.escalated


def test_reviewer_minutes_are_of_the_highest_rung(tmp_path: Path) -> None:
    raised_higher = policy(tmp_path, "situations: {support_resolution: {rung: take_over}}")
    found = compared(DEFAULT, raised_higher, talk("s", ANGRY))
    table = dict.fromkeys(Rung, 0.0) | {Rung.TAKE_OVER: 7.0}
    a, b = (side.minutes(table) for side in found.sides)
    assert a == b == 7.0  # person_wanted is a take-over already; dispute alone would not be


def test_rules_that_could_not_be_tried_are_said_first() -> None:
    found = compared(DEFAULT, DEFAULT, talk("s", CALM))
    counts = tried(found)
    assert counts["low_risk_task/sources_conflict"] == (0, 0)
    assert counts["support_resolution/disputed"] == (2, 2)
    text = list(lines(found, MINUTES))
    silent = next(index for index, each in enumerate(text) if "NEVER TRIED" in each)
    assert silent < next(index for index, each in enumerate(text) if each.startswith("\nescalations per"))
    with_sources = compared(DEFAULT, DEFAULT, [line(session_id="b", role="assistant", text="Yes.", sources=["It is."])])
    assert with_sources.coverage.fields["sources"] == 1


def test_rule_that_needs_stakes_is_tried_on_staked_turns_alone() -> None:
    found = compared(DEFAULT, DEFAULT, [*talk("a", CALM), *talk("b", CALM[:1], stakes=["money"])])
    assert found.coverage.tried(Rule("r", "", signals=("dispute",), any_stakes=True)) == found.coverage.staked
    assert Coverage().tried(Rule("r", "", signals=("autonomy_requested",))) == 0


def test_a_policys_own_settings_bear_on_what_it_could_judge(tmp_path: Path) -> None:
    calls = [line(session_id="s", role="assistant", text="", tool_call={"name": "refund", "arguments": {"usd": 5}})]
    found = compared(DEFAULT, policy(tmp_path, "tools: {approval: ['*refund*']}"), calls)
    data = [each.observation for each in Engine(found.policies[1], IngestOptions()).run(records(calls))]
    judged = sum(each is not None and each.scores["approval_missing"] is not None for each in data)
    assert found.covers[1].tried(Rule("r", "", signals=("approval_missing",))) == judged


def test_rule_of_one_policy_alone_is_named_as_such(other: Policy) -> None:
    found = compared(DEFAULT, other, talk("s", CALM))
    assert tried(found)["support_resolution/disputed"] == (2, None)
    assert "A 2, B no rule  support_resolution/disputed" in "\n".join(lines(found, MINUTES))


def test_rejected_and_repeated_lines_are_no_coverage() -> None:
    given = [b"{broken", *[line(session_id="a", role="user", text="Hello", id="x")] * 2]
    cover = compared(DEFAULT, DEFAULT, given).coverage
    assert (cover.turns, cover.duplicates, cover.rejected.total()) == (1, 1, 1)


def test_breaker_that_narrows_is_a_trip_and_a_recovery_is_none() -> None:
    step = BreakerTransition(
        system_id="bot",
        capability="",
        from_state="closed",  # type: ignore[arg-type]
        to_state="open",  # type: ignore[arg-type]
        from_ceiling=Autonomy.ACT,
        to_ceiling=Autonomy.RECOMMEND,
        trigger="trip",
        epoch=1,
        at=0.0,
        reason="",
    )
    narrow = Move(step.capability, step.from_ceiling, step.to_ceiling, step.trigger, step.mode)
    assert narrow.narrows
    assert not Move("", Autonomy.RECOMMEND, Autonomy.ACT, "recover", Mode.LIVE).narrows
    found = Comparison(DEFAULT, DEFAULT)
    found.sides[1].trip(Subject("bot"), narrow)
    text = "\n".join(lines(found, MINUTES))
    assert "breaker trips" in text
    assert result(found, MINUTES)["b"]["breaker_trips"] == {"bot": 1}


def test_empty_data_has_a_comparison() -> None:
    found = Comparison(DEFAULT, DEFAULT)
    assert found.per_thousand(1) == 0.0
    assert list(lines(found, MINUTES))


CALLS = st.builds(
    Call,
    status=st.sampled_from(EscalationStatus),
    situation=st.sampled_from(Situation),
    severity=st.sampled_from(Severity),
    rung=st.sampled_from(Rung),
    human_role=st.sampled_from(HumanRole),
    owner=st.sampled_from(["desk", "night"]),
    mode=st.sampled_from(Mode),
    rules=st.tuples(st.sampled_from(["r", "s"])),
)
MOVES = st.builds(
    Move, st.just(""), st.sampled_from(Autonomy), st.sampled_from(Autonomy), st.just("trip"), st.sampled_from(Mode)
)
DECIDED = st.lists(CALLS | MOVES, max_size=3).map(tuple)


@given(a=DECIDED, b=DECIDED)
@settings(max_examples=60)
def test_every_difference_has_a_way_of_saying_it(a: tuple[Decision, ...], b: tuple[Decision, ...]) -> None:
    found = Comparison(DEFAULT, DEFAULT)
    turn = next(Engine(DEFAULT, IngestOptions()).run(records(talk("s", CALM[:1]))))
    found._compare(Subject("bot", "s"), turn, a, b)
    assert found.differs is (a != b)
    for change in found.changes:
        assert change.how in ONE_ALONE or change.how.startswith("other ")
    assert all(each.strip() for each in lines(found, MINUTES))
