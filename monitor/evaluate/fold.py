"""Labelled turns through the engine of ``oversight replay``. Their labels never reach it."""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from monitor.annotate.scorer import Scorer
from monitor.core.channels import INTERACTIONS
from monitor.core.interaction import Position
from monitor.core.policy.model import Policy
from monitor.core.signals.base import NOT_JUDGED, Score
from monitor.evaluate.labelled import Line
from monitor.ingest import IngestOptions, Record
from monitor.replay.engine import Engine, Standings, Turn

_UNFIT = re.compile(r"[^A-Za-z0-9._:-]+")
"""What a file may be called and a system may not."""
MAX_NAME = 128


@dataclass(frozen=True, slots=True)
class Judged:
    """One turn with its truth and what the engine made of it.

    ``part``: which file of the data it is from, since two files may call different sessions the same.
    ``scores`` and ``fired`` hold the signals that were asked for. ``length``: characters of the text, or of the call
    where there is no text (then it is not ``spoken``). ``text`` is kept where it may be shown. ``rejected``: why the
    engine did not take the turn.
    """

    data: str
    session: str
    number: int
    role: str
    length: int
    spoken: bool
    label: Mapping[str, Any]
    scores: Mapping[str, Score]
    fired: frozenset[str]
    text: str = ""
    rejected: str = ""
    part: int = 0

    def value(self, signal: str) -> float | None:
        """The signal's value on this turn; None where it cannot know."""
        return self.scores.get(signal, NOT_JUDGED).value


class Folding:
    """How turns are folded: by which policy, with or without what is learned of a system on the way.

    Args:
        policy: in force throughout.
        signals: the signals whose scores are kept.
        standings: ``pinned``: every session is judged alone, whatever the file's order; ``live`` as a worker does.
        texts: whether the turns' texts are kept.
        scorer: reads the sources of answers more closely than words do.
    """

    def __init__(
        self,
        policy: Policy,
        signals: Collection[str],
        *,
        standings: Standings = "pinned",
        texts: bool = False,
        scorer: Scorer | None = None,
    ) -> None:
        self._policy = policy
        self._signals = frozenset(signals)
        self._standings = standings
        self._texts = texts
        self._scorer = scorer
        self._part = 0

    def judged(self, data: str, lines: Iterable[Line]) -> Iterator[Judged]:
        """Every turn, folded, in order."""
        waiting: deque[Line] = deque()
        self._part += 1
        for turn in engine(self._policy, data, self._standings, self._scorer).run(records(_kept(lines, waiting))):
            yield self._judged(data, waiting.popleft(), turn)

    def _judged(self, data: str, line: Line, turn: Turn) -> Judged:
        seen, noticed = turn.observation, turn.noticed or {}
        text = line.body.get("text")
        text = text if isinstance(text, str) else ""
        fired = (reading.signal for reading in seen.readings) if seen else ()
        return Judged(
            data=data,
            session=line.session,
            number=line.number,
            role=str(line.body.get("role")),
            length=len(text) or len(str(line.body.get("tool_call") or "")),
            spoken=bool(text.strip()),
            label=line.label,
            scores={name: score for name, score in noticed.items() if name in self._signals},
            fired=self._signals.intersection(fired),
            text=text if self._texts else "",
            rejected="" if turn.rejected is None else str(turn.rejected),
            part=self._part,
        )


def engine(policy: Policy, data: str, standings: Standings, scorer: Scorer | None = None) -> Engine:
    """An engine for lines that name no system: they are all of one, called like their data."""
    options = IngestOptions(default_system=_UNFIT.sub("_", data)[:MAX_NAME])
    return Engine(policy, options, standings=standings, scorer=scorer)


def records(lines: Iterable[Line]) -> Iterator[Record]:
    """Turns as records of one partition, without their labels."""
    for offset, line in enumerate(lines):
        value = msgspec.json.encode(line.body)
        yield Record(Position(INTERACTIONS, 0, offset), value, key=line.session.encode())


def _kept(lines: Iterable[Line], waiting: deque[Line]) -> Iterator[Line]:
    for line in lines:
        waiting.append(line)
        yield line


def by_session(turns: Iterable[Judged]) -> list[Sequence[Judged]]:
    """The turns of each session, in order; sessions may lie across one another."""
    found: dict[tuple[int, str], list[Judged]] = {}
    for turn in turns:
        found.setdefault((turn.part, turn.session), []).append(turn)
    return list(found.values())
