"""How many soft escalations of one situation the sessions of a system raise, and whether so many are one fault.

A storm begins when ``raised`` of them came within ``window_seconds`` of event time; it is over when fewer than half as
many did, at every moment of a whole window. In between, people get one escalation that counts them (storms.py);
the single ones are published all the same, marked as merged into it.

Bounded: counts per stretch of time, never lists of sessions. A session is counted once for each time it raises the
situation anew.
"""

from msgspec import Struct, field

from monitor.core.events import Evidence
from monitor.core.window import Bucket

STRETCHES = 24
"""Stretches of a window, as in window.py."""
POINTERS = 3
"""Pointers to the first that were counted: what a person opens."""


class Storm(Struct):
    """What is known of one situation of one system.

    ``stretches``: counts of the last two windows, the newest last; ``seconds``: length of a window. ``first``: where
    the first few of them lie. ``escalation_id``: of the escalation that stands for them, while it is a storm;
    ``total``: how many it stands for, ``told``: how many it said last.
    """

    seconds: float = 0.0
    stretches: list[Bucket] = field(default_factory=list)
    first: tuple[Evidence, ...] = ()
    escalation_id: str | None = None
    total: int = 0
    told: int = 0

    def add(self, at: float, count: int, evidence: Evidence) -> None:
        """Count escalations raised at event time ``at``, which must not fall."""
        index = self._index(at)
        if not self.within(at):
            self.first = ()
        if not self.stretches or self.stretches[-1].index < index:
            self.stretches = [each for each in self.stretches if each.index >= index - 2 * STRETCHES]
            self.stretches.append(Bucket(index))
        self.stretches[-1].n += count
        self.total += count if self.escalation_id is not None else 0
        if len(self.first) < POINTERS:
            self.first = (*self.first, evidence)

    def within(self, at: float) -> int:
        """How many were counted in the window that ends at ``at``.

        By whole stretches, and one more than a window has: no window of that length has more than this says.

        >>> storm = Storm(seconds=240.0)
        >>> for at in (0.0, 100.0, 250.0):
        ...     storm.add(at, 1, Evidence(turn=0))
        >>> storm.within(250.0), storm.within(490.0), storm.within(1e6)
        (2, 1, 0)
        """
        return self._ending(self._index(at))

    def is_calm(self, at: float, most: float) -> bool:
        """Whether at every moment of the window before ``at`` fewer than ``most`` lay within a window."""
        last = self._index(at)
        return all(self._ending(index) < most for index in range(last, last - STRETCHES - 1, -1))

    def begin(self, escalation_id: str, count: int) -> None:
        """It is a storm from now on, of so many already."""
        self.escalation_id, self.total, self.told = escalation_id, count, count

    def end(self) -> None:
        """It is over: counting starts from nothing."""
        self.stretches, self.first = [], ()
        self.escalation_id, self.total, self.told = None, 0, 0

    def resize(self, seconds: float) -> None:
        """Use a window of this length. Another one than before starts the counts afresh, and so ends a storm."""
        if seconds != self.seconds:
            self.stretches, self.first, self.seconds = [], (), seconds

    def _index(self, at: float) -> int:
        return int(at // (self.seconds / STRETCHES))

    def _ending(self, index: int) -> int:
        return sum(each.n for each in self.stretches if index - STRETCHES <= each.index <= index)
