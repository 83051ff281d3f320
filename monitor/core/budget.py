"""The false-alarm budget: soft bounds move, step by step, until soft escalations cost people no more than was agreed.

Both ends are here: how far a system's bounds have moved (system stage), and what a bound is then (session stage). Hard
rules, and everything about people who are vulnerable, never move.
"""

from msgspec.structs import replace

from monitor.core.policy import Bound, SystemPolicy
from monitor.core.vocabulary import Situation


def exempt(policy: SystemPolicy) -> frozenset[str]:
    """Signals whose bounds never move: a hard rule, or one about a vulnerable person, rests on them."""
    return frozenset(
        name
        for situation in policy.situations
        for rule in situation.rules
        if rule.hard or situation.name is Situation.VULNERABLE_CONTEXT
        for name in rule.signals + rule.with_signals
    )


def adapted(bound: Bound, shift: float) -> Bound:
    """A soft bound moved by a share of the way to the end of its range; the clear bound stays.

    >>> adapted(Bound(0.6, 0.3), 0.5).raise_at, adapted(Bound(-0.6, -0.2, below=True), 0.5).raise_at
    (0.8, -0.8)
    """
    end = -1.0 if bound.below else 1.0
    if shift <= 0.0 or bound.upstream or abs(bound.raise_at) >= 1.0:
        return bound
    return replace(bound, raise_at=bound.raise_at + shift * (end - bound.raise_at))
