"""Recovery: which record of a changelog is a key's state, and which keys must be written again (DESIGN.md 6.6).

A paused or just revoked owner may have written an older state after the new one. So the highest included offset wins,
not the last record; a key whose last record is not its highest is *regressed* and is rewritten, because compaction
would keep the wrong one.

What is *asserted* (the control record, policies and standings in force) differs from a state: two owners that see the
same records may assert different things from the same offset on, when the assertion of the first lands after the
second has recovered. So every owner has a **tenure**, a number above that of the owners before it, and asserts all
that is in force again under its own before it takes a record. The control record's tenure then says which assertions
count: those of a lower tenure came too late for anybody to decide under them.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from monitor.delivery.rules import ALL_RULES, Rule

V = TypeVar("V")


def next_tenure(generation: int, recovered: int) -> int:
    """The tenure of a new owner: the group's generation, or more where the group was created anew meanwhile.

    >>> next_tenure(7, recovered=5), next_tenure(1, recovered=5)
    (7, 6)
    """
    return max(generation, recovered + 1)


@dataclass(frozen=True, slots=True)
class Entry(Generic[V]):
    """One changelog record.

    Attributes:
        key: whose.
        value: the state, or what is asserted; None is a tombstone.
        included: the last source offset that the value includes, or that came before what is asserted.
        tenure: of the owner that wrote it.
    """

    key: str
    value: V | None
    included: int
    tenure: int = 0

    @property
    def place(self) -> tuple[int, int]:
        """What a later entry must reach to replace this one."""
        return (self.included, self.tenure)


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
    _last: dict[str, Entry[V]] = field(default_factory=dict)

    def add(self, entry: Entry[V]) -> None:
        """Take the next record of the changelog."""
        if entry.value is None and Rule.TOMBSTONE_OFFSET not in self.rules:
            entry = Entry(entry.key, None, -1)
        known = self._highest.get(entry.key)
        if known is None or entry.place >= known.place or Rule.HIGHEST_WINS not in self.rules:
            self._highest[entry.key] = entry
        self._last[entry.key] = entry

    def states(self) -> dict[str, V]:
        """Each key's state; tombstoned keys are absent."""
        return {key: entry.value for key, entry in self._highest.items() if entry.value is not None}

    def asserted(self, prefix: str, *, control: str) -> dict[str, V]:
        """Values of the keys under ``prefix`` that count: not of a lower tenure than the record of key ``control``.

        >>> merge = Merge()
        >>> merge.add(Entry("~control", "", 7, tenure=2))
        >>> merge.add(Entry("~standing/x", "too late", 7, tenure=1))
        >>> merge.asserted("~standing/", control="~control")
        {}
        """
        return {
            key: entry.value
            for key, entry in self._highest.items()
            if key.startswith(prefix) and entry.value is not None and entry.tenure >= self.tenure(control)
        }

    def tenure(self, control: str) -> int:
        """The tenure of the last owner that got as far as its control record, -1 where none did."""
        return self._highest[control].tenure if control in self._highest else -1

    def entries(self) -> tuple[Entry[V], ...]:
        """The winning entry of every key, tombstones too."""
        return tuple(self._highest.values())

    def included(self, *, above: int) -> dict[str, int]:
        """Keys (dead ones too) that include records above the progress: those must not be applied to them again.

        A key that was forgotten above the progress has no state to say so itself; without this its re-read records
        would start a fresh one.
        """
        return {key: entry.included for key, entry in self._highest.items() if entry.included > above}

    def regressed(self) -> tuple[Entry[V], ...]:
        """Entries to write again, highest included offset as it was."""
        return tuple(entry for key, entry in self._highest.items() if self._last[key].place < entry.place)
