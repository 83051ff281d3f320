"""Rates over a window of event time, and how sure a rate is. Too little data is an answer, not a small number."""

from math import sqrt

from msgspec import Struct, field

Z = 1.96
"""Standard normal quantile of a two-sided 95 % interval."""
BUCKETS = 24
"""Buckets of a window: it slides by a twenty-fourth of its length."""
WINDOW_SECONDS = 86_400.0
"""A day of event time: rates by the hour would mostly say "too little data"."""


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
    hits: int = 0
    n: int = 0


class Rate(Struct):
    """How often something happened, per chance it had to, over the last ``BUCKETS`` stretches of event time."""

    buckets: list[Bucket] = field(default_factory=list)

    def add(self, at: float, *, hit: bool, seconds: float = WINDOW_SECONDS) -> None:
        """Count one chance at event time ``at``; stretches that have left the window are dropped."""
        index = int(at // (seconds / BUCKETS))
        if not self.buckets or index > self.buckets[-1].index:
            self.buckets.append(Bucket(index))
        newest = self.buckets[-1]
        newest.n += 1
        newest.hits += hit
        while self.buckets[0].index <= newest.index - BUCKETS:
            del self.buckets[0]

    @property
    def n(self) -> int:
        """Chances in the window."""
        return sum(bucket.n for bucket in self.buckets)

    @property
    def hits(self) -> int:
        """How many of them happened."""
        return sum(bucket.hits for bucket in self.buckets)

    def interval(self) -> tuple[float, float]:
        """The Wilson interval of the rate."""
        return wilson(self.hits, self.n)

    def restart(self) -> None:
        """Forget everything: what led to a trip must not lead to the next one."""
        self.buckets.clear()
