"""Every rule matters: with any one taken out, the simulation breaks a promise (not merely raises)."""

import pytest

from monitor.delivery.rules import ALL_RULES, Rule
from tests.delivery.__main__ import run

BOUND = 2500
"""Seeds searched when the recorded one no longer shows it, because the simulation was changed."""

SEEDS = {
    Rule.OUTPUTS_BEFORE_STATES: 0,
    Rule.STATES_BEFORE_CONTROL: 0,
    Rule.AWAIT_ACKS: 0,
    Rule.EXIT_ON_FAILURE: 112,
    Rule.SKIP_BELOW: 86,
    Rule.DROP_ABOVE: 0,
    Rule.EPOCH: 107,
    Rule.INCLUDED: 0,
    Rule.HIGHEST_WINS: 82,
    Rule.REWRITE_REGRESSED: 82,
    Rule.TOMBSTONE_OFFSET: 3,
    Rule.LEASE: 3,
    Rule.HEARD: 3,
    Rule.INITIAL_CONTROL: 58,
    Rule.ADOPT_ACKED: 34,
    Rule.ADOPT_AFTER_END: 0,
    Rule.ADOPT_WRITTEN: 118,
    Rule.TENURE: 381,
    Rule.REFRESH: 337,
    Rule.SEEN: 0,
}


def first_violation(rule: Rule) -> tuple[int, str] | None:
    """The recorded seed first, then all up to the bound."""
    for seed in (SEEDS[rule], *range(BOUND)):
        violation = run(seed, ALL_RULES - {rule})[1]
        if violation is not None and not violation.startswith("raised"):
            return seed, violation
    return None


@pytest.mark.parametrize("rule", list(Rule), ids=lambda rule: rule.name)
def test_simulation_without_one_rule_breaks_a_promise(rule: Rule) -> None:
    found = first_violation(rule)
    assert found is not None, f"{rule.name} makes no difference: improve the simulation, or remove the rule"
    seed, violation = found
    print(f"without {rule.name}, seed {seed}: {violation}")
    assert run(seed)[1] is None, "the same schedule is harmless with all rules"
