"""What every signal must keep to, whatever it watches: one suite over all of SIGNALS."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.annotation import Annotation, ToolUse, Value
from monitor.core.policy.model import Limit, Order, RolePolicy, ToolPolicy
from monitor.core.rules import SYSTEM_SIGNALS
from monitor.core.signals import SIGNALS, signal
from monitor.core.signals.base import NOT_JUDGED, Score, Signal
from monitor.core.signals.describe import COUNTERFACTUAL_TEXT, REASON_TEXT, SYSTEM_TEXT
from monitor.core.signals.ledger import Ledger
from monitor.core.signals.roster import hears
from monitor.core.vocabulary import Autonomy, Role
from tests.builders import Fold, ai, call, claim, result, system_policy, user
from tests.strategies import annotations

NAMES = [one.name for one in SIGNALS]
HISTORIES = st.lists(annotations(), max_size=6)
STRICT = system_policy(
    tools=ToolPolicy(
        allowed=("*_*",),
        approval=("send_*",),
        irreversible=("delete_*",),
        limits=(Limit("few", "few calls", ("*",), "a", max_total=1.0, max_calls=2),),
        orders=(Order("first", "ask first", ("*_*",), after=("get_*",), agreed=True),),
    ),
    evidence_required=("sources",),
    role=RolePolicy(topics=("a*",), leaves_alone={"travel": ("flight", "museum price")}),
    risk_weights=dict.fromkeys(NAMES, 0.4),
)
"""A policy under which every signal has something to look for."""
CONTEXTS = st.fixed_dictionaries(
    {
        "ceiling": st.sampled_from(Autonomy),
        "granted": st.sampled_from(Autonomy),
        "incomplete": st.booleans(),
        "policy": st.just(STRICT),
    }
)
USE = ToolUse("look_up", 1)
MANY = 5_000
STATE_BYTES = 64 * 1024
slow_to_draw = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(params=SIGNALS, ids=NAMES)
def one(request: pytest.FixtureRequest) -> Signal:
    found: Signal = request.param
    return found


def restored(fold: Fold) -> Fold:
    """The same fold after all its states went through a snapshot."""
    again = Fold(fold.signals, **fold.context)
    again.turns = fold.turns
    again.ledger = msgspec.msgpack.decode(msgspec.msgpack.encode(fold.ledger), type=Ledger)
    for each in fold.signals:
        again.states[each.name] = reloaded(each, fold.states[each.name])
    return again


def reloaded(of: Signal, state: msgspec.Struct) -> msgspec.Struct:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=of.State)


def test_signals_names_are_unique_and_described() -> None:
    assert len(set(NAMES)) == len(NAMES) == 38
    assert set(NAMES) == set(REASON_TEXT)
    assert set(REASON_TEXT) | set(SYSTEM_TEXT) == set(NAMES) | set(SYSTEM_SIGNALS) == set(COUNTERFACTUAL_TEXT)
    assert NAMES[-1] == "session_risk"


def test_signal_of_a_name_is_the_listed_one(one: Signal) -> None:
    assert signal(one.name) is one


def test_signal_state_is_a_mutable_struct_with_defaults(one: Signal) -> None:
    config = one.State.__struct_config__
    assert issubclass(one.State, msgspec.Struct)
    assert not config.frozen
    assert one.State() == one.State()


def test_signal_fresh_states_share_nothing(one: Signal) -> None:
    first, second = one.State(), one.State()
    for name in one.State.__struct_fields__:
        shared = getattr(first, name)
        if isinstance(shared, list | dict | msgspec.Struct):
            assert shared is not getattr(second, name)


def check(name: str, score: Score, index: int) -> None:
    low = -1.0 if name == "sentiment" else 0.0
    assert score.value is None or low <= score.value <= 1.0
    assert score.n >= 1
    assert score.window in {"turn", "session"}
    assert all(0 <= pointer.turn <= index for pointer in score.evidence)


@slow_to_draw
@given(history=HISTORIES, context=CONTEXTS)
def test_signals_any_history_scores_in_range_with_evidence_not_of_the_future(
    history: list[Annotation], context: dict[str, Any]
) -> None:
    fold = Fold(**context)
    for index, turn in enumerate(history):
        for name, score in fold.add(turn).items():
            check(name, score, index)


@slow_to_draw
@given(history=HISTORIES, context=CONTEXTS)
def test_signals_on_a_turn_they_do_not_look_at_have_nothing_to_say_and_remember_nothing(
    history: list[Annotation], context: dict[str, Any]
) -> None:
    fold = Fold(**context)
    for turn in history:
        before = {each.name: msgspec.msgpack.encode(fold.states[each.name]) for each in SIGNALS}
        scores = fold.add(turn)
        for each in SIGNALS:
            if not hears(each, turn.role, tool=turn.tool is not None):
                assert scores[each.name] is NOT_JUDGED, each.name
                assert msgspec.msgpack.encode(fold.states[each.name]) == before[each.name], each.name


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("tool", [True, False])
def test_signals_that_look_at_a_turn_are_asked_in_order(role: Role, *, tool: bool) -> None:
    turn = Annotation(id="t", ts=0.0, system_id="bot", session_id="s", role=role, turn=0, tool=USE if tool else None)
    asked = [ear.name for ear in SIGNALS.kind(turn).ears]
    assert asked == [each.name for each in SIGNALS if hears(each, role, tool=tool)]
    assert asked[-1] == "session_risk"
    assert len(asked) < len(SIGNALS)


@slow_to_draw
@given(history=HISTORIES, context=CONTEXTS)
def test_signals_session_risk_is_known_at_every_turn(history: list[Annotation], context: dict[str, Any]) -> None:
    fold = Fold(**context)
    assert all(fold.add(turn)["session_risk"].value is not None for turn in history)


@slow_to_draw
@given(history=HISTORIES, context=CONTEXTS, data=st.data())
def test_signals_resumed_from_a_snapshot_at_any_cut_score_the_same(
    history: list[Annotation], context: dict[str, Any], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(history)))
    whole, first = Fold(**context), Fold(**context)
    expected = [whole.add(turn) for turn in history]
    found = [first.add(turn) for turn in history[:cut]]
    second = restored(first)
    found += [second.add(turn) for turn in history[cut:]]
    assert found == expected
    assert second.states == whole.states


@slow_to_draw
@given(history=HISTORIES, context=CONTEXTS)
def test_signals_states_survive_losing_the_older_half_of_any_collection(
    history: list[Annotation], context: dict[str, Any]
) -> None:
    """The snapshot's byte cap drops older halves (shedding): a signal must go on from what is left."""
    fold = Fold(**context)
    for index, turn in enumerate(history):
        for name, score in fold.add(turn).items():
            check(name, score, index)
        for state in fold.states.values():
            for field, kept in halves(state):
                setattr(state, field, kept)


def halves(state: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    for field in state.__struct_fields__:
        found = getattr(state, field)
        half = (len(found) + 1) // 2 if isinstance(found, dict | list | tuple) else 0
        if isinstance(found, dict):
            yield field, dict(list(found.items())[half:])
        elif isinstance(found, list | tuple):
            yield field, found[half:]


def test_signals_after_thousands_of_turns_keep_their_caps() -> None:
    fold = Fold(policy=system_policy(risk_weights=dict.fromkeys(NAMES, 0.5)))
    for index in range(MANY // 5):
        words = " ".join(f"w{index + step}" for step in range(8))
        for turn in busy_turns(index, words):
            fold.add(turn)
    assert fold.turns == MANY
    sizes = {name: len(msgspec.msgpack.encode(state)) for name, state in fold.states.items()}
    assert max(sizes.values()) <= STATE_BYTES
    assert sum(sizes.values()) <= 2 * STATE_BYTES


def busy_turns(index: int, words: str) -> list[Annotation]:
    """An exchange with nothing in it seen before, from a speaker nobody knows."""
    values = [f"v{index}-{step}" for step in range(8)]
    said = tuple(range(index * 8, index * 8 + 8))
    return [
        user(words, speaker=f"p{index}", valence=-0.5, dissatisfaction=0.7, mentions=said),
        call(f"tool_{index}", values),
        result(f"tool_{index}", values, 0.8),
        call(f"other_{index}", values),
        ai(words, claims=(claim(words, f"{index} day"),)),
    ]


def test_signals_equal_histories_give_equal_bytes() -> None:
    first, second = Fold(), Fold()
    for index in range(20):
        for turn in busy_turns(index, f"alpha beta{index}"):
            first.add(turn)
            second.add(turn)
    encode = msgspec.msgpack.encode
    assert [encode(state) for state in first.states.values()] == [encode(state) for state in second.states.values()]


@pytest.mark.parametrize("name", NAMES)
def test_signal_turn_in_an_unread_language_is_not_judged_by_its_words(name: str) -> None:
    """Nothing is known of a turn that only has length: no fact, no words, no tool, no declaration."""
    by_declaration = {"session_risk"}
    score = Fold().add(user(language=None))[name]
    assert score.value is None or name in by_declaration


def test_signals_value_struct_positions_are_digest_and_path() -> None:
    assert Value(1, "a") == Value(digest=1, path="a", instruction=0.0)
