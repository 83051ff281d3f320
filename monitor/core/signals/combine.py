"""The small arithmetic the signals share: combining chances, comparing word sets, keeping bounded lists.

Only ``+ - * /`` on floats in a fixed order, so that equal histories give equal bits wherever they are folded.
"""

from collections.abc import Collection, MutableMapping, MutableSequence
from typing import TypeVar

from monitor.core.signals.base import Context, Signal

T = TypeVar("T")
K = TypeVar("K")


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """The value, no lower than ``low`` and no higher than ``high``.

    >>> clamp(1.2), clamp(-0.1), clamp(0.4)
    (1.0, 0.0, 0.4)
    """
    if value > high:
        return high
    return value if value > low else low  # noqa: FURB136 - max() takes three times as long, and this is everywhere


def noisy_or(*parts: float) -> float:
    """The chance that at least one of several independent signs is right; each in [0, 1]. One part stays as it is.

    >>> noisy_or(0.7), noisy_or(0.5, 0.5)
    (0.7, 0.75)
    """
    total = 0.0
    for part in parts:
        if part > 0.0:
            total += part * (1.0 - total) if part < 1.0 else 1.0 - total
    return clamp(total)


def repeated(chance: float, times: int) -> float:
    """The chance that what has this chance happens so many times in a row: its power, by multiplication alone.

    >>> repeated(0.5, 3), repeated(0.0, 0), repeated(0.9, 1), repeated(1.0, 10**9)
    (0.125, 1.0, 0.9, 1.0)
    """
    product = 1.0
    while times > 0:
        if times % 2:
            product *= chance
        chance *= chance
        times //= 2
    return product


def decayed(held: float, score: float, keep: float) -> float:
    """A maximum that fades: what was held, times ``keep``, unless the new score is higher.

    >>> decayed(0.8, 0.1, 0.5), decayed(0.2, 0.9, 0.5)
    (0.4, 0.9)
    """
    return max(held * keep, score)


def jaccard(one: Collection[str], other: Collection[str]) -> float:
    """Shared words over all words; 0 where there are none.

    >>> jaccard({"a", "b"}, {"b", "c"}) == 1 / 3
    True
    """
    first, second = set(one), set(other)
    shared = len(first & second)
    union = len(first) + len(second) - shared
    return shared / union if union else 0.0


def containment(one: Collection[str], other: Collection[str]) -> float:
    """Shared words over the words of the smaller set; 0 where one is empty.

    >>> containment({"a", "b"}, {"b"})
    1.0
    """
    first, second = set(one), set(other)
    smaller = min(len(first), len(second))
    return len(first & second) / smaller if smaller else 0.0


def likeness(one: Collection[str], other: Collection[str]) -> float:
    """How much two texts are about the same, in [0, 1]: the mean of containment and Jaccard.

    Containment alone takes any short text inside a long one for the same; Jaccard alone misses a longer rewording.

    >>> likeness({"refund", "order"}, {"refund", "order"}), likeness({"refund"}, {"weather"})
    (1.0, 0.0)
    """
    return (containment(one, other) + jaccard(one, other)) / 2.0


def keep_last(items: MutableSequence[T], cap: int) -> None:
    """Drop the oldest items of a list until ``cap`` are left."""
    if len(items) > cap:
        del items[: len(items) - cap]


def keep_newest(entries: MutableMapping[K, T], cap: int) -> None:
    """Drop the oldest entries of a dict (in order of insertion) until ``cap`` are left."""
    while len(entries) > cap:
        del entries[next(iter(entries))]


def parameter(context: Context, signal: Signal, name: str) -> float:
    """A signal's own parameter: the policy's (``bounds.<signal>.params.<name>``), else its attribute of that name."""
    bound = context.policy.bounds.get(signal.name)
    if bound is None or not bound.params or name not in bound.params:
        default: float = getattr(signal, name)
        return default
    return bound.params[name]


def ranges(signal: Signal) -> dict[str, tuple[float, float]]:
    """The parameters a signal has, each with the least and the most it may be: [0, 1] unless its class says otherwise.

    What a class says otherwise stands in its attribute ``ranges``.
    """
    told: dict[str, tuple[float, float]] = getattr(signal, "ranges", {})
    names = [name for name in dir(signal) if isinstance(getattr(signal, name), float)]
    return {name: told.get(name, (0.0, 1.0)) for name in names}
