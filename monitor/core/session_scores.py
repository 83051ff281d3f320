"""From one annotated turn to scores, and from scores to the readings that fire at the policy's bounds."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence, Reading, Standing
from monitor.core.interaction import Position
from monitor.core.policy import Bound, Policy, SystemPolicy
from monitor.core.policy_schema import EVALUATION
from monitor.core.session_state import SessionState, pointed
from monitor.core.signals.base import Context, Score, Signal
from monitor.core.vocabulary import Autonomy, lower
from monitor.core.watch import Watch, judge

RISK = "session_risk"


class Frame(Struct, frozen=True, kw_only=True):
    """A turn with its index and everything in force on it; fixed while the turn is folded."""

    turn: Annotation
    at: Position
    now: float
    index: int
    policy: SystemPolicy
    fingerprint: str
    standing: Standing
    ceiling: Autonomy
    granted: Autonomy


def frame_of(turn: Annotation, index: int, *, at: Position, now: float, policy: Policy, standing: Standing) -> Frame:
    """The frame of a turn. The ceiling is the narrowest of the grant and what the standing says; it never widens."""
    applied = policy.of(turn.system_id, turn.capability)
    granted = _level(standing.granted, turn.capability, applied.granted)
    return Frame(
        turn=turn,
        at=at,
        now=now,
        index=index,
        policy=applied,
        fingerprint=policy.fingerprint,
        standing=standing,
        ceiling=lower(granted, _level(standing.ceilings, turn.capability, granted)),
        granted=granted,
    )


def _level(levels: dict[str, Autonomy], capability: str, otherwise: Autonomy) -> Autonomy:
    """The narrower of what is said about the capability and about the whole system.

    >>> _level({"": Autonomy.ACT, "refunds": Autonomy.SUPPORT}, "refunds", Autonomy.ACT)
    <Autonomy.SUPPORT: 'support'>
    """
    whole = levels.get("", otherwise)
    return lower(whole, levels.get(capability, whole))


def score(state: SessionState, frame: Frame, signals: Sequence[Signal]) -> dict[str, Score]:
    """Every signal's score of the turn, in order; each sees the values of those before it. Updates ``state``."""
    values: dict[str, float | None] = {}
    context = Context(
        policy=frame.policy,
        turn=frame.index,
        ceiling=frame.ceiling,
        granted=frame.granted,
        incomplete=state.incomplete,
        baselines=frame.standing.baselines,
        scores=values,
    )
    scores: dict[str, Score] = {}
    for signal in signals:
        own = state.signals.get(signal.name)
        if own is None:
            own = state.signals[signal.name] = signal.State()
        scores[signal.name] = found = signal.update(own, frame.turn, context)
        values[signal.name] = found.value
    state.noticed = scores
    risk = values.get(RISK)
    state.risk = state.risk if risk is None else risk
    return scores


def fire(state: SessionState, frame: Frame, scores: dict[str, Score]) -> Iterator[tuple[str, Reading]]:
    """The readings of the turn, by signal: every bound, as written, that its score reaches now. Updates ``state``."""
    for name, bound in frame.policy.bounds.items():
        found = _upstream(frame.turn, name) if bound.upstream else scores.get(name)
        if found is None or found.value is None:
            continue
        watch = state.watches.setdefault(name, Watch())
        if judge(watch, bound, found.value, found.n):
            reading = _reading(state, frame.index, name, bound=bound, found=found)
            state.active[name] = reading
            yield name, reading
        elif not watch.active:
            state.active.pop(name, None)


def _upstream(turn: Annotation, name: str) -> Score:
    return Score(turn.evaluations.get(name.removeprefix(EVALUATION)))


def _reading(state: SessionState, index: int, name: str, *, bound: Bound, found: Score) -> Reading:
    assert found.value is not None
    evidence = pointed(state, found.evidence or (Evidence(turn=index),))
    return Reading(name, found.value, bound.raise_at, found.n, found.window, evidence, found.told, found.unless)
