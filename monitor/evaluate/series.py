"""How well drift is found: series files through the engine's own stages, their truth beside what the engine told.

Two forms. Streams of sessions (``sessions``: ids of recorded sessions, played in that order as one system) and series
of sensor values (``values``: sent as one distance to what was usual, an upstream evaluation of one turn each). A change
counts as found by an alarm at most a window after it; alarms closer than that are one; every other alarm is false. An
alarm is any drift that was told, in either direction: whether it harms is a question of its own.
"""

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from monitor.core.channels import INTERACTIONS, OBSERVATIONS
from monitor.core.errors import OperatorError
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.policy.model import Policy
from monitor.core.system.drifts import DRIFT
from monitor.core.system.reducer import SystemState, observe
from monitor.evaluate.fold import records
from monitor.evaluate.labelled import HALVES, Line, half_of, lines_of, objects
from monitor.ingest import IngestOptions, Record
from monitor.replay.engine import Engine

SESSIONS_WINDOW = 40
"""Sessions after a change within which an alarm finds it."""
POINTS_WINDOW = 60
"""Values after a change within which an alarm finds it."""
TURN_SECONDS, PAUSE_SECONDS = 20.0, 45.0
"""Event time between two turns, and between two sessions."""
FAULT_FREE = 400
"""Values of a sensor series that say what is usual: the part SKAB declares free of faults."""
EVALUATION = "distance"
BOTH = "both"


@dataclass(frozen=True, slots=True)
class Played:
    """A series: where its changes are, where alarms came, how long it is; ``kind`` of stream, else the data's name."""

    kind: str
    series: str
    length: int
    changes: tuple[int, ...]
    alarms: tuple[int, ...]
    window: int


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """What was found of one kind of series.

    ``n``: sessions or values played. ``false_alarms``: per 10,000 of them. ``delay``: mean from a change to the alarm
    that found it; None where none was. ``always`` and ``never``: F1 of an alarm at every place, and of none.
    """

    name: str
    half: str
    series: int
    n: int
    changes: int
    f1: float
    precision: float
    recall: float
    false_alarms: float
    delay: float | None
    always: float
    never: float = 0.0


def measured(paths: Sequence[Path], policy: Policy, sessions: Path | None = None) -> list[SeriesRow]:
    """What is found in series files, by kind and half.

    Args:
        paths: files of series.
        policy: in force throughout.
        sessions: the file of recorded sessions that streams name.

    Raises:
        OperatorError: a file cannot be read, or streams were given without their sessions.
    """
    played: list[Played] = []
    known: dict[str, list[Observation]] | None = None
    for path in paths:
        for series in objects(path):
            if "values" in series:
                played.append(_points(series, policy))
            elif "sessions" in series:
                if sessions is None:
                    raise OperatorError(f"{path}: names sessions; give the file they are in as well")
                known = observed(sessions, policy) if known is None else known
                played.append(_stream(series, known, policy))
    return list(rows(played))


def rows(played: Sequence[Played]) -> Iterator[SeriesRow]:
    """A row for each kind, of all its series and of either half."""
    for kind in dict.fromkeys(each.kind for each in played):
        for half in (BOTH, *HALVES):
            of = [each for each in played if each.kind == kind and half in (BOTH, half_of(each.series))]
            if of:
                yield _row(kind, half, of)


def told(alarms: Iterable[int], window: int) -> list[int]:
    """The alarms that count: one closer to the last than a window is the same.

    >>> told([3, 10, 44, 80], 40)
    [3, 44]
    """
    found: list[int] = []
    for alarm in sorted(alarms):
        if not found or alarm - found[-1] >= window:
            found.append(alarm)
    return found


def found(series: Played) -> list[int | None]:
    """For each alarm that counts how long after a change it came; None: it is false. A change is found once."""
    left, delays = list(series.changes), []
    for alarm in told(series.alarms, series.window):
        change = next((each for each in left if each <= alarm <= each + series.window), None)
        delays.append(None if change is None else alarm - change)
        if change is not None:
            left.remove(change)
    return delays


def _row(kind: str, half: str, of: Sequence[Played]) -> SeriesRow:
    delays = [delay for each in of for delay in found(each)]
    hits = [delay for delay in delays if delay is not None]
    changes, n = sum(len(each.changes) for each in of), sum(each.length for each in of)
    return SeriesRow(
        name=kind,
        half=half,
        series=len(of),
        n=n,
        changes=changes,
        f1=_f1(len(hits), len(delays), changes),
        precision=len(hits) / len(delays) if delays else 0.0,
        recall=len(hits) / changes if changes else 0.0,
        false_alarms=10_000 * (len(delays) - len(hits)) / n,
        delay=sum(hits) / len(hits) if hits else None,
        always=_always(of, changes),
    )


def _always(of: Sequence[Played], changes: int) -> float:
    """F1 of an alarm at every place."""
    delays = [
        delay
        for each in of
        for delay in found(
            Played(each.kind, each.series, each.length, each.changes, tuple(range(each.length)), each.window)
        )
    ]
    return _f1(sum(delay is not None for delay in delays), len(delays), changes)


def _f1(hits: int, alarms: int, changes: int) -> float:
    return 2 * hits / (alarms + changes) if alarms + changes else 0.0


# streams of sessions --------------------------------------------------------------------------------------------------


def observed(path: Path, policy: Policy) -> dict[str, list[Observation]]:
    """Every session's observations, each folded alone: what the session stage says of it wherever it is played."""
    lines = list(lines_of(path))
    turns = Engine(policy, IngestOptions(default_system="stream"), standings="pinned").run(records(lines))
    found: dict[str, list[Observation]] = {}
    for line, turn in zip(lines, turns, strict=True):
        if turn.observation is not None:
            found.setdefault(line.session, []).append(turn.observation)
    return found


def _stream(series: Mapping[str, Any], known: Mapping[str, Sequence[Observation]], policy: Policy) -> Played:
    name, ids = str(series["series_id"]), list(series["sessions"])
    missing = next((each for each in ids if each not in known), None)
    if missing is not None:
        raise OperatorError(f"{name}: session {missing} is not in the file of sessions")
    alarms = [place for place, turn in alarmed(played_in_order(ids, known), policy)]
    changes = tuple(series.get("change_points") or ())
    return Played(str(series.get("kind", "stream")), name, len(ids), changes, tuple(alarms), SESSIONS_WINDOW)


def played_in_order(
    ids: Sequence[str], known: Mapping[str, Sequence[Observation]]
) -> Iterator[tuple[int, Observation]]:
    """The sessions one after the other, each under a name of its own, with the place of each in the stream."""
    now, offset = 0.0, 0
    for place, each in enumerate(ids):
        now += PAUSE_SECONDS
        for turn in known[each]:
            now, offset = now + TURN_SECONDS, offset + 1
            yield (
                place,
                msgspec.structs.replace(
                    turn, source=Position(INTERACTIONS, 0, offset), session_id=f"{place}/{each}", at=now
                ),
            )


def alarmed(turns: Iterable[tuple[int, Observation]], policy: Policy) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Where the system stage tells of drift, and the features it names."""
    state: SystemState | None = None
    for offset, (place, turn) in enumerate(turns):
        state = observe(state, turn, at=Position(OBSERVATIONS, 0, offset), policy=policy).state
        names = tuple(reading.feature or "" for reading in state.noticed if reading.signal == DRIFT)
        if names:
            yield place, names


# series of values -----------------------------------------------------------------------------------------------------


def distances(values: Sequence[Sequence[float]], usual: int = FAULT_FREE) -> list[float]:
    """How far each point lies from what is usual: root mean square over the sensors.

    Each sensor is measured from its median, in its standard deviations; both are those of the first points.

    >>> [round(each, 3) for each in distances([[0.0], [2.0], [1.0], [4.0]], usual=2)]
    [1.0, 1.0, 0.0, 3.0]
    """
    columns = list(zip(*values[:usual], strict=True))
    middles = [statistics.median(column) for column in columns]
    spreads = [statistics.pstdev(column) or 1.0 for column in columns]
    return [
        math.sqrt(sum(((each - middles[i]) / spreads[i]) ** 2 for i, each in enumerate(point)) / len(point))
        for point in values
    ]


def _points(series: Mapping[str, Any], policy: Policy) -> Played:
    name, values = str(series["series_id"]), distances(series["values"])
    engine = Engine(policy, IngestOptions(default_system="series"), standings="pinned")
    alarms = [
        place
        for place, turn in enumerate(engine.run(_evaluated(values)))
        if any(reading.signal == DRIFT for reading in turn.system)
    ]
    changes = tuple(series.get("change_points") or ())
    kind = str(series.get("source", "series"))
    return Played(kind, name, len(values), changes, tuple(alarms), POINTS_WINDOW)


def _evaluated(values: Sequence[float]) -> Iterator[Record]:
    """One turn a value, as an upstream evaluator would send it."""
    lines = (
        Line(
            "series",
            place,
            {
                "session_id": "series",
                "turn": place,
                "role": "assistant",
                "text": "measured",
                "ts": place * TURN_SECONDS,
                "evaluations": {EVALUATION: value},
            },
            {},
        )
        for place, value in enumerate(values)
    )
    return records(lines)
