from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.events import Reading, SystemReading
from monitor.core.policy.model import Rule
from monitor.core.policy.schema import SESSION_SIGNALS
from monitor.core.rules import SESSION, SYSTEM, SYSTEM_SIGNALS, Noticed, match, of_stage
from monitor.core.vocabulary import Situation, Stake
from tests.core.fakes import POLICY

ROWS = {row.name: row for row in POLICY.base.situations}


def reading(name: str) -> tuple[Reading, ...]:
    return (Reading(name, 0.9, 0.6),)


@pytest.mark.parametrize(
    ("fired", "active", "fires"),
    [
        (["a"], [], False),
        (["a", "w"], [], True),
        (["a"], ["w"], True),
        (["w"], ["a"], True),
        (["w"], [], False),
        ([], ["a", "w"], False),
        (["b", "w"], [], True),
    ],
)
def test_match_needs_a_trigger_all_companions_and_news(fired: list[str], active: list[str], fires: bool) -> None:  # noqa: FBT001
    rule = Rule("r", "t", signals=("a", "b"), with_signals=("w",))
    noticed = Noticed({name: reading(name) for name in fired}, {name: reading(name) for name in active})
    assert bool(match([rule], noticed)) is fires


@pytest.mark.parametrize(
    ("rule", "stakes", "fires"),
    [
        (Rule("r", "t", signals=("a",), stakes=(Stake.MONEY, Stake.HEALTH)), {Stake.HEALTH}, True),
        (Rule("r", "t", signals=("a",), stakes=(Stake.MONEY,)), {Stake.HEALTH}, False),
        (Rule("r", "t", signals=("a",), any_stakes=True), set(), False),
        (Rule("r", "t", signals=("a",), any_stakes=True), {Stake.HEALTH}, True),
        (Rule("r", "t", signals=("a",)), set(), True),
    ],
)
def test_match_stakes_limit_a_rule(rule: Rule, stakes: set[Stake], fires: bool) -> None:  # noqa: FBT001
    assert bool(match([rule], Noticed({"a": reading("a")}, stakes=frozenset(stakes)))) is fires


@pytest.mark.parametrize(("answer", "fires"), [(True, True), (False, False), (None, False)])
def test_match_condition_that_cannot_be_known_does_not_fire(answer: bool | None, fires: bool) -> None:  # noqa: FBT001
    rule = Rule("r", "t", when="turn > 1")
    findings = match([rule], Noticed({}, holds=lambda _: answer))
    assert bool(findings) is fires
    assert all(finding.reasons[0].signal == "condition" for finding in findings)


def test_match_system_readings_name_what_moved_and_keep_their_interval() -> None:
    noticed = SystemReading("drift", 0.4, 0.1, 50, "length", "up", low=0.2, high=0.6)
    other = SystemReading("drift", 0.3, 0.1, 50, "refusal", "up")
    (finding,) = match([Rule("drifts", "it drifts", signals=("drift",))], Noticed({"drift": (noticed, other)}))
    assert [reason.text for reason in finding.reasons] == [
        "it drifts: length went up from 0.1 to 0.4",
        "it drifts: refusal went up from 0.1 to 0.3",
    ]
    assert (finding.reasons[0].low, finding.reasons[0].high) == (0.2, 0.6)


def test_of_stage_every_shipped_rule_belongs_to_one_stage() -> None:
    for row in ROWS.values():
        parts = [of_stage(row, stage) for stage in (SESSION, SYSTEM)]
        assert sorted(rule.id for part in parts for rule in part) == sorted(rule.id for rule in row.rules)
    assert {rule.id for rule in of_stage(ROWS[Situation.AUTONOMY_EXPANSION], SYSTEM)} == {"asked_for", "taken"}
    assert "above_its_ceiling" in {rule.id for rule in of_stage(ROWS[Situation.SYSTEM_BEHAVIOUR], SESSION)}
    assert "drifts" in {rule.id for rule in of_stage(ROWS[Situation.SYSTEM_BEHAVIOUR], SYSTEM)}


def test_shipped_rules_name_signals_of_their_stage() -> None:
    for row, (stage, known) in product(ROWS.values(), ((SESSION, SESSION_SIGNALS), (SYSTEM, SYSTEM_SIGNALS))):
        for rule in of_stage(row, stage):
            assert set(rule.signals + rule.with_signals) <= set(known)


@given(st.sets(st.sampled_from(SESSION_SIGNALS)), st.sets(st.sampled_from(SESSION_SIGNALS)))
def test_match_more_readings_never_fire_fewer_rules(some: set[str], more: set[str]) -> None:
    rules = [rule for row in ROWS.values() for rule in of_stage(row, SESSION)]

    def ids(names: set[str]) -> set[str]:
        noticed = Noticed({name: reading(name) for name in names}, stakes=frozenset({Stake.MONEY}))
        return {finding.rule.id for finding in match(rules, noticed)}

    assert ids(some) <= ids(some | more)
