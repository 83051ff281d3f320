import contextlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import SnapshotError
from monitor.core.session.shedding import MAX_STATE_BYTES, keep_small, shed, size
from monitor.core.session.snapshot import dump_session, load_session
from monitor.core.session.state import SessionState
from monitor.core.signals.ledger import Ledger
from tests.core.fakes import FAKES, FactSignal, fold, make, observation, run


def full_state() -> SessionState:
    turns = [make(n, {"dispute": 0.7, "distress": 0.9, "confusion": 0.4}, terms=("x",) * 40) for n in range(70)]
    return run(turns)[0]


def test_snapshot_round_trip_repeats_the_state() -> None:
    state = full_state()
    again = load_session(dump_session(state), signals=FAKES)
    assert msgspec.structs.replace(state, noticed={}) == again


def test_load_session_unknown_signal_is_left_out_and_the_next_observation_says_so() -> None:
    data = dump_session(full_state())
    state = load_session(data, signals=FAKES[:3])
    assert set(state.signals) <= {signal.name for signal in FAKES[:3]}
    assert "signal_restarted" in observation(fold(state, make(70), 70, signals=FAKES[:3]).outputs).flags
    assert "signal_restarted" not in observation(fold(state, make(71), 71, signals=FAKES[:3]).outputs).flags


def test_load_session_signal_of_another_shape_starts_fresh() -> None:
    class Other(msgspec.Struct):
        turns: str = ""

    signals = tuple(FactSignal(signal.name, Other) if signal.name == "dispute" else signal for signal in FAKES)
    state = load_session(dump_session(full_state()), signals=signals)
    assert "dispute" not in state.signals
    assert state.restarted == ("dispute",)
    assert "confusion" in state.signals


def test_load_session_of_before_there_was_a_ledger_keeps_the_signals_and_says_so() -> None:
    schema, stored = msgspec.msgpack.decode(dump_session(full_state()))
    del stored["ledger"]
    state = load_session(msgspec.msgpack.encode((schema, stored)), signals=FAKES)
    assert state.signals == full_state().signals
    assert state.ledger == Ledger()
    assert "signal_restarted" in observation(fold(state, make(70), 70).outputs).flags


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"{}", msgspec.msgpack.encode((99, {})), msgspec.msgpack.encode((1, 7))]
)
def test_load_session_foreign_bytes_are_a_snapshot_error(data: bytes) -> None:
    with pytest.raises(SnapshotError):
        load_session(data)


@given(st.binary(max_size=200))
def test_load_session_any_bytes_load_or_are_a_snapshot_error(data: bytes) -> None:
    with contextlib.suppress(SnapshotError):
        load_session(data)


@settings(deadline=None, max_examples=30)
@given(st.integers(9000, 30_000))
def test_dump_session_never_exceeds_its_cap_and_flags_what_was_dropped(cap: int) -> None:
    state = full_state()
    before = size(state)
    data = dump_session(state, cap=cap)
    assert len(data) <= cap
    assert state.truncated == (before > cap - 16)
    assert load_session(data, signals=FAKES).opened == state.opened


def test_shed_drops_the_oldest_first() -> None:
    state = full_state()
    shed(state, size(state) // 2)
    seen = state.signals["dispute"].seen
    assert seen == full_state().signals["dispute"].seen[-len(seen) :]


def test_keep_small_under_the_cap_changes_nothing() -> None:
    state = full_state()
    before = msgspec.msgpack.encode(state.signals)
    assert not keep_small(state, make(71), cap=10**9)
    assert msgspec.msgpack.encode(state.signals) == before


def test_keep_small_over_the_cap_sheds_and_says_so() -> None:
    state = full_state()
    cap = size(state)
    state.weight = cap
    assert keep_small(state, make(71), cap=cap)
    assert size(state) <= cap // 2 + 8
    assert state.truncated


def test_dump_session_lets_go_of_what_a_package_would_name_where_nothing_else_is_left() -> None:
    state = full_state()
    state.memory.tools = ["t" * 8_000 for _ in range(16)]
    assert len(dump_session(state)) <= MAX_STATE_BYTES
    assert state.truncated
