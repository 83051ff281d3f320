"""One turn as it came in. This file knows the input contract and nothing of how a turn is judged.

The wire form is ``topics/schemas/interaction.v1.json``; ``ingest/`` turns bytes into these structs and fills what the
record alone can tell (a missing id, a missing time).
"""

from typing import Any

from msgspec import Struct

from monitor.core.vocabulary import Autonomy, Delivery, Role, Stake


class Position(Struct, frozen=True, order=True):
    """Where a record lies in Kafka: the identity everything derived from it is built on (DESIGN.md 6.5)."""

    topic: str
    partition: int
    offset: int


class Source(Struct, frozen=True):
    """A passage an answer should rest on. ``trusted`` false: the passage may carry a stranger's instructions."""

    text: str
    id: str | None = None
    uri: str | None = None
    trusted: bool = True


class ToolCall(Struct, frozen=True):
    """A tool use. On assistant turns the request (name, arguments); on tool turns also result or error."""

    name: str
    arguments: dict[str, Any] = {}
    result: Any = None
    error: str | None = None
    approved_by: str | None = None


class Decision(Struct, frozen=True):
    """What the turn decided about the user. ``final``: it takes effect; ``reversible``: it can be undone."""

    type: str | None = None
    final: bool = False
    reversible: bool | None = None


class Model(Struct, frozen=True):
    """The model behind an assistant turn."""

    name: str | None = None
    version: str | None = None


class Interaction(Struct, frozen=True, kw_only=True):
    """One turn of one session of one AI system.

    ``ts`` is event time in epoch seconds as the producer stated it (unbounded: bounding is the partition clock's
    work). ``turn`` is the producer's index, or None: then the session counts. ``capability`` "" = the whole system.
    ``flags``: what of the record could not be read although the turn could (``unknown_stake``).
    """

    id: str
    ts: float
    system_id: str
    session_id: str
    role: Role
    turn: int | None = None
    speaker: str | None = None
    text: str = ""
    tool_call: ToolCall | None = None
    sources: tuple[Source, ...] = ()
    intent: str | None = None
    capability: str = ""
    autonomy: Autonomy | None = None
    stakes: tuple[Stake, ...] = ()
    decision: Decision | None = None
    delivery: Delivery = Delivery.DELIVERED
    ends_session: bool = False
    model: Model | None = None
    usage: dict[str, float] = {}
    latency_ms: float | None = None
    evaluations: dict[str, float] = {}
    attributes: dict[str, Any] = {}
    flags: tuple[str, ...] = ()
