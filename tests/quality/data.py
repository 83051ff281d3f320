"""Labelled conversations through the same engine as ``oversight replay``; labels never reach it.

Each file is cut in two by a hash of the session id: one half may be looked at and tuned on, the other is only counted.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.core.channels import INTERACTIONS
from monitor.core.events import Escalation
from monitor.core.interaction import Position
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy
from monitor.replay.engine import Engine

DATA = Path(__file__).parents[3] / "shared" / "data"
TUNED, HELD_OUT = "tuned", "held out"


@dataclass(frozen=True, slots=True)
class Judged:
    """One turn with its truth and what the engine made of it; ``final``: the last of its session."""

    file: str
    session: str
    role: str
    words: int
    questions: int
    label: Mapping[str, Any]
    scores: Mapping[str, float | None]
    fired: frozenset[str]
    raised: frozenset[str] = frozenset()
    final: bool = field(default=False)


def available() -> bool:
    """Whether the labelled conversations are beside this checkout."""
    return DATA.is_dir()


def half_of(session: str) -> str:
    """The half a session belongs to, for ever.

    >>> half_of("a") in {TUNED, HELD_OUT}
    True
    """
    return TUNED if hashlib.sha256(session.encode()).digest()[0] % 2 == 0 else HELD_OUT


def lines_of(file: str, half: str | None = None, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The lines of one half (None: of both), whole sessions, in order; at most ``limit`` sessions."""
    sessions: set[str] = set()
    with gzip.open(DATA / f"{file}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            turn = json.loads(line)
            session = turn["session_id"]
            if half is not None and half_of(session) != half:
                continue
            sessions.add(session)
            if limit is not None and len(sessions) > limit:
                return
            yield turn


def judged(file: str, half: str, limit: int | None = None) -> list[Judged]:
    """Every turn of a half, folded."""
    lines = list(lines_of(file, half, limit))
    last = {line["session_id"]: index for index, line in enumerate(lines)}
    engine = Engine(load_policy(None), IngestOptions(), standings="pinned")
    found = []
    for index, (line, turn) in enumerate(zip(lines, engine.run(records(file, lines)), strict=True)):
        observation = turn.observation
        found.append(
            Judged(
                file=file,
                session=line["session_id"],
                role=line["role"],
                words=len((line.get("text") or "").split()),
                questions=(line.get("text") or "").count("?"),
                label=line.get("label") or {},
                scores=observation.scores if observation else {},
                fired=frozenset(reading.signal for reading in observation.readings) if observation else frozenset(),
                raised=frozenset(
                    reason.rule
                    for output in turn.outputs
                    if isinstance(output.data, Escalation)
                    for reason in output.data.reasons
                ),
                final=last[line["session_id"]] == index,
            )
        )
    return found


def records(file: str, lines: Iterable[dict[str, Any]]) -> Iterator[Record]:
    """The lines as records of one partition and one system, without their labels."""
    for offset, line in enumerate(lines):
        turn = {name: value for name, value in line.items() if name != "label"} | {"system_id": file}
        yield Record(Position(INTERACTIONS, 0, offset), json.dumps(turn).encode(), key=line["session_id"].encode())
