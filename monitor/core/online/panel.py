"""Drift of many numbers at once, one value of each per session: what is recent against everything before it.

For each number the mean of the latest 12, 20 or 32 sessions is compared with the mean of all sessions before those
(Welch's statistic on the pooled variance). One bound holds for all, high enough for every number and window to be
looked at after every session. Short windows find a swap within some eight sessions, long ones what comes slowly. river
has no detector for this: ADWIN needs about three times as many values, KSWIN costs a hundred times as much, and neither
knows that the numbers belong together.

Values lie in [0, 1] and are kept as whole numbers: sums are exact, so a window that moved on a million times, and one
that was stored between, hold the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from operator import add

from msgspec import Struct, field

STEPS = 10_000
"""A value is kept as a whole number of such parts of its scale."""
UNKNOWN = -1
"""In place of a value that a session did not have."""
WINDOWS = (12, 20, 32)
"""Sessions that count as recent, shortest first."""
LONGEST = WINDOWS[-1]
LEAST_RECENT = 6
"""Values a number must have in the recent window ..."""
LEAST_BEFORE = 10
"""... and before it, to be judged."""
PRIOR = 10.0
"""The usual spread of a number counts as much as so many sessions: a few equal values do not prove that it is none."""
MEMORY = 400.0
"""Sessions before the windows that are remembered with full weight; then what they add up to is halved."""
ALONG = 3.0
"""Standard errors from which on a number is named beside the one that proved the change."""
SETTLING = 20
"""Sessions after a change that are not taken in: one that comes gradually is told once, and its end is learned."""


class Shift(Struct, frozen=True):
    """A number that moved: the mean before and the recent one, in [0, 1]; sessions in the recent window and in all."""

    name: str
    before: float
    after: float
    recent: int
    n: int


SURELY = 0.99
"""Leaves room for rounding."""


@lru_cache(maxsize=64)
def _priors(spreads: tuple[float, ...]) -> tuple[float, ...]:
    """What the usual spread of each number adds to its squares."""
    return tuple(PRIOR * (spread * STEPS) ** 2 for spread in spreads)


class Sums(Struct, array_like=True):
    """Count, sum and sum of squares of each number."""

    n: list[float]
    total: list[float]
    squares: list[float]

    @classmethod
    def of(cls, width: int) -> "Sums":
        """Nothing yet, of so many numbers."""
        return cls([0.0] * width, [0.0] * width, [0.0] * width)

    def add(self, values: Sequence[int], instead: Sequence[int] = ()) -> None:
        """Take a session's values in, and those of another one out; where the two agree nothing changes."""
        n, totals, squares = self.n, self.total, self.squares
        for index, (value, old) in enumerate(zip_longest(values, instead, fillvalue=UNKNOWN)):
            if value == old:
                continue
            if value >= 0 <= old:
                totals[index] += value - old
                squares[index] += value * value - old * old
            elif value >= 0:
                n[index] += 1
                totals[index] += value
                squares[index] += value * value
            else:
                n[index] -= 1
                totals[index] -= old
                squares[index] -= old * old

    def halve(self) -> None:
        """Let all that is known weigh half as much; exact, as the sums are whole numbers or halves of such."""
        for part in (self.n, self.total, self.squares):
            part[:] = [value / 2 for value in part]


class Panel(Struct, array_like=True):
    """The numbers of one system, by session.

    ``names`` and ``spreads``: the numbers, and their usual standard deviation. ``ring``: the latest LONGEST sessions.
    ``before``: sums over the sessions that left it; ``windows``: over the latest 12, 20 and 32. ``seen``: sessions
    taken in since the last change. ``settling``: sessions that are still to be left out after it.
    """

    names: tuple[str, ...]
    spreads: tuple[float, ...]
    before: Sums
    windows: list[Sums]
    ring: list[list[int]] = field(default_factory=list)
    seen: int = 0
    settling: int = 0

    @classmethod
    def of(cls, spreads: Mapping[str, float]) -> "Panel":
        """A panel that has seen nothing."""
        width = len(spreads)
        sums = [Sums.of(width) for _ in WINDOWS]
        return cls(tuple(spreads), tuple(spreads.values()), Sums.of(width), sums)

    def add(self, values: Sequence[float | None], *, least: int, bound: float) -> list[Shift]:
        """Take one session's values, in the order of ``names``; the numbers that moved, the surest first.

        After a change everything is learned anew.

        Args:
            values: each in [0, 1], or None where the session has none.
            least: sessions there must be before the recent ones.
            bound: standard errors between the two means that prove a change.
        """
        if self.settling:
            self.settling -= 1
            return []
        self._take([UNKNOWN if value is None else round(value * STEPS) for value in values])
        window = self._moved(least, bound)
        if window is None:
            return []
        found = sorted(self._shifts(window, ALONG * ALONG), key=lambda pair: -pair[0])
        self.restart()
        return [shift for _, shift in found]

    def restart(self) -> None:
        """Learn anew what is usual: a change was told."""
        fresh = Panel.of(dict(zip(self.names, self.spreads, strict=True)))
        self.before, self.windows, self.ring, self.seen = fresh.before, fresh.windows, [], 0
        self.settling = SETTLING

    def _take(self, values: list[int]) -> None:
        ring = self.ring
        ring.append(values)
        self.seen += 1
        for window, sums in zip(WINDOWS, self.windows, strict=True):
            sums.add(values, ring[-window - 1] if len(ring) > window else ())
        if len(ring) > LONGEST:
            self.before.add(ring.pop(0))
            if max(self.before.n) >= MEMORY:
                self.before.halve()

    def _moved(self, least: int, bound: float) -> int | None:
        """The window that shows a change best."""
        found, best = None, bound * bound
        for index, window in enumerate(WINDOWS):
            if self.seen < window + least:
                break
            strongest = max(self._strengths(self.windows[index], best), default=(0.0, 0))[0]
            if strongest >= best:
                found, best = index, strongest
        return found

    def _strengths(self, recent: Sums, least: float) -> Iterator[tuple[float, int]]:
        """For each number the square of how many standard errors the recent mean lies from the one before it.

        Those surely below ``least`` are passed over: a variance is never below what the usual spread makes it.
        """
        longest, old, priors, surely = self.windows[-1], self.before, _priors(self.spreads), SURELY * least
        counts, totals = map(add, old.n, longest.n), map(add, old.total, longest.total)
        for index, (new, n, total, whole) in enumerate(zip(recent.n, counts, recent.total, totals, strict=True)):
            if not whole or new < LEAST_RECENT:
                continue
            apart, past, prior = total * n - whole * new, n - new, priors[index]
            if apart * apart * (n - 2 + PRIOR) < surely * prior * n * new * past:  # apart: the means', times both n
                continue
            if not apart or past < LEAST_BEFORE:
                continue
            rest = whole - total
            gap = total / new - rest / past
            squares = old.squares[index] + longest.squares[index] - total * total / new - rest * rest / past
            variance = (squares + prior) / (n - 2 + PRIOR)
            yield gap * gap / (variance * (1 / new + 1 / past)), index

    def _shifts(self, window: int, least: float) -> Iterator[tuple[float, Shift]]:
        recent, longest, old = self.windows[window], self.windows[-1], self.before
        for strength, index in self._strengths(recent, least):
            if strength >= least:
                new, total = recent.n[index], recent.total[index]
                past = old.n[index] + longest.n[index] - new
                rest = old.total[index] + longest.total[index] - total
                before, after = rest / past / STEPS, total / new / STEPS
                yield strength, Shift(self.names[index], before, after, WINDOWS[window], int(new + past))
