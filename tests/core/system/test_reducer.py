from typing import Any

import msgspec
import pytest

from monitor.core.events import SystemReading
from monitor.core.interaction import Position
from monitor.core.log import Tick
from monitor.core.policy.model import Policy
from monitor.core.system.autonomy_use import GRACE_SECONDS
from monitor.core.system.reducer import breakers_of, observe
from monitor.core.system.state import MAX_CAPABILITIES, MAX_FOLLOWED
from monitor.core.vocabulary import Autonomy, BreakerStatus, Mode, Role
from tests.core.observed import breakers, escalations, standings, transitions
from tests.core.systems import BAD, STEPPED_OVER, Folding, brief, order, policy, seen, told

TIGHT = policy()


def tripped(rules: Policy = TIGHT, capability: str = "") -> Folding:
    """A system that contradicted itself until its ceiling fell by one rung."""
    folding = Folding(rules)
    folding.run(seen(float(at), readings=BAD, capability=capability) for at in range(20))
    assert folding.in_force() == "recommend"
    return folding


# first sight ----------------------------------------------------------------------------------------------------------


def test_observe_first_turn_publishes_a_breaker_at_the_grant_and_a_standing() -> None:
    outputs = Folding(policy(granted=Autonomy.RECOMMEND)).add(seen(5.0))
    (breaker,), (standing,) = breakers(outputs), standings(outputs)
    assert (breaker.state, breaker.ceiling, breaker.granted, breaker.epoch) == (
        BreakerStatus.CLOSED,
        Autonomy.RECOMMEND,
        Autonomy.RECOMMEND,
        0,
    )
    assert (standing.version, standing.ceilings) == (1, {"": Autonomy.RECOMMEND})


def test_observe_first_turn_of_a_capability_publishes_its_breaker_too() -> None:
    folding = Folding(TIGHT)
    assert [each.capability for each in breakers(folding.add(seen(capability="refunds")))] == ["", "refunds"]
    assert breakers(folding.add(seen(capability="refunds"))) == []


def test_observe_ordinary_turn_says_nothing() -> None:
    folding = Folding(TIGHT)
    folding.add(seen())
    assert folding.run(seen(float(at), turn=at) for at in range(1, 40)) == []
    assert (folding.state.turns, folding.state.sessions) == (40, 1)


def test_observe_tick_is_a_programming_error() -> None:
    with pytest.raises(TypeError):
        observe(None, Tick(wall=0.0), at=Position("log", 0, 0), policy=TIGHT)


def test_breakers_of_repeats_id_and_payload_until_something_changes() -> None:
    folding = tripped()
    renewed = breakers_of(folding.state, TIGHT)
    assert told(renewed) == told(breakers_of(folding.state, TIGHT))
    last = [output for output in folding.said if output.id == renewed[0].id]
    assert told(last) == told(renewed)


# what changes nothing -------------------------------------------------------------------------------------------------


def test_observe_duplicates_and_final_observations_change_no_rates() -> None:
    folding = Folding(TIGHT)
    folding.add(seen())
    before = msgspec.msgpack.encode(folding.state.rates)
    for extra in ({"flags": ("duplicate",)}, {"final": True, "scores": {}}):
        folding.add(seen(1.0, readings=BAD, features={"length": 3.0}, evaluations={"x": 1.0}, **extra))
    assert msgspec.msgpack.encode(folding.state.rates) == before
    assert (folding.state.turns, folding.state.detectors) == (1, {})


def test_observe_late_turn_never_moves_time_back() -> None:
    folding = Folding(TIGHT)
    folding.run([seen(500.0), seen(3.0)])
    assert folding.state.now == 500.0


def test_observe_turns_of_users_and_tools_are_no_chances() -> None:
    folding = Folding(TIGHT)
    folding.run(seen(role=role, readings=BAD) for role in (Role.USER, Role.TOOL, Role.STAFF) for _ in range(30))
    assert folding.in_force() == "act"


# trips ----------------------------------------------------------------------------------------------------------------


def test_trip_needs_enough_samples_and_then_names_its_numbers() -> None:
    folding = Folding(TIGHT)
    assert transitions(folding.run(seen(float(at), readings=BAD) for at in range(19))) == []
    outputs = folding.add(seen(19.0, readings=BAD))
    (move,), (breaker,) = transitions(outputs), breakers(outputs)
    assert (move.trigger, move.from_ceiling, move.to_ceiling) == ("trip", Autonomy.ACT, Autonomy.RECOMMEND)
    assert move.readings[0].n == 20
    assert breaker.reason.startswith("contradiction_rate 1.000 over 20 turns")
    assert (breaker.hold_until, breaker.epoch) == (19.0 + TIGHT.base.breaker.hold_seconds, 1)
    assert standings(outputs)[0].ceilings[""] is Autonomy.RECOMMEND


def test_trip_raises_one_escalation_about_the_system() -> None:
    folding = tripped()
    (escalation,) = escalations(folding.said)
    assert (escalation.session_id, escalation.subject) == (None, "bot#system_behaviour")
    assert escalation.reasons[0].signal == "contradiction_rate"


def test_trip_of_one_capability_leaves_the_others_alone() -> None:
    folding = Folding(TIGHT)
    folding.run(seen(float(at), capability="calm") for at in range(400))
    folding.run(seen(400.0 + at, capability="refunds", readings=BAD) for at in range(20))
    assert (folding.in_force("refunds"), folding.in_force("calm"), folding.in_force()) == ("recommend", "act", "act")


def test_trip_in_shadow_mode_is_told_and_holds_nothing() -> None:
    folding = Folding(policy(mode=Mode.SHADOW))
    folding.run(seen(float(at), readings=BAD) for at in range(40))
    assert folding.in_force() == "act"
    assert {escalation.mode for escalation in escalations(folding.said)} == {Mode.SHADOW}


def test_trip_again_needs_new_samples() -> None:
    folding = tripped()
    folding.run(seen(20.0 + at, readings=BAD) for at in range(19))
    assert folding.in_force() == "recommend"
    folding.add(seen(40.0, readings=BAD))
    assert folding.in_force() == "support"


# recovery -------------------------------------------------------------------------------------------------------------


def test_recover_needs_evidence_and_the_end_of_the_hold() -> None:
    folding = tripped()
    folding.run(seen(30.0) for _ in range(300))
    assert folding.in_force() == "recommend", "clean, but held"
    outputs = folding.add(seen(1_000.0))
    (move,) = transitions(outputs)
    assert (move.trigger, move.to_state, move.to_ceiling) == ("recover", BreakerStatus.CLOSED, Autonomy.ACT)


def test_recover_by_time_alone_never_happens() -> None:
    folding = tripped()
    folding.add(seen(1e9))
    folding.run(seen(1e9, role=Role.USER) for _ in range(300))
    folding.run(seen(1e9, scores={"self_contradiction": None}) for _ in range(300))
    assert folding.in_force() == "recommend"


def test_recover_of_two_rungs_takes_two_rounds_of_evidence() -> None:
    folding = tripped()
    folding.run(seen(20.0 + at, readings=BAD) for at in range(20))
    assert folding.in_force() == "support"
    levels = [folding.in_force() for _ in range(400) if folding.add(seen(1e6)) is not None]
    assert list(dict.fromkeys(levels)) == ["support", "recommend", "act"]


def test_recover_with_bad_turns_among_the_clean_does_not_happen() -> None:
    folding = tripped()
    folding.run(seen(1e6, readings=BAD if at % 12 == 0 else ()) for at in range(200))
    assert folding.in_force() != "act"


# the ceiling and the grant --------------------------------------------------------------------------------------------


def test_ceiling_ignored_only_after_the_grace() -> None:
    folding = Folding(TIGHT)
    folding.run([seen(0.0), order("force_open", level=Autonomy.SUPPORT)])
    used: dict[str, Any] = {"autonomy": Autonomy.ACT}
    for at in (100.0, 100.0 + GRACE_SECONDS - 1):
        folding.add(seen(at, **used))
        assert folding.state.noticed == ()
    outputs = folding.add(seen(100.0 + GRACE_SECONDS, **used))
    assert [reading.signal for reading in folding.state.noticed] == ["ceiling_ignored"]
    assert escalations(outputs)[0].severity == "critical"


def test_ceiling_kept_is_not_ignored() -> None:
    folding = Folding(TIGHT)
    folding.run([seen(0.0), order("force_open", level=Autonomy.SUPPORT)])
    folding.run(seen(at, autonomy=Autonomy.SUPPORT) for at in (100.0, 1_000.0))
    assert escalations(folding.said) == []


def test_autonomy_above_the_grant_asks_for_a_decision_with_evidence_and_gaps() -> None:
    folding = Folding(policy(granted=Autonomy.RECOMMEND))
    outputs = folding.add(seen(1.0, autonomy=Autonomy.ACT))
    expansion = next(each for each in escalations(outputs) if each.situation == "autonomy_expansion")
    assert expansion.reasons[0].signal == "autonomy_exceeded"
    assert {reading.signal for reading in expansion.track_record} >= {"sessions", "turns", "overreach_rate"}
    assert any("sessions" in gap for gap in expansion.missing_evidence)


def test_autonomy_at_the_grant_asks_for_nothing() -> None:
    folding = Folding(policy(granted=Autonomy.RECOMMEND))
    assert escalations(folding.run(seen(float(at), autonomy=Autonomy.RECOMMEND) for at in range(50))) == []


# drift ----------------------------------------------------------------------------------------------------------------


def test_drift_for_the_worse_alarms_and_for_the_better_is_only_listed() -> None:
    for before, after, alarms in ((0.05, 0.9, True), (0.9, 0.05, False)):
        folding = Folding(TIGHT)
        noticed: list[SystemReading] = []
        for at in range(400):
            folding.add(seen(float(at), features={"refusal": before if at < 200 else after}))
            noticed.extend(folding.state.noticed)
        (reading,) = noticed
        assert (reading.signal, reading.feature, reading.harmful) == ("drift", "refusal", alarms)
        assert bool(escalations(folding.said)) is alarms


# caps -----------------------------------------------------------------------------------------------------------------


def test_capabilities_beyond_the_cap_count_for_the_whole_system() -> None:
    folding = Folding(TIGHT)
    folding.run(seen(float(at), capability=f"c{at}", autonomy=Autonomy.ACT) for at in range(MAX_CAPABILITIES + 20))
    assert len(folding.state.breakers) == MAX_CAPABILITIES
    assert set(folding.state.rates) <= set(folding.state.breakers)
    outputs = folding.run(seen(500.0 + at, capability="late", readings=STEPPED_OVER) for at in range(100))
    assert {each.capability for each in breakers(outputs)} == {""}


def test_followed_escalations_are_capped_and_the_oldest_goes_first() -> None:
    folding = Folding(TIGHT)
    folding.run(seen(float(at), escalations=(brief(f"e{at}"),)) for at in range(MAX_FOLLOWED + 10))
    assert len(folding.state.followed) == MAX_FOLLOWED
    assert "e9" not in folding.state.followed
    assert "e10" in folding.state.followed
