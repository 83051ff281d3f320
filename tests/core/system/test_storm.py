"""Storms: one escalation in the place of many, nothing dropped, hard rules and vulnerable people never merged."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.events import Escalation, Evidence, Standing
from monitor.core.policy.model import Policy, StormPolicy
from monitor.core.system.snapshot import dump_system, load_system
from monitor.core.system.storm import STRETCHES, Storm
from monitor.core.vocabulary import EscalationStatus, Mode, Situation
from tests.core.fakes import POLICY
from tests.core.systems import Folding, answer, brief, policy, seen
from tests.core.traffic import Traffic

CAP = 6
WINDOW = 240.0
STORMY = StormPolicy(raised=CAP, window_seconds=WINDOW)
DISPUTED, CALM = {"dispute": 0.9}, {"dispute": 0.0}
SUBJECT = "bot#support_resolution~storm"


def stormy(limits: StormPolicy = STORMY, mode: Mode = Mode.LIVE) -> Policy:
    """The shipped policy with another cap."""
    return msgspec.structs.replace(POLICY, base=msgspec.structs.replace(POLICY.base, storm=limits, mode=mode))


def of_storm(traffic: Traffic) -> list[Escalation]:
    """What was said of the storm of disputes."""
    found = (output.data for output in traffic.said)
    return [each for each in found if isinstance(each, Escalation) and each.subject == SUBJECT]


def singles(traffic: Traffic) -> list[Escalation]:
    """What sessions raised."""
    return [each for each in traffic.raised() if each.session_id is not None]


def test_storm_begins_at_the_cap_and_says_how_many_show_the_same() -> None:
    traffic = Traffic(stormy(), spacing=10.0).run([DISPUTED] * CAP)
    (found,) = of_storm(traffic)
    row = next(each for each in POLICY.base.situations if each.name is Situation.SUPPORT_RESOLUTION)
    assert (found.situation, found.owner, found.human_role, found.rung) == (
        row.name,
        row.owner,
        row.human_role,
        row.rung,
    )
    assert (found.session_id, found.status, found.user_notice) == (None, EscalationStatus.RAISED, None)
    (reason,) = found.reasons
    assert (reason.signal, reason.rule, reason.value, reason.bound, reason.n) == ("storm", "storm", CAP, CAP, CAP)
    assert reason.text.startswith("6 sessions within 4 minutes show the same: the user disputes the answer")
    assert [each.offset for each in reason.evidence] == [0, 1, 2]
    assert found.counterfactual == "silent if fewer than 6 in 4 minutes"
    assert traffic.standing.storms == {"support_resolution": found.escalation_id}


def test_singles_of_a_storm_are_published_and_marked() -> None:
    traffic = Traffic(stormy(), spacing=10.0).run([DISPUTED] * 20)
    storm = of_storm(traffic)[0].escalation_id
    assert [each.merged_into for each in singles(traffic)] == [None] * CAP + [storm] * (20 - CAP)


def test_storm_is_said_again_only_when_it_doubled() -> None:
    traffic = Traffic(stormy(), spacing=10.0).run([DISPUTED] * 50)
    told = [(each.status, each.revision, each.reasons[0].n) for each in of_storm(traffic)]
    assert told == [("raised", 1, 6), ("updated", 2, 12), ("updated", 3, 24), ("updated", 4, 48)]
    assert {len(each.reasons) for each in of_storm(traffic)} == {1}


def test_storm_clears_after_a_calm_window_with_its_duration_and_total() -> None:
    traffic = Traffic(stormy(), spacing=10.0).run([DISPUTED] * 10 + [CALM] * 60)
    last = of_storm(traffic)[-1]
    assert last.status is EscalationStatus.CLEARED
    assert last.reasons[0].n == 10
    assert last.reasons[0].text == "10 sessions showed the same while it lasted"
    assert last.duration_seconds is not None
    fell = 70.0 + WINDOW  # then two are left in a window, fewer than half the cap; the sixth began it at 50 s
    assert last.duration_seconds == pytest.approx(fell + WINDOW - 50.0, abs=2 * WINDOW / STRETCHES)
    assert traffic.standing.storms == {}
    assert traffic.state is not None
    assert SUBJECT not in traffic.state.opened
    traffic.session(DISPUTED)
    assert singles(traffic)[-1].merged_into is None


def test_storm_after_a_silence_ends_on_the_first_turn_seen() -> None:
    traffic = Traffic(stormy(), spacing=10.0).run([DISPUTED] * 8)
    traffic.spacing = 10_000.0
    traffic.session(CALM)
    assert of_storm(traffic)[-1].status is EscalationStatus.CLEARED


def test_half_the_cap_keeps_a_storm_going() -> None:
    pattern = ([DISPUTED] + [CALM] * 6) * 30  # one in 70 s: three or four in 240 s, half the cap
    traffic = Traffic(stormy(), spacing=10.0).run([DISPUTED] * CAP + pattern)
    assert all(each.status is not EscalationStatus.CLEARED for each in of_storm(traffic))


def test_hard_rules_and_vulnerable_people_are_never_counted_nor_merged() -> None:
    traffic = Traffic(stormy(), spacing=1.0).run([{"distress": 0.9}, {"tool_not_allowed": 1.0}] * 20)
    assert traffic.standing.storms == {}
    traffic.run([DISPUTED] * 8 + [{"distress": 0.9}, {"tool_not_allowed": 1.0}])
    assert [each.merged_into for each in singles(traffic)[-2:]] == [None, None]


def test_shadow_has_no_storms_and_a_system_put_in_shadow_ends_its_own() -> None:
    traffic = Traffic(stormy(mode=Mode.SHADOW), spacing=1.0).run([DISPUTED] * 30)
    assert traffic.standing.storms == {}
    live = Traffic(stormy(), spacing=1.0).run([DISPUTED] * 10)
    live.policy = stormy(mode=Mode.SHADOW)
    live.session(CALM)
    assert of_storm(live)[-1].status is EscalationStatus.CLEARED


def test_storm_that_a_person_resolved_merges_nothing_more() -> None:
    folding = Folding(policy(storm=STORMY))
    folding.run(seen(float(at), escalations=(brief(f"e{at}"),)) for at in range(CAP))
    (storm,) = [each.escalation_id for each in folding.state.opened.values()]
    said = folding.add(answer(storm, verdict="justified", outcome="changed", reason="the tariff was wrong"))
    assert [output.data.storms for output in said if isinstance(output.data, Standing)] == [{}]
    assert folding.state.storms[Situation.SUPPORT_RESOLUTION].stretches == []


def test_storm_may_trip_a_breaker() -> None:
    breaker = msgspec.structs.replace(POLICY.base.breaker, trips={"storm": "step"})
    folding = Folding(policy(storm=STORMY, breaker=breaker))
    folding.run(seen(float(at), escalations=(brief(f"e{at}"),)) for at in range(CAP))
    assert folding.in_force() == "recommend"


def test_end_of_a_session_counts_nothing_twice() -> None:
    folding = Folding(policy(storm=STORMY))
    folding.run(
        seen(float(at), escalations=(brief("e", rule="open"),), final=final)
        for at in range(20)
        for final in (False, True)
    )
    assert folding.state.storms == {}


@pytest.mark.parametrize("calls", [10, 1_000])
def test_state_of_a_storm_does_not_grow_with_its_sessions(calls: int) -> None:
    folding = Folding(policy(storm=STORMY))
    folding.run(
        seen(600.0 * at / calls, escalations=(brief(f"e{at}", situation=row),))
        for at in range(calls)
        for row in Situation
    )
    storms = folding.state.storms
    assert Situation.VULNERABLE_CONTEXT not in storms
    assert len(msgspec.msgpack.encode(storms)) < 8_192
    assert load_system(dump_system(folding.state)).storms == storms


TALKS = st.lists(
    st.sampled_from([DISPUTED, DISPUTED, CALM, {"dispute": 0.9, "tool_not_allowed": 1.0}, {"distress": 0.9}])
)
LONG = TALKS.map(lambda some: (some * 60)[:120])


@given(LONG, st.integers(2, 12), st.sampled_from([1.0, 15.0, 40.0]))
@settings(max_examples=25, deadline=None)
def test_unmerged_calls_within_any_window_stay_within_the_cap_and_nothing_is_dropped(
    sessions: list[dict[str, float]], cap: int, spacing: float
) -> None:
    capped = Traffic(stormy(StormPolicy(raised=cap, window_seconds=WINDOW)), spacing=spacing).run(sessions)
    free = Traffic(stormy(StormPolicy(raised=1_000_000)), spacing=spacing).run(sessions)
    assert [(each.escalation_id, each.reasons) for each in singles(capped)] == [
        (each.escalation_id, each.reasons) for each in singles(free)
    ]
    hard = {"tool_not_allowed", "distress"}
    soft = [
        each.at
        for each in singles(capped)
        if each.merged_into is None and hard.isdisjoint(reason.signal for reason in each.reasons)
    ]
    assert all(sum(start <= at < start + WINDOW for at in soft) <= cap for start in soft)
    assert all(each.merged_into is None for each in free.raised())


@given(st.lists(st.tuples(st.floats(0, 400), st.integers(1, 3)), max_size=40), st.floats(1, 5_000))
def test_count_is_never_less_than_what_lies_within_the_window(steps: list[tuple[float, int]], seconds: float) -> None:
    storm, at, added = Storm(seconds=seconds), 0.0, []
    for step, count in steps:
        at += step
        storm.add(at, count, Evidence(turn=0))
        added.append((at, count))
        within = sum(each for when, each in added if when > at - seconds)
        most = sum(each for when, each in added if when >= at - seconds * (1 + 2 / STRETCHES))
        assert within <= storm.within(at) <= most
        assert len(storm.stretches) <= 2 * STRETCHES + 1
