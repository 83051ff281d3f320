"""How many bad sessions a ranking finds while it disturbs only so many calm ones.

The threshold lies where at most the budget's share of the calm sessions ranks above it, ties not counted as above; with
few calm sessions that is none at all. Intervals are bootstrapped over sessions, bad and calm ones drawn apart, seeded.
"""

from collections.abc import Callable, Sequence
from random import Random
from statistics import quantiles
from typing import TypeVar

from monitor.evaluate.interval import Estimate
from monitor.evaluate.outcomes import Outcome

BUDGETS = (20, 50, 100)
"""Calm sessions of 1,000 that people can look at."""
DRAWS = 400
SEED = 7

Rank = tuple[float, ...]
T = TypeVar("T")


def found(calm: Sequence[Rank], bad: Sequence[Rank], budget: int) -> float:
    """The share of bad sessions that rank above the threshold of this budget (per 1,000 calm sessions).

    >>> calm = [(0.1,), (0.2,), (0.3,), (0.9,)]
    >>> found(calm, [(0.95,), (0.5,)], 250), found(calm, [(0.95,), (0.5,)], 20)
    (1.0, 0.5)
    """
    allowed = len(calm) * budget // 1000
    threshold = sorted(calm, reverse=True)[allowed]
    return sum(1 for rank in bad if rank > threshold) / len(bad)


def at_budget(calm: Sequence[Rank], bad: Sequence[Rank], budget: int) -> Estimate:
    """:func:`found` with its interval."""
    random = Random(SEED)  # noqa: S311 - draws, no secret
    drawn = [found(_again(random, calm), _again(random, bad), budget) for _ in range(DRAWS)]
    return _between(found(calm, bad, budget), drawn)


def mean(values: Sequence[float]) -> Estimate:
    """The mean with its interval.

    >>> mean([1.0, 1.0])
    Estimate(value=1.0, low=1.0, high=1.0)
    """
    random = Random(SEED)  # noqa: S311 - draws, no secret
    drawn = [sum(_again(random, values)) / len(values) for _ in range(DRAWS)]
    return _between(sum(values) / len(values), drawn)


def _again(random: Random, values: Sequence[T]) -> list[T]:
    return random.choices(values, k=len(values))


def _between(value: float, drawn: Sequence[float]) -> Estimate:
    cuts = quantiles(drawn, n=40, method="inclusive")
    return Estimate(value, cuts[0], cuts[-1])


RANKINGS: tuple[tuple[str, Callable[[Outcome], Rank]], ...] = (
    ("`session_risk`", lambda each: (each.risk,)),
    ("hard rules first, then `session_risk`", lambda each: (float(each.hard), each.risk)),
    ("longest sessions", lambda each: (float(each.turns - 1),)),
)
"""What sessions are ranked by. All of it is known before the last turn; so is the length: the turns until then."""
