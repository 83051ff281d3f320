from collections import Counter
from itertools import pairwise
from random import Random

import msgspec
import pytest

from monitor.core.channels import COMMANDS, INTERACTIONS
from monitor.core.vocabulary import Situation
from monitor.demo.script import SYSTEMS, scenes
from monitor.demo.slots import drawn
from monitor.demo.traffic import DAY_SECONDS, Event, day, traffic
from tests.contracts.schemas import errors

END = 1_760_000_000.0
SEEDS = (1, 7, 4711)
CALM_SHARE = 0.75


def turns_of(seed: int) -> list[Event]:
    return [event for event in traffic(seed, ends_at=END) if event.topic == INTERACTIONS]


def test_traffic_same_seed_gives_the_same_bytes() -> None:
    first, second = (msgspec.json.encode(list(traffic(7, ends_at=END))) for _ in range(2))
    assert first == second


def test_traffic_another_seed_gives_another_day() -> None:
    assert list(traffic(1, ends_at=END)) != list(traffic(2, ends_at=END))


@pytest.mark.parametrize("seed", SEEDS)
def test_traffic_every_record_satisfies_its_schema(seed: int) -> None:
    names = {INTERACTIONS: "interaction.v1", COMMANDS: "command.v1"}
    for event in traffic(seed, ends_at=END):
        assert errors(names[event.topic], event.value) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_traffic_is_ordered_by_event_time_within_the_day(seed: int) -> None:
    times = [event.at for event in traffic(seed, ends_at=END)]
    assert times == sorted(times)
    assert times[0] >= END - DAY_SECONDS
    assert times[-1] <= END


def test_traffic_keeps_a_session_under_one_key_and_in_order() -> None:
    seen: dict[str, int] = {}
    for event in turns_of(7):
        assert isinstance(event.value, dict)
        assert event.key == event.value["session_id"]
        assert event.value["turn"] == seen.get(event.key, -1) + 1
        seen[event.key] = event.value["turn"]


def test_traffic_interleaves_sessions() -> None:
    keys = [event.key for event in turns_of(7)]
    switches = sum(one != other for one, other in pairwise(keys))
    assert switches > 2 * len(set(keys))


def test_traffic_leaves_no_slot_open() -> None:
    told = msgspec.json.encode([event.value for event in turns_of(7)]).decode()
    assert "|" not in told
    for name in drawn(Random(1)):
        assert f"{{{name}}}" not in told


@pytest.mark.parametrize("seed", SEEDS)
def test_day_is_calm_in_the_majority(seed: int) -> None:
    sessions = day(seed, ends_at=END)
    assert sum(not session.scene.expects for session in sessions) >= CALM_SHARE * len(sessions)


def test_day_has_every_system_and_every_row() -> None:
    sessions = day(7, ends_at=END)
    assert {session.scene.system["system"] for session in sessions} == set(SYSTEMS)
    intended = Counter(row for session in sessions for row in session.scene.expects)
    assert set(intended) == set(Situation)


def test_day_has_near_misses_that_expect_nothing() -> None:
    near = [scene for scene in scenes() if scene.near]
    assert len(near) >= 8
    assert not any(scene.expects for scene in near)


def test_day_of_more_turns_has_more_calm_sessions_only() -> None:
    short, long = (day(7, turns=turns, ends_at=END) for turns in (1_200, 2_400))
    troubled = [sum(bool(session.scene.expects) for session in sessions) for sessions in (short, long)]
    assert troubled[0] == troubled[1]
    assert len(long) > len(short)
