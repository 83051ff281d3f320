import pytest

from monitor.core.breaker import COMMANDS
from monitor.core.system.people import REQUEST
from monitor.core.system.state import MAX_CAPABILITIES
from monitor.core.vocabulary import Autonomy, BreakerStatus, EscalationStatus
from tests.core.observed import breakers, escalations, standings, transitions
from tests.core.systems import BAD, Folding, order, policy, seen

RULES = policy(granted=Autonomy.RECOMMEND)
RESOLVED = EscalationStatus.RESOLVED


def started() -> Folding:
    folding = Folding(RULES)
    folding.add(seen(1_000.0))
    return folding


# commands -------------------------------------------------------------------------------------------------------------


def test_command_force_open_acts_at_once_and_names_the_person() -> None:
    outputs = started().add(order("force_open", reason="it sends nonsense"))
    (move,), (breaker,), (standing,) = transitions(outputs), breakers(outputs), standings(outputs)
    assert (move.trigger, move.to_ceiling, move.issued_by, move.refused) == ("force_open", Autonomy.NONE, "kim", None)
    assert (breaker.state, breaker.operator, breaker.reason) == (BreakerStatus.FORCED_OPEN, "kim", "it sends nonsense")
    assert standing.ceilings == {"": Autonomy.NONE}


def test_command_before_any_turn_makes_the_system_and_holds_it() -> None:
    folding = Folding(RULES)
    outputs = folding.add(order("force_open", at=77.0))
    assert [each.ceiling for each in breakers(outputs)] == [Autonomy.NONE]
    assert transitions(outputs)[0].at == 77.0
    assert folding.state.now == 0.0, "a person's clock is no event time"


def test_command_never_moves_event_time() -> None:
    folding = started()
    folding.add(order("force_open", at=9e9))
    assert (folding.state.now, folding.state.breakers[""].since) == (1_000.0, 1_000.0)


@pytest.mark.parametrize("action", sorted(COMMANDS))
def test_command_written_for_another_epoch_is_refused_and_reported(action: str) -> None:
    folding = started()
    folding.add(order("force_open"))
    outputs = folding.add(order(action, level=Autonomy.ACT, expect_epoch=0))
    (move,) = transitions(outputs)
    assert move.refused is not None
    assert move.refused.startswith("written for epoch 0, but the breaker is at 1")
    assert (move.from_state, move.to_state, folding.in_force()) == (move.to_state, BreakerStatus.FORCED_OPEN, "none")
    assert (breakers(outputs), standings(outputs)) == ([], [])


def test_command_written_for_this_epoch_is_carried_out() -> None:
    folding = started()
    folding.add(order("force_open", expect_epoch=0))
    folding.add(order("release", expect_epoch=1))
    assert folding.in_force() == "recommend"


@pytest.mark.parametrize(
    ("action", "why"),
    [("fly", "unknown action 'fly'"), ("", "unknown action ''"), ("grant", "a grant names its level")],
)
def test_command_that_cannot_be_understood_is_refused_and_reported(action: str, why: str) -> None:
    folding = started()
    (move,) = transitions(folding.add(order(action)))
    assert move.refused is not None
    assert move.refused.startswith(why)
    assert move.trigger
    assert folding.in_force() == "recommend"


def test_command_release_of_a_closed_breaker_is_refused_and_reported() -> None:
    (move,) = transitions(started().add(order("release")))
    assert move.refused == "release does not apply to a breaker that is closed"


def test_command_for_a_capability_never_seen_moves_that_one_only() -> None:
    folding = started()
    outputs = folding.add(order("force_open", capability="refunds"))
    assert [(each.capability, each.ceiling) for each in breakers(outputs)] == [("refunds", Autonomy.NONE)]
    assert folding.in_force() == "recommend"


@pytest.mark.parametrize("action", [*sorted(COMMANDS), REQUEST])
def test_command_for_a_capability_beyond_the_cap_is_refused_and_moves_nothing(action: str) -> None:
    folding = started()
    folding.run(seen(1_001.0, capability=f"c{index}") for index in range(MAX_CAPABILITIES))
    outputs = folding.add(order(action, capability="one too many", level=Autonomy.ACT))
    (move,) = transitions(outputs)
    assert move.refused is not None
    assert "no breaker of its own" in move.refused
    assert (folding.in_force(), breakers(outputs), escalations(outputs)) == ("recommend", [], [])


def test_command_grant_widens_the_ceiling_and_closes_the_open_question() -> None:
    folding = started()
    (asked,) = escalations(folding.add(order(REQUEST, level=Autonomy.ACT)))
    outputs = folding.add(order("grant", level=Autonomy.ACT, issued_by="lee"))
    (resolved,) = escalations(outputs)
    assert (resolved.escalation_id, resolved.status) == (asked.escalation_id, RESOLVED)
    assert (resolved.revision, resolved.settlement, resolved.reviewer) == (asked.revision, 1, "lee")
    assert folding.in_force() == "act"


def test_command_grant_of_none_holds_the_system() -> None:
    folding = started()
    folding.add(order("grant", level=Autonomy.NONE))
    assert folding.in_force() == "none"


@pytest.mark.parametrize("action", ["release", "reset"])
def test_command_that_gives_back_counts_the_rates_from_nothing(action: str) -> None:
    folding = Folding(RULES)
    folding.run(seen(float(at), readings=BAD) for at in range(19))
    folding.run([order("force_open"), order(action)])
    folding.run(seen(20.0 + at, readings=BAD) for at in range(19))
    assert folding.in_force() == "recommend"
    folding.add(seen(40.0, readings=BAD))
    assert folding.in_force() == "support"


def test_policy_that_grants_another_level_moves_the_breaker_once_and_a_later_grant_counts() -> None:
    folding = started()
    folding.policy = policy(granted=Autonomy.SUPPORT)
    (move,) = transitions(folding.add(seen(1_001.0)))
    assert (move.trigger, move.to_ceiling, move.issued_by) == ("policy", Autonomy.SUPPORT, None)
    folding.add(order("grant", level=Autonomy.ACT))
    assert transitions(folding.add(seen(1_002.0))) == []
    assert folding.in_force() == "act"


# requests -------------------------------------------------------------------------------------------------------------


def test_request_of_a_higher_level_escalates_and_changes_nothing() -> None:
    folding = started()
    outputs = folding.add(order(REQUEST, level=Autonomy.ACT, reason="it did well"))
    (asked,) = escalations(outputs)
    assert (asked.situation, asked.human_role, asked.session_id) == ("autonomy_expansion", "approve", None)
    assert (asked.reasons[0].value, asked.reasons[0].bound) == (3.0, 2.0)
    assert asked.handoff.open_questions == ("kim asks for more autonomy: it did well",)
    assert asked.track_record
    assert asked.missing_evidence
    assert (folding.in_force(), transitions(outputs)) == ("recommend", [])


def test_request_without_a_level_asks_for_the_next_one() -> None:
    folding = started()
    folding.add(order(REQUEST))
    assert folding.state.noticed[0].value == float(Autonomy.ACT.rank)


@pytest.mark.parametrize("level", [Autonomy.NONE, Autonomy.SUPPORT, Autonomy.RECOMMEND])
def test_request_of_what_is_granted_is_refused_and_calls_nobody(level: Autonomy) -> None:
    outputs = started().add(order(REQUEST, level=level))
    assert [move.refused for move in transitions(outputs)] == ["recommend is granted already"]
    assert escalations(outputs) == []
