"""Drift by session through the system stage: what is told, once, in which words, and when nobody is called."""

from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.events import Escalation, SystemReading
from monitor.core.log import Observation
from monitor.core.system.profile import MAX_OPEN
from monitor.core.system.snapshot import dump_system
from monitor.core.system.usual import ENOUGH
from monitor.core.vocabulary import Role
from tests.core.observed import Log, escalations, seen
from tests.core.systems import POLICY

CALM: dict[str, float] = {}


def talk(name: str, draw: Random, **usual: float) -> Iterator[Observation]:
    """A session: the user asks, the AI calls a tool, hears of it and answers; ``usual``: means that differ."""
    length, latency = usual.get("length", 40.0), usual.get("latency_ms", 900.0)
    fails = float(draw.random() < usual.get("tool_error", 0.05))
    answer = {
        "length": draw.gauss(length, length / 8),
        "latency_ms": draw.gauss(latency, latency / 8),
        "valence": draw.gauss(usual.get("valence", 0.1), 0.2),
        "refusal": float(draw.random() < usual.get("refusal", 0.05)),
    }
    turns: list[tuple[Role, dict[str, float]]] = [
        (Role.USER, {"valence": -1.0}),
        (Role.ASSISTANT, {"call": 1.0}),
        (Role.TOOL, {"tool_error": fails}),
        (Role.ASSISTANT, {**answer, "call": 0.0}),
    ]
    for index, (role, features) in enumerate(turns):
        yield seen(session_id=name, turn=index, role=role, features=features, scores={}, begins=index == 0)


def day(seed: int, before: dict[str, float], after: dict[str, float], n: int = 60) -> list[Observation]:
    """So many sessions of one kind, then of another."""
    draw = Random(seed)
    kinds = [*[before] * n, *[after] * n]
    return [turn for place, usual in enumerate(kinds) for turn in talk(f"s-{place}", draw, **usual)]


def told(turns: list[Observation], **options: Any) -> tuple[list[SystemReading], list[Escalation], Log]:  # noqa: ANN401
    log = Log(POLICY, **options)
    noticed = [reading for turn in turns for _ in [log.add(turn)] for reading in log.now.noticed]
    return noticed, escalations(log.outputs), log


@pytest.mark.parametrize(
    ("feature", "direction", "change"),
    [
        ("refusal", "up", {"refusal": 0.8}),
        ("latency_ms", "up", {"latency_ms": 4_000.0}),
        ("length", "down", {"length": 12.0}),
        ("valence", "down", {"valence": -0.6}),
        ("tool_error", "up", {"tool_error": 0.8}),
    ],
)
def test_change_for_the_worse_is_told_once_with_feature_direction_means_and_number(
    feature: str, direction: str, change: dict[str, float]
) -> None:
    noticed, raised, _ = told(day(3, CALM, change))
    assert {reading.feature for reading in noticed} == {feature}
    (reading,) = noticed
    assert (reading.signal, reading.direction, reading.harmful) == ("drift", direction, True)
    assert (reading.value > reading.bound) is (direction == "up")
    assert 60 <= reading.n < 80
    (escalation,) = raised
    assert f"{feature} went {direction} from {reading.bound:.3g} to {reading.value:.3g}" in escalation.reasons[0].text


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("worse", "feature"),
    [
        ({"refusal": 0.8}, "refusal"),
        ({"latency_ms": 4_000.0}, "latency_ms"),
        ({"valence": -0.6}, "valence"),
        ({"tool_error": 0.8}, "tool_error"),
    ],
)
def test_change_for_the_better_is_listed_and_calls_nobody(worse: dict[str, float], feature: str, seed: int) -> None:
    noticed, raised, _ = told(day(seed, worse, CALM))
    assert feature in {reading.feature for reading in noticed}
    assert not any(reading.harmful for reading in noticed)
    assert raised == []


@pytest.mark.parametrize("seed", range(4))
def test_sessions_as_ever_tell_nothing(seed: int) -> None:
    noticed, raised, _ = told(day(seed, CALM, CALM, 150))
    assert noticed == []
    assert raised == []


def test_a_users_own_mood_is_no_drift_of_the_system() -> None:
    turns = [
        msgspec.structs.replace(turn, features={"valence": 1.0}) if turn.role is Role.USER and place > 240 else turn
        for place, turn in enumerate(day(1, CALM, CALM))
    ]
    assert told(turns)[0] == []


def test_sessions_that_lie_across_one_another_show_the_same_change() -> None:
    sessions = [
        list(talk(f"s-{place}", Random(place), **({"refusal": 0.9} if place >= 60 else {}))) for place in range(120)
    ]
    pairs = [
        pair for one, other in zip(sessions[::2], sessions[1::2], strict=True) for pair in zip(one, other, strict=True)
    ]
    noticed, _, _ = told([turn for pair in pairs for turn in pair])
    assert [reading.feature for reading in noticed] == ["refusal"]


@given(cut=st.integers(0, 400))
@settings(max_examples=10, deadline=None)
def test_state_stored_between_any_two_turns_tells_the_same(cut: int) -> None:
    turns = day(5, CALM, {"refusal": 0.8}, 50)
    whole, first = Log(POLICY), Log(POLICY)
    whole.add(*turns)
    first.add(*turns[:cut])
    resumed = Log(POLICY, stored=True)
    resumed.state, resumed.clock = first.state, first.clock
    resumed.outputs.extend(first.outputs)
    for turn in turns[cut : cut + 5]:
        resumed.add(turn)
    rest = Log(POLICY)
    rest.state, rest.clock = resumed.state, resumed.clock
    rest.add(*turns[cut + 5 :])
    assert dump_system(rest.now) == dump_system(whole.now)


def test_sessions_kept_at_once_are_bounded_and_small() -> None:
    log, draw = Log(POLICY), Random(1)
    crowd = [list(talk(f"s-{place}", draw)) for place in range(3 * MAX_OPEN)]
    for step in range(4):
        for session in crowd:
            log.add(msgspec.structs.replace(session[step], at=1_000_000.0, begins=False))
            assert len(log.now.going) <= MAX_OPEN
    assert len(msgspec.msgpack.encode(log.now.going)) < 20_000


def test_another_tool_is_named_and_what_users_ask_for_is_listed_only() -> None:
    def kind(number: int) -> tuple[dict[str, float], dict[str, float]]:
        asked, tool = ("topics.1", "tool.search") if number < 60 else ("topics.5", "tool.refund")
        return {asked: 4.0}, {"call": 1.0, tool: 1.0}

    turns = [
        seen(session_id=f"s-{number}", turn=turn, role=role, features=features, scores={}, begins=turn == 0)
        for number in range(120)
        for turn, (role, features) in enumerate(zip((Role.USER, Role.ASSISTANT), kind(number), strict=True))
    ]
    noticed, raised, _ = told(turns)
    assert {reading.feature for reading in noticed} & {"tool_mix.search", "tool_mix.refund"}
    assert "topics" in {reading.feature for reading in noticed}
    assert raised == []


@pytest.mark.parametrize(("latency_ms", "turns"), [(900.0, None), (150_000.0, 4)])
def test_sessions_of_a_slow_system_are_not_cut_at_its_own_silences(latency_ms: float, turns: int | None) -> None:
    log = Log(POLICY)
    log.add(*(seen(session_id=f"s-{number}", features={"latency_ms": latency_ms}) for number in range(ENOUGH)))
    for at in (log.clock + 200.0 * number for number in range(4)):
        log.add(seen(session_id="last", at=at), seen(session_id="another", at=at + 190.0))
    assert log.state is not None
    last = log.state.going.get("last")
    assert (last and last.turns) == turns
