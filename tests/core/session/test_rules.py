"""Rules that stand back: where somebody was called already, several weak signs need no second call."""

from typing import Any

from monitor.core.events import Output, Reading
from monitor.core.policy.tree import parse_policy
from monitor.core.rules import Noticed, match
from monitor.core.session.rules import rows
from monitor.core.vocabulary import Mode, Stake
from monitor.policy_file import load_policy, shipped_tree
from tests.core.fakes import escalations, make, run

SHIPPED = shipped_tree()


def mine(**own: object) -> Any:  # noqa: ANN401 - a Policy
    return parse_policy({"name": "mine", "owner": "care", **own}, base=SHIPPED)


RISKY = {"session_risk": 0.9}


def _rules(outputs: tuple[Output, ...]) -> set[str]:
    return {reason.rule for each in escalations(outputs) for reason in each.reasons}


def test_decide_rule_unless_called_is_silent_on_the_turn_of_a_hard_rule_and_while_that_is_open() -> None:
    _, sent = run([make(0, {"distress": 0.9, **RISKY}), make(1, {"session_risk": 0.1}), make(2, RISKY)])
    assert [_rules(outputs) for outputs in sent] == [{"distress"}, set(), set()]


def test_decide_rule_unless_called_stands_back_for_any_rule_as_severe() -> None:
    _, sent = run([make(0, {"dispute": 0.9, **RISKY})])
    assert _rules(sent[0]) == {"disputed"}


def test_decide_rule_unless_called_fires_beside_what_is_less_severe() -> None:
    _, sent = run([make(0, {"sources_conflict": 0.9, **RISKY})])
    assert _rules(sent[0]) == {"sources_conflict", "risk_adds_up"}


def test_decide_hard_rule_in_shadow_keeps_no_live_rule_silent() -> None:
    policy = mine(situations={"vulnerable_context": {"rules": {"distress": {"mode": "shadow"}}}})
    _, sent = run([make(0, {"distress": 0.9, **RISKY})], policy)
    live = {reason.rule for each in escalations(sent[0]) if each.mode is Mode.LIVE for reason in each.reasons}
    assert live == {"risk_adds_up"}


def test_row_rules_that_nothing_touches_would_not_fire() -> None:
    table = rows(load_policy(None).base)
    pairs = {(one, other) for row in table for one in row.signals for other in row.signals}
    for names in pairs:
        fired = {name: Reading(name, 1.0, 0.5) for name in names}
        noticed = Noticed({name: (each,) for name, each in fired.items()}, {}, frozenset(Stake), lambda _: True)
        for row in table:
            assert match(row.touched(fired), noticed) == match(row.rules, noticed)
            assert bool(row.touched(fired)) is row.concerns(fired)
