"""The breaker's table: every pair of state and trigger, the ladder, hold times, and what no history may do."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.breaker import (
    COMMANDS,
    LADDER,
    STEP,
    TRANSITIONS,
    BreakerState,
    Cause,
    Trigger,
    fire,
    first_sight,
)
from monitor.core.events import Evidence, SystemReading
from monitor.core.policy.model import BreakerPolicy
from monitor.core.vocabulary import Autonomy, BreakerStatus, lower

CLOSED, OPEN, FORCED = BreakerStatus.CLOSED, BreakerStatus.OPEN, BreakerStatus.FORCED_OPEN
NONE, SUPPORT, RECOMMEND, ACT = LADDER
DRIVEN = (CLOSED, OPEN, FORCED)
POLICY = BreakerPolicy(hold_seconds=100.0, hold_factor=2.0, hold_cap_seconds=350.0)


def breaker(state: BreakerStatus, ceiling: Autonomy = SUPPORT) -> BreakerState:
    found = first_sight(ACT, at=0.0)
    found.state, found.ceiling = state, ACT if state is CLOSED else ceiling
    return found


def pull(found: BreakerState, trigger: Trigger, level: str = STEP, at: float = 10.0) -> bool:
    return fire(found, trigger, Cause(at=at, reason="because", level=level, signals=("x",)), POLICY).changed


@pytest.mark.parametrize(("state", "trigger"), list(product(DRIVEN, Trigger)))
def test_fire_every_pair_goes_where_the_table_says_or_nowhere(state: BreakerStatus, trigger: Trigger) -> None:
    found = breaker(state, ceiling=NONE if trigger is Trigger.RECOVER else SUPPORT)
    level = RECOMMEND if trigger in (Trigger.GRANT, Trigger.POLICY) else STEP
    move = fire(found, trigger, Cause(at=10.0, reason="because", level=level), POLICY)
    target = TRANSITIONS.get((state, trigger))
    if target is None:
        assert move.reason == f"{trigger} does not apply to a breaker that is {state}"
        assert found == breaker(state, ceiling=NONE if trigger is Trigger.RECOVER else SUPPORT)
    assert move.changed is (target is not None)
    assert (move.from_state, move.to_state) == (state, target or state)
    assert found.state is (target or state)
    assert found.epoch == int(move.changed)


@pytest.mark.parametrize("state", set(BreakerStatus) - set(DRIVEN))
def test_fire_states_of_later_releases_have_no_rows_and_stay(state: BreakerStatus) -> None:
    assert not any(pull(breaker(state), trigger) for trigger in Trigger)


def test_table_every_driven_state_obeys_an_operator_who_holds_back() -> None:
    assert {TRANSITIONS[state, Trigger.FORCE_OPEN] for state in DRIVEN} == {FORCED}


@pytest.mark.parametrize("state", DRIVEN)
def test_table_evidence_widens_only_what_evidence_narrowed(state: BreakerStatus) -> None:
    assert ((state, Trigger.RECOVER) in TRANSITIONS) is (state is OPEN)


def test_trip_narrows_one_rung_at_a_time_and_then_stays() -> None:
    found = breaker(CLOSED)
    reached = []
    while pull(found, Trigger.TRIP):
        reached.append(found.in_force)
    assert reached == [RECOMMEND, SUPPORT, NONE]
    move = fire(found, Trigger.TRIP, Cause(at=0.0, reason="again"), POLICY)
    assert move.reason == "the ceiling is already none"


@pytest.mark.parametrize(("level", "ceiling", "reached"), [("support", ACT, SUPPORT), ("recommend", SUPPORT, None)])
def test_trip_to_a_level_never_widens(level: str, ceiling: Autonomy, reached: Autonomy | None) -> None:
    found = breaker(OPEN, ceiling)
    assert pull(found, Trigger.TRIP, level) is (reached is not None)
    assert found.in_force is (reached or ceiling)


def test_trip_of_a_forced_breaker_narrows_it_and_keeps_the_name() -> None:
    found = breaker(CLOSED)
    fire(found, Trigger.FORCE_OPEN, Cause(at=0.0, reason="test", level="recommend", operator="kim"), POLICY)
    assert pull(found, Trigger.TRIP)
    assert (found.state, found.in_force, found.operator) == (FORCED, SUPPORT, "kim")


def test_trip_below_a_narrow_grant_starts_from_the_grant() -> None:
    found = first_sight(RECOMMEND, at=0.0)
    assert pull(found, Trigger.TRIP)
    assert found.in_force is SUPPORT


def test_recover_widens_rung_by_rung_and_closes_at_the_grant() -> None:
    found = breaker(OPEN, NONE)
    found.granted = RECOMMEND
    reached = []
    while pull(found, Trigger.RECOVER):
        reached.append((found.state, found.in_force))
    assert reached == [(OPEN, SUPPORT), (CLOSED, RECOMMEND)]
    assert not found.causes


@pytest.mark.parametrize(
    ("state", "ceiling", "level", "reached"),
    [
        (CLOSED, ACT, STEP, NONE),
        (CLOSED, ACT, "recommend", RECOMMEND),
        (OPEN, SUPPORT, "recommend", SUPPORT),  # release is for widening
        (FORCED, NONE, "recommend", RECOMMEND),  # a person changes their own order
    ],
)
def test_force_open_reaches_its_level_but_widens_only_what_was_forced(
    state: BreakerStatus, ceiling: Autonomy, level: str, reached: Autonomy
) -> None:
    found = breaker(state, ceiling)
    assert pull(found, Trigger.FORCE_OPEN, level)
    assert (found.state, found.in_force) == (FORCED, reached)


def test_hold_grows_with_each_trip_up_to_its_cap() -> None:
    found = breaker(CLOSED)
    holds = []
    for _ in range(4):
        pull(found, Trigger.TRIP, at=1000.0)
        holds.append((found.hold_until or 0.0) - 1000.0)
        found.state, found.ceiling, found.hold_until = CLOSED, ACT, None
    assert holds == [100.0, 200.0, 350.0, 350.0]


def test_hold_after_thousands_of_trips_is_still_the_cap() -> None:
    found = breaker(CLOSED)
    found.trips, found.since = 5000, 900.0
    pull(found, Trigger.TRIP, at=1000.0)
    assert found.hold_until == 1350.0


def test_hold_starts_over_after_a_calm_longer_than_its_cap() -> None:
    found = breaker(CLOSED)
    found.trips, found.since = 3, 100.0
    pull(found, Trigger.TRIP, at=1000.0)
    assert (found.trips, found.hold_until) == (1, 1100.0)


def test_reset_forgets_the_trips() -> None:
    found = breaker(OPEN)
    found.trips = 3
    assert pull(found, Trigger.RESET)
    assert (found.state, found.trips, found.hold_until) == (CLOSED, 0, None)


def test_grant_leaves_a_tripped_breaker_and_its_causes_as_they_are() -> None:
    found = breaker(CLOSED)
    pull(found, Trigger.TRIP)
    assert pull(found, Trigger.GRANT, "recommend")
    assert (found.state, found.reason, list(found.causes)) == (OPEN, "because", ["x"])
    assert not pull(found, Trigger.GRANT, "recommend")


def test_trip_shows_the_readings_and_turns_behind_it() -> None:
    found = breaker(CLOSED)
    reading = SystemReading("x", 1.0, 0.5, 30, evidence=(Evidence(turn=4),))
    fire(found, Trigger.TRIP, Cause(at=0.0, reason="because", signals=("x",), readings=(reading,)), POLICY)
    assert (found.readings, found.evidence) == ((reading,), (Evidence(turn=4),))
    pull(found, Trigger.RELEASE)
    assert (found.readings, found.evidence) == ((), ())


pulls = st.lists(st.tuples(st.sampled_from(Trigger), st.sampled_from(LADDER), st.floats(0, 1e6)), max_size=40)


@given(st.sampled_from(LADDER), pulls)
def test_any_history_keeps_epoch_grant_and_ladder(
    granted: Autonomy, history: list[tuple[Trigger, Autonomy, float]]
) -> None:
    found, seen, now = first_sight(granted, at=0.0), [(0, granted, Trigger.POLICY)], 0.0
    for trigger, level, passed in history:
        now += passed
        moved = pull(found, trigger, level, at=now)
        assert found.epoch == seen[-1][0] + int(moved)
        assert found.in_force is lower(found.in_force, found.granted)
        assert not (found.state is CLOSED and found.causes)
        assert found.since <= now
        seen.append((found.epoch, found.in_force, trigger))
    for (_, before, _), (_, after, trigger) in pairwise(seen):
        if after.rank > before.rank:
            assert trigger is Trigger.RECOVER or trigger in COMMANDS or trigger is Trigger.POLICY
            assert after.rank == before.rank + 1 or trigger is not Trigger.RECOVER
