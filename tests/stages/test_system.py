import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.codec import binary
from monitor.core.errors import SnapshotError
from monitor.core.events import Reading
from monitor.core.interaction import Position
from monitor.core.log import LogRecord, Observation, Tick
from monitor.core.system.state import MAX_CAPABILITIES
from monitor.core.vocabulary import Autonomy
from monitor.ingest import Record
from monitor.stages.decision import Decisions, MemoryStates
from monitor.stages.log_entry import MAX_REASON, whole_numbers
from monitor.stages.system import MAX_SOURCES, MAX_SYSTEMS, SystemControl, SystemStage, load_control
from tests.core.observed import transitions
from tests.core.systems import INPUT, LOG, order, policy, seen
from tests.stages.feed import codes, logged, told

POLICY = policy()
COMMANDS = "oversight.commands.v1"


def stage(
    states: MemoryStates | None = None, control: SystemControl | None = None, guards: dict[str, int] | None = None
) -> SystemStage:
    held = MemoryStates() if states is None else states
    return SystemStage(0, held, policy=POLICY, control=control, guards=guards)


def turn(offset: int, source: int | None = None, ordinal: int = 0, **fields: Any) -> Record:  # noqa: ANN401 - any field
    place = Position(INPUT, 0, offset if source is None else source)
    return logged(offset, seen(float(offset), source=place, ordinal=ordinal, **fields))


def raw(offset: int, **fields: Any) -> Record:  # noqa: ANN401 - JSON
    return Record(Position(LOG, 0, offset), json.dumps(fields).encode(), b"bot")


def storable(folding: SystemStage, decisions: Decisions) -> SystemControl:
    """Whatever the stage decided can be sent and stored."""
    for output in decisions.outputs:
        binary(output)
    folding.writes()
    control = load_control(folding.control_record(0))
    assert control is not None
    return control


# guards ---------------------------------------------------------------------------------------------------------------


def test_decide_observation_seen_before_is_skipped_wherever_it_lies_in_the_log() -> None:
    folding = stage()
    decisions = folding.decide([turn(0), turn(1, source=1), turn(2, source=0), turn(3, source=1, ordinal=5)])
    assert (decisions.folded, decisions.skipped) == (3, 1)
    (state,) = folding.states()
    assert (state.turns, state.included) == (3, 3)


def test_decide_seen_is_noted_even_where_the_state_includes_the_record() -> None:
    """Seen before included: after a crash the states are newer than the places, which must fill up again."""
    states, folding = MemoryStates(), stage()
    folding.decide([turn(0), turn(1)])
    states.store(folding.writes())
    again = stage(states)
    assert again.decide([turn(0), turn(1)]).outputs == []
    assert again.decide([turn(2, source=1)]).skipped == 1
    (state,) = again.states()
    assert state.turns == 2


def test_decide_guarded_record_is_not_folded() -> None:
    folding = stage(guards={"0/bot": 1})
    assert folding.decide([turn(0), turn(1)]).outputs == []
    assert folding.decide([turn(2)]).outputs


def test_decide_relayed_twice_a_command_moves_once() -> None:
    folding = stage()
    command = order("force_open", source=Position(COMMANDS, 0, 7))
    decisions = folding.decide([logged(0, command), logged(1, command)])
    assert (len(transitions(decisions.outputs)), decisions.skipped) == (1, 1)


def test_decide_tick_moves_wall_time_forward_only() -> None:
    folding = stage()
    assert folding.decide([logged(0, Tick(wall=50.0, lag=3)), logged(1, Tick(wall=40.0, lag=9))]).outputs == []
    assert (folding.control.wall, folding.control.lag) == (50.0, 9)


def test_decide_rejects_what_is_no_log_record_and_goes_on() -> None:
    broken = Record(Position(LOG, 0, 0), b"{", b"bot")
    decisions = stage().decide([broken, Record(Position(LOG, 0, 1), None), raw(2, kind="gossip"), turn(3)])
    assert codes(decisions.rejected) == [(0, "invalid_json"), (1, "null_value"), (2, "wrong_type")]
    assert decisions.folded == 1


def test_noticed_is_that_of_the_last_record() -> None:
    folding = stage()
    folding.decide([turn(0), logged(1, order("request_autonomy", level=Autonomy.ACT))])
    folding.decide([turn(2)])
    assert folding.noticed == ()


# hostile records ------------------------------------------------------------------------------------------------------

COMMAND = {"kind": "command", "action": "force_open", "system_id": "bot", "issued_by": "kim", "reason": "because"}
TURN = msgspec.to_builtins(seen())
BRIEF = {
    "escalation_id": "e",
    "revision": 1,
    "status": "raised",
    "subject": "bot/s#low_risk_task",
    "situation": "low_risk_task",
    "rule": "r",
    "severity": "info",
    "response_seconds": 1,
    "owner": "o",
}
HUGE = 10**30
READING = Reading("dispute", 1.0, 0.5)


@pytest.mark.parametrize(
    "fields",
    [
        {**COMMAND, "expect_epoch": HUGE},
        {**COMMAND, "system_id": ""},
        {**COMMAND, "system_id": "a b"},
        {**COMMAND, "capability": "x" * 129},
        {**COMMAND, "at": 1e308},
        {**COMMAND, "level": "emperor"},
        {**TURN, "turn": HUGE},
        {**TURN, "ordinal": HUGE},
        {**TURN, "groups": [1, HUGE]},
        {**TURN, "at": -1e308},
        {**TURN, "source": {"topic": "t", "partition": 0, "offset": HUGE}},
        {**TURN, "escalations": [{**BRIEF, "revision": HUGE}]},
        {"kind": "tick", "wall": 1.0, "lag": HUGE},
    ],
)
def test_decide_what_no_state_could_hold_is_rejected(fields: dict[str, Any]) -> None:
    folding = stage()
    decisions = folding.decide([raw(0, **fields), turn(1)])
    assert codes(decisions.rejected) == [(0, "wrong_type")]
    storable(folding, decisions)


def _holds_whole_numbers(kind: msgspec.inspect.Type) -> bool:
    if isinstance(kind, msgspec.inspect.StructType):
        return any(_holds_whole_numbers(field.type) for field in kind.fields)
    if isinstance(kind, msgspec.inspect.UnionType):
        return any(map(_holds_whole_numbers, kind.types))
    if isinstance(kind, msgspec.inspect.VarTupleType):
        return _holds_whole_numbers(kind.item_type)
    return isinstance(kind, msgspec.inspect.IntType)


def test_read_entry_checks_every_field_of_an_observation_that_may_hold_a_whole_number() -> None:
    turn = msgspec.structs.replace(seen(), turn=1001, ordinal=1002, readings=(READING,), groups=(1003,))
    kind = msgspec.inspect.type_info(Observation)
    assert isinstance(kind, msgspec.inspect.StructType)
    holding = {field.name for field in kind.fields if _holds_whole_numbers(field.type)}
    checked = {
        name for name in turn.__struct_fields__ if any(getattr(turn, name) is each for each in whole_numbers(turn))
    }
    assert holding <= checked


@pytest.mark.parametrize(
    "fields",
    [
        {**COMMAND, "action": ""},
        {**COMMAND, "action": "f" * 5_000},
        {**COMMAND, "action": "grant"},
        {**COMMAND, "action": "grant", "level": "none"},
        {**COMMAND, "action": "request_autonomy"},
        {**COMMAND, "action": "request_autonomy", "level": "none"},
        {**COMMAND, "capability": "never seen"},
        {**COMMAND, "expect_epoch": -1},
        {**COMMAND, "issued_by": "", "reason": ""},
        {**COMMAND, "at": -5.0},
        {**TURN, "evaluations": {"": 1e308, "x": -1e308}},
        {**TURN, "features": {"length": -1e308, "latency_ms": 1e308, "valence": 1e308}},
        {**TURN, "escalations": [BRIEF]},
    ],
)
def test_decide_strange_but_legal_records_are_folded_and_can_be_stored(fields: dict[str, Any]) -> None:
    folding = stage()
    decisions = folding.decide([raw(0, **fields), turn(1)])
    assert decisions.rejected == []
    storable(folding, decisions)


def test_decide_orders_with_reasons_as_long_as_books_are_carried_out_and_stay_storable() -> None:
    folding = stage()
    book = {**COMMAND, "reason": "\u2603" * 300_000, "issued_by": "k" * 100_000}
    decisions = folding.decide([raw(offset, **book, capability=f"c{offset}") for offset in range(MAX_CAPABILITIES + 3)])
    assert decisions.rejected == []
    storable(folding, decisions)
    first = transitions(decisions.outputs)[0]
    assert (first.refused, len(first.reason)) == (None, MAX_REASON)


words = st.sampled_from(["", "bot", "kim", "\ud800", "\x00", "e1", "none", "act", "refunds"]) | st.text(max_size=5)
anything = st.none() | st.booleans() | st.integers() | st.floats() | words | st.lists(st.integers(), max_size=2)


@given(st.sampled_from([COMMAND, TURN, {"kind": "tick", "wall": 1.0}]), st.data())
@settings(max_examples=60, deadline=None)
def test_decide_any_value_in_any_field_is_folded_or_rejected(legal: dict[str, Any], data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(legal)), min_size=1, max_size=3, unique=True))
    fields = {**legal, **{name: data.draw(anything) for name in names}}
    folding = stage()
    decisions = folding.decide([raw(0, **fields)])
    assert decisions.folded + decisions.skipped + len(decisions.rejected) == 1
    storable(folding, decisions)


# the same whatever the batching ---------------------------------------------------------------------------------------


def test_decide_any_batching_with_restarts_says_the_same() -> None:
    log: list[LogRecord] = [
        seen(float(at), source=Position(INPUT, 0, at), capability="refunds" if at % 3 else "") for at in range(30)
    ]
    log[10:10] = [order("force_open", source=Position(COMMANDS, 0, 0))]
    log[20:20] = [order("release", expect_epoch=1, source=Position(COMMANDS, 0, 1))]
    records = [logged(offset, entry) for offset, entry in enumerate(log)]
    whole = stage().decide(records).outputs
    for size in (1, 7, 16):
        states, control, said = MemoryStates(), SystemControl(), []
        for start in range(0, len(records), size):
            folding = stage(states, control)
            said.extend(folding.decide(records[start : start + size]).outputs)
            states.store(folding.writes())
            control = storable(folding, Decisions())
        assert told(said) == told(whole)


# control record -------------------------------------------------------------------------------------------------------


def test_control_record_round_trip_keeps_the_places() -> None:
    folding = stage()
    folding.decide([turn(0, source=9, ordinal=2), logged(1, Tick(wall=5.0, lag=1))])
    control = load_control(folding.control_record(1))
    assert control == SystemControl(1, {f"{INPUT}/0": (9, 2)}, 5.0, 1, POLICY.fingerprint)
    assert stage(control=control).decide([turn(2, source=9, ordinal=2)]).skipped == 1


def test_load_control_without_a_record_is_none_and_garbage_is_an_error() -> None:
    assert load_control(None) is None
    with pytest.raises(SnapshotError):
        load_control(b"\xc1")


def test_decide_sources_without_end_do_not_outgrow_the_control_record() -> None:
    folding = SystemStage(0, MemoryStates(), policy=POLICY)
    named = [order("fly", source=Position("t" * 250, 0, 1))]
    named += [order("fly", source=Position("t" * 249, 2**31 - number, 2**62)) for number in range(MAX_SOURCES + 1)]
    rejected = folding.decide([logged(offset, each) for offset, each in enumerate(named)]).rejected
    assert codes(rejected) == [(0, "wrong_type"), (MAX_SOURCES + 1, "out_of_range")]
    assert len(folding.control_record(0)) < 1_000_000


# systems without end --------------------------------------------------------------------------------------------------

CAP = 3
NAMED = msgspec.structs.replace(POLICY, systems={"named": POLICY.base})


def capped(states: MemoryStates | None = None, control: SystemControl | None = None) -> SystemStage:
    held = MemoryStates() if states is None else states
    return SystemStage(0, held, policy=NAMED, control=control, max_systems=CAP)


def of_systems(names: Sequence[str]) -> list[Record]:
    return [turn(offset, system_id=name) for offset, name in enumerate(names)]


def test_decide_systems_without_end_are_refused_beyond_the_cap_and_the_rest_goes_on() -> None:
    folding = capped()
    decisions = folding.decide(of_systems(["a", "b", "c", "made-up", "a", "named", "made-up-2", "c"]))
    assert codes(decisions.rejected) == [(3, "too_many_systems"), (6, "too_many_systems")]
    assert decisions.folded == 6
    assert {state.system_id for state in folding.states()} == {"a", "b", "c", "named"}


def test_decide_two_thousand_made_up_systems_leave_no_more_states_than_the_cap() -> None:
    folding = SystemStage(0, MemoryStates(), policy=POLICY)
    decisions = folding.decide(of_systems([f"made-up-{number}" for number in range(2_000)]))
    assert (decisions.folded, len(decisions.rejected)) == (MAX_SYSTEMS, 2_000 - MAX_SYSTEMS)
    assert len(folding.writes()) == MAX_SYSTEMS


def test_decide_systems_refused_are_told_from_what_is_stored_as_from_memory() -> None:
    states, names = MemoryStates(), ["a", "b", "c"]
    folding = capped(states)
    folding.decide(of_systems(names))
    states.store(folding.writes())
    again = capped(states, load_control(folding.control_record(2)))
    more = [turn(3, system_id="d"), turn(4, system_id="c"), turn(5, system_id="named")]
    assert codes(again.decide(more).rejected) == [(3, "too_many_systems")]


@given(st.lists(st.sampled_from("abcdefg") | st.just("named"), min_size=1, max_size=24), st.integers(0, 24), st.data())
@settings(max_examples=200, deadline=None)
def test_decide_again_after_a_crash_refuses_the_same_systems(
    names: list[str], settled: int, data: st.DataObject
) -> None:
    """Whatever part of the last writes was stored, and whatever was read before them."""
    log, states = of_systems(names), MemoryStates()
    folding = capped(states)
    before = folding.decide(log[:settled])
    states.store(folding.writes())
    control = load_control(folding.control_record(settled - 1))
    folding.settled()
    first = folding.decide(log[settled:])
    written = folding.writes()
    states.store(written[: data.draw(st.integers(0, len(written)))])
    again = capped(states, control).decide(log[settled:])
    assert codes(again.rejected) == codes(first.rejected)
    assert set(told(again.outputs)) <= set(told(first.outputs))
    assert codes(before.rejected + first.rejected) == codes(capped().decide(log).rejected)
