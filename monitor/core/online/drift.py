"""Drift of one number of one system: river's ADWIN behind start, update, dump and load; no pickle.

ADWIN (Bifet and Gavaldà 2007) keeps a window that it cuts where two parts differ by more than chance. It takes values
as independent; how far this number wanders by itself (wander.py) says how large a change must be beyond that, and finds
a jump before ADWIN does. Which direction harms is the policy's business. A detector that cannot be taken over from its
snapshot starts afresh and says so.
"""

from typing import Any
from zlib import crc32

from msgspec import Struct, field
from msgspec.structs import replace
from river import __version__ as river_version
from river.drift import ADWIN

from monitor.core.online.baseline import Scale, clipped, learned
from monitor.core.online.wander import WINDOW, Wander

CLOCK = 8
"""ADWIN looks for a cut at every eighth value instead of every 32nd: sessions are few, a look costs 0.2 us."""
MAX_LEARNING = 100
"""Values kept while a scale is learned, at most; a longer grace only makes ADWIN wait."""
RECENT_WEIGHT = 0.1
"""Weight of the newest value in the recent mean: about the last twenty values say where things moved to."""
RECENT = 10
"""Values from which on it has that weight; before, their plain mean counts."""
JUMP = 4.5
"""Usual jumps between neighbouring windows from which on one is a change."""
EXCESS = 0.6
"""Share of what wandering adds to a mean's movement that a cut of ADWIN must exceed."""


class Change(Struct, frozen=True):
    """A cut: the mean before it and the mean of the latest values, in the number's own unit; over how many values."""

    before: float
    after: float
    n: int
    direction: str


class Parameters(Struct, frozen=True, array_like=True):
    """What a detector's statistics depend on. Bounds are not among them (DESIGN.md 6.10).

    ``grace``: values before it judges at all. ``scale`` None: learned from the first of them, and again after each
    reported change. ``jumps``: whether a jump between neighbouring windows is told as well, which takes values that do
    not come in groups, as the turns of a session do.
    """

    delta: float
    grace: int
    scale: Scale | None = None
    clock: int = CLOCK
    jumps: bool = False


class DriftSnapshot(Struct, array_like=True):
    """The detector as data. ``native``: ADWIN's own byte form under this library version; ``check``: its CRC-32."""

    library: str
    parameters: Parameters
    native: bytes
    check: int
    level: "Level"


class Level(Struct, array_like=True):
    """The means beside ADWIN, all on [0, 1].

    ``n``, ``total``: since ADWIN last started. ``seen``: values in all. ``recent``: mean of the latest. ``reference``:
    the level before the first cut that was too small to report: small steps in one direction add up. ``first``: raw
    values while the scale is learned. ``unit``: the scale that ``wander`` measures in, the first there was.
    """

    n: int = 0
    total: float = 0.0
    seen: int = 0
    recent: float = 0.0
    reference: float | None = None
    scale: Scale | None = None
    first: list[float] = field(default_factory=list)
    wander: Wander = field(default_factory=Wander)
    unit: Scale | None = None


class Drift:
    """One detector. ``reset``: it started afresh because a snapshot could not be taken over."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.reset = False
        self._level = Level(scale=parameters.scale)
        self._adwin = self._start()

    def update(self, value: float, *, min_change: float) -> Change | None:
        """Take one value, in its own unit; the change it completed, if any.

        Args:
            value: any finite number.
            min_change: smallest change worth reporting, as a share of the number's whole range.
        """
        level = self._level
        scale = level.scale
        if scale is not None:
            share = scale.stretched(value)
            if level.unit is None or level.unit == scale:
                level.unit = scale
                jumped = level.wander.add(share, JUMP)
            else:
                jumped = level.wander.add(level.unit.stretched(value), JUMP)
            return self._fold(scale, clipped(share), min_change, jumped=jumped)
        level.first.append(value)
        if len(level.first) < min(self.parameters.grace, MAX_LEARNING):
            return None
        level.scale = learned(level.first)
        level.unit = level.unit or level.scale
        for each in level.first:
            level.wander.add(level.unit.stretched(each), JUMP)
            self._take(level.scale.to_unit(each))
        level.first = []
        return None

    def dump(self) -> DriftSnapshot:
        """The detector as data."""
        native = bytes(_native(self._adwin).__getstate__())
        wander = replace(self._level.wander, ring=list(self._level.wander.ring))
        level = replace(self._level, first=list(self._level.first), wander=wander)
        return DriftSnapshot(river_version, self.parameters, native, crc32(native), level)

    @classmethod
    def load(cls, snapshot: DriftSnapshot) -> "Drift":
        """The detector again, continuing identically; or a fresh one, marked ``reset``, when that cannot be."""
        found = cls(snapshot.parameters)
        sound = snapshot.library == river_version and snapshot.check == crc32(snapshot.native)
        if sound and snapshot.parameters.clock == CLOCK and _restore(found._adwin, snapshot.native):
            found._level = snapshot.level
            return found
        fresh = cls(replace(snapshot.parameters, clock=CLOCK))
        fresh.reset = True
        return fresh

    def _fold(self, scale: Scale, share: float, min_change: float, *, jumped: bool) -> Change | None:
        level = self._level
        before, n = (level.total / level.n if level.n else share), level.n
        cut = self._take(share)
        if jumped and self.parameters.jumps:
            found = self._jumped(scale, min_change)
            if found is not None:
                return found
        if not cut:
            return None
        self._restart()
        reference = before if level.reference is None else level.reference
        least = max(min_change * scale.whole, EXCESS * level.wander.allowance() * _ratio(level.unit, scale))
        if abs(level.recent - reference) < least:
            level.reference = reference
            return None
        self._reported()
        direction = "up" if level.recent > reference else "down"
        return Change(scale.from_unit(reference), scale.from_unit(level.recent), n + 1, direction)

    def _jumped(self, scale: Scale, min_change: float) -> Change | None:
        """The change between the two windows just compared, if it is large enough to interest anybody."""
        level = self._level
        unit = level.unit or scale
        before, after = level.wander.means()
        if abs(after - before) < min_change * unit.whole:
            return None
        self._restart()
        self._reported()
        direction = "up" if after > before else "down"
        return Change(unit.from_unit(before), unit.from_unit(after), 2 * WINDOW, direction)

    def _restart(self) -> None:
        self._adwin = self._start()  # river would on the next value: done here, a snapshot needs no flag for it
        self._level.n, self._level.total = 0, 0.0

    def _reported(self) -> None:
        level = self._level
        level.reference = None
        level.wander.restart()
        if self.parameters.scale is None:
            level.scale = None

    def _take(self, share: float) -> bool:
        """Give ADWIN one value; whether it cut."""
        level = self._level
        self._adwin.update(share)
        level.n += 1
        level.seen += 1
        level.total += share
        level.recent += (RECENT_WEIGHT if level.seen >= RECENT else 1 / level.seen) * (share - level.recent)
        return bool(self._adwin.drift_detected)

    def _start(self) -> ADWIN:
        return ADWIN(delta=self.parameters.delta, clock=self.parameters.clock, grace_period=self.parameters.grace)


def _ratio(unit: Scale | None, scale: Scale) -> float:
    """A length on ``unit`` as one on ``scale``; both are of the same kind."""
    return 1.0 if unit is None or scale.log else (unit.high - unit.low) / (scale.high - scale.low)


def _native(adwin: ADWIN) -> Any:  # noqa: ANN401 - the Rust object ships no types
    return adwin._helper  # noqa: SLF001 - river has no public snapshot; its version is pinned and checked


def _restore(adwin: ADWIN, native: bytes) -> bool:
    """Put the native state back; whether that worked. Rust's panic is no Exception."""
    try:
        _native(adwin).__setstate__(native)
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            return False
        raise
    return True
