"""What would have kept an escalation silent, in words: rule by rule, each way out of it."""

from collections.abc import Iterator, Sequence

from monitor.core.events import Reason
from monitor.core.policy.model import Rule, SituationPolicy
from monitor.core.rules import CONDITION
from monitor.core.signals.describe import COUNTERFACTUAL_TEXT
from monitor.replay.plain import by_rule, either

_PLAIN = 0.99
"""A reading at or above is a plain yes: where its bound stands tells a reader nothing."""


def silences(reasons: Sequence[Reason], row: SituationPolicy | None) -> Iterator[str]:
    """A line a rule that fired; with several rules each of them would have had to stay silent.

    Args:
        reasons: of the escalation, rule by rule.
        row: its situation in the policy at hand; None = not at hand, and conditions are left out.
    """
    rules = {} if row is None else {rule.id: rule for rule in row.rules}
    for index, (name, group) in enumerate(by_rule(reasons).items()):
        yield ("and " if index else "") + "; or ".join(_ways(rules.get(name), group))


def _ways(rule: Rule | None, reasons: Sequence[Reason]) -> Iterator[str]:
    """Each way by itself would have been enough, but for the first: all triggers of the rule would have had to go."""
    companions = () if rule is None else rule.with_signals
    triggers = [each for each in reasons if each.signal not in companions and each.signal != CONDITION]
    if triggers:
        yield " and ".join(dict.fromkeys(map(_without, triggers)))
    yield from (_without(each) for each in reasons if each.signal in companions)
    if rule is None:
        return
    if rule.when_text is not None:
        yield f"had this not held: {rule.when_text}"
    if rule.stakes or rule.any_stakes:
        stakes = either([stake.value for stake in rule.stakes]) if rule.stakes else "nothing"
        yield f"had {'no ' if rule.stakes else ''}{stakes} been at stake"


def _without(reason: Reason) -> str:
    """One sign, taken away.

    >>> _without(Reason("dispute", "r", "", 0.8, 0.6))
    'had the user not contested the answer (it read 0.80 of 1, and counts from 0.60)'
    >>> _without(Reason("tool_not_allowed", "r", "", 1.0, 0.5))
    'had it kept to the tools it may use'
    >>> _without(Reason("session_risk", "r", "", 0.86, 0.8, unless="the signs had been weaker"))
    'if the signs had been weaker (it read 0.86 of 1, and counts from 0.80)'
    """
    words = f"if {reason.unless}" if reason.unless else _otherwise(reason.signal)
    if reason.value >= _PLAIN or reason.low is not None:
        return words  # a yes, or a share that the reason tells with what is sure of it
    return f"{words} (it read {reason.value:.2f} of 1, and counts from {reason.bound:.2f})"


def _otherwise(signal: str) -> str:
    return COUNTERFACTUAL_TEXT.get(signal, f"had {signal} stayed on the other side of its bound")
