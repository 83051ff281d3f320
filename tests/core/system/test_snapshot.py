import msgspec
import pytest

from monitor.core.errors import SnapshotError
from monitor.core.log import Observation
from monitor.core.policy.model import DriftPolicy
from monitor.core.snapshot import dump, load
from monitor.core.system.snapshot import MAX_SYSTEM_BYTES, SYSTEM_SCHEMA, _Stored, dump_system, load_system
from monitor.core.system.state import MAX_CAPABILITIES, MAX_FOLLOWED, SystemState
from monitor.core.system.tally import Tally
from monitor.core.told import MAX_RULES
from monitor.core.vocabulary import Autonomy, Situation
from tests.core.systems import BAD, STEPPED_OVER, Folding, brief, order, policy, seen, told

RULES = policy()


def drifting(turns: range) -> list[Observation]:
    """Turns whose refusals jump at the two hundredth, and whose evaluation falls at the three hundredth."""
    return [
        seen(
            float(at),
            features={"refusal": float(at % 10 == 0) if at < 200 else 1.0, "length": 40.0 + at % 7},
            evaluations={"grounded": 4.0 + (at % 5) / 10 - (2.0 if at >= 300 else 0.0)},
        )
        for at in turns
    ]


def lived() -> Folding:
    folding = Folding(RULES)
    folding.run(drifting(range(150)))
    folding.run(seen(200.0, readings=BAD, capability="refunds", escalations=(brief("e1"),)) for _ in range(25))
    folding.add(order("request_autonomy", capability="refunds", level=Autonomy.ACT))
    return folding


@pytest.mark.parametrize("cut", [1, 29, 30, 31, 150, 199, 205, 231, 310, 420])
def test_snapshot_at_any_cut_resumes_detectors_identically(cut: int) -> None:
    whole, first = Folding(RULES), Folding(RULES)
    whole.run(drifting(range(420)))
    first.run(drifting(range(cut)))
    resumed = Folding(RULES, load_system(dump_system(first.state)), first=cut)
    resumed.run(drifting(range(cut, 420)))
    assert told(first.said + resumed.said) == told(whole.said)
    assert dump_system(resumed.state) == dump_system(whole.state)
    assert any(output.type == "oversight.escalation.raised.v1" for output in whole.said), "there was drift"


def test_snapshot_round_trip_keeps_everything_but_the_readings_of_the_last_record() -> None:
    state = lived().state
    assert state.opened
    assert state.followed
    found = load_system(dump_system(state))
    for name in set(SystemState.__struct_fields__) - {"noticed", "detectors", "restarted"}:
        assert getattr(found, name) == getattr(state, name), name
    assert found.detectors.keys() == state.detectors.keys()
    assert (found.noticed, found.restarted) == ((), ())


def test_snapshot_of_another_river_version_restarts_the_detectors_and_says_which() -> None:
    data = dump_system(lived().state)
    stored = load(data, _Stored, SYSTEM_SCHEMA)
    stored.detectors["refusal"].library = "0.1.0"
    found = load_system(dump(stored, SYSTEM_SCHEMA))
    assert found.restarted == ("refusal",)
    folding = Folding(RULES, found, first=1_000)
    assert folding.run(drifting(range(150, 160))) == []


def test_snapshot_with_other_drift_parameters_starts_afresh_under_the_new_policy() -> None:
    rules = policy(drift=DriftPolicy(delta=0.01, grace=50, features=RULES.base.drift.features))
    folding = Folding(rules, load_system(dump_system(lived().state)), first=1_000)
    folding.run(drifting(range(150, 151)))
    assert folding.state.detectors["refusal"].parameters.grace == 50


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x92\x01\x80", dump(Autonomy.ACT, SYSTEM_SCHEMA)])  # type: ignore[arg-type]
def test_load_of_what_is_no_snapshot_is_an_error(data: bytes) -> None:
    with pytest.raises(SnapshotError):
        load_system(data)


def test_load_of_another_schema_is_an_error() -> None:
    with pytest.raises(SnapshotError, match="schema"):
        load_system(dump(SystemState(system_id="bot"), SYSTEM_SCHEMA + 1))


def fullest(letter: str = "r") -> SystemState:
    """Every cap reached: capabilities with long names and reasons, open escalations of each, all that is followed."""
    folding = Folding(policy(granted=Autonomy.SUPPORT))
    for index in range(MAX_CAPABILITIES):
        name = f"{index:03}" + "c" * 125
        folding.add(order("force_open", capability=name, reason=letter * 1_000, level=Autonomy.SUPPORT))
        folding.add(order("request_autonomy", capability=name, level=Autonomy.ACT, reason=letter * 1_000))
        folding.run(seen(100.0, capability=name, autonomy=Autonomy.ACT, readings=BAD + STEPPED_OVER) for _ in range(2))
    crowd = {f"evaluation number {index}" * 4: float(index) for index in range(60)}
    folding.run(seen(200.0, evaluations=crowd) for _ in range(300))
    folding.run(
        seen(300.0, session_id="s" * 200, readings=BAD, escalations=(brief(f"{index:032}", subject="b" * 300),))
        for index in range(MAX_FOLLOWED + 5)
    )
    return folding.state


def test_fullest_state_fits_into_a_record() -> None:
    state = fullest()
    data = dump_system(state)
    assert len(data) <= MAX_SYSTEM_BYTES
    assert len(state.breakers) == MAX_CAPABILITIES
    assert dump_system(load_system(data)) == data


def test_what_is_never_dropped_fits_into_two_thirds_of_a_record() -> None:
    """Breakers with reasons of four bytes a letter, rates, and a tally of every rule that a policy may have."""
    state = fullest("\N{GRINNING FACE}")
    keys = [f"{Situation.HIGH_STAKES_DECISION}/{index:03}{'r' * 125}" for index in range(MAX_RULES)]
    tallies = {key: Tally(justified=10**6, not_justified=10**6, changed=10**6, meaning="m" * 32) for key in keys}
    kept = msgspec.structs.replace(state, followed={}, due={}, detectors={}, opened={}, cooling={})
    full = msgspec.structs.replace(kept, tallies=tallies, shadowed=tuple(keys))
    assert len(dump_system(full)) <= MAX_SYSTEM_BYTES * 2 // 3
    assert load_system(dump_system(full)).tallies == tallies


def test_dump_over_its_cap_drops_what_serves_comfort_and_keeps_breakers() -> None:
    state = fullest()
    bare = msgspec.structs.replace(state, followed={}, due={}, detectors={}, opened={})
    least = len(dump_system(bare))
    data = dump_system(state, cap=least + 10_000)
    assert len(data) <= least + 10_000
    assert load_system(data).breakers == state.breakers
    with pytest.raises(SnapshotError, match="at most"):
        dump_system(state, cap=least - 1)
