"""Which groups of words are everyday ones of a system: the share of its turns that has each, slowly forgotten.

The idf of information retrieval (Spärck Jones, 1972), as a system's sessions need it. A table over all groups is
exact and small, so no sketch is needed; it holds whole numbers only.
"""

from math import log
from operator import itemgetter

from msgspec import Struct, field

from monitor.core.signals.combine import clamp
from monitor.core.signals.everyday import GROUPS, MOST

ENOUGH = 200
"""Turns before anything is told: fewer are a few sessions, not a system."""
MEMORY = 2000
"""Turns after which all counts are halved, and old words forgotten."""
EVERYDAY = 0.05
"""Share of the turns from which on a group is an everyday one."""
MAX_TOLD = 64
EVERY = 50
"""Turns from one look to the next."""
STEP = 0.2
"""By how much a weight must have moved for all to be told anew."""


class WordShares(Struct):
    """How many of the last ``turns`` had a word of each group, and what was told of it: group -> weight of a word."""

    turns: int = 0
    counts: dict[int, int] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)

    def add(self, groups: tuple[int, ...]) -> bool:
        """Take in a turn that has some; answers whether there is something new to tell."""
        counts, known = self.counts, self.counts.get
        if len(groups) > MOST or min(groups) < 0 or max(groups) >= GROUPS:  # no observation of ours
            groups = tuple([group for group in groups[:MOST] if 0 <= group < GROUPS])
        for group in groups:
            counts[group] = known(group, 0) + 1
        self.turns += 1
        if self.turns < ENOUGH or self.turns % EVERY:
            return False
        news = self._tell()
        if self.turns >= MEMORY:
            self.turns //= 2
            self.counts = {group: count // 2 for group, count in counts.items() if count > 1}
        return news

    def _tell(self) -> bool:
        """Say all weights anew where one of them has moved by STEP."""
        fresh, told = self._weights(), self.told
        if all(abs(fresh.get(group, 1.0) - told.get(group, 1.0)) < STEP for group in {**fresh, **told}):
            return False
        self.told = fresh
        return True

    def _weights(self) -> dict[str, float]:
        """What a word of each everyday group counts: 1 at a share of EVERYDAY, 0 where every turn has one."""
        least = EVERYDAY * self.turns
        common = sorted((-count, group) for group, count in self.counts.items() if count > least)[:MAX_TOLD]
        return {str(group): _weight(-count / self.turns) for count, group in sorted(common, key=itemgetter(1))}


def _weight(share: float) -> float:
    """What a word counts that this share of the turns has.

    >>> _weight(EVERYDAY), _weight(0.5), _weight(1.0)
    (1.0, 0.23, 0.0)
    """
    return round(clamp(log(share) / log(EVERYDAY)), 2)
