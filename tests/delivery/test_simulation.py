"""Fault schedules against the whole protocol: a plain loop over seeds, and hypothesis choosing the faults itself."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.delivery.__main__ import main, run
from tests.delivery.check import check
from tests.delivery.world import FAULTS, World

SEEDS = 150


@pytest.mark.parametrize("first", range(0, SEEDS, 30))
def test_simulation_of_thirty_fault_schedules_keeps_every_promise(first: int) -> None:
    broken = {seed: violation for seed in range(first, first + 30) if (violation := run(seed)[1])}
    assert broken == {}


def test_simulation_of_one_seed_twice_tells_the_same_story() -> None:
    first, second = run(7)[0], run(7)[0]
    assert first.notes == second.notes
    assert [log.history for log in first.broker.logs.values()] == [log.history for log in second.broker.logs.values()]


def test_simulation_undisturbed_emits_each_event_once() -> None:
    world = World(3, faults=False)
    world.network.heal()
    world.run()
    check(world)
    sent = [record.value for record in world.broker.logs["out", 0].history]
    assert len(sent) == len(set(sent)) > 0


def test_command_on_a_broken_rule_prints_the_seed_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "50", "--without", "SEEN"]) == 1
    assert "VIOLATED" in capsys.readouterr().out


def test_command_on_all_rules_reports_its_progress(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "2"]) == 0
    assert "2 seeds" in capsys.readouterr().out


class Faults(RuleBasedStateMachine):
    """Hypothesis decides what goes wrong and when; the world's own randomness is one of its choices too."""

    world: World

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.world = World(seed, faults=False)

    @rule(kind=st.sampled_from(sorted(FAULTS)))
    def fail(self, kind: str) -> None:
        self.world.fault(kind)

    @rule(seconds=st.sampled_from((0.01, 0.1, 1.0, 4.0, 11.0)))
    def wait(self, seconds: float) -> None:
        self.world.clock.run_until(self.world.clock.now + seconds)

    def teardown(self) -> None:
        self.world.clock.run_until(max(self.world.clock.now, 60.0))
        check(self.world)


TestFaults = Faults.TestCase
TestFaults.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
