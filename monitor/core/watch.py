"""A score against its bound: when it fires, when it is over. Hysteresis, minimum samples, persistence; nothing else."""

from msgspec import Struct

from monitor.core.policy.model import Bound


class Watch(Struct, array_like=True):
    """What one session remembers of one bound.

    ``streak``: judged turns in a row at the bound. ``calm``: judged turns in a row past the clear bound, while active.
    ``active``: fired and not over.
    """

    streak: int = 0
    calm: int = 0
    active: bool = False


def judge(watch: Watch, bound: Bound, value: float | None, n: int = 1) -> bool:
    """Fold one score in and answer whether it fires now. Mutates only ``watch``.

    Args:
        watch: this bound's memory.
        bound: the policy's bound.
        value: the score, or None where the signal cannot know; then nothing changes.
        n: samples behind the value; below ``bound.min_samples`` it never fires.

    >>> watch = Watch()
    >>> bound = Bound(0.6, 0.3, persist=2)
    >>> [judge(watch, bound, value) for value in (0.7, None, 0.8, 0.5)], watch.active
    ([False, False, True, False], True)
    """
    if value is None:
        return False
    if reaches(bound, value) and n >= bound.min_samples:
        watch.streak += 1
        watch.calm = 0
        fires = watch.streak >= bound.persist
        watch.active = watch.active or fires
        return fires
    watch.streak = 0
    watch.calm = watch.calm + 1 if watch.active and _is_past_clear(bound, value) else 0
    if watch.calm >= bound.clear_after:
        watch.active, watch.calm = False, 0
    return False


def reaches(bound: Bound, value: float) -> bool:
    """Whether a value lies at the raise bound or beyond it."""
    return value <= bound.raise_at if bound.below else value >= bound.raise_at


def _is_past_clear(bound: Bound, value: float) -> bool:
    return value > bound.clear_at if bound.below else value < bound.clear_at
