"""A system's state as bytes and back. Detectors travel as data; one that cannot be taken over starts afresh.

Bounded by the caps of state.py; should a state be larger than a Kafka record may be, what only serves comfort
goes first: escalations of sessions that are followed, then the numbers watched for drift; breakers and rates stay.
"""

from typing import Any

from monitor.core.errors import SnapshotError
from monitor.core.online.drift import Drift, DriftSnapshot
from monitor.core.snapshot import dump, load
from monitor.core.system.state import SystemState

SYSTEM_SCHEMA = 2
"""Raised with every change of SystemState that an old reader would misread."""
MAX_SYSTEM_BYTES = 786_432
"""Three quarters of the 1 MiB that brokers take by default."""


class _Stored(SystemState, kw_only=True):
    """A system's state with each detector as data."""

    detectors: dict[str, DriftSnapshot]


def dump_system(state: SystemState, *, cap: int = MAX_SYSTEM_BYTES) -> bytes:
    """A system's snapshot, at most ``cap`` bytes. What must be dropped for that, ``state`` loses too.

    Raises:
        SnapshotError: it does not fit although all that may be dropped was.
    """
    data = dump(_stored(state), SYSTEM_SCHEMA)
    while len(data) > cap:
        droppable: dict[str, Any] = state.followed or state.detectors or state.opened or state.cooling
        if not droppable:
            raise SnapshotError(f"{state.system_id}: {len(data)} bytes of breakers and rates, at most {cap}")
        for key in list(droppable)[: (len(droppable) + 1) // 2]:
            if droppable is state.followed:
                state.dropped += not state.followed[key].is_over
            del droppable[key]
        _wait_for_nobody_else(state)
        data = dump(_stored(state), SYSTEM_SCHEMA)
    return data


def _wait_for_nobody_else(state: SystemState) -> None:
    known = state.followed.keys() | {each.escalation_id for each in state.opened.values()}
    state.due = {name: due for name, due in state.due.items() if name in known}


def _stored(state: SystemState) -> _Stored:
    fields: dict[str, Any] = {name: getattr(state, name) for name in SystemState.__struct_fields__}
    fields["detectors"] = {name: detector.dump() for name, detector in state.detectors.items()}
    return _Stored(**{**fields, "noticed": (), "restarted": ()})


def load_system(data: bytes) -> SystemState:
    """A system's state from its snapshot; ``restarted`` names the detectors that began afresh.

    Raises:
        SnapshotError: it is not one of this version.
    """
    stored: _Stored = load(data, _Stored, SYSTEM_SCHEMA)
    fields: dict[str, Any] = {name: getattr(stored, name) for name in SystemState.__struct_fields__}
    detectors = {name: Drift.load(each) for name, each in stored.detectors.items()}
    restarted = tuple(name for name, detector in detectors.items() if detector.reset)
    return SystemState(**{**fields, "detectors": detectors, "restarted": restarted})
