"""The wire form of one turn, as leniently typed as its schema (topics/schemas/interaction.v1.json) allows.

Everything is optional here: what is required, and what an unknown word means, native.py says with a code of its own.
Unknown fields are dropped, among them ``label``, the truth in labelled files.
"""

from typing import Any

from msgspec import Struct


class WireSource(Struct):
    """A passage."""

    text: str | None = None
    id: str | None = None
    uri: str | None = None
    trusted: bool | None = None


class WireToolCall(Struct):
    """A tool use as agent frameworks write it: arguments as object or as text, the error as text or flag."""

    name: str | None = None
    arguments: Any = None
    result: Any = None
    error: Any = None
    approved_by: str | None = None


class WireDecision(Struct):
    """What was decided."""

    type: str | None = None
    final: bool | None = None
    reversible: bool | None = None


class WireModel(Struct):
    """The model."""

    name: str | None = None
    version: str | None = None


class WireTurn(Struct):
    """One turn."""

    id: str | None = None
    ts: str | int | float | None = None
    system_id: str | None = None
    session_id: str | None = None
    turn: int | float | None = None
    role: str | None = None
    speaker: str | None = None
    text: str | None = None
    tool_call: WireToolCall | None = None
    sources: list[str | WireSource | None] | None = None
    intent: str | None = None
    capability: str | None = None
    autonomy: str | None = None
    stakes: list[Any] | None = None
    decision: WireDecision | None = None
    delivery: str | None = None
    ends_session: bool | None = None
    model: WireModel | None = None
    usage: dict[str, Any] | None = None
    latency_ms: float | None = None
    evaluations: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None
