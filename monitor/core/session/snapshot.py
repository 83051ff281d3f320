"""A session's state as bytes and back.

A snapshot names each signal's state. A signal that is unknown here is left out; one whose state has another shape
starts fresh, and the next observation says so (``signal_restarted``), as it does where a snapshot is from before
sessions had a ledger of the calls under way.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from monitor.core.session.shedding import MAX_STATE_BYTES, shed
from monitor.core.session.state import SessionState
from monitor.core.signals import SIGNALS
from monitor.core.signals.base import Signal
from monitor.core.signals.ledger import Ledger
from monitor.core.snapshot import dump, load

SESSION_SCHEMA = 1
"""Raised with every change of SessionState that an old reader would misread."""
FRAME_BYTES = 16


class _Stored(SessionState, kw_only=True):
    """A session's state with each signal's part still as bytes; ``ledger``: None where none was stored."""

    signals: dict[str, msgspec.Raw]
    ledger: Ledger | None = None  # type: ignore[assignment]


def dump_session(state: SessionState, *, cap: int = MAX_STATE_BYTES) -> bytes:
    """A session's snapshot, at most ``cap`` bytes.

    The fold keeps states below the cap already (shedding.py); what is still too large here is shed before it is stored.
    """
    data = _dumped(state)
    if len(data) > cap:
        shed(state, cap - FRAME_BYTES)
        data = _dumped(state)
    return data


def _dumped(state: SessionState) -> bytes:
    return dump(msgspec.structs.replace(state, noticed={}), SESSION_SCHEMA)


def load_session(data: bytes, *, signals: Sequence[Signal] = SIGNALS) -> SessionState:
    """A session's state from its snapshot. Raises SnapshotError when it is not one of this version."""
    stored = load(data, _Stored, SESSION_SCHEMA)
    kinds = {signal.name: signal.State for signal in signals}
    states: dict[str, Any] = {}
    restarted = [] if stored.ledger else ["ledger"]
    for name, raw in stored.signals.items():
        if name not in kinds:
            restarted.append(name)
            continue
        try:
            states[name] = msgspec.msgpack.decode(raw, type=kinds[name])
        except msgspec.MsgspecError:
            restarted.append(name)
    fields = {field: getattr(stored, field) for field in SessionState.__struct_fields__}
    fields |= {"ledger": stored.ledger or Ledger(), "signals": states, "restarted": (*stored.restarted, *restarted)}
    return SessionState(**fields)
