from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.log import LogRecord
from monitor.core.policy.model import BreakerPolicy
from monitor.core.system.snapshot import dump_system, load_system
from monitor.core.vocabulary import Autonomy, EscalationStatus, Role
from tests.core.observed import breakers, standings, transitions
from tests.core.systems import BAD, STEPPED_OVER, Folding, answer, brief, order, policy, seen, told

OFTEN = BreakerPolicy(trips={"contradiction_rate": "step", "overreach_rate": "support"}, hold_seconds=100.0)
PROPERTY = policy(breaker=OFTEN)
levels = st.none() | st.sampled_from(Autonomy)
turns = st.builds(
    seen,
    at=st.sampled_from([0.0, 10.0, 500.0, 5_000.0, 90_000.0]) | st.floats(-1e6, 1e9),
    turn=st.integers(0, 3),
    role=st.sampled_from(Role),
    capability=st.sampled_from(["", "refunds", "advice"]),
    autonomy=levels,
    readings=st.sampled_from([(), BAD, STEPPED_OVER]),
    scores=st.sampled_from([{"self_contradiction": 0.1}, {"self_contradiction": None}, {}]),
    features=st.sampled_from([{}, {"length": 5.0, "refusal": 1.0}, {"latency_ms": 1e308, "valence": -7.0}]),
    evaluations=st.sampled_from([{}, {"grounded": 4.5}, {"x": float("nan")}, {"x": 1e308}, {"x": -1e308}]),
    escalations=st.sampled_from([(), (brief("e1"),), (brief("e1", status=EscalationStatus.CLEARED, revision=3),)]),
    flags=st.sampled_from([(), (), ("duplicate",)]),
    final=st.booleans(),
)
orders = st.builds(
    order,
    st.sampled_from(["force_open", "release", "reset", "grant", "request_autonomy", "", "fly"]),
    capability=st.sampled_from(["", "refunds", "never seen"]),
    level=levels,
    expect_epoch=st.none() | st.integers(-1, 4),
    at=st.none() | st.floats(-1e12, 1e12),
    reason=st.sampled_from(["", "because"]),
    issued_by=st.sampled_from(["", "kim"]),
)
answers = st.builds(
    answer,
    st.sampled_from(["e1", "nobody's", ""]),
    verdict=st.sampled_from([None, "justified", "unheard of"]),
    outcome=st.sampled_from([None, "changed", "unheard of"]),
)
# one bad turn forty times is what trips a breaker: single records would hardly ever get there
logs = st.lists(
    st.one_of(turns.map(lambda turn: [turn]), turns.map(lambda turn: [turn] * 25), orders.map(lambda one: [one]))
    | answers.map(lambda one: [one]),
    max_size=10,
).map(lambda parts: [record for part in parts for record in part])


@given(logs)
@settings(max_examples=40, deadline=None)
def test_any_log_keeps_the_promises_and_is_the_same_twice(log: list[LogRecord]) -> None:
    folding = Folding(PROPERTY)
    epochs: dict[str, int] = {}
    version, now = 0, 0.0
    for record in log:
        before = {scope: (each.in_force, each.epoch) for scope, each in _breakers(folding).items()}
        outputs = folding.add(record)
        for scope, breaker in _breakers(folding).items():
            assert breaker.in_force.rank <= breaker.granted.rank
            level, epoch = before.get(scope, (Autonomy.ACT, 0))
            assert breaker.epoch >= epoch
            moved = [each for each in transitions(outputs) if each.capability == scope and each.refused is None]
            assert breaker.epoch - epoch == len(moved)
            if breaker.in_force.rank > level.rank:
                assert {each.trigger for each in moved} & {"recover", "release", "reset", "grant", "force_open"}
                assert all(each.trigger == "recover" or each.issued_by is not None for each in moved)
        for published in breakers(outputs):
            assert published.epoch >= epochs.get(published.capability, 0)
            epochs[published.capability] = published.epoch
        for standing in standings(outputs):
            assert standing.version == version + 1
            version = standing.version
        if folding.said:
            assert folding.state.now >= now
            now = folding.state.now
    again = Folding(PROPERTY)
    again.run(log)
    assert told(again.said) == told(folding.said)
    assert len({output.id for output in folding.said}) == len(set(told(folding.said)))


def _breakers(folding: Folding) -> dict[str, Any]:
    return folding.state.breakers if folding.said else {}


@given(logs, st.data())
@settings(max_examples=30, deadline=None)
def test_any_log_cut_anywhere_by_a_snapshot_goes_on_identically(log: list[LogRecord], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, max(1, len(log) - 1)))
    whole, first = Folding(PROPERTY), Folding(PROPERTY)
    whole.run(log)
    first.run(log[:cut])
    if not first.said:
        return
    resumed = Folding(PROPERTY, load_system(dump_system(first.state)), first=cut)
    resumed.run(log[cut:])
    assert told([*first.said, *resumed.said]) == told(whole.said)
    assert dump_system(resumed.state) == dump_system(whole.state)
