"""Rates over a window of event time, and how sure a rate is. Too little data is an answer, not a small number.

Bounded: counts per stretch of time, never the samples themselves. The window slides by whole stretches.
"""

from math import sqrt

from msgspec import Struct, field

from monitor.core.events import Evidence

Z = 1.96
"""Standard normal quantile of a two-sided 95 % interval."""
BUCKETS = 24
"""Buckets of a window: it slides by a twenty-fourth of its length."""
WINDOW_SECONDS = 86_400.0
"""A day of event time: rates by the hour would mostly say "too little data"."""
LATEST = 3
"""Pointers to the newest hits: what a person opens first."""


def wilson(hits: float, n: float, z: float = Z) -> tuple[float, float]:
    """The Wilson score interval of a share (Wilson 1927): (low, high) in [0, 1]; (0, 1) for n = 0.

    >>> tuple(round(bound, 3) for bound in wilson(10, 100))
    (0.055, 0.174)
    """
    if n <= 0:
        return 0.0, 1.0
    share = hits / n
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


class Bucket(Struct, array_like=True):
    """Counts of one stretch of the window; ``index`` numbers the stretches since 1970."""

    index: int
    n: int = 0
    hits: int = 0


class Rate(Struct):
    """How often something happened, per chance it had to, over the last ``BUCKETS`` stretches of event time.

    ``seconds``: length of the window. ``n``, ``hits``: over all buckets. ``crossed``: it has reached its bound and said
    so; it says so again only after a restart or after it was clear. ``latest``: the newest hits, the newest last.
    """

    seconds: float = WINDOW_SECONDS
    n: int = 0
    hits: int = 0
    crossed: bool = False
    buckets: list[Bucket] = field(default_factory=list)
    latest: tuple[Evidence, ...] = ()

    def add(self, at: float, *, hit: bool, evidence: Evidence | None = None) -> None:
        """Count one chance at event time ``at``, which must not fall; stretches that left the window are dropped."""
        index = int(at // (self.seconds / BUCKETS))
        if not self.buckets or index > self.buckets[-1].index:
            self._slide(index)
        newest = self.buckets[-1]
        newest.n += 1
        self.n += 1
        if hit:
            newest.hits += 1
            self.hits += 1
            if evidence is not None:
                self.latest = (*self.latest[1 - LATEST :], evidence)

    def _slide(self, index: int) -> None:
        while self.buckets and self.buckets[0].index <= index - BUCKETS:
            oldest = self.buckets.pop(0)
            self.n -= oldest.n
            self.hits -= oldest.hits
        self.buckets.append(Bucket(index))

    def interval(self) -> tuple[float, float]:
        """The Wilson interval of the rate."""
        return wilson(self.hits, self.n)

    def restart(self) -> None:
        """Count from nothing: what led to one decision must not lead to the next one."""
        self.buckets.clear()
        self.n = self.hits = 0
        self.crossed = False
        self.latest = ()

    def resize(self, seconds: float) -> None:
        """Use a window of this length. Another one than before starts afresh: its stretches have other numbers."""
        if seconds != self.seconds:
            self.restart()
            self.seconds = seconds
