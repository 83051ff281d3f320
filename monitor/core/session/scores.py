"""From one annotated turn to scores, and from scores to the readings that fire at the policy's bounds."""

from collections.abc import Mapping
from math import inf

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence, Reading, Standing
from monitor.core.interaction import Position
from monitor.core.policy.model import Bound, Policy, SystemPolicy
from monitor.core.policy.schema import EVALUATION
from monitor.core.session.state import SessionState, pointed
from monitor.core.signals.base import Context, Score
from monitor.core.signals.ledger import NOTHING, enter
from monitor.core.signals.roster import Roster
from monitor.core.told import shortened
from monitor.core.vocabulary import Autonomy, lower
from monitor.core.watch import Watch, judge, reaches

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
    if not levels:
        return otherwise
    whole = levels.get("", otherwise)
    return lower(whole, levels.get(capability, whole))


class Heard(Struct, frozen=True):
    """What the signals said of a turn: the scores of all signals in order, and the values of those that know one."""

    scores: dict[str, Score]
    values: dict[str, float | None]


def score(state: SessionState, frame: Frame, signals: Roster) -> Heard:
    """Every signal's score of the turn, in order; each sees the values of those before it. Updates ``state``.

    Asked are only the signals to which the turn shows something, or whose state is not at rest; of the others the
    answer is known (see ``Signal``).
    """
    turn, states = frame.turn, state.signals
    kind = signals.kind(turn)
    scores, values = dict(kind.scores), dict(kind.values)
    context = Context(
        policy=frame.policy,
        turn=frame.index,
        ceiling=frame.ceiling,
        granted=frame.granted,
        incomplete=state.incomplete,
        entry=NOTHING if turn.tool is None else enter(state.ledger, turn),
        baselines=frame.standing.baselines,
        everyday=frame.standing.everyday,
        scores=values,
    )
    if not states:
        states.update(signals.unheard)
    shown = kind.shown(turn)
    for bit, name, update, unheard, fresh, rests in kind.ears:
        own = states.get(name, unheard)
        if shown & bit or (rests is not None and not rests(own)):
            if own is unheard:
                own = states[name] = fresh()
            scores[name] = found = update(own, turn, context)
            values[name] = found.value
    state.noticed = scores
    risk = values.get(RISK)
    state.risk = state.risk if risk is None else risk
    return Heard(scores, {name: value for name, value in values.items() if value is not None})


def fire(state: SessionState, frame: Frame, heard: Heard) -> dict[str, Reading]:
    """The readings of the turn, by signal: every bound, as written, that its score reaches now. Updates ``state``.

    In the order of the bounds. What stays clear of its bound, as nearly all does, is passed over.
    """
    bounds, watches, fired = frame.policy.bounds, state.watches, dict[str, Reading]()
    evaluated = _evaluated(frame)
    values = heard.values | {name: found.value for name, found in evaluated.items()} if evaluated else heard.values
    for name in _moved(values, frame.policy, watches):
        watch, found = watches.setdefault(name, Watch()), evaluated.get(name) or heard.scores[name]
        if judge(watch, bounds[name], found.value, found.n):
            state.active[name] = fired[name] = _reading(state, frame.index, name, bound=bounds[name], found=found)
        elif not watch.active:
            state.active.pop(name, None)
    return fired


def _moved(values: Mapping[str, float | None], policy: SystemPolicy, watches: Mapping[str, Watch]) -> list[str]:
    """The bounds that a value reaches, or that were reached before and are counted on, in their order."""
    bounds, (rising, others) = policy.bounds, policy.once(by_kind)
    moved = {name for name, value in values.items() if value and value >= rising.get(name, inf)}
    for name in others:
        value = values.get(name)
        if value is not None and reaches(bounds[name], value):
            moved.add(name)
    for name, watch in watches.items():
        if (watch.streak or watch.active) and name in bounds and values.get(name) is not None:
            moved.add(name)
    return sorted(moved, key=policy.once(bound_order).__getitem__) if len(moved) > 1 else list(moved)


def bound_order(policy: SystemPolicy) -> dict[str, int]:
    """Each bound's place among the policy's bounds."""
    return {name: place for place, name in enumerate(policy.bounds)}


def by_kind(policy: SystemPolicy) -> tuple[dict[str, float], tuple[str, ...]]:
    """Where the bounds lie that a value above 0 reaches by rising, as nearly all are; and the names of the others."""
    rising = {name: bound.raise_at for name, bound in policy.bounds.items() if not bound.below and bound.raise_at > 0.0}
    return rising, tuple(name for name in policy.bounds if name not in rising)


def upstream_bounds(policy: SystemPolicy) -> tuple[str, ...]:
    """The bounds of upstream evaluators' scores."""
    return tuple(name for name, bound in policy.bounds.items() if bound.upstream)


def _evaluated(frame: Frame) -> dict[str, Score]:
    """The scores that an upstream evaluator gave the turn, of those that have a bound."""
    if not frame.turn.evaluations:
        return {}
    return {name: _upstream(frame.turn, name) for name in frame.policy.once(upstream_bounds)}


def _upstream(turn: Annotation, name: str) -> Score:
    return Score(turn.evaluations.get(name.removeprefix(EVALUATION)))


def _reading(state: SessionState, index: int, name: str, *, bound: Bound, found: Score) -> Reading:
    assert found.value is not None
    evidence = pointed(state, found.evidence or (Evidence(turn=index),))
    told, unless = shortened(found.told), shortened(found.unless)
    return Reading(name, found.value, bound.raise_at, found.n, found.window, evidence, told, unless)
