"""What a stage answers for a batch: what to send, what to dead-letter, which states to write. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from monitor.core.errors import InvalidRecord
from monitor.core.events import Output
from monitor.ingest import Record


@dataclass(frozen=True, slots=True)
class Write:
    """One state to write: ``value`` None is a tombstone; ``included`` is the source offset it includes."""

    key: str
    value: bytes | None
    included: int


@dataclass(slots=True)
class Decisions:
    """The outcome of one batch. Outputs are in the order they were decided; ``folded`` counts the records applied."""

    outputs: list[Output] = field(default_factory=list)
    rejected: list[tuple[Record, InvalidRecord]] = field(default_factory=list)
    folded: int = 0
    skipped: int = 0


class States(Protocol):
    """What a stage reads its states from: a store, or a plain dict behind one."""

    def get(self, key: str) -> bytes | None:
        """The state's snapshot, or None."""
        ...

    def scan(self) -> Iterable[tuple[str, bytes]]:
        """Every live state of the partition, control records excepted."""
        ...


class MemoryStates(dict[str, bytes]):
    """States in a dict: for replay and tests.

    >>> MemoryStates({"a": b"1"}).get("a")
    b'1'
    """

    def scan(self) -> Iterable[tuple[str, bytes]]:
        """Every state."""
        return list(self.items())

    def store(self, writes: Iterable[Write]) -> None:
        """Take a stage's writes in; a tombstone takes the state away.

        >>> states = MemoryStates({"a": b"1"})
        >>> states.store([Write("a", None, 7), Write("b", b"2", 8)])
        >>> states
        {'b': b'2'}
        """
        for write in writes:
            if write.value is None:
                self.pop(write.key, None)
            else:
                self[write.key] = write.value
