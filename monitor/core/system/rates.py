"""The system's rates: how often its turns contradict, lack support, overreach or need a person, and when too often."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from monitor.core.events import Evidence, SystemReading
from monitor.core.log import Observation
from monitor.core.policy.model import Bound, SystemPolicy
from monitor.core.system.state import SystemState
from monitor.core.vocabulary import EscalationStatus, Role
from monitor.core.window import WINDOW_SECONDS, Rate


class Share(Struct, frozen=True):
    """One rate: hits are turns on which one of ``fired`` fired, chances those on which one of ``judged`` was judged.

    No ``judged``: every assistant turn is a chance. No ``fired``: a hit is a turn that raised an escalation.
    """

    fired: frozenset[str] = frozenset()
    judged: frozenset[str] = frozenset()


_CONTRADICTIONS = frozenset({"self_contradiction", "source_contradiction"})
_OVERREACH = frozenset(
    {
        "tool_not_allowed",
        "limit_exceeded",
        "sequence_violation",
        "approval_missing",
        "autonomy_exceeded",
        "injected_instruction",
        "publish_without_review",
    }
)

SHARES: Mapping[str, Share] = {
    "contradiction_rate": Share(_CONTRADICTIONS, _CONTRADICTIONS),
    "unsupported_rate": Share(frozenset({"unsupported_claim"}), frozenset({"unsupported_claim"})),
    "overreach_rate": Share(_OVERREACH),
    "escalation_rate": Share(),
}
"""Counted for every system; a reading needs a bound in the policy's ``rates``."""


def sample(observation: Observation) -> dict[str, bool]:
    """What this turn adds to which rate: name -> whether it was a hit; absent where it was no chance."""
    if observation.role is not Role.ASSISTANT:
        return {}
    fired = {reading.signal for reading in observation.readings}
    known = {name for name, value in observation.scores.items() if value is not None}
    return {
        name: not fired.isdisjoint(share.fired) if share.fired else _escalated(observation)
        for name, share in SHARES.items()
        if not share.judged or not known.isdisjoint(share.judged)
    }


def _escalated(observation: Observation) -> bool:
    raised = EscalationStatus.RAISED
    return bool(observation.escalations) and any(each.status is raised for each in observation.escalations)


def fold_rates(
    state: SystemState, scope: str, sampled: Mapping[str, bool], policy: SystemPolicy, evidence: Evidence
) -> Iterator[SystemReading]:
    """Count a turn under one scope; the rates that surely reached their raise bound on it. Updates ``state.active``."""
    rates = state.rates.setdefault(scope, {})
    for name, hit in sampled.items():
        rate = rates.get(name)
        if rate is None:
            rate = rates[name] = Rate()
        bound = policy.rates.get(name)
        if bound is not None:
            rate.resize(bound.params.get("window_seconds", WINDOW_SECONDS))
        rate.add(state.now, hit=hit, evidence=evidence)
        reading = _judge(state, scope, name, rate=rate, bound=bound)
        if reading is not None:
            yield reading


def _judge(state: SystemState, scope: str, name: str, *, rate: Rate, bound: Bound | None) -> SystemReading | None:
    """A reading when the rate surely reached its bound just now; ends one when it surely fell below the other bound."""
    if state.active:
        _end_if_clear(state, f"{scope}/{name}", rate, bound)
    if bound is None or rate.crossed or rate.n < bound.min_samples or rate.hits < bound.raise_at * rate.n:
        return None
    low, high = rate.interval()
    if low < bound.raise_at:
        return None
    rate.crossed = True
    reading = state.active[f"{scope}/{name}"] = SystemReading(
        name, rate.hits / rate.n, bound.raise_at, rate.n, low=low, high=high, capability=scope, evidence=rate.latest
    )
    return reading


def _end_if_clear(state: SystemState, key: str, rate: Rate, bound: Bound | None) -> None:
    if key in state.active and (bound is None or is_clear(rate, bound)):
        del state.active[key]
        rate.crossed = False


def is_clear(rate: Rate, bound: Bound) -> bool:
    """Whether the rate surely lies below its clear bound.

    >>> rate = Rate()
    >>> for second in range(80):
    ...     rate.add(second, hit=False)
    >>> is_clear(rate, Bound(0.1, 0.05)), is_clear(rate, Bound(0.1, 0.01))
    (True, False)
    """
    return rate.n >= bound.min_samples and rate.hits <= bound.clear_at * rate.n and rate.interval()[1] < bound.clear_at


def restart(state: SystemState, scope: str, names: tuple[str, ...] = ()) -> None:
    """Count a scope's rates (those named, or all) from nothing, after a decision that rested on them."""
    for name, rate in state.rates.get(scope, {}).items():
        if not names or name in names:
            rate.restart()
