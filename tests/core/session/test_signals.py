"""The session stage with the real signals: any annotations, stored anywhere, always under the cap."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.annotation import Annotation, Claim, Value
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.session.reducer import SessionState, observe
from monitor.core.session.shedding import MAX_STATE_BYTES, keep_small, size
from monitor.core.session.snapshot import dump_session, load_session
from monitor.core.signals import SIGNALS
from monitor.core.step import Step
from monitor.core.vocabulary import Role
from tests.core.fakes import POLICY, STANDING, TOPIC, make
from tests.strategies import annotations

turns = annotations(system_id=st.just("bot"), session_id=st.just("s"), ts=st.floats(1e9, 1.1e9))
histories = st.lists(turns, min_size=1, max_size=8)


def fold(state: SessionState | None, turn: Annotation, offset: int) -> Step[SessionState]:
    at = Position(TOPIC, 0, offset)
    return observe(state, turn, at=at, now=turn.ts, policy=POLICY, standing=STANDING)


@settings(max_examples=30, deadline=None)
@given(histories, st.sets(st.integers(0, 7)))
def test_observe_stored_and_loaded_anywhere_gives_the_same_outputs(history: list[Annotation], cuts: set[int]) -> None:
    cut: SessionState | None = None
    whole: SessionState | None = None
    for offset, turn in enumerate(history):
        one, other = fold(cut, turn, offset), fold(whole, turn, offset)
        assert one.outputs == other.outputs
        whole = other.state
        cut = load_session(dump_session(one.state)) if offset in cuts else one.state


@settings(max_examples=30, deadline=None)
@given(histories)
def test_observe_scores_are_those_of_the_signals_that_had_something_to_say_in_order(history: list[Annotation]) -> None:
    state: SessionState | None = None
    names = [signal.name for signal in SIGNALS]
    for offset, turn in enumerate(history):
        step = fold(state, turn, offset)
        state = step.state
        observed = msgspec.to_builtins(step.outputs[-1].data)
        if "duplicate" not in observed["flags"]:
            noticed = {name: each.value for name, each in state.noticed.items() if each.value is not None}
            assert observed["scores"] == noticed
            assert list(observed["scores"]) == [name for name in names if name in noticed]
            assert "session_risk" in observed["scores"]


def bulky(number: int) -> Annotation:
    """As much as a turn can carry."""
    role = (Role.USER, Role.ASSISTANT, Role.TOOL)[number % 3]
    words = tuple(f"word{number}x{index}" * 2 for index in range(64))
    claims = tuple(
        Claim(index, index + 9, tuple(f"{word}{index}" for word in words[:12]), ("1200 usd",)) for index in range(40)
    )
    digests = tuple(range(number * 1000, number * 1000 + 256))
    return make(
        number,
        {"valence": -0.9, "distress": 0.9, "dispute": 0.9, "question": 0.9},
        role=role,
        claims=claims if role is Role.ASSISTANT else (),
        mentions=digests,
        values=tuple(
            Value(digest, f"path.{digest}", 0.9) for digest in (*digests, *range(digests[-1], digests[-1] + 256))
        ),
        terms=words,
    )


def test_observe_bulky_turns_keep_the_state_under_its_cap_before_it_is_stored() -> None:
    state: SessionState | None = None
    flagged = False
    for number in range(150):
        step = fold(state, bulky(number), number)
        state = step.state
        found = step.outputs[-1].data
        assert isinstance(found, Observation)
        flagged = flagged or "truncated" in found.flags
        assert size(state) < MAX_STATE_BYTES
    assert flagged


def test_keep_small_growth_between_measurements_is_never_underestimated() -> None:
    state: SessionState | None = None
    for number in range(60):
        state = fold(state, bulky(number), number).state
        assert state.weight >= size(state)
    assert state is not None
    assert not keep_small(state, make(60), cap=10**9)
