"""What an escalation shows on its route: parts that the policy hides there are left out before it is published.

States keep the whole; only what leaves is cut. Text never leaves on any route.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from monitor.core.events import Escalation
from monitor.core.policy import RoutePolicy

_OF_HANDOFF = ("intents", "tools", "amounts", "open_questions")
_EVIDENCE = "evidence"


def shown(escalation: Escalation, routes: Mapping[str, RoutePolicy]) -> Escalation:
    """The escalation as its route may show it; ``hidden`` names the parts that were left out.

    A route that the policy does not know hides nothing: ``policy check`` refuses such a policy.
    """
    route = routes.get(escalation.route)
    if route is None or not route.hides:
        return escalation
    handoff = replace(escalation.handoff, **{part: () for part in _OF_HANDOFF if part in route.hides})
    reasons = escalation.reasons
    if _EVIDENCE in route.hides:
        handoff = replace(handoff, turns=())
        reasons = tuple(replace(reason, evidence=()) for reason in reasons)
    return replace(escalation, handoff=handoff, reasons=reasons, hidden=route.hides)
