import pytest

from monitor.core.events import Evidence, Reading
from monitor.core.policy.model import Bound
from monitor.core.system.rates import SHARES, fold_rates, is_clear, restart, sample
from monitor.core.system.state import SystemState
from monitor.core.vocabulary import EscalationStatus, Role
from monitor.core.window import Rate
from tests.core.systems import BAD, STEPPED_OVER, brief, policy, seen

HERE = Evidence(0)
BOUND = Bound(0.10, 0.05, min_samples=50)
RULES = policy(rates={"contradiction_rate": BOUND}).base


def fold(state: SystemState, hits: list[bool], rules: object = RULES) -> list[str]:
    """The names of the rates that crossed, turn by turn."""
    found: list[str] = []
    for hit in hits:
        readings = fold_rates(state, "", {"contradiction_rate": hit}, rules, HERE)  # type: ignore[arg-type]
        found.extend(reading.signal for reading in readings)
    return found


@pytest.mark.parametrize(
    ("scores", "readings", "expected"),
    [
        ({}, (), {"overreach_rate": False, "escalation_rate": False}),
        ({"self_contradiction": None}, (), {"overreach_rate": False, "escalation_rate": False}),
        (
            {"self_contradiction": 0.0},
            (),
            {"overreach_rate": False, "escalation_rate": False, "contradiction_rate": False},
        ),
        (
            {"source_contradiction": 1.0},
            (Reading("source_contradiction", 1.0, 0.7),),
            {"overreach_rate": False, "escalation_rate": False, "contradiction_rate": True},
        ),
        (
            {"unsupported_claim": 0.95},
            STEPPED_OVER,
            {"overreach_rate": True, "escalation_rate": False, "unsupported_rate": False},
        ),
    ],
)
def test_sample_counts_only_turns_on_which_the_signal_was_judged(
    scores: dict[str, float | None], readings: tuple[Reading, ...], expected: dict[str, bool]
) -> None:
    assert sample(seen(scores=scores, readings=readings)) == expected


@pytest.mark.parametrize("role", [Role.USER, Role.TOOL, Role.STAFF])
def test_sample_of_others_turns_is_empty(role: Role) -> None:
    assert sample(seen(role=role, readings=BAD)) == {}


def test_sample_escalation_rate_counts_raised_ones_only() -> None:
    assert sample(seen(escalations=(brief("e"),)))["escalation_rate"]
    assert not sample(seen(escalations=(brief("e", status=EscalationStatus.UPDATED),)))["escalation_rate"]


def test_sample_knows_every_share() -> None:
    everything = seen(scores={"self_contradiction": 0.0, "unsupported_claim": 0.0})
    assert sample(everything).keys() == SHARES.keys()


def test_fold_rates_crosses_only_with_enough_samples() -> None:
    state = SystemState(system_id="bot")
    assert fold(state, [True] * 49) == []
    assert fold(state, [True]) == ["contradiction_rate"]


def test_fold_rates_does_not_cross_while_the_rate_may_as_well_lie_below() -> None:
    state = SystemState(system_id="bot")
    assert fold(state, [index % 8 == 0 for index in range(56)]) == []  # 0.125 of 56: surely only 0.062


def test_fold_rates_says_it_once_and_clears_with_hysteresis() -> None:
    state = SystemState(system_id="bot")
    assert fold(state, [True] * 200) == ["contradiction_rate"]
    rate = state.rates[""]["contradiction_rate"]
    while rate.interval()[0] >= BOUND.clear_at:
        assert fold(state, [False]) == []
    assert "/contradiction_rate" in state.active, "below the raise bound, not yet surely below the clear bound"
    while "/contradiction_rate" in state.active:
        fold(state, [False])
    assert rate.interval()[1] < BOUND.clear_at
    assert not rate.crossed


def test_fold_rates_reading_has_interval_and_pointers() -> None:
    state = SystemState(system_id="bot")
    hit = {"contradiction_rate": True}
    (reading,) = [each for turn in range(50) for each in fold_rates(state, "refunds", hit, RULES, Evidence(turn))]
    assert (reading.value, reading.bound, reading.n, reading.capability) == (1.0, 0.10, 50, "refunds")
    assert reading.low == pytest.approx(0.9287, abs=1e-4)
    assert [pointer.turn for pointer in reading.evidence] == [47, 48, 49]


def test_fold_rates_without_a_bound_counts_and_never_alarms() -> None:
    state = SystemState(system_id="bot")
    assert fold(state, [True] * 100, policy(rates={}).base) == []
    assert state.rates[""]["contradiction_rate"].hits == 100


def test_fold_rates_bound_that_the_policy_took_away_ends_what_was_active() -> None:
    state = SystemState(system_id="bot")
    fold(state, [True] * 50)
    fold(state, [True], policy(rates={}).base)
    assert state.active == {}


def test_fold_rates_window_of_another_length_starts_afresh() -> None:
    state = SystemState(system_id="bot")
    fold(state, [True] * 40)
    hourly = Bound(0.10, 0.05, min_samples=50, params={"window_seconds": 3600.0})
    assert fold(state, [True] * 49, policy(rates={"contradiction_rate": hourly}).base) == []
    assert state.rates[""]["contradiction_rate"].n == 49


def test_is_clear_without_enough_samples_is_false() -> None:
    assert not is_clear(Rate(n=49), BOUND)
    assert is_clear(Rate(n=100), BOUND)


def test_restart_leaves_other_scopes_and_names_alone() -> None:
    state = SystemState(system_id="bot", rates={"": {"a": Rate(n=1), "b": Rate(n=1)}, "x": {"a": Rate(n=1)}})
    restart(state, "", ("a",))
    restart(state, "nobody's")
    assert {scope: {name: rate.n for name, rate in rates.items()} for scope, rates in state.rates.items()} == {
        "": {"a": 0, "b": 1},
        "x": {"a": 1},
    }
