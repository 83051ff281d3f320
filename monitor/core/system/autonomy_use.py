"""Whether a system kept to its grant and to its ceiling: the system stage owns both (DESIGN.md section 3)."""

from collections.abc import Iterator

from monitor.core.breaker import BreakerState
from monitor.core.events import Evidence, SystemReading
from monitor.core.log import Observation
from monitor.core.system.state import WHOLE, SystemState
from monitor.core.vocabulary import Autonomy

EXCEEDED = "autonomy_exceeded"
IGNORED = "ceiling_ignored"
REQUESTED = "autonomy_requested"
OF_AUTONOMY = frozenset({EXCEEDED, IGNORED, REQUESTED})

GRACE_SECONDS = 30.0
"""Event time an application has to hear of a narrower level before using more counts against it."""


def overreach(state: SystemState, scope: str, record: Observation, evidence: Evidence) -> Iterator[SystemReading]:
    """Autonomy above what was granted, and above a ceiling that the system has had time to hear of."""
    used = record.autonomy
    held = [each for each in (state.breakers[scope], state.breakers[WHOLE]) if _has_heard(each, state.now)]
    if used is None or not held:
        return
    granted = min((breaker.granted for breaker in held), key=lambda level: level.rank)
    ceiling = min((breaker.in_force for breaker in held), key=lambda level: level.rank)
    if used.rank > granted.rank:
        yield reading_of(EXCEEDED, used, granted, scope, evidence)
    if used.rank > ceiling.rank and ceiling.rank < granted.rank:
        yield reading_of(IGNORED, used, ceiling, scope, evidence)


def _has_heard(breaker: BreakerState, now: float) -> bool:
    """Whether turns are judged by the breaker's levels again. The first turn after a change starts the grace."""
    if breaker.judges_from is None:
        breaker.judges_from = now + GRACE_SECONDS
    return now >= breaker.judges_from


def reading_of(signal: str, level: Autonomy, bound: Autonomy, scope: str, *evidence: Evidence) -> SystemReading:
    """A reading about levels: their ranks as value and bound, the level's name as feature."""
    return SystemReading(
        signal, float(level.rank), float(bound.rank), 1, feature=level, capability=scope, evidence=evidence
    )
