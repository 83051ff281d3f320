"""The shipped examples: complete, owned, and doing on stories of their own what their text says."""

import pytest

from monitor.core.policy.model import Policy, SystemPolicy
from monitor.core.policy.schema import UNASSIGNED
from monitor.core.vocabulary import Mode, Situation
from monitor.policy_names import examples, named_policy
from tests.golden.play import Story, play, stories
from tests.golden.test_stories import check_all, told

EXAMPLES = examples()
POLICIES = {name: named_policy(name) for name in EXAMPLES}
STORIES = [(name, story) for name in EXAMPLES for story in stories(f"examples/{name}")]


@pytest.mark.parametrize(("name", "story"), [told(name, story, name) for name, story in STORIES])
def test_story_of_an_example_escalates_exactly_as_told(name: str, story: Story) -> None:
    check_all(play(story, POLICIES[name]), story, POLICIES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_has_stories_of_a_limit_an_order_and_a_clean_session(name: str) -> None:
    expected = [story["expect"] for example, story in STORIES if example == name]
    rules = {each["rule"] for escalations in expected for each in escalations}
    assert {"beyond_its_limit", "out_of_order"} <= rules
    assert [] in expected


def layers(policy: Policy) -> list[SystemPolicy]:
    return [policy.base, *policy.systems.values(), *policy.capabilities.values()]


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_every_row_of_every_layer_is_owned_and_answers_in_time(name: str) -> None:
    for layer in layers(POLICIES[name]):
        assert {row.name for row in layer.situations} == set(Situation)
        for row in layer.situations:
            assert UNASSIGNED not in (layer.owner, row.owner, row.backup_owner)
            assert row.owner != row.backup_owner
            assert row.response_seconds > 0


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_says_what_the_system_is_for_and_how_far_it_may_go(name: str) -> None:
    policy = POLICIES[name].base
    assert policy.stakes
    assert policy.role.leaves_alone
    assert policy.tools.allowed != ("*",)
    assert policy.tools.forbidden
    assert len(policy.tools.limits) >= 3
    assert len(policy.tools.orders) >= 2
    assert any(order.agreed for order in policy.tools.orders)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_tells_users_in_english_and_german_wherever_it_tells_them_anything(name: str) -> None:
    told_to = [row.user_notice for row in POLICIES[name].base.situations if row.user_notice]
    assert told_to
    assert all(set(notice) == {"en", "de"} for notice in told_to)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_people_in_distress_have_a_route_that_hides(name: str) -> None:
    policy = POLICIES[name].base
    row = next(row for row in policy.situations if row.name is Situation.VULNERABLE_CONTEXT)
    assert set(policy.routes[row.route].hides) >= {"intents", "tools", "amounts"}
    assert row.cooldown_seconds == 0
    assert all(rule.mode is not Mode.SHADOW for rule in row.rules)
