"""The system's rates: how often its turns contradict, lack support or overreach, and when that is too often."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from monitor.core.events import SystemReading
from monitor.core.log import Observation
from monitor.core.policy import Bound, SystemPolicy
from monitor.core.system_state import SystemState
from monitor.core.vocabulary import Role
from monitor.core.window import WINDOW_SECONDS, Rate, wilson


class Share(Struct, frozen=True):
    """One rate: hits are turns on which one of ``fired`` fired, chances those on which one of ``judged`` was judged.

    No ``judged``: every assistant turn is a chance.
    """

    fired: frozenset[str]
    judged: frozenset[str] = frozenset()


SHARES: Mapping[str, Share] = {
    "contradiction_rate": Share(
        frozenset({"self_contradiction", "source_contradiction"}),
        frozenset({"self_contradiction", "source_contradiction"}),
    ),
    "unsupported_rate": Share(frozenset({"unsupported_claim"}), frozenset({"unsupported_claim"})),
    "overreach_rate": Share(
        frozenset(
            {
                "tool_not_allowed",
                "approval_missing",
                "autonomy_exceeded",
                "injected_instruction",
                "publish_without_review",
            }
        )
    ),
}


def sample(observation: Observation) -> dict[str, bool]:
    """What this turn adds to which rate: name -> whether it was a hit; absent where it was no chance."""
    if observation.role is not Role.ASSISTANT:
        return {}
    fired = {reading.signal for reading in observation.readings}
    known = {name for name, value in observation.scores.items() if value is not None}
    return {
        name: bool(share.fired & fired) for name, share in SHARES.items() if not share.judged or share.judged & known
    }


def fold_rates(
    state: SystemState, capability: str, sampled: Mapping[str, bool], policy: SystemPolicy
) -> Iterator[SystemReading]:
    """Count a turn under one capability; the rates that crossed their raise bound on it. Updates ``state.active``."""
    rates = state.rates.setdefault(capability, {})
    for name, hit in sampled.items():
        bound = policy.rates.get(name)
        if bound is None:
            continue
        rate = rates.setdefault(name, Rate())
        rate.add(state.now, hit=hit, seconds=bound.params.get("window_seconds", WINDOW_SECONDS))
        reading = _crossing(state, f"{capability}/{name}", rate, bound, name=name, capability=capability)
        if reading is not None:
            yield reading


def _crossing(
    state: SystemState, key: str, rate: Rate, bound: Bound, *, name: str, capability: str
) -> SystemReading | None:
    """A reading when the rate surely reached its bound just now; clears it when it surely fell below the other one."""
    low, high = rate.interval()
    if key in state.active:
        if high < bound.clear_at:
            del state.active[key]
        return None
    if rate.n < bound.min_samples or low < bound.raise_at:
        return None
    value = rate.hits / rate.n
    reading = SystemReading(name, value, bound.raise_at, rate.n, low=low, high=high, capability=capability)
    state.active[key] = reading
    return reading


def is_clean(hits: int, judged: int, bound: Bound) -> bool:
    """Whether what was seen since a trip surely lies below the clear bound.

    >>> is_clean(0, 200, Bound(0.1, 0.05)), is_clean(0, 20, Bound(0.1, 0.05))
    (True, False)
    """
    return judged >= bound.min_samples and wilson(hits, judged)[1] < bound.clear_at
