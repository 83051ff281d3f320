"""Grant and ceiling against what turns used: at once at first sight, after a grace when something changed."""

import pytest

from monitor.core.policy.model import BreakerPolicy
from monitor.core.system.autonomy_use import GRACE_SECONDS
from monitor.core.vocabulary import Autonomy, Role
from tests.core.observed import STEP_SECONDS, Log, of_system, ordered, policy, seen

NONE, SUPPORT, RECOMMEND, ACT = Autonomy
GRACE_TURNS = int(GRACE_SECONDS / STEP_SECONDS)


def noticed(log: Log) -> list[str]:
    return [reading.signal for reading in log.now.noticed]


@pytest.mark.parametrize(
    ("used", "granted", "found"),
    [(ACT, ACT, []), (ACT, RECOMMEND, ["autonomy_exceeded"]), (SUPPORT, RECOMMEND, []), (None, NONE, [])],
)
def test_overreach_first_turn_is_held_to_the_grant_at_once(
    used: Autonomy | None, granted: Autonomy, found: list[str]
) -> None:
    log = Log(policy(granted=granted))
    log.add(seen(autonomy=used))
    assert noticed(log) == found


def test_overreach_reading_names_the_level_and_points_at_the_turn() -> None:
    log = Log(policy(granted=SUPPORT))
    log.add(seen(autonomy=ACT, turn=7))
    reading = log.now.noticed[0]
    assert (reading.feature, reading.value, reading.bound) == ("act", ACT.rank, SUPPORT.rank)
    assert [pointer.turn for pointer in reading.evidence] == [7]


def test_overreach_after_a_change_the_system_has_time_to_hear_of_it() -> None:
    log = Log(policy(breaker=BreakerPolicy()))
    log.add(seen(autonomy=ACT), ordered("force_open", level=RECOMMEND))
    found = []
    for _ in range(GRACE_TURNS + 2):
        log.add(seen(autonomy=ACT))
        found.append(noticed(log))
    assert found == [[]] * GRACE_TURNS + [["ceiling_ignored"]] * 2


def test_overreach_narrowed_again_for_it_the_system_has_the_same_time_again() -> None:
    log = Log()
    log.add(seen(autonomy=ACT), ordered("force_open", level=RECOMMEND))
    log.add(*[seen(autonomy=ACT)] * (GRACE_TURNS + 1))
    assert (noticed(log), log.now.breakers[""].in_force) == (["ceiling_ignored"], SUPPORT)
    log.add(seen(autonomy=ACT))
    assert noticed(log) == []


def test_overreach_system_that_obeys_is_never_said_to_ignore() -> None:
    log = Log()
    log.add(seen(autonomy=ACT), ordered("force_open", level=RECOMMEND))
    for _ in range(GRACE_TURNS * 3):
        log.add(seen(autonomy=RECOMMEND))
        assert noticed(log) == []


def test_overreach_grace_does_not_run_while_the_system_is_silent() -> None:
    log = Log()
    log.add(seen(autonomy=ACT), ordered("force_open"))
    log.clock += 10 * GRACE_SECONDS
    log.add(seen(autonomy=SUPPORT))
    assert noticed(log) == []


def test_overreach_capability_is_held_to_the_whole_systems_ceiling_too() -> None:
    log = Log()
    log.add(seen(autonomy=ACT, capability="refunds"), ordered("force_open", level=SUPPORT))
    log.add(*[seen(autonomy=ACT, capability="refunds")] * (GRACE_TURNS + 1))
    assert [(each.signal, each.capability) for each in log.now.noticed] == [("ceiling_ignored", "refunds")]


def test_overreach_capability_with_a_narrower_grant_of_its_own_is_held_to_that() -> None:
    log = Log(policy({"refunds": of_system(granted=SUPPORT)}))
    log.add(seen(autonomy=ACT))
    assert noticed(log) == []
    log.add(seen(autonomy=ACT, capability="refunds"))
    assert [(each.signal, each.capability) for each in log.now.noticed] == [("autonomy_exceeded", "refunds")]


@pytest.mark.parametrize("given", [{"flags": ("duplicate",)}, {"final": True, "scores": {}, "role": Role.ASSISTANT}])
def test_overreach_what_is_no_new_turn_is_not_judged(given: dict[str, object]) -> None:
    log = Log(policy(granted=SUPPORT))
    log.add(seen(autonomy=ACT, **given))
    assert noticed(log) == []
