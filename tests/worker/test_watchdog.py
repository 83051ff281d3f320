"""When a partition counts as stalled: lag, and no progress, and a broker that answers, for long enough."""

from collections.abc import Mapping
from typing import Any

import pytest

from monitor.config import Settings
from monitor.worker.watchdog import Partition, Watchdog

A, B = ("in", 0), ("in", 1)


class Scripted(Watchdog):
    """Log ends from a dict; None is a broker that does not answer."""

    def __init__(self, progress: dict[Partition, int], ends: Mapping[Partition, int | None]) -> None:
        self.recoveries: dict[Partition, int] = {}
        super().__init__(Settings(stall_timeout=60.0), lambda: progress, lambda: self.recoveries)
        self.ends = ends

    def _end(self, consumer: Any, source: Partition) -> int | None:  # noqa: ANN401 - unused here
        end = self.ends[source]
        if end is None:
            self._moved.pop(source, None)
        return end

    def look(self, now: float) -> str | None:
        return self._look(None, now)


def watchdog() -> Watchdog:
    return Watchdog(Settings(stall_timeout=60.0), dict)


@pytest.mark.parametrize(("now", "stalled"), [(159.9, False), (160.0, True), (1000.0, True)])
def test_stalled_lag_without_progress_for_the_timeout(*, now: float, stalled: bool) -> None:
    dog = watchdog()
    assert dog.stalled(A, 7, 3, 100.0) is None
    assert (dog.stalled(A, 7, 3, now) is not None) is stalled


def test_stalled_reason_names_partition_place_and_what_waits() -> None:
    dog = watchdog()
    dog.stalled(A, 7, 3, 0.0)
    assert dog.stalled(A, 7, 3, 75.0) == "in-0 stands at 7 with 3 records waiting for 75 s"


def test_stalled_any_progress_starts_the_time_anew() -> None:
    dog = watchdog()
    for now in range(0, 600, 50):
        assert dog.stalled(A, now, 3, float(now)) is None


def test_stalled_without_lag_is_idle() -> None:
    dog = watchdog()
    for now in range(0, 600, 50):
        assert dog.stalled(A, 7, 0, float(now)) is None
    assert dog.stalled(A, 7, 1, 600.0) is None, "the lag is new"


def test_stalled_partitions_are_told_apart() -> None:
    dog = watchdog()
    dog.stalled(A, 7, 3, 0.0)
    assert dog.stalled(B, 7, 3, 100.0) is None
    assert dog.stalled(A, 7, 3, 100.0) is not None


def test_look_broker_without_answer_starts_the_time_anew() -> None:
    ends: dict[Partition, int | None] = {A: 10}
    dog = Scripted({A: 7}, ends)
    assert dog.look(0.0) is None
    ends[A] = None
    assert dog.look(50.0) is None
    ends[A] = 10
    assert dog.look(100.0) is None
    assert dog.look(160.0) is not None


def test_look_partition_that_left_has_no_lag_and_no_past() -> None:
    progress = {A: 7, B: 0}
    dog = Scripted(progress, {A: 10, B: 5})
    dog.look(0.0)
    assert dog.lag() == {A: 3, B: 5}
    del progress[A]
    progress[B] = 5
    dog.look(50.0)
    assert dog.lag() == {B: 0}
    progress[A] = 7
    assert dog.look(100.0) is None


def test_look_recovery_that_gets_no_further_for_the_timeout_is_named() -> None:
    dog = Scripted({}, {A: 10, B: 10})
    dog.recoveries = {A: 3, B: 3}
    assert dog.look(0.0) is None
    dog.recoveries[B] = 4
    assert dog.look(59.9) is None
    assert dog.look(60.0) == "in-0 was assigned, and its recovery gets no further for 60 s"
    del dog.recoveries[A]
    assert dog.look(100.0) is None
    assert dog.look(130.0) is not None, "the other one hangs since then"


def test_look_recovery_that_moves_however_slowly_goes_on() -> None:
    dog = Scripted({}, {A: 10})
    for now in range(0, 6_000, 50):
        dog.recoveries[A] = now
        assert dog.look(float(now)) is None


def test_look_recovery_without_a_broker_is_no_stall_and_starts_the_time_anew() -> None:
    ends: dict[Partition, int | None] = {A: 10}
    dog = Scripted({}, ends)
    dog.recoveries = {A: 3}
    assert dog.look(0.0) is None
    ends[A] = None
    assert dog.look(70.0) is None
    ends[A] = 10
    assert dog.look(71.0) is None
    assert dog.look(131.0) is not None


def test_look_partition_assigned_again_has_no_past() -> None:
    dog = Scripted({}, {A: 10})
    dog.recoveries = {A: 3}
    dog.look(0.0)
    dog.recoveries = {}
    dog.look(50.0)
    dog.recoveries = {A: 3}
    assert dog.look(100.0) is None
    assert dog.look(159.0) is None
