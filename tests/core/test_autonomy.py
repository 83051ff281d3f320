"""The record behind a request for more autonomy: what was seen, and what is missing."""

from monitor.core.autonomy import ENOUGH_SESSIONS, gaps, track_record
from tests.core.observed import Log, answered, of_system, policy, raised, seen

POLICY = of_system(evidence_required=("autonomy",))


def record_of(log: Log, scope: str = "") -> dict[str, tuple[float, int, bool]]:
    found = track_record(log.now, scope, POLICY)
    return {reading.signal: (reading.value, reading.n, reading.harmful) for reading in found}


def test_track_record_new_system_has_everything_missing() -> None:
    log = Log()
    log.add(answered("nobody's"))
    found = gaps(log.now, "", POLICY)
    assert found[0] == f"0 of at least {ENOUGH_SESSIONS} sessions"
    assert "contradiction_rate: 0 of at least 20 judged turns" in found
    assert "unsupported_rate: 0 of at least 1 judged turns" in found
    assert found[-1] == "autonomy"


def test_track_record_counts_sessions_turns_rates_and_answers() -> None:
    log = Log()
    for session in range(ENOUGH_SESSIONS):
        log.add(seen(turn=0, session_id=f"s{session}"))
    log.add(seen("self_contradiction", escalations=(raised(),)), answered(verdict="justified", outcome="changed"))
    found = record_of(log)
    assert found["sessions"] == (100.0, 100, False)
    assert found["turns"] == (101.0, 101, False)
    assert found["contradiction_rate"] == (1 / 101, 101, False)
    assert found["escalation_rate"] == (1 / 101, 101, False)
    assert found["reviews"] == (1.0, 1, False)
    assert gaps(log.now, "", POLICY) == ("autonomy",)


def test_track_record_gives_each_rate_its_interval() -> None:
    log = Log()
    log.add(*[seen()] * 30)
    rates = [reading for reading in track_record(log.now, "", POLICY) if reading.signal.endswith("_rate")]
    assert len(rates) == 4
    assert all(reading.low == 0.0 and reading.high is not None and reading.high < 0.12 for reading in rates)


def test_track_record_rate_above_its_bound_and_trips_speak_against() -> None:
    log = Log()
    log.add(*[seen("self_contradiction")] * 45)
    found = record_of(log)
    assert found["contradiction_rate"][2]
    assert found["breaker_trips"] == (2.0, 2, True)


def test_track_record_of_a_capability_has_its_own_rates() -> None:
    log = Log(policy())
    log.add(*[seen(capability="refunds")] * 3, *[seen()] * 2)
    assert record_of(log, "refunds")["overreach_rate"][1] == 3
    assert record_of(log)["overreach_rate"][1] == 5
    assert "overreach_rate: 3 of at least 20 judged turns" in gaps(log.now, "refunds", POLICY)
