"""Stakes: plain stories and their near misses."""

import pytest

from monitor.core.policy.model import Reversibility, ToolPolicy
from monitor.core.vocabulary import Delivery, Stake
from tests.builders import ai, call, result, staff, system_policy, told, user, value

DRAFT = Delivery.DRAFT
WIPES = system_policy(tools=ToolPolicy(irreversible=("delete_*",)))


def test_final_decision_declared_is_certain_and_outranks_the_text() -> None:
    assert value("final_decision", ai(decision_type="denial", decision_final=True)) == 1.0
    assert value("final_decision", ai(decision_type="denial", decision_final=False, final_decision=0.9)) == 0.0


def test_final_decision_text_counts_where_nothing_is_declared() -> None:
    assert value("final_decision", ai(final_decision=0.8)) == 0.8


def test_final_decision_soft_no_is_one_only_where_it_is_declared_that_it_is_about_who_gets_what() -> None:
    assert value("final_decision", ai(denial=0.8, declared_stakes=(Stake.ELIGIBILITY,))) >= 0.9
    assert value("final_decision", ai(denial=0.8, stakes=(Stake.ELIGIBILITY,))) == 0.0
    assert value("final_decision", ai(denial=0.8, declared_stakes=(Stake.MONEY,))) == 0.0
    assert value("final_decision", ai(denial=0.7, declared_stakes=(Stake.ELIGIBILITY,))) == 0.0
    assert value("final_decision", ai(denial=0.8), policy=system_policy(stakes=(Stake.ACCESS,))) >= 0.9
    assert value("final_decision", ai()) == 0.0
    assert told("final_decision", ai(language=None)).value is None


def test_final_decision_draft_decides_nothing() -> None:
    assert value("final_decision", ai(decision_final=True, final_decision=1.0, delivery=DRAFT)) == 0.0


def test_final_decision_of_a_person_is_not_the_ais() -> None:
    assert told("final_decision", staff(decision_final=True)).value is None


def test_irreversible_action_by_tool_declaration_or_text() -> None:
    assert value("irreversible_action", call("Delete_Account"), policy=WIPES) == 1.0
    assert value("irreversible_action", ai(decision_reversible=False)) == 1.0
    assert value("irreversible_action", ai(irreversible=0.7)) == 0.7


def test_irreversible_action_reading_or_declared_reversible_or_drafted_does_not_fire() -> None:
    assert value("irreversible_action", call("get_account"), policy=WIPES) == 0.0
    assert value("irreversible_action", ai(decision_reversible=True, irreversible=0.9)) == 0.0
    assert value("irreversible_action", call("delete_account", delivery=DRAFT), policy=WIPES) == 0.0


@pytest.mark.parametrize(
    ("tool", "known", "expected"),
    [
        ("update_order", Reversibility.IRREVERSIBLE, 1.0),
        ("delete_order", Reversibility.IRREVERSIBLE, 1.0),
        ("get_order", Reversibility.IRREVERSIBLE, 0.0),
        ("update_order", Reversibility.BY_TOOL, 0.0),
        ("delete_order", Reversibility.BY_TOOL, 1.0),
        ("delete_order", Reversibility.REVERSIBLE, 0.0),
    ],
)
def test_irreversible_action_policy_that_knows_outranks_the_name(
    tool: str, known: Reversibility, expected: float
) -> None:
    policy = system_policy(reversibility=known, tools=ToolPolicy(writes=("update_*",), irreversible=("delete_*",)))
    assert value("irreversible_action", call(tool), policy=policy) == expected
    assert value("irreversible_action", call(tool, delivery=DRAFT), policy=policy) == 0.0


def test_irreversible_action_declared_so_counts_even_where_all_can_be_undone() -> None:
    policy = system_policy(reversibility=Reversibility.REVERSIBLE)
    assert value("irreversible_action", call("get_order", decision_reversible=False), policy=policy) == 1.0


def test_irreversible_action_command_line_says_what_a_call_of_a_general_tool_does() -> None:
    asked = user("tidy up", terms=("tidy",))
    for line, expected in (("rm -rf /srv/photos", 0.85), ("cat notes.txt", 0.0), ("make install", 0.8)):
        call_ = call("execute_command", use={"arguments": {"command": line}}, irreversible=0.0)
        assert value("irreversible_action", asked, call_) == expected


def test_irreversible_action_call_and_its_result_are_judged_once() -> None:
    assert told("irreversible_action", call("delete_it"), result("delete_it"), policy=WIPES).value is None
    assert value("irreversible_action", result("delete_it"), policy=WIPES) == 1.0


def test_opaque_recommendation_without_grounds_about_the_users_health_fires() -> None:
    assert value("opaque_recommendation", ai(recommendation=0.9, stakes=(Stake.HEALTH,))) == 0.9
    assert value("opaque_recommendation", user(stakes=(Stake.HEALTH,)), ai(recommendation=0.9)) == 0.9
    assert value("opaque_recommendation", ai(recommendation=0.9), policy=system_policy(stakes=(Stake.MONEY,))) == 0.9


def test_opaque_recommendation_with_grounds_or_without_stakes_does_not_fire() -> None:
    assert value("opaque_recommendation", ai(recommendation=0.9, criteria_given=0.9, stakes=(Stake.HEALTH,))) < 0.2
    assert value("opaque_recommendation", ai(recommendation=0.9)) < 0.5


def test_judgement_call_request_and_pronouncement_fire_and_together_weigh_more() -> None:
    assert value("judgement_call", user(judgement_request=0.8)) == 0.8
    alone = value("judgement_call", user(), ai(judgement=0.6))
    assert alone == 0.6 < value("judgement_call", user(judgement_request=0.9), ai(judgement=0.6))


def test_judgement_call_handed_to_a_person_or_not_pronounced_does_not_fire() -> None:
    asked = user(judgement_request=0.9)
    assert value("judgement_call", asked, ai(judgement=0.7, handoff_offer=0.9)) < 0.2
    assert value("judgement_call", asked, ai()) == 0.0


def test_judgement_call_names_the_request() -> None:
    assert told("judgement_call", user(judgement_request=0.9), ai(judgement=0.6)).evidence[-1].turn == 0


def test_publish_without_review_by_tool_or_text_fires() -> None:
    assert value("publish_without_review", call("publish_article")) == 1.0
    assert value("publish_without_review", ai(publication=0.8)) == 0.8


def test_publish_without_review_approved_drafted_or_private_does_not_fire() -> None:
    assert value("publish_without_review", staff(approval=0.9), call("publish_article")) == 0.0
    assert value("publish_without_review", call("publish_article", use={"approved_by": "kim"})) == 0.0
    assert value("publish_without_review", call("publish_article", delivery=DRAFT)) == 0.0
    assert value("publish_without_review", call("send_email")) == 0.0


def test_publish_without_review_tool_that_only_looks_for_publications_makes_none() -> None:
    assert value("publish_without_review", call("searchTweets")) == 0.0
    assert value("publish_without_review", call("search_and_post_tweet")) == 1.0


def test_publish_without_review_silent_reviewer_has_not_consented() -> None:
    assert value("publish_without_review", staff("looking into another case"), call("publish_article")) == 1.0


def test_publish_without_review_incomplete_session_is_soft_and_says_why() -> None:
    found = told("publish_without_review", call("publish_article"), incomplete=True)
    assert found.value is not None
    assert found.value <= 0.5
    assert found.unknown


def test_irreversible_action_what_the_user_asked_for_is_heard_however_much_was_said_before() -> None:
    talk = [user(" ".join(f"w{index}x{step}" for step in range(10))) for index in range(40)]
    asked = user("please send the email")
    assert value("irreversible_action", *talk, call("send_email")) == 0.8
    assert value("irreversible_action", *talk, asked, call("send_email")) == 0.0
    assert value("irreversible_action", asked, *talk, call("send_email")) == 0.0
