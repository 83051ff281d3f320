"""One line per input turn: every score, what fired, on what evidence, and what came of it (``--readings``)."""

import msgspec
from msgspec import Struct

from monitor.core.events import Evidence, Reading, SystemReading
from monitor.replay.engine import Turn

_encoder = msgspec.json.Encoder(order="deterministic")


class TurnReadings(Struct, frozen=True, kw_only=True):
    """What was read off one turn.

    ``scores``: every signal, None where it cannot know. ``readings``: those at their bound. ``evidence``: by signal,
    whether or not it fires; for contradictions, injections and repeats the best earlier turn. ``session_risk``: as
    known at this turn. ``outputs``: ids of everything decided on it, by both stages.
    """

    session_id: str
    turn: int
    scores: dict[str, float | None]
    readings: tuple[Reading, ...]
    evidence: dict[str, tuple[Evidence, ...]]
    session_risk: float
    system_readings: tuple[SystemReading, ...]
    outputs: tuple[str, ...]


def readings_of(turn: Turn) -> TurnReadings | None:
    """The readings of a turn; None where nothing was observed (rejected, or folded before)."""
    seen = turn.observation
    if seen is None:
        return None
    noticed = turn.noticed or {}
    return TurnReadings(
        session_id=seen.session_id,
        turn=seen.turn,
        scores={name: score.value for name, score in noticed.items()},
        readings=seen.readings,
        evidence={name: score.evidence for name, score in noticed.items() if score.evidence},
        session_risk=seen.session_risk,
        system_readings=turn.system,
        outputs=tuple(output.id for output in turn.outputs),
    )


def encode(readings: TurnReadings) -> bytes:
    """The line, names sorted, without its end."""
    return _encoder.encode(readings)
