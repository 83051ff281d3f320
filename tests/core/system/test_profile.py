from typing import Any

import pytest

from monitor.core.system.profile import (
    MAX_QUIET,
    NUMBERS,
    PARTS,
    QUIET_SECONDS,
    QUIET_SESSIONS,
    Profile,
    begun,
    is_over,
    measured,
    quiet_seconds,
)
from monitor.core.vocabulary import Role
from tests.core.observed import seen


def profile(*turns: dict[str, Any], whole: bool = True) -> Profile:
    found = begun(seen(begins=whole), now=0.0, sessions=1)
    for each in turns:
        found.add(seen(**{"scores": {}, **each}))
    return found


SAYS: dict[str, Any] = {"features": {"length": 20.0, "call": 0.0}}
CALLS: dict[str, Any] = {"features": {"call": 1.0}}


def test_value_is_the_mean_over_the_turns_that_have_it() -> None:
    found = profile({"features": {"refusal": 1.0}}, {"features": {"refusal": 0.0}}, {"features": {}})
    assert found.value("refusal") == 0.5
    assert found.value("hedging") is None


def test_value_counts_what_it_said_and_called_and_what_it_announced() -> None:
    found = profile(SAYS, CALLS, CALLS, SAYS)
    assert (found.answers, found.calls, found.narrated) == (2, 2, 1)
    assert found.value("narration") == 0.5
    assert found.value("calls") == NUMBERS["calls"].scale.to_unit(2.0)


def test_value_of_a_count_is_unknown_where_the_beginning_was_not_seen() -> None:
    found = profile(SAYS, CALLS, whole=False)
    assert found.value("calls") is None
    assert found.value("narration") == 1.0


def test_value_narration_without_a_call_is_unknown() -> None:
    assert profile(SAYS).value("narration") is None


@pytest.mark.parametrize(
    ("role", "expected"),
    [(Role.ASSISTANT, {"refusal": 1.0, "contradiction": 0.7}), (Role.TOOL, {"tool_error": 1.0}), (Role.USER, {})],
)
def test_measured_takes_of_each_turn_what_is_its_own(role: Role, expected: dict[str, float]) -> None:
    turn = seen(
        role=role,
        features={"refusal": 1.0, "tool_error": 1.0, "unheard of": 1.0, "length": float("nan")},
        scores={"self_contradiction": 0.2, "source_contradiction": 0.7, "unsupported_claim": None},
    )
    assert dict(measured(turn)) == expected


@pytest.mark.parametrize(
    ("now", "sessions", "over"),
    [
        (QUIET_SECONDS - 1, QUIET_SESSIONS, False),
        (QUIET_SECONDS, 1, True),
        (0.0, QUIET_SESSIONS + 1, True),
    ],
)
def test_is_over_when_silent_for_long_or_overtaken_by_many(now: float, sessions: int, over: bool) -> None:  # noqa: FBT001
    assert is_over(profile(), now, sessions) is over


def test_is_over_waits_longer_for_a_slow_system_within_bounds() -> None:
    slow = quiet_seconds(100_000.0)
    assert not is_over(profile(), QUIET_SECONDS, 1, slow)
    assert is_over(profile(), slow, 1, slow)
    assert quiet_seconds(10.0) == QUIET_SECONDS
    assert quiet_seconds(1e12) == MAX_QUIET


def test_tool_mix_shares_the_calls_out_and_the_last_part_takes_what_has_none_of_its_own() -> None:
    tools = [f"tool-{number}" for number in range(PARTS["tool_mix"] + 2)]
    found = profile(*({"features": {"call": 1.0, f"tool.{tool}": 1.0}} for tool in [tools[0], *tools]))
    known: list[str] = []
    shares = found.tool_mix(known)
    assert known == tools[: PARTS["tool_mix"]]
    assert shares[0] == pytest.approx(2 / 11)
    assert shares[-1] == pytest.approx(3 / 11)
    assert sum(each or 0.0 for each in shares) == pytest.approx(1.0)


def test_tool_mix_of_a_session_without_calls_is_unknown() -> None:
    known: list[str] = []
    assert profile(SAYS).tool_mix(known) == [None] * PARTS["tool_mix"]
    assert known == []


def test_topic_shares_are_of_the_users_words_only() -> None:
    asked = {"role": Role.USER, "features": {"topics.1": 3.0, "topics.2": 1.0}}
    found = profile(asked, {"features": {"topics.1": 9.0, "call": 0.0}})
    assert found.topic_shares()[:4] == [0.0, 0.75, 0.25, 0.0]
    assert profile(SAYS).topic_shares() == [None] * PARTS["topics"]
