"""Drift of one number of one system: river's ADWIN with direction, and an explicit snapshot (no pickle).

ADWIN (Bifet and Gavaldà 2007) keeps a window that it cuts where two halves differ. Values are brought into [0, 1]
first, since its bound assumes that range. A detection on improvement is not an alarm: the caller compares the
direction with the policy.
"""

from typing import Any

from msgspec import Struct
from river import __version__ as river_version
from river.drift import ADWIN

from monitor.core.policy import DriftPolicy

CLOCK = 8
"""ADWIN looks for a cut at every eighth value instead of every 32nd: sessions are few, a look costs 0.2 us."""


RECENT_WEIGHT = 0.1
"""Weight of the newest value in the recent mean: about the last twenty values. ADWIN drops an old window bit by bit,
so right after a cut its own mean still lies near the old one and says little about how far things moved."""


class Change(Struct, frozen=True):
    """A cut: the mean of the window before it, the mean of the latest values, and how many values the window has left."""

    before: float
    after: float
    n: int

    @property
    def direction(self) -> str:
        """ "up" or "down"."""
        return "up" if self.after > self.before else "down"


class DriftSnapshot(Struct, array_like=True):
    """The detector as data. ``native`` is ADWIN's own byte form under this river version and parameters."""

    library: str
    parameters: str
    native: bytes
    n: int
    recent: float


class Drift:
    """One detector. ``reset`` says that it started afresh because a snapshot could not be taken over."""

    def __init__(self, policy: DriftPolicy) -> None:
        self.n = 0
        self.recent = 0.0
        self.reset = False
        self.policy = policy
        self._grace = policy.grace
        self._parameters = fingerprint(policy)
        self._adwin = ADWIN(delta=policy.delta, clock=CLOCK, grace_period=policy.grace)

    def update(self, value: float) -> Change | None:
        """Take one value in [0, 1]; the cut it led to, if any."""
        before = self._adwin.estimation
        self._adwin.update(value)
        self.n += 1
        self.recent += max(RECENT_WEIGHT, 1 / self.n) * (value - self.recent)
        if not self._adwin.drift_detected or self.n <= self._grace:
            return None
        return Change(before, self.recent, int(self._adwin.width))

    def dump(self) -> DriftSnapshot:
        """The detector as data."""
        return DriftSnapshot(river_version, self._parameters, bytes(self._native().__getstate__()), self.n, self.recent)

    @classmethod
    def load(cls, snapshot: DriftSnapshot, policy: DriftPolicy) -> "Drift":
        """The detector again, continuing identically; a fresh one, marked ``reset``, when that cannot be."""
        found = cls(policy)
        if (snapshot.library, snapshot.parameters) != (river_version, found._parameters):
            found.reset = True
            return found
        try:
            found._native().__setstate__(snapshot.native)
        except Exception:  # noqa: BLE001 - whatever the native code dislikes: a fresh detector, never a crash
            fresh = cls(policy)
            fresh.reset = True
            return fresh
        found.n, found.recent = snapshot.n, snapshot.recent
        return found

    def _native(self) -> Any:  # noqa: ANN401 - the Rust object ships no types
        return self._adwin._helper  # noqa: SLF001 - river has no public snapshot; the version is pinned


def fingerprint(policy: DriftPolicy) -> str:
    """The parameters that a statistic depends on; bounds are not among them (DESIGN.md 6.10).

    >>> fingerprint(DriftPolicy())
    'adwin:0.002:8:30'
    """
    return f"adwin:{policy.delta:g}:{CLOCK}:{policy.grace}"
