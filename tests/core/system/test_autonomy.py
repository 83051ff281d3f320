import pytest

from monitor.core.breaker import first_sight
from monitor.core.events import Evidence, SystemReading
from monitor.core.system.autonomy import ENOUGH_SESSIONS, gaps, track_record
from monitor.core.system.autonomy_use import GRACE_SECONDS, overreach
from monitor.core.system.standing import standing_of
from monitor.core.system.state import SystemState
from monitor.core.vocabulary import Autonomy
from tests.core.systems import BAD, Folding, answer, brief, policy, seen

HERE = Evidence(0)
RULES = policy(evidence_required=("model card",))


def system(granted: Autonomy, **capabilities: Autonomy) -> SystemState:
    scopes = {"": granted, **capabilities}
    return SystemState(system_id="bot", breakers={name: first_sight(level, at=0.0) for name, level in scopes.items()})


def used(state: SystemState, level: Autonomy | None, scope: str = "") -> list[tuple[str, float, float]]:
    readings = overreach(state, scope, seen(autonomy=level, capability=scope), HERE)
    return [(reading.signal, reading.value, reading.bound) for reading in readings]


# use ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("granted", Autonomy)
@pytest.mark.parametrize("level", Autonomy)
def test_overreach_is_use_above_the_grant_and_nothing_else(granted: Autonomy, level: Autonomy) -> None:
    expected = [("autonomy_exceeded", float(level.rank), float(granted.rank))] if level.rank > granted.rank else []
    assert used(system(granted), level) == expected


def test_overreach_of_a_turn_that_does_not_say_its_autonomy_is_unknown() -> None:
    assert used(system(Autonomy.NONE), None) == []


def test_overreach_the_narrower_of_system_and_capability_counts() -> None:
    assert used(system(Autonomy.ACT, refunds=Autonomy.SUPPORT), Autonomy.ACT, "refunds")[0][2] == 1.0
    assert used(system(Autonomy.SUPPORT, refunds=Autonomy.ACT), Autonomy.ACT, "refunds")[0][2] == 1.0


def test_overreach_grace_begins_with_the_first_turn_after_the_change() -> None:
    state = system(Autonomy.SUPPORT)
    state.breakers[""].judges_from = None
    state.now = 5_000.0
    assert used(state, Autonomy.ACT) == []
    state.now = 5_000.0 + GRACE_SECONDS
    assert len(used(state, Autonomy.ACT)) == 1


def test_overreach_change_of_a_capability_leaves_the_systems_own_level_in_force() -> None:
    state = system(Autonomy.SUPPORT, refunds=Autonomy.ACT)
    state.breakers["refunds"].judges_from = None
    assert used(state, Autonomy.ACT, "refunds") == [("autonomy_exceeded", 3.0, 1.0)]


# evidence -------------------------------------------------------------------------------------------------------------


def by_name(readings: tuple[SystemReading, ...]) -> dict[str, SystemReading]:
    return {reading.signal: reading for reading in readings}


def test_gaps_of_a_system_nobody_knows_are_everything() -> None:
    found = gaps(system(Autonomy.SUPPORT), "", RULES.base)
    assert found[0] == f"0 of at least {ENOUGH_SESSIONS} sessions"
    assert "contradiction_rate: 0 of at least 20 judged turns" in found
    assert "no escalation of it was answered by a person yet" in found
    assert found[-1] == "model card"


def test_gaps_close_as_evidence_comes_in() -> None:
    folding = Folding(RULES)
    scores = {"self_contradiction": 0.0, "unsupported_claim": 0.0}
    folding.run(seen(float(at), session_id=f"s{at}", scores=scores) for at in range(ENOUGH_SESSIONS))
    folding.add(seen(200.0, turn=1, escalations=(brief("e1"),)))
    folding.add(answer("e1", verdict="justified"))
    assert gaps(folding.state, "", RULES.base) == ("model card",)


def test_gaps_of_a_capability_are_its_own() -> None:
    folding = Folding(RULES)
    folding.run(seen(float(at), session_id=f"s{at}", capability="calm") for at in range(ENOUGH_SESSIONS))
    folding.add(seen(500.0, capability="refunds"))
    assert "contradiction_rate: 1 of at least 20 judged turns" in gaps(folding.state, "refunds", RULES.base)


def test_track_record_has_each_rate_with_its_interval_and_what_speaks_against_the_system() -> None:
    folding = Folding(RULES)
    folding.run(seen(float(at), readings=BAD if at % 10 == 0 else (), turn=at) for at in range(15))
    found = by_name(track_record(folding.state, "", RULES.base))
    rate = found["contradiction_rate"]
    assert (rate.n, rate.harmful) == (15, True)
    assert rate.value == pytest.approx(2 / 15)
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < rate.value < rate.high
    assert (found["sessions"].value, found["turns"].value, found["breaker_trips"].harmful) == (1.0, 15.0, False)


def test_track_record_after_a_trip_says_so() -> None:
    folding = Folding(RULES)
    folding.run(seen(float(at), readings=BAD) for at in range(20))
    assert by_name(track_record(folding.state, "", RULES.base))["breaker_trips"].harmful


# standing -------------------------------------------------------------------------------------------------------------


def test_standing_has_ceiling_and_grant_of_every_scope() -> None:
    state = system(Autonomy.ACT, refunds=Autonomy.SUPPORT)
    state.breakers[""].ceiling = Autonomy.RECOMMEND
    standing = standing_of(state, "f" * 16)
    assert standing.ceilings == {"": Autonomy.RECOMMEND, "refunds": Autonomy.SUPPORT}
    assert standing.granted == {"": Autonomy.ACT, "refunds": Autonomy.SUPPORT}
