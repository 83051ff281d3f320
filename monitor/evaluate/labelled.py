"""Labelled files as they lie on disk: turns of sessions with their truth, or series. Nothing is folded here.

A line is a turn as ``oversight replay`` reads it, with a ``label`` beside it. Sessions are cut in two by a hash of
their id: one half may be looked at and tuned on, the other is only counted.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from monitor.core.errors import OperatorError
from monitor.replay.reader import GZIP_MAGIC

TUNED, HELD_OUT = "tuned", "heldout"
HALVES = (TUNED, HELD_OUT)
LABEL = "label"
SESSIONS, SERIES = "sessions", "series"
"""The two forms of a file, told by its first line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One turn. ``body`` is what the engine may see: everything but the label.

    ``number``: the producer's own turn number, else the place in the session.
    """

    session: str
    number: int
    body: Mapping[str, Any]
    label: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """A file with its form and the name of the data in it: its first line's ``source``, else the file's own name."""

    path: Path
    form: str
    data: str


def half_of(session: str) -> str:
    """The half a session belongs to, for ever.

    >>> half_of("a"), half_of("s2")
    ('tuned', 'heldout')
    """
    return TUNED if hashlib.sha256(session.encode()).digest()[0] % 2 == 0 else HELD_OUT


def opened(path: Path) -> LabelledFile:
    """The file's form and the name of its data.

    Raises:
        OperatorError: it cannot be read, is empty, or its first line is neither a turn nor a series.
    """
    first = next(objects(path), None)
    if first is None:
        raise OperatorError(f"{path}: is empty; give a file with one labelled turn a line")
    stem = path.name.partition(".")[0]
    source = first.get("source")
    data = source if isinstance(source, str) and source else stem
    if "series_id" in first:
        return LabelledFile(path, SERIES, data)
    if "session_id" in first:
        return LabelledFile(path, SESSIONS, data)
    raise OperatorError(f"{path}:1: has neither session_id (a turn) nor series_id (a series); give one of them a line")


def lines_of(path: Path, half: str | None = None, sample: int | None = None) -> Iterator[Line]:
    """The turns of one half (None: of both), in the file's order. ``sample``: of so many sessions, always the same.

    Raises:
        OperatorError: the file cannot be read, or a line is no turn of a session.
    """
    chosen = None if sample is None else _sampled(path, half, sample)
    seen: dict[str, int] = {}
    for number, body in enumerate(objects(path), 1):
        session = body.get("session_id")
        if not isinstance(session, str):
            raise OperatorError(f"{path}:{number}: has no session_id; every line of this file must be a turn")
        if (half is not None and half_of(session) != half) or (chosen is not None and session not in chosen):
            continue
        place = seen[session] = seen.get(session, -1) + 1
        turn, label = body.get("turn"), body.pop(LABEL, None)
        yield Line(session, turn if isinstance(turn, int) else place, body, label if isinstance(label, dict) else {})


def _sampled(path: Path, half: str | None, sample: int) -> frozenset[str]:
    """The sessions whose ids hash lowest: the same at every call, and spread over the file."""
    ids = {session for body in objects(path) if isinstance(session := body.get("session_id"), str)}
    mine = (session for session in ids if half is None or half_of(session) == half)
    return frozenset(sorted(mine, key=lambda each: hashlib.sha256(b"sample " + each.encode()).digest())[:sample])


def objects(path: Path) -> Iterator[dict[str, Any]]:
    """Every line that is not blank, decoded.

    Raises:
        OperatorError: the file cannot be read, or a line is no JSON object.
    """
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    number = 0
    try:
        with path.open("rb") as raw:
            zipped = raw.peek(len(GZIP_MAGIC))[: len(GZIP_MAGIC)] == GZIP_MAGIC
            stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if zipped else raw
            for line in stream:
                number += 1
                if line.strip():
                    yield decode(line)
    except (OSError, EOFError, zlib.error) as error:
        raise OperatorError(f"{path}: cannot be read: {error}; check the path and the file") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path}:{number}: is not a JSON object: {error}; mend or remove the line") from error
