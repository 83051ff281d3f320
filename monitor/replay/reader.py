"""Files and standard input become records with positions, so that a replay decides what a worker decided.

Without a positions file every input is one partition: the offset of a line is its index over all inputs. Memory does
not grow with the input, nor with the length of a line.
"""

import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, TypeVar, cast

import msgspec
from msgspec import Struct

from monitor.core.channels import INTERACTIONS
from monitor.core.errors import OperatorError
from monitor.core.interaction import Position
from monitor.ingest import Record

STDIN = "-"
STRUCTURED = (("content-type", b"application/cloudevents+json"),)
"""The header a CloudEvent in structured mode came with; a file keeps the value alone."""
GZIP_MAGIC = b"\x1f\x8b"
_NEWLINE = b"\r\n"
_CHUNK = 1 << 20
T = TypeVar("T")


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a positions file: where the input's line of the same number lay in Kafka.

    ``timestamp``: the record's own time in epoch seconds. ``key``: its key as text.
    """

    partition: int
    offset: int
    timestamp: float | None = None
    key: str | None = None
    topic: str = INTERACTIONS


class _Envelope(Struct):
    specversion: str | None = None
    data: msgspec.Raw = msgspec.Raw()
    data_base64: msgspec.Raw = msgspec.Raw()


_ENVELOPE = msgspec.json.Decoder(_Envelope)


class Inputs:
    """The inputs of one replay, read once and in order.

    Args:
        paths: files (gzip is recognised by its first bytes) or ``-`` for standard input.
        positions: a JSONL file with one :class:`Place` for each line of the input, blank lines included.
        max_bytes: longer lines are cut just above it, so that ingest rejects them as too large.
    """

    def __init__(self, paths: Sequence[str], *, positions: Path | None = None, max_bytes: int = 1_048_576) -> None:
        self._paths = tuple(paths)
        self._positions = positions
        self._limit = max_bytes + 1
        self._raw: BufferedReader | None = None
        self._done = 0

    @property
    def total_bytes(self) -> int | None:
        """Size of all files as they lie on disk; None with standard input among them."""
        if STDIN in self._paths:
            return None
        return sum(Path(path).stat().st_size for path in self._paths)

    @property
    def bytes_read(self) -> int:
        """How much of :attr:`total_bytes` is read."""
        return self._done + (self._raw.tell() if self._raw is not None else 0)

    def records(self) -> Iterator[Record]:
        """Every line that is not blank, as a record.

        Raises:
            OperatorError: an input or the positions file cannot be read, or they do not go together.
        """
        places = self._places()
        for index, line in enumerate(self._lines()):
            place = next(places, None) if places is not None else Place(0, index)
            if place is None:
                raise OperatorError(f"{self._positions}: has {index} lines, fewer than the input; give one a line")
            if line:
                yield _record(line, place)

    def _lines(self) -> Iterator[bytes]:
        for path in self._paths:
            try:
                if path == STDIN:
                    yield from _cut_lines(_unzipped(_standard_input()), self._limit)
                    continue
                with Path(path).open("rb") as self._raw:
                    yield from _cut_lines(_unzipped(self._raw), self._limit)
                    self._done += self._raw.tell()
            except (OSError, EOFError, zlib.error) as error:
                raise OperatorError(f"{path}: cannot be read: {error}; check the path and the file") from error
            finally:
                self._raw = None

    def _places(self) -> Iterator[Place] | None:
        return None if self._positions is None else read_jsonl(self._positions, Place)


def read_jsonl(path: Path, kind: type[T]) -> Iterator[T]:
    """The lines of a JSONL file as structs. Raises OperatorError with file and line."""
    decoder = msgspec.json.Decoder(kind)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield decoder.decode(line)
                except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                    raise OperatorError(f"{path}:{number}: not a line of this kind: {error}") from error
    except OSError as error:
        raise OperatorError(f"{path}: cannot be read: {error.strerror}; check the path") from error


def chunks(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """Records in lists of ``size``, the last one shorter."""
    chunk: list[Record] = []
    for record in records:
        chunk.append(record)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _cut_lines(stream: IO[bytes], limit: int) -> Iterator[bytes]:
    """Lines without their ends, never longer than ``limit``: the rest of a longer one is skipped unseen."""
    while line := stream.readline(limit + len(_NEWLINE)):
        whole = line.endswith(b"\n")
        yield line.rstrip(_NEWLINE)[:limit]
        while not whole and (rest := stream.readline(_CHUNK)):
            whole = rest.endswith(b"\n")


def _standard_input() -> BufferedReader:
    stream = sys.stdin.buffer
    return stream if isinstance(stream, BufferedReader) else BufferedReader(cast("RawIOBase", stream))


def _unzipped(raw: BufferedReader) -> IO[bytes]:
    """The stream as it is, or what is inside when it is gzip."""
    zipped = raw.peek(len(GZIP_MAGIC))[: len(GZIP_MAGIC)] == GZIP_MAGIC
    return cast("IO[bytes]", gzip.open(raw)) if zipped else raw


def _record(line: bytes, place: Place) -> Record:
    key = None if place.key is None else place.key.encode()
    at = Position(place.topic, place.partition, place.offset)
    headers = STRUCTURED if b'"specversion"' in line and _is_event(line) else ()
    return Record(at, line, key=key, headers=headers, timestamp=place.timestamp)


def _is_event(line: bytes) -> bool:
    """Whether a line is an event around a turn, and no turn of its own that has a field of that name."""
    try:
        found = _ENVELOPE.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return found.specversion is not None and bool(found.data or found.data_base64)
