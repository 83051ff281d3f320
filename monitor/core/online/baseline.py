"""What is usual for one number: the scale it moves on. Declared where we know it, else learned from its first values.

Detectors assume values in [0, 1]; an upstream evaluator may count from 1 to 5, in percent or in euros.
"""

from collections.abc import Sequence
from math import expm1, isfinite, log1p, sqrt

from msgspec import Struct

SPREADS = 2.0
"""A learned scale reaches this many standard deviations to either side of the mean; beyond, values are clipped. ADWIN
is slow where values use little of [0, 1]: with 4, a shift by 1.3 deviations took it half as long again."""
RANGE_SPREADS = 4.0
"""What counts as the whole range of a number that nobody described, when a change is called small."""
LEAST_SPREAD = 0.005
"""Of the mean: a number that stood still while its scale was learned is not judged by its last digits."""


class Scale(Struct, frozen=True, array_like=True):
    """A range that is brought to [0, 1], order kept. ``log``: by its logarithm, for what has no upper end.

    ``whole``: the number's whole range in lengths of this one, which a change is measured by.
    """

    low: float
    high: float
    log: bool = False
    whole: float = 1.0

    def to_unit(self, value: float) -> float:
        """The value in [0, 1]; what lies outside the range is clipped.

        >>> Scale(-1, 1).to_unit(0.5), Scale(0, 60_000, log=True).to_unit(60_000.0)
        (0.75, 1.0)
        """
        return clipped(self.stretched(value))

    def stretched(self, value: float) -> float:
        """The value on the scale's length, beyond [0, 1] where it lies outside the range.

        >>> Scale(0.0, 2.0).stretched(5.0)
        2.5
        """
        low = self.low
        if self.log:
            return log1p(value - low) / log1p(self.high - low) if value > low else 0.0
        return (value - low) / (self.high - low)

    def from_unit(self, share: float) -> float:
        """The value that lies there.

        >>> Scale(1, 5).from_unit(0.5)
        3.0
        """
        if self.log:
            return self.low + expm1(share * log1p(self.high - self.low))
        return self.low + share * (self.high - self.low)


def clipped(share: float) -> float:
    """A share of a scale's length, no lower than 0 and no higher than 1.

    >>> clipped(1.2), clipped(-0.1), clipped(0.4)
    (1.0, 0.0, 0.4)
    """
    if share >= 1.0:
        return 1.0
    return share if share > 0.0 else 0.0  # noqa: FURB136 - max() takes three times as long, and this is everywhere


UNIT = Scale(0.0, 1.0)


def learned(values: Sequence[float]) -> Scale:
    """The scale of a number nobody described, around the mean of its first values.

    Values that all lie in [0, 1] have that as their whole range; yes and no have it as their scale.

    >>> learned([3.0, 5.0]), learned([0.0, 1.0]) == UNIT
    (Scale(low=2.0, high=6.0, log=False, whole=2.0), True)
    """
    if set(values) <= {0.0, 1.0}:
        return UNIT
    largest = max(map(abs, values))
    shares = [value / largest for value in values]  # squares of huge numbers would overflow
    mean = sum(shares) / len(shares)
    spread = sqrt(sum((share - mean) ** 2 for share in shares) / len(shares))
    reach = SPREADS * max(spread, LEAST_SPREAD * abs(mean), 1e-9) * largest
    low, high = mean * largest - reach, mean * largest + reach
    if not (isfinite(high - low) and high > low):
        return UNIT
    within_unit = all(0.0 <= value <= 1.0 for value in values)
    return Scale(low, high, whole=1.0 / (high - low) if within_unit else RANGE_SPREADS / SPREADS)
