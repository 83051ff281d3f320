"""A system's state as bytes and back. Detectors travel as data; one that cannot be taken over starts afresh."""

from typing import Any

from monitor.core.online.drift import Drift, DriftSnapshot
from monitor.core.policy import DriftPolicy
from monitor.core.snapshot import dump, load
from monitor.core.system_state import SystemState

SYSTEM_SCHEMA = 1
"""Raised with every change of SystemState that an old reader would misread."""


class _Stored(SystemState, kw_only=True):
    """A system's state with each detector as data, and the parameters they were made with."""

    detectors: dict[str, DriftSnapshot]
    delta: float = 0.002
    grace: int = 30


def dump_system(state: SystemState) -> bytes:
    """A system's snapshot. Bounded by the caps of system_state.py: about 1 kB a detector, at most 48 of them."""
    fields: dict[str, Any] = {name: getattr(state, name) for name in SystemState.__struct_fields__}
    fields["detectors"] = {name: detector.dump() for name, detector in state.detectors.items()}
    fields["noticed"] = ()
    first = next(iter(state.detectors.values()), None)
    policy = first.policy if first is not None else DriftPolicy()
    return dump(_Stored(**fields, delta=policy.delta, grace=policy.grace), SYSTEM_SCHEMA)


def load_system(data: bytes) -> SystemState:
    """A system's state from its snapshot. Raises SnapshotError when it is not one of this version."""
    stored: _Stored = load(data, _Stored, SYSTEM_SCHEMA)
    policy = DriftPolicy(delta=stored.delta, grace=stored.grace)
    fields: dict[str, Any] = {name: getattr(stored, name) for name in SystemState.__struct_fields__}
    fields["detectors"] = {name: Drift.load(each, policy) for name, each in stored.detectors.items()}
    return SystemState(**fields)
