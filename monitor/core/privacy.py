"""What an escalation shows on its route: parts that the policy hides there are left out before it is published.

States keep the whole; only what leaves is cut. Text never leaves on any route.
"""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from monitor.core.events import Escalation, Reason
from monitor.core.policy.model import RoutePolicy
from monitor.core.policy.schema import HIDEABLE

_OF_HANDOFF = ("intents", "tools", "amounts", "open_questions")
_EVIDENCE = "evidence"
_AMOUNTS = "amounts"
_UNKNOWN = RoutePolicy(HIDEABLE)
_FIGURE = re.compile(r"\d[\d.,]*")


def shown(escalation: Escalation, routes: Mapping[str, RoutePolicy]) -> Escalation:
    """The escalation as its route may show it; ``hidden`` names the parts that were left out.

    On a route that the policy does not know everything is hidden. ``policy check`` refuses such a policy, but an
    escalation that is open keeps its route under a later policy, which may have another name for it.
    """
    route = routes.get(escalation.route, _UNKNOWN)
    if not route.hides:
        return escalation
    handoff = replace(escalation.handoff, **{part: () for part in _OF_HANDOFF if part in route.hides})
    reasons = escalation.reasons
    if _EVIDENCE in route.hides:
        handoff = replace(handoff, turns=())
        reasons = tuple(replace(reason, evidence=()) for reason in reasons)
    if _AMOUNTS in route.hides:
        reasons = tuple(_without_figures(reason) for reason in reasons)
    return replace(escalation, handoff=handoff, reasons=reasons, hidden=route.hides)


def _without_figures(reason: Reason) -> Reason:
    """A reason that tells a call's own figures, without them.

    >>> _without_figures(Reason("limit_exceeded", "r", "with amount 1,200.50 it is too much", 1, 1, unless="x")).text
    'with amount ... it is too much'
    """
    return replace(reason, text=_FIGURE.sub("...", reason.text)) if reason.unless else reason
