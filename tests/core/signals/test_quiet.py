"""Signals that are not asked: what they say of themselves (``quiet``, ``rests``) is what their ``update`` does."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.annotation import Annotation, Fact
from monitor.core.interaction import Position
from monitor.core.policy.model import SystemPolicy
from monitor.core.session.reducer import SessionState
from monitor.core.session.scores import Heard, frame_of, score
from monitor.core.signals import SIGNALS, Roster
from monitor.core.signals.base import NOT_JUDGED, ZERO, Quiet, Signal
from monitor.core.table import table_of
from monitor.core.vocabulary import Autonomy, Delivery, Role, Stake
from tests.builders import ai, call, claim, tool, user
from tests.core.fakes import POLICY, STANDING, TOPIC
from tests.core.signals.test_contract import STRICT
from tests.strategies import FACTS, annotations, unit

SAYS: Mapping[tuple[str, Role], Quiet] = {
    (each.name, quiet.role): quiet for each in SIGNALS for quiet in getattr(each, "quiet", ())
}
USUALLY_EMPTY: dict[str, st.SearchStrategy[Any]] = {
    "stakes": st.just(()),
    "declared_stakes": st.just(()),
    "decision_type": st.none(),
    "decision_final": st.just(False),
    "decision_reversible": st.none(),
    "claims": st.just(()),
    "mentions": st.just(()),
    "sources": st.just(0),
    "source_conflict": st.none(),
    "autonomy": st.none(),
    "intent": st.none(),
}


@st.composite
def calm_turns(draw: st.DrawFn) -> Annotation:
    """Ordinary turns on which hardly anything shows: at most two facts, and two fields that are usually empty."""
    looked_for = draw(st.sets(st.sampled_from(FACTS)) | st.just(set(FACTS)))
    facts = {name: Fact(0.0) for name in sorted(looked_for)}
    facts |= {name: Fact(draw(unit)) for name in draw(st.lists(st.sampled_from(FACTS), max_size=2))}
    filled = draw(st.sets(st.sampled_from(sorted(USUALLY_EMPTY)), max_size=2))
    empty = {name: value for name, value in USUALLY_EMPTY.items() if name not in filled}
    ordinary = {"words": st.integers(1, 9), "delivery": st.just(Delivery.DELIVERED), "tool": st.none()}
    found: Annotation = draw(annotations(facts=st.just(facts), **ordinary, **empty))
    return found


HISTORIES = st.lists(st.one_of(calm_turns(), calm_turns(), annotations()), max_size=8)


class Restless:
    """A signal that says nothing of itself, so that it is always asked."""

    def __init__(self, signal: Signal) -> None:
        self.name, self.State, self.update = signal.name, signal.State, signal.update


ASKED = Roster(Restless(each) for each in SIGNALS)


class Session:
    """Turns folded through the session stage's scores."""

    def __init__(self, roster: Roster, policy: SystemPolicy = POLICY.base) -> None:
        self.roster, self.policy = roster, policy
        self.state = SessionState(system_id="bot", session_id="s")
        self.turns = 0

    def add(self, turn: Annotation) -> Heard:
        at = Position(TOPIC, 0, self.turns)
        frame = frame_of(turn, self.turns, at=at, now=turn.ts, policy=POLICY, standing=STANDING)
        self.turns += 1
        return score(self.state, msgspec.structs.replace(frame, policy=self.policy), self.roster)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=HISTORIES, incomplete=st.booleans(), policy=st.sampled_from((POLICY.base, STRICT)))
def test_signals_asked_only_where_a_turn_shows_them_something_say_and_remember_the_same(
    history: list[Annotation], policy: SystemPolicy, *, incomplete: bool
) -> None:
    some, everybody = Session(SIGNALS, policy), Session(ASKED, policy)
    some.state.incomplete = everybody.state.incomplete = incomplete
    for turn in history:
        assert msgspec.to_builtins(some.add(turn)) == msgspec.to_builtins(everybody.add(turn))
        assert msgspec.msgpack.encode(some.state.signals) == msgspec.msgpack.encode(everybody.state.signals)
    assert list(some.state.signals) == ([each.name for each in SIGNALS] if history else [])
    assert SIGNALS.unheard == {each.name: each.State() for each in SIGNALS}, "shared by all sessions"


SHOWN: dict[str, dict[str, Any]] = {
    **{name: {"facts": {name: Fact(0.9)}} for name in FACTS},
    **{f"only {name}": {"facts": {name: Fact(0.0)}, "others": False} for name in FACTS},
    "stakes": {"stakes": (Stake.HEALTH,)},
    "declared_stakes": {"declared_stakes": (Stake.MONEY,), "stakes": (Stake.MONEY,)},
    "amounts": {"amounts": (120.0,)},
    "decision_type": {"decision_type": "denial"},
    "decision_final": {"decision_final": True, "decision_type": "denial"},
    "decision_reversible": {"decision_reversible": False},
    "claims": {"claims": (claim("museum opens monday", "9:00"),)},
    "mentions": {"mentions": (1, 2)},
    "sources": {"sources": 2, "support": 0.1},
    "source_conflict": {"source_conflict": 0.8},
    "autonomy": {"autonomy": Autonomy.ACT},
    "intent": {"intent": "travel"},
    "call": {"tool": tool("send_money")},
    "approved call": {"tool": tool("publish_post", approved_by="kim")},
    "only a decision": {"decision_type": "denial", "others": False},
    "a decision by its flag": {"decision_final": True},
    "a grave decision": {"facts": {"final_decision": Fact(0.9)}, "stakes": (Stake.HEALTH,)},
    "a grave no": {"facts": {"denial": Fact(0.9)}, "stakes": (Stake.ACCESS,), "declared_stakes": (Stake.ACCESS,)},
    "a grave decision by its flag": {"decision_final": True, "stakes": (Stake.HEALTH,)},
    "table": {"table": table_of([{"inn": frozenset(("hart",))}, {"inn": frozenset(("heron",))}])},
    "draft": {"delivery": Delivery.DRAFT},
    "nothing in words": {"words": 0},
}
"""What one turn can show: each fact alone, each fact looked for alone, each field, and what weighs only together."""
OPENING = (user("hello"), ai("hello"), user("museum opening"))


def showing(
    role: Role,
    *,
    others: bool = True,
    facts: Mapping[str, Fact] = MappingProxyType({}),
    **fields: Any,  # noqa: ANN401 - any field of Annotation
) -> Annotation:
    """A turn of a role that shows this and nothing else; without ``others`` no other fact was looked for."""
    known = {**(dict.fromkeys(FACTS, Fact(0.0)) if others else {}), **facts}
    return msgspec.structs.replace(user("museum"), role=role, facts=known, **fields)


@pytest.mark.parametrize("policy", [POLICY.base, STRICT], ids=["shipped", "strict"])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("shown", SHOWN)
def test_signals_of_each_thing_a_turn_can_show_say_and_remember_the_same_as_when_always_asked(
    shown: str, role: Role, policy: SystemPolicy
) -> None:
    """One by one, at the beginning of a session and in the middle, then calm turns: nothing is left to luck."""
    calm = [showing(each) for each in (Role.USER, Role.ASSISTANT, Role.TOOL, Role.STAFF, Role.USER, Role.ASSISTANT)]
    turn = showing(role, **SHOWN[shown])
    for history in ([turn, *calm], [*OPENING, turn, *calm], [*OPENING, turn, *calm[1:], turn]):
        some, everybody = Session(SIGNALS, policy), Session(ASKED, policy)
        for each in history:
            assert some.add(each) == everybody.add(each)
            assert msgspec.msgpack.encode(some.state.signals) == msgspec.msgpack.encode(everybody.state.signals)


@pytest.mark.parametrize(("name", "role"), SAYS)
def test_signal_that_says_when_it_is_quiet_is_not_asked_then(name: str, role: Role) -> None:
    """So that no declaration is dead: after an ordinary exchange the state rests."""
    session = Session(SIGNALS)
    for turn in (user("hello", valence=0.1), ai("hello"), user("good", valence=0.1)):
        session.add(turn)
    (one,) = (each for each in SIGNALS if each.name == name)
    assert getattr(one, "rests", lambda _: True)(session.state.signals[name])
    turn = msgspec.structs.replace(user("fine"), role=role, facts=dict.fromkeys(FACTS, Fact(0.0)))
    kind = SIGNALS.kind(turn)
    (ear,) = (ear for ear in kind.ears if ear.name == name)
    assert not kind.shown(turn) & ear.bit
    assert kind.scores[name] is (ZERO if SAYS[name, role].known else SAYS[name, role].unknown)


@pytest.mark.parametrize(("name", "role"), SAYS)
def test_signal_is_asked_where_a_turn_shows_what_it_looks_for(name: str, role: Role) -> None:
    says = SAYS[name, role]
    assert {*says.facts, *says.known} <= set(FACTS)
    calm = msgspec.structs.replace(user("fine"), role=role, facts=dict.fromkeys(FACTS, Fact(0.0)))
    for fact in says.facts:
        turn = msgspec.structs.replace(calm, facts={**calm.facts, fact: Fact(0.01)})
        assert name in asked(turn)
    filled = {"stakes": ("money",), "declared_stakes": ("money",), "decision_reversible": False, "source_conflict": 0.0}
    for field in says.fields:
        turn = msgspec.structs.replace(calm, **{field: filled.get(field, 1)})
        assert name in asked(turn)
    assert name not in asked(calm)


def asked(turn: Annotation) -> set[str]:
    """Who is asked on a turn that finds every state at rest."""
    kind = SIGNALS.kind(turn)
    return {ear.name for ear in kind.ears if kind.shown(turn) & ear.bit}


@pytest.mark.parametrize("turn", [user(), ai("sent", delivery=Delivery.DRAFT), call("look_up"), ai(words=0)])
def test_signals_are_all_asked_on_a_turn_that_is_not_ordinary(turn: Annotation) -> None:
    expected = {ear.name for ear in SIGNALS.kind(turn).ears}
    assert (asked(turn) == expected) is (turn.role is not Role.USER)


def test_signals_nothing_is_known_where_no_fact_was_looked_for() -> None:
    kind = SIGNALS.kind(user("hallo", language=None))
    assert kind.scores["urgency"] is NOT_JUDGED
    assert SIGNALS.kind(user("hello")).scores["urgency"] is ZERO


def test_roster_kinds_of_turns_beyond_the_cap_are_forgotten_and_answered_all_the_same() -> None:
    roster = Roster(SIGNALS)
    odd = [user(f"w{number}", language=None, **{f"fact{number}": 0.0}) for number in range(600)]
    assert {len(roster.kind(turn).ears) for turn in odd} == {len(roster.kind(odd[0]).ears)}
    assert len(roster._kinds) <= 256
