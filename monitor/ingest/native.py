"""The native format: one JSON object a turn (topics/schemas/interaction.v1.json).

Identities (id, session_id, system_id, capability) are never altered: one that is too long is rejected, because a cut
one could be another's. Descriptions (speaker, intent, model, decision type) are cut, and so are
names of members, which then end in a digest. A word outside a closed list is
rejected, except among ``stakes``, where one unknown word must not cost the known ones.
"""

import re
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from typing import Any, TypeVar

import msgspec

from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.ids import derived_interaction_id
from monitor.core.interaction import Decision, Interaction, Model, Source
from monitor.core.rfc3339 import parse
from monitor.core.vocabulary import Autonomy, Delivery, Role, Stake
from monitor.ingest.json_value import member, plain, read
from monitor.ingest.record import Format, IngestOptions, Record
from monitor.ingest.tool_call import tool_call
from monitor.ingest.wire import WireDecision, WireModel, WireSource, WireTurn

SYSTEM_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
MAX_ID = 512
"""Longest id and session_id, in characters."""
MAX_CAPABILITY = 128
MAX_LABEL = 256
"""Where descriptions are cut, in characters."""
MAX_NUMBERS = 128
"""Members kept of ``evaluations`` and of ``usage``, the first ones: each travels with the turn's observation."""
MAX_TURN = 2**31 - 1
MILLISECONDS = 1e11
"""A number at or above this is epoch milliseconds (in seconds it would be the year 5138)."""

TURN: msgspec.json.Decoder[WireTurn] = msgspec.json.Decoder(WireTurn)
W = TypeVar("W", bound=StrEnum)
_ROLES = {role.value: role for role in Role}
_AUTONOMY = {level.value: level for level in Autonomy if level is not Autonomy.NONE}  # a turn that is there used some
_DELIVERY = {delivery.value: delivery for delivery in Delivery}
UNKNOWN_STAKE = "unknown_stake"
"""Flag of a turn that declares a stake of another name: rules bound to it cannot fire on it."""
_STAKES = {stake.value: stake for stake in Stake}
_NUMBER = (int, float)


def decode(record: Record, value: bytes, options: IngestOptions) -> Interaction:
    """The turn in a record's value. Raises InvalidRecord."""
    return interaction(read(value, TURN), record, options)


FORMAT = Format("native", lambda _: True, decode)


def interaction(
    wire: WireTurn, record: Record, options: IngestOptions, *, default_id: str | None = None, ts: str | None = None
) -> Interaction:
    """The wire turn as an Interaction, defaults filled in.

    Args:
        wire: the turn as it was written.
        record: where it lies; gives the id and the time of a turn that has none.
        options: the operator's options.
        default_id: the envelope's id, before the derived one.
        ts: the envelope's time, before the record's own.

    Raises:
        InvalidRecord: a required field is missing, a value is outside its range, or there is nothing in the turn.
    """
    if wire.text is None and wire.tool_call is None:
        raise InvalidRecord(RejectCode.EMPTY_TURN, "text, tool_call: a turn needs one of them")
    return Interaction(
        id=_identity("id", wire.id or default_id or derived_interaction_id(record.at), MAX_ID),
        ts=_time(wire.ts if wire.ts is not None else ts, record),
        system_id=_system(wire.system_id or options.default_system),
        session_id=_identity("session_id", wire.session_id, MAX_ID),
        role=_word("role", _required("role", wire.role), _ROLES),
        turn=_turn(wire.turn),
        speaker=_label(wire.speaker),
        text=wire.text or "",
        tool_call=tool_call(wire.tool_call) if wire.tool_call is not None else None,
        sources=tuple(_source(source) for source in wire.sources if source is not None) if wire.sources else (),
        intent=_label(wire.intent),
        capability=_identity("capability", wire.capability, MAX_CAPABILITY) if wire.capability else "",
        autonomy=_word("autonomy", wire.autonomy, _AUTONOMY) if wire.autonomy is not None else None,
        stakes=_stakes(wire.stakes) if wire.stakes else (),
        decision=_decision(wire.decision) if wire.decision is not None else None,
        delivery=_word("delivery", wire.delivery, _DELIVERY) if wire.delivery is not None else Delivery.DELIVERED,
        ends_session=bool(wire.ends_session),
        model=_model(wire.model) if wire.model is not None else None,
        usage=_numbers(wire.usage) if wire.usage else {},
        latency_ms=_latency(wire.latency_ms),
        evaluations=_numbers(wire.evaluations) if wire.evaluations else {},
        attributes=plain(wire.attributes) if wire.attributes else {},
        flags=(UNKNOWN_STAKE,) if wire.stakes and not _all_known(wire.stakes) else (),
    )


def _required(field: str, value: str | None) -> str:
    if not value:
        raise InvalidRecord(RejectCode.MISSING_FIELD, f"{field}: missing or empty")
    return value


def _identity(field: str, value: str | None, limit: int) -> str:
    value = _required(field, value)
    if len(value) > limit:
        raise InvalidRecord(RejectCode.OUT_OF_RANGE, f"{field}: {len(value)} characters, at most {limit}")
    return value


@lru_cache(maxsize=4096)
def _system(value: str | None) -> str:
    if not value:
        message = "system_id: missing or empty; name a default with OVERSIGHT_DEFAULT_SYSTEM, in a replay with --system"
        raise InvalidRecord(RejectCode.MISSING_FIELD, message)
    if not SYSTEM_ID.fullmatch(value):
        raise InvalidRecord(RejectCode.OUT_OF_RANGE, f"system_id: must match {SYSTEM_ID.pattern}")
    return value


def _word(field: str, value: str, words: dict[str, W]) -> W:
    found = words.get(value) or words.get(value.strip().lower())
    if found is None:
        raise InvalidRecord(RejectCode.OUT_OF_RANGE, f"{field}: none of {', '.join(words)}")
    return found


def _time(value: str | float | None, record: Record) -> float:
    """Epoch seconds: the turn's own, else the record's, else 0."""
    if value is None:
        return record.timestamp if record.timestamp is not None and isfinite(record.timestamp) else 0.0
    try:
        seconds = parse(value) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError) as error:
        raise InvalidRecord(RejectCode.OUT_OF_RANGE, "ts: neither RFC 3339 nor a number of epoch seconds") from error
    return seconds if isinstance(value, str) or seconds < MILLISECONDS else seconds / 1000.0


def _turn(value: float | None) -> int | None:
    if value is None:
        return None
    if not 0 <= value <= MAX_TURN or value != int(value):
        raise InvalidRecord(RejectCode.OUT_OF_RANGE, f"turn: not a whole number from 0 to {MAX_TURN}")
    return int(value)


def _label(value: str | None) -> str | None:
    return value[:MAX_LABEL] if value else None


def _source(value: str | WireSource) -> Source:
    if isinstance(value, str):
        return Source(value)
    return Source(value.text or "", value.id, value.uri, value.trusted is not False)


def _stakes(values: list[Any]) -> tuple[Stake, ...]:
    """The known stakes, once each, in the order given."""
    words = dict.fromkeys([value.strip().lower() for value in values if isinstance(value, str)])
    return tuple([_STAKES[word] for word in words if word in _STAKES])


def _all_known(values: list[Any]) -> bool:
    return all(isinstance(value, str) and value.strip().lower() in _STAKES for value in values)


def _decision(wire: WireDecision) -> Decision:
    return Decision(_label(wire.type), bool(wire.final), wire.reversible)


def _model(wire: WireModel) -> Model:
    return Model(_label(wire.name), _label(wire.version))


def _latency(value: float | None) -> float | None:
    return value if value is not None and value >= 0 and isfinite(value) else None


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    """The first members that are finite numbers (True and False count as 1 and 0); others are left out."""
    found: dict[str, float] = {}
    for name, value in values.items():
        if len(found) >= MAX_NUMBERS:
            break
        if isinstance(value, _NUMBER):
            try:
                number = float(value)
            except OverflowError:
                continue
            if isfinite(number):
                found[member(name)] = number
    return found
