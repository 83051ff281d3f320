"""How far the means of two neighbouring windows of one number usually lie apart: what counts as a jump for it.

Detectors that compare means take values as independent. Most series of a running system are not: they wander, and a
mean of thirty values then moves much further than thirty independent ones would. Here each number is its own measure.
"""

from math import sqrt

from msgspec import Struct, field

WINDOW = 30
"""Values in either window."""
MEMORY = 500
"""Values over which "usually" is averaged."""
LEAST = 60
"""Jumps that must have been measured before one is called unusual."""
CONFIRM = 10
"""Values after an unusual jump until it is told: they say where the number moved to."""
CLIP = 1.5
"""A jump counts towards the usual ones with at most so many times their size: a change is not what is usual."""
CLIPPED = 1.62
"""Of a normal variable: its mean square over the one that is left of it by CLIP."""
FARTHEST = 1_000.0
"""Largest value taken, in lengths of the number's scale; squares of what lies beyond would overflow."""


class Wander(Struct, array_like=True):
    """What is remembered of one number; values in lengths of its scale.

    ``ring``: the latest 2 * WINDOW values; ``older`` and ``newer``: sums of its two halves. ``jumps``: how often two
    full windows were compared; ``usual``: mean square of their difference, clipped. ``taken``: values; ``steps``: half
    the mean square of the difference between one and the next: the variance, were they independent. ``waits``: values
    until a jump that was unusual is told; 0: there is none. ``excess``: what wandering adds to a mean's movement, two
    windows ago and now: a change must not be measured by itself.
    """

    ring: list[float] = field(default_factory=list)
    older: float = 0.0
    newer: float = 0.0
    jumps: int = 0
    usual: float = 0.0
    taken: int = 0
    steps: float = 0.0
    waits: int = 0
    excess: tuple[float, float] = (0.0, 0.0)

    def add(self, value: float, unusual: float) -> bool:
        """Take a value; whether a jump of at least so many usual ones is to be told now."""
        if not -FARTHEST <= value <= FARTHEST:
            value = min(FARTHEST, max(-FARTHEST, value))
        ring = self.ring
        if ring:
            difference = value - ring[-1]
            self.taken += 1
            self.steps += (difference * difference / 2 - self.steps) / min(self.taken, MEMORY)
            if self.taken % (2 * WINDOW) == 0:
                self.excess = (self.excess[1], self._excess())
        ring.append(value)
        self.newer += value
        length, jump = len(ring), 0.0
        if length > WINDOW:
            moved = ring[-WINDOW - 1]
            self.newer -= moved
            self.older += moved
        if length > 2 * WINDOW:
            self.older -= ring.pop(0)
        if length >= 2 * WINDOW:
            jump = self._judge((self.newer - self.older) / WINDOW)
        if self.waits:
            self.waits -= 1
            return not self.waits
        if abs(jump) >= unusual:
            self.waits = CONFIRM
        return False

    def means(self) -> tuple[float, float]:
        """The mean of the older window and that of the latest values."""
        return self.older / WINDOW, sum(self.ring[-CONFIRM:]) / CONFIRM

    def restart(self) -> None:
        """Compare what comes with what comes after it; what is usual stays known."""
        self.ring, self.older, self.newer, self.waits = [], 0.0, 0.0, 0

    def allowance(self) -> float:
        """What wandering adds to a mean's movement, in the number's lengths; 0 where values look independent.

        >>> Wander().allowance()
        0.0
        """
        return self.excess[0]

    def _excess(self) -> float:
        if self.jumps < LEAST or self.steps <= 0.0:
            return 0.0
        longrun = CLIPPED * self.usual * WINDOW / 2
        return sqrt(longrun) * max(0.0, longrun / self.steps - 1.0)

    def _judge(self, jump: float) -> float:
        square, found = jump * jump, 0.0
        if self.jumps >= LEAST and self.usual > 0.0:
            found = jump / sqrt(CLIPPED * self.usual)
            square = min(square, CLIP * CLIP * self.usual)
        self.jumps += 1
        self.usual += (square - self.usual) / min(self.jumps, MEMORY)
        return found
