"""Recovery: which record of a changelog is a key's state, and which keys must be written again (DESIGN.md 6.6).

A paused or just revoked owner may have written an older state after the new one. So the highest included offset wins,
not the last record; a key whose last record is not its highest is *regressed* and is rewritten, because compaction
would keep the wrong one.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from monitor.delivery.rules import ALL_RULES, Rule

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Entry(Generic[V]):
    """One changelog record: the state's value (None: tombstone) and the source offset it includes."""

    key: str
    value: V | None
    included: int


@dataclass(slots=True)
class Merge(Generic[V]):
    """Fold of one changelog partition.

    >>> merge = Merge()
    >>> for entry in (Entry("a", "new", 9), Entry("a", "old", 4)):
    ...     merge.add(entry)
    >>> merge.states(), [entry.key for entry in merge.regressed()]
    ({'a': 'new'}, ['a'])
    """

    rules: frozenset[Rule] = ALL_RULES
    _highest: dict[str, Entry[V]] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)

    def add(self, entry: Entry[V]) -> None:
        """Take the next record of the changelog."""
        if entry.value is None and Rule.TOMBSTONE_OFFSET not in self.rules:
            entry = Entry(entry.key, None, -1)
        known = self._highest.get(entry.key)
        wins = known is None or entry.included >= known.included or Rule.HIGHEST_WINS not in self.rules
        if wins:
            self._highest[entry.key] = entry
        self._last[entry.key] = entry.included

    def states(self) -> dict[str, V]:
        """Each key's state; tombstoned keys are absent."""
        return {key: entry.value for key, entry in self._highest.items() if entry.value is not None}

    def included(self, *, above: int) -> dict[str, int]:
        """Keys (dead ones too) that include records above the progress: those must not be applied to them again.

        A key that was forgotten above the progress has no state to say so itself; without this its re-read records
        would start a fresh one.
        """
        return {key: entry.included for key, entry in self._highest.items() if entry.included > above}

    def regressed(self) -> tuple[Entry[V], ...]:
        """Entries to write again, highest included offset as it was."""
        return tuple(entry for key, entry in self._highest.items() if self._last[key] < entry.included)
