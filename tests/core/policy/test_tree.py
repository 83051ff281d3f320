import copy
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import PolicyError
from monitor.core.escalation import notice_in
from monitor.core.policy.merge import merge
from monitor.core.policy.model import Policy
from monitor.core.policy.tree import parse_policy
from monitor.core.vocabulary import Mode, Stake
from monitor.policy_file import shipped_tree

SHIPPED = shipped_tree()


def test_parse_policy_null_takes_one_number_of_an_inherited_limit_away() -> None:
    limit = {"text": "small", "tools": ["refund"], "argument": "amount", "max": 100, "max_total": 300}
    tree = {
        "name": "mine",
        "owner": "care",
        "tools": {"limits": {"small": limit}},
        "systems": {"bot": {"tools": {"limits": {"small": {"max": None}}}}},
    }
    (own,) = parse_policy(tree, base=shipped_tree()).of("bot").tools.limits
    assert (own.max, own.max_total) == (None, 300.0)


def test_parse_policy_more_sums_than_a_session_keeps_are_a_fault() -> None:
    limits = {f"l{number}": {"text": "few", "tools": ["pay"], "max_calls": 2} for number in range(129)}
    with pytest.raises(PolicyError, match="129 of them count over a session, at most 128"):
        parse_policy({"name": "mine", "owner": "care", "tools": {"limits": limits}}, base=shipped_tree())


def parse(**own: object) -> Policy:
    return parse_policy({"name": "mine", "owner": "care", **own}, base=SHIPPED)


def shuffled(node: Any, draw: Callable[..., Any]) -> Any:  # noqa: ANN401 - a node of a tree
    if isinstance(node, dict):
        keys = draw(st.permutations(list(node)))
        return {key: shuffled(node[key], draw) for key in keys}
    return node


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_parse_policy_key_order_does_not_change_the_policy(data: st.DataObject) -> None:
    mixed, plain = (parse_policy(tree, unassigned=True) for tree in (shuffled(SHIPPED, data.draw), SHIPPED))
    assert mixed.fingerprint == plain.fingerprint
    assert msgspec.msgpack.encode(mixed) == msgspec.msgpack.encode(plain)  # its maps are walked in one order as well
    for row, other in zip(mixed.base.situations, plain.base.situations, strict=True):
        assert [notice_in(row, each) for each in ("", "de", "fr")] == [
            notice_in(other, each) for each in ("", "de", "fr")
        ]


def test_fingerprint_changes_with_meaning_and_not_with_the_name() -> None:
    assert parse(name="a").fingerprint == parse(name="b").fingerprint
    assert parse().fingerprint != parse(bounds={"dispute": {"raise": 0.7}}).fingerprint
    assert parse().fingerprint != parse(systems={"bot": {"mode": "shadow"}}).fingerprint
    assert len(parse().fingerprint) == 16


def test_parse_policy_layer_inherits_what_it_does_not_say() -> None:
    policy = parse(
        systems={
            "bot": {
                "stakes": ["money"],
                "bounds": {"dispute": {"raise": 0.8}},
                "capabilities": {"refunds": {"bounds": {"dispute": {"clear": 0.5}}, "mode": "shadow"}},
            }
        }
    )
    refunds = policy.of("bot", "refunds")
    assert (refunds.bounds["dispute"].raise_at, refunds.bounds["dispute"].clear_at) == (0.8, 0.5)
    assert refunds.stakes == (Stake.MONEY,)
    assert (refunds.mode, policy.of("bot").mode) == (Mode.SHADOW, Mode.LIVE)
    assert policy.of("bot").bounds["dispute"].clear_at == policy.base.bounds["dispute"].clear_at


def test_parse_policy_null_removes_an_inherited_rule() -> None:
    policy = parse(systems={"bot": {"situations": {"support_resolution": {"rules": {"disputed": None}}}}})
    rules = {rule.id for row in policy.of("bot").situations for rule in row.rules}
    assert "disputed" not in rules
    assert "disputed" in {rule.id for row in policy.base.situations for rule in row.rules}


def test_parse_policy_inherited_fault_is_reported_once() -> None:
    tree = copy.deepcopy(SHIPPED)
    del tree["bounds"]["dispute"]
    tree["owner"] = "care"
    tree["systems"] = {"a": {"granted": "act"}, "b": {"capabilities": {"c": {}}}}
    with pytest.raises(PolicyError) as error:
        parse_policy(tree)
    assert len([problem for problem in error.value.problems if '"dispute" has no bound' in problem]) == 1


def test_parse_policy_evaluation_beside_a_signal_of_ours_is_accepted() -> None:
    policy = parse(
        bounds={"evaluation.confidence": {"raise": 0.2, "clear": 0.5, "below": True}},
        situations={
            "low_risk_task": {
                "rules": {
                    "unsure": {"text": "t", "signals": ["evaluation.confidence"], "with_signals": ["confusion"]},
                    "staked": {"text": "t", "when": 'evaluations.confidence < 0.2 && role == "assistant"'},
                }
            }
        },
    )
    assert policy.base.bounds["evaluation.confidence"].upstream
    assert not policy.base.bounds["dispute"].upstream


def test_parse_policy_hard_rules_stand_first() -> None:
    for row in parse().base.situations:
        hard = [rule.hard for rule in row.rules]
        assert hard == sorted(hard, reverse=True)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(sorted(SHIPPED)), inner)
), max_leaves=12))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_parse_policy_any_tree_is_a_policy_or_named_problems(tree: Any) -> None:  # noqa: ANN401
    try:
        parse_policy(tree, base=SHIPPED)
    except PolicyError as error:
        assert error.problems  # noqa: PT017 - either outcome is right


trees = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
)


@given(trees, trees)
def test_merge_twice_equals_once(below: object, above: object) -> None:
    assert merge(merge(below, above), above) == merge(below, above)


@pytest.mark.parametrize("seconds", [0, -5, float("nan"), float("inf")])
def test_parse_policy_window_that_holds_no_time_is_refused(seconds: float) -> None:
    with pytest.raises(PolicyError, match="window_seconds"):
        parse(rates={"overreach_rate": {"params": {"window_seconds": seconds}}})


@pytest.mark.parametrize(
    ("signal", "params", "problem"),
    [
        ("stuck_loop", {"chanse": 0.3}, 'params.chanse: unknown parameter; did you mean "chance"?'),
        ("stuck_loop", {"chance": 3}, "params.chance: 3 is outside 0 to 1"),
        ("stakes_rising", {"times": 0}, "params.times: 0 is outside 1 to 1000"),
        ("self_contradiction", {"lift": 0.5}, "params.lift: unknown parameter; it takes none"),
        ("evaluation.confidence", {"lift": 0.5}, "params.lift: unknown parameter; it takes none"),
    ],
)
def test_parse_policy_parameter_that_a_signal_has_not_is_refused(
    signal: str, params: dict[str, float], problem: str
) -> None:
    with pytest.raises(PolicyError) as error:
        parse(bounds={signal: {"raise": 0.5, "clear": 0.2, "params": params}})
    assert list(map(str, error.value.problems)) == [f"bounds.{signal}.{problem}"]


def test_parse_policy_parameter_within_its_range_is_kept() -> None:
    policy = parse(bounds={"stuck_loop": {"params": {"chance": 0.3, "terse": 20}}})
    assert policy.base.bounds["stuck_loop"].params == {"chance": 0.3, "terse": 20.0}


def test_parse_policy_parameter_of_a_rate_is_its_window_alone() -> None:
    with pytest.raises(PolicyError, match=r'params\.window: unknown parameter; did you mean "window_seconds"'):
        parse(rates={"overreach_rate": {"params": {"window": 7200}}})
