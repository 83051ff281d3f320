"""Where states live between batches: memory, or RocksDB on disk. One store a partition of a stage.

A store keeps with each value the source offset it includes, and how far into the changelog it has read, so that a
restart with the same directory reads only what came after. The changelog is the truth; a store may be thrown away.
"""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from monitor.core.errors import OperatorError
from monitor.delivery.recovery import Entry

_HEAD = struct.Struct(">qq?")
_CHECKPOINT = b"~checkpoint"
_CURRENT_AT = b"~current_at"
CONTROL = "~"
"""First character of the keys that are not states."""
CONTROL_KEY = CONTROL + "control"
"""The partition's control record."""


class Store(Protocol):
    """One partition's states and control records."""

    checkpoint: int
    """The changelog offset up to which (exclusive) the store has read; 0 for an empty store."""
    current_at: float
    """When the store last was what the changelog says, in epoch seconds; 0 for an empty store."""

    def get(self, key: str) -> bytes | None:
        """A live value, or None."""
        ...

    def scan(self) -> Iterable[tuple[str, bytes]]:
        """Live states, control records excepted."""
        ...

    def entries(self) -> Iterator[Entry[bytes]]:
        """Everything kept, tombstones and control records too, for the recovery merge."""
        ...

    def apply(self, entries: Iterable[Entry[bytes]]) -> None:
        """Set values; tombstones are kept with their offset."""
        ...

    def purge(self, progress: int) -> None:
        """Drop tombstones that the progress covers."""
        ...

    def clear(self) -> None:
        """Forget everything, the checkpoint too."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class MemoryStore:
    """States in a dict; recovery reads the whole changelog."""

    def __init__(self) -> None:
        self.checkpoint = 0
        self.current_at = 0.0
        self._entries: dict[str, Entry[bytes]] = {}

    def get(self, key: str) -> bytes | None:
        """A live value, or None."""
        entry = self._entries.get(key)
        return None if entry is None else entry.value

    def scan(self) -> Iterable[tuple[str, bytes]]:
        """Live states."""
        return [
            (key, entry.value) for key, entry in self._entries.items() if entry.value is not None and key[0] != CONTROL
        ]

    def entries(self) -> Iterator[Entry[bytes]]:
        """Everything kept."""
        return iter(tuple(self._entries.values()))

    def apply(self, entries: Iterable[Entry[bytes]]) -> None:
        """Set values."""
        self._entries.update((entry.key, entry) for entry in entries)

    def purge(self, progress: int) -> None:
        """Drop tombstones that the progress covers."""
        dead = [key for key, entry in self._entries.items() if entry.value is None and entry.included <= progress]
        for key in dead:
            del self._entries[key]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.checkpoint, self.current_at = 0, 0.0

    def close(self) -> None:
        """Nothing to let go of."""


class RocksStore:
    """States in RocksDB. The directory belongs to one process at a time."""

    def __init__(self, path: Path) -> None:
        from rocksdict import Options, Rdict  # noqa: PLC0415 - only this store needs it

        options = Options(raw_mode=True)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = Rdict(str(path), options)
        except Exception as error:
            raise OperatorError(
                f"{path} cannot be opened: {error}; give each worker an OVERSIGHT_DATADIR of its own, "
                "or delete the directory: the changelog brings it back"
            ) from error

    @property
    def checkpoint(self) -> int:
        """The changelog offset up to which the store has read."""
        value = self._db.get(_CHECKPOINT)
        return int(value) if value else 0

    @checkpoint.setter
    def checkpoint(self, offset: int) -> None:
        self._db[_CHECKPOINT] = str(offset).encode()

    @property
    def current_at(self) -> float:
        """When the store last was what the changelog says."""
        value = self._db.get(_CURRENT_AT)
        return float(value) if value else 0.0

    @current_at.setter
    def current_at(self, moment: float) -> None:
        self._db[_CURRENT_AT] = repr(moment).encode()

    def get(self, key: str) -> bytes | None:
        """A live value, or None."""
        packed = self._db.get(key.encode())
        return None if packed is None else _unpack(key, packed).value

    def scan(self) -> Iterable[tuple[str, bytes]]:
        """Live states."""
        return (
            (entry.key, entry.value) for entry in self.entries() if entry.value is not None and entry.key[0] != CONTROL
        )

    def entries(self) -> Iterator[Entry[bytes]]:
        """Everything kept."""
        for key, packed in self._db.items():
            if key not in (_CHECKPOINT, _CURRENT_AT):
                yield _unpack(key.decode(), packed)

    def apply(self, entries: Iterable[Entry[bytes]]) -> None:
        """Set values."""
        for entry in entries:
            head = _HEAD.pack(entry.included, entry.tenure, entry.value is not None)
            self._db[entry.key.encode()] = head + (entry.value or b"")

    def purge(self, progress: int) -> None:
        """Drop tombstones that the progress covers."""
        dead = [entry.key for entry in self.entries() if entry.value is None and entry.included <= progress]
        for key in dead:
            del self._db[key.encode()]

    def clear(self) -> None:
        """Forget everything."""
        for key in list(self._db.keys()):
            del self._db[key]

    def close(self) -> None:
        """Release the directory."""
        self._db.close()


def _unpack(key: str, packed: bytes) -> Entry[bytes]:
    included, tenure, alive = _HEAD.unpack_from(packed)
    return Entry(key, packed[_HEAD.size :] if alive else None, included, tenure)


def open_store(kind: str, datadir: Path, *, app_id: str, stage: str, partition: int) -> Store:
    """The store of one partition of one stage.

    Raises:
        OperatorError: the directory cannot be opened (held by another worker, no permission).
    """
    if kind == "memory":
        return MemoryStore()
    return RocksStore(datadir / app_id / f"{stage}-{partition}")
