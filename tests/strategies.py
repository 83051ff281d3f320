"""Hypothesis strategies for whatever a producer or the annotators may come up with."""

from typing import Any

from hypothesis import strategies as st

from monitor.core.annotation import Annotation, Claim, Fact, Span, ToolUse, Value
from monitor.core.interaction import Decision, Interaction, Model, Source, ToolCall
from monitor.core.vocabulary import Autonomy, Delivery, Role, Stake
from tests.builders import AI, ANYONE, ASKING, PERSON

OTHERS = ("agreement", "approval", "instruction", "displeased", "puzzled", "sad", "human_declined", "voiced")
FACTS = sorted({*ANYONE, *PERSON, *AI, *ASKING, *OTHERS})
WORDS = ("refund", "order", "flight", "open", "closed", "museum", "monday", "price", "allowed", "forbidden", "delivery")
NUMBERS = ("3", "5 day", "7 day", "9:00", "10:00", "1999", "4711", "30 usd")
TOOLS = ("get_order", "send_money", "publish_post", "delete_account", "GmailReadEmail", "")

unit = st.floats(0.0, 1.0)
small_text = st.text(max_size=12)
digests = st.integers(0, 2**63 - 1) | st.integers(0, 8)
json_leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | small_text
json_values = st.recursive(
    json_leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(small_text, inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(small_text, json_values, max_size=4)


def spans() -> st.SearchStrategy[Span]:
    """Spans of a text, in order or not."""
    return st.builds(Span, start=st.integers(0, 200), end=st.integers(0, 200), cue=st.sampled_from(("cue", "")))


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Fact]:
    """Any subset of the facts; ``valence`` in [-1, 1], the rest in [0, 1]."""
    names = draw(st.lists(st.sampled_from(FACTS), unique=True))
    pointers = st.lists(spans(), max_size=2).map(tuple)
    return {name: Fact(draw(st.floats(-1.0, 1.0) if name == "valence" else unit), draw(pointers)) for name in names}


def claims() -> st.SearchStrategy[Claim]:
    """Statements over few words, so that they meet."""
    return st.builds(
        Claim,
        start=st.integers(0, 100),
        end=st.integers(0, 200),
        terms=st.lists(st.sampled_from(WORDS), max_size=6).map(tuple),
        numbers=st.lists(st.sampled_from(NUMBERS), max_size=3).map(tuple),
        negated=st.booleans(),
        hedged=st.booleans(),
        support=st.none() | unit,
        conflict=st.none() | unit,
        source=st.none() | st.integers(0, 3),
    )


def tool_uses() -> st.SearchStrategy[ToolUse]:
    """Calls that repeat now and then."""
    return st.builds(
        ToolUse,
        name=st.sampled_from(TOOLS) | small_text,
        signature=digests,
        arguments=json_objects,
        error=st.booleans(),
        approved_by=st.none() | st.sampled_from(("", "kim")),
    )


def annotations(**given: Any) -> st.SearchStrategy[Annotation]:  # noqa: ANN401 - any field or fact
    """Annotated turns of any kind; ``given`` fixes fields (as strategies)."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "id": small_text,
        "ts": st.floats(0.0, 4e9),
        "system_id": st.just("bot"),
        "session_id": st.just("s"),
        "role": st.sampled_from(Role),
        "turn": st.none(),
        "speaker": st.none() | st.sampled_from(("a", "b")),
        "capability": st.sampled_from(("", "refunds")),
        "intent": st.none() | small_text,
        "autonomy": st.none() | st.sampled_from(Autonomy),
        "stakes": st.lists(st.sampled_from(Stake), max_size=3).map(tuple),
        "declared_stakes": st.lists(st.sampled_from(Stake), max_size=2).map(tuple),
        "decision_type": st.none() | st.sampled_from(("approval", "denial", "diagnosis", "")),
        "decision_final": st.booleans(),
        "decision_reversible": st.none() | st.booleans(),
        "delivery": st.sampled_from(Delivery),
        "ends_session": st.just(False),
        "tool": st.none() | tool_uses(),
        "facts": facts(),
        "claims": st.lists(claims(), max_size=4).map(tuple),
        "mentions": st.lists(digests, max_size=4).map(tuple),
        "values": st.lists(st.builds(Value, digest=digests, path=small_text, instruction=unit), max_size=4).map(tuple),
        "sources": st.integers(0, 3),
        "source_conflict": st.none() | unit,
        "features": st.dictionaries(st.sampled_from(("length", "latency_ms")), st.floats(0.0, 1e6), max_size=2),
        "evaluations": st.dictionaries(small_text, unit, max_size=2),
        "language": st.none() | st.sampled_from(("en", "de")),
        "words": st.integers(0, 500),
        "terms": st.lists(st.sampled_from(WORDS), max_size=8).map(tuple),
    }
    return st.builds(Annotation, **{**fields, **given})


def interactions(**given: Any) -> st.SearchStrategy[Interaction]:  # noqa: ANN401 - any field or fact
    """Turns as they come in; ``given`` fixes fields (as strategies)."""
    text = st.text(max_size=200)
    fields: dict[str, st.SearchStrategy[Any]] = {
        "id": st.text(min_size=1, max_size=12),
        "ts": st.floats(0.0, 4e9),
        "system_id": st.from_regex(r"\A[A-Za-z0-9._:-]{1,16}\Z"),
        "session_id": st.text(min_size=1, max_size=12),
        "role": st.sampled_from(Role),
        "turn": st.none() | st.integers(0, 1000),
        "speaker": st.none() | small_text,
        "text": text,
        "tool_call": st.none()
        | st.builds(
            ToolCall,
            name=st.sampled_from(TOOLS) | small_text,
            arguments=json_objects,
            result=json_values,
            error=st.none() | small_text,
            approved_by=st.none() | small_text,
        ),
        "sources": st.lists(
            st.builds(Source, text=text, id=st.none() | small_text, uri=st.none() | small_text, trusted=st.booleans()),
            max_size=3,
        ).map(tuple),
        "intent": st.none() | small_text,
        "capability": st.sampled_from(("", "refunds")),
        "autonomy": st.none() | st.sampled_from(Autonomy),
        "stakes": st.lists(st.sampled_from(Stake), max_size=3).map(tuple),
        "decision": st.none()
        | st.builds(Decision, type=st.none() | small_text, final=st.booleans(), reversible=st.none() | st.booleans()),
        "delivery": st.sampled_from(Delivery),
        "ends_session": st.booleans(),
        "model": st.none() | st.builds(Model, name=st.none() | small_text, version=st.none() | small_text),
        "usage": st.dictionaries(small_text, st.floats(0.0, 1e6), max_size=2),
        "latency_ms": st.none() | st.floats(0.0, 1e6),
        "evaluations": st.dictionaries(small_text, unit, max_size=2),
        "attributes": json_objects,
    }
    return st.builds(Interaction, **{**fields, **given})
