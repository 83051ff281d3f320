"""The false-alarm budget, as sessions obey it: soft bounds moved by a share of the way to the end of their range.

Hard rules, and everything about people who are vulnerable, never move. Nor do readings: rates, breakers and
``session_risk`` rest on the bounds as written, so that sparing people never makes a system look better than it is. How
far the bounds have moved is decided in spending.py.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from monitor.core.policy.model import Bound, Rule, SituationPolicy
from monitor.core.rules import AnyReading, Noticed, Readings
from monitor.core.vocabulary import Situation
from monitor.core.watch import reaches


def is_exempt(situation: SituationPolicy, rule: Rule) -> bool:
    """Whether a rule fires at its bounds as written, whatever the budget: it is hard, or about a vulnerable person."""
    return rule.hard or situation.name is Situation.VULNERABLE_CONTEXT


def adapted(bound: Bound, shift: float) -> Bound:
    """A soft bound moved by a share of the way to the end of its range; the clear bound stays.

    >>> adapted(Bound(0.6, 0.3), 0.5).raise_at, adapted(Bound(-0.6, -0.2, below=True), 0.5).raise_at
    (0.8, -0.8)
    """
    end = -1.0 if bound.below else 1.0
    if shift <= 0.0 or bound.upstream or abs(bound.raise_at) >= 1.0:
        return bound
    return replace(bound, raise_at=bound.raise_at + shift * (end - bound.raise_at))


def tightened(noticed: Noticed, bounds: Mapping[str, Bound], shift: float) -> Noticed:
    """What soft rules hear: of what was noticed, the readings that also reach the bounds as they have moved.

    By rule and not by signal: a request for a person, say, bears on a vulnerable person's rule at its written bound and
    on an ordinary one at the moved one.
    """
    if shift <= 0.0:
        return noticed
    return replace(noticed, fired=_beyond(noticed.fired, bounds, shift), active=_beyond(noticed.active, bounds, shift))


def _beyond(readings: Readings, bounds: Mapping[str, Bound], shift: float) -> Readings:
    found: dict[str, Sequence[AnyReading]] = {}
    for name, group in readings.items():
        if name not in bounds:  # another capability's, or an earlier policy's: no rule in force names it
            continue
        bound = adapted(bounds[name], shift)
        kept = tuple(replace(each, bound=bound.raise_at) for each in group if reaches(bound, each.value))
        if kept:
            found[name] = kept
    return found
