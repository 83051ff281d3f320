"""Verdicts take a soft rule out of service, a person or a changed policy puts it back."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from monitor.core.escalation import subject_of
from monitor.core.events import Escalation
from monitor.core.log import Observation
from monitor.core.policy.model import (
    Bound,
    Limit,
    Order,
    Policy,
    PrecisionPolicy,
    Reversibility,
    RolePolicy,
    Rule,
    ToolPolicy,
)
from monitor.core.system.people import RESTORE
from monitor.core.system.tally import Tally
from monitor.core.system.verdicts import IMPRECISE, meanings
from monitor.core.vocabulary import EscalationStatus, Mode, Outcome, Severity, Situation, Verdict
from tests.core.observed import escalations, standings, transitions
from tests.core.systems import BAD, Folding, answer, brief, order, policy, seen

RULES = policy()
MIN = RULES.base.precision.min_verdicts
DISPUTED = "support_resolution/disputed"


def verdicts(words: Iterable[str], **given: Any) -> list[Any]:  # noqa: ANN401 - any field of the brief
    """Escalations of one rule, each with its verdict."""
    found: list[Any] = []
    for number, word in enumerate(words):
        name = f"{word}{number}{sorted(given.items())}"
        found.append(seen(1_000.0 + number, escalations=(brief(name, **given),)))
        found.append(answer(name, verdict=word, outcome="no_effect"))
    return found


def wrong(n: int, **given: Any) -> list[Any]:  # noqa: ANN401 - any field of the brief
    return verdicts(["not_justified"] * n, **given)


def fallen(folding: Folding) -> list[Escalation]:
    return [each for each in escalations(folding.said) if any(reason.signal == IMPRECISE for reason in each.reasons)]


def changed(key: str, **fields: Any) -> Policy:  # noqa: ANN401 - any field of Rule
    """The policy with one rule changed."""
    situation, _, name = key.partition("/")
    rows = tuple(
        msgspec.structs.replace(
            row, rules=tuple(msgspec.structs.replace(each, **fields) if each.id == name else each for each in row.rules)
        )
        if row.name == situation
        else row
        for row in RULES.base.situations
    )
    return msgspec.structs.replace(policy(situations=rows), fingerprint="changed")


# falling --------------------------------------------------------------------------------------------------------------


def test_verdicts_enough_bad_ones_shadow_the_rule_and_say_so() -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN - 1))
    assert (folding.state.shadowed, fallen(folding)) == ((), [])
    outputs = folding.run(wrong(1, rules=("disputed",)))
    assert folding.state.shadowed == (DISPUTED,)
    assert [each.shadowed for each in standings(outputs)] == [(DISPUTED,)]
    (told,) = fallen(folding)
    assert (told.situation, told.severity, told.rung, told.mode) == ("system_behaviour", "info", "inform", "live")
    (reason,) = told.reasons
    assert (
        reason.text
        == f"people find this rule wrong too often; it acts in shadow until a person restores it: {DISPUTED}"
    )
    assert (reason.value, reason.bound, reason.n, reason.low) == (0.0, 0.2, MIN, 0.0)
    assert reason.high is not None
    assert 0.0 < reason.high < 0.2
    assert told.counterfactual == "silent if surely at least 20% of verdicts found it right"


def test_verdicts_whose_interval_reaches_the_floor_leave_the_rule_in_service() -> None:
    folding = Folding(RULES)
    folding.run(verdicts((["not_justified"] * 9 + ["justified"]) * 3))
    assert folding.state.tallies[DISPUTED].precision()[0] < 0.2 < folding.state.tallies[DISPUTED].precision()[2]
    assert folding.state.shadowed == ()


def test_verdicts_too_late_count_as_right() -> None:
    folding = Folding(RULES)
    folding.run(verdicts(["too_late"] * MIN))
    assert (folding.state.shadowed, folding.state.tallies[DISPUTED].precision()[0]) == ((), 1.0)


def test_acknowledgements_are_no_verdicts() -> None:
    folding = Folding(RULES)
    folding.add(seen(1_000.0, escalations=(brief("e1"),)))
    folding.run(answer("e1") for _ in range(3 * MIN))
    assert (folding.state.tallies, folding.state.reviewed.verdicts) == ({}, 0)


@pytest.mark.parametrize(
    "given",
    [
        {"situation": Situation.HIGH_STAKES_DECISION, "rule": "not_approved"},
        {"situation": Situation.VULNERABLE_CONTEXT, "rule": "distress"},
        {"situation": Situation.VULNERABLE_CONTEXT, "rule": "urgent_and_lost"},
    ],
)
def test_verdicts_never_shadow_a_hard_rule_or_one_about_vulnerable_people(given: dict[str, Any]) -> None:
    folding = Folding(RULES)
    folding.run(wrong(2 * MIN, **given))
    assert (folding.state.shadowed, fallen(folding)) == ((), [])
    assert folding.state.reviewed.not_justified == 2 * MIN


def test_verdict_counts_for_every_soft_rule_of_the_escalation_and_no_other() -> None:
    folding = Folding(RULES)
    mixed = {
        "situation": Situation.SYSTEM_BEHAVIOUR,
        "rules": ("goes_in_circles", "tool_outside_role", "unsupported", "?"),
    }
    folding.run(wrong(1, **mixed))
    assert set(folding.state.tallies) == {"system_behaviour/goes_in_circles", "system_behaviour/unsupported"}


def test_shadow_escalations_are_judged_as_well() -> None:
    folding = Folding(RULES)
    folding.run(wrong(1, mode=Mode.SHADOW))
    assert folding.state.tallies[DISPUTED].not_justified == 1


def test_rule_of_the_system_itself_in_shadow_raises_shadow_escalations() -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN, situation=Situation.SYSTEM_BEHAVIOUR, rule="contradiction_rate"))
    folding.run(seen(2_000.0 + at, readings=BAD) for at in range(60))
    row = next(each for each in RULES.base.situations if each.name is Situation.SYSTEM_BEHAVIOUR)
    raised = [each for each in escalations(folding.said) if each.reasons[0].signal == "contradiction_rate"]
    assert [each.subject for each in raised] == [subject_of("bot", None, "", row, Mode.SHADOW)]


def test_rule_that_fell_is_told_within_a_cooldown_and_beside_what_is_open() -> None:
    folding = Folding(RULES)
    folding.run(seen(900.0, readings=BAD) for _ in range(20))
    folding.run(wrong(MIN))
    (told,) = fallen(folding)
    assert (told.status, told.severity) == (EscalationStatus.UPDATED, Severity.WARNING)
    assert [reason.signal for reason in told.reasons] == ["contradiction_rate", IMPRECISE]


def test_two_rules_that_fall_on_one_verdict_are_both_named() -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN, rules=("disputed", "accountability")))
    (told,) = fallen(folding)
    assert [reason.text.rpartition(": ")[2] for reason in told.reasons] == [
        DISPUTED,
        "support_resolution/accountability",
    ]


# coming back ----------------------------------------------------------------------------------------------------------


def test_restore_puts_the_rule_back_and_counts_from_nothing() -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN))
    outputs = folding.add(order(RESTORE, rule=DISPUTED, issued_by="kim", reason="bound raised"))
    (step,) = transitions(outputs)
    assert (step.trigger, step.refused, step.issued_by, step.epoch) == (RESTORE, None, "kim", 0)
    assert [each.shadowed for each in standings(outputs)] == [()]
    (resolved,) = escalations(outputs)
    assert (resolved.status, resolved.reviewer, resolved.review_reason) == ("resolved", "kim", "bound raised")
    assert DISPUTED not in folding.state.tallies
    folding.run(wrong(MIN - 1, owner="another"))
    assert folding.state.shadowed == ()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "restore_rule names its rule, as situation/rule"),
        (
            {"rule": "support_resolution/accountability"},
            "support_resolution/accountability was not taken out of service",
        ),
        ({"rule": DISPUTED, "issued_by": ""}, "restore_rule needs who orders it, and why"),
        ({"rule": DISPUTED, "reason": " "}, "restore_rule needs who orders it, and why"),
    ],
)
def test_restore_refused_is_reported_and_changes_nothing(given: dict[str, Any], why: str) -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN))
    outputs = folding.add(order(RESTORE, **given))
    (step,) = transitions(outputs)
    assert step.refused is not None
    assert step.refused.startswith(why)
    assert (standings(outputs), folding.state.shadowed) == ([], (DISPUTED,))


def test_restore_of_one_of_two_leaves_the_question_open() -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN, rules=("disputed", "accountability")))
    assert escalations(folding.add(order(RESTORE, rule=DISPUTED))) == []
    (resolved,) = escalations(folding.add(order(RESTORE, rule="support_resolution/accountability")))
    assert resolved.status == "resolved"


@pytest.mark.parametrize("fields", [{"signals": ("confusion",)}, {"stakes": ("money",)}, {"hard": True}])
def test_policy_that_changes_when_a_rule_fires_forgets_its_verdicts(fields: dict[str, Any]) -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN))
    folding.policy = changed(DISPUTED, **fields)
    (standing,) = standings(folding.add(seen(5_000.0)))
    assert (standing.shadowed, folding.state.tallies) == ((), {})


def test_verdicts_on_what_the_old_rule_raised_say_nothing_of_the_changed_one() -> None:
    folding = Folding(RULES)
    raised = [each for each in wrong(MIN) if isinstance(each, Observation)]
    said = [each for each in wrong(MIN) if not isinstance(each, Observation)]
    folding.run(raised)
    folding.policy = changed(DISPUTED, signals=("dissatisfaction",))
    folding.run(said)
    assert (folding.state.shadowed, DISPUTED in folding.state.tallies) == ((), False)
    assert folding.state.reviewed.not_justified == MIN
    folding.run(wrong(MIN, subject="bot/later#support_resolution"))
    assert folding.state.shadowed == (DISPUTED,)


@pytest.mark.parametrize("fields", [{"text": "said otherwise"}, {"severity": Severity.INFO}])
def test_policy_that_changes_how_a_rule_speaks_keeps_its_verdicts(fields: dict[str, Any]) -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN))
    folding.policy = changed(DISPUTED, **fields)
    assert standings(folding.add(seen(5_000.0))) == []
    assert folding.state.shadowed == (DISPUTED,)


def test_policy_that_moves_a_bound_or_takes_the_rule_away_makes_it_another_one() -> None:
    moved = policy(bounds={**RULES.base.bounds, "dispute": Bound(0.9, 0.1)})
    gone = tuple(each for each in RULES.base.situations if each.name is not Situation.SUPPORT_RESOLUTION)
    before = meanings(RULES, "bot")
    assert meanings(moved, "bot")[DISPUTED] != before[DISPUTED]
    assert meanings(moved, "bot")["support_resolution/accountability"] == before["support_resolution/accountability"]
    assert DISPUTED not in meanings(policy(situations=gone), "bot")


@pytest.mark.parametrize(
    ("signal", "own"),
    [
        ("limit_exceeded", {"tools": ToolPolicy(limits=(Limit("most", "at most 5", ("pay",), "amount", max=5.0),))}),
        ("sequence_violation", {"tools": ToolPolicy(orders=(Order("yes", "ask first", ("pay",), agreed=True),))}),
        ("out_of_role", {"role": RolePolicy(topics=("refunds",))}),
        ("no_evidence", {"evidence_required": ("sources",)}),
        ("irreversible_action", {"reversibility": Reversibility.REVERSIBLE}),
    ],
)
def test_policy_that_changes_what_a_signal_is_held_against_makes_its_rules_others(
    signal: str, own: dict[str, Any]
) -> None:
    situations = changed(DISPUTED, signals=(signal,)).base.situations
    before, after = (meanings(policy(situations=situations, **parts), "bot") for parts in ({}, own))
    assert before[DISPUTED] != after[DISPUTED]
    assert before["support_resolution/accountability"] == after["support_resolution/accountability"]


def test_policy_that_puts_a_rule_back_answers_the_question_so_that_another_fall_is_told() -> None:
    folding = Folding(RULES)
    folding.run(wrong(MIN))
    folding.policy = changed(DISPUTED, signals=("dispute", "confusion"))
    (answered,) = escalations(folding.add(seen(5_000.0)))
    assert (answered.status, answered.reasons) == (EscalationStatus.CLEARED, fallen(folding)[0].reasons)
    folding.run(wrong(MIN, owner="another"))
    assert [each.status for each in fallen(folding)] == ["raised", "cleared", "raised"]


def test_rule_that_one_capability_has_as_hard_is_hard() -> None:
    hard = changed(DISPUTED, hard=True).base
    mixed = msgspec.structs.replace(RULES, capabilities={"bot/refunds": hard, "other/refunds": hard})
    assert DISPUTED not in meanings(mixed, "bot")
    assert DISPUTED in meanings(mixed, "another")


def test_precision_floor_of_nothing_never_shadows() -> None:
    folding = Folding(policy(precision=PrecisionPolicy(floor=0.0, min_verdicts=1)))
    folding.run(wrong(3 * MIN))
    assert folding.state.shadowed == ()


# tally ----------------------------------------------------------------------------------------------------------------


def test_tally_counts_every_word_once() -> None:
    tally = Tally()
    for verdict in Verdict:
        for outcome in (*Outcome, None):
            tally.add(verdict, outcome)
    assert (tally.verdicts, tally.outcomes) == (12, 9)
    assert {tally.count(word) for word in Verdict} == {4}
    assert {tally.count(word) for word in Outcome} == {3}


def test_rules_of_the_shipped_policy_that_report_a_fall_cannot_fall_themselves() -> None:
    rules: list[Rule] = [rule for row in RULES.base.situations for rule in row.rules if IMPRECISE in rule.signals]
    assert [rule.hard for rule in rules] == [True]
