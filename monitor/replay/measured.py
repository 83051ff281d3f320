"""An escalation as it was measured: signals, numbers, positions, fingerprints; for those who look things up."""

from collections.abc import Iterator

from monitor.core.events import Escalation, Evidence, Reason
from monitor.core.policy.model import Rule, SituationPolicy


def measured(it: Escalation, row: SituationPolicy | None) -> Iterator[str]:
    """The measurements behind an explanation, as lines.

    Args:
        it: the escalation as it stands.
        row: its situation in the policy at hand, for conditions; None = not at hand.
    """
    rules = {} if row is None else {rule.id: rule for rule in row.rules}
    for reason in it.reasons:
        yield f"rule {reason.rule}: {_reading(reason)}"
        yield from _condition(rules.get(reason.rule))
        yield from (f"  {_pointer(each)}" for each in reason.evidence)
    yield it.counterfactual
    yield f"situation {it.situation}, severity {it.severity}, rung {it.rung}, human_role {it.human_role}"
    yield f"route {it.route}, subject {it.subject}, revision {it.revision}, settlement {it.settlement}, mode {it.mode}"
    yield f"ceiling {it.ceiling}, standing version {it.standing_version}, policy {it.policy}"


def _reading(reason: Reason) -> str:
    interval = "" if reason.low is None or reason.high is None else f", between {reason.low:.2f} and {reason.high:.2f}"
    over = f" over {reason.n} samples" if reason.n > 1 else ""
    return f"{reason.signal} was {reason.value:.2f}{interval}{over}, its bound is {reason.bound:g}"


def _condition(rule: Rule | None) -> Iterator[str]:
    if rule is not None and rule.when is not None:
        yield f"  condition {rule.when}"


def _pointer(it: Evidence) -> str:
    parts = [f"turn {it.turn}"]
    if it.cue is not None:
        parts.append(f"cue {it.cue}")
    if it.path is not None:
        parts.append(f"argument {it.path}")
    if it.source is not None:
        parts.append(f"source {it.source}")
    if it.start is not None and it.end is not None:
        parts.append(f"characters {it.start} to {it.end}")
    if it.session is not None:
        parts.append(f"session {it.session}")
    if it.topic is not None:
        parts.append(f"{it.topic}/{it.partition}/{it.offset}")
    return ", ".join(parts)
