"""The evidence for or against giving a system more authority, and its gaps. Only a named person decides on it."""

from monitor.core.events import Handoff
from monitor.core.policy import SystemPolicy
from monitor.core.rates import SHARES
from monitor.core.system_state import SystemState
from monitor.core.window import wilson

ENOUGH_SESSIONS = 100
"""Sessions below which a record of good conduct is an anecdote: with 100 clean ones, up to 4 % may still go wrong."""


def evidence_so_far(state: SystemState, capability: str) -> Handoff:
    """The record of a system in a few lines: how much was seen, and each rate with its interval."""
    rates = state.rates.get(capability) or state.rates.get("", {})
    lines = [f"{state.sessions} sessions, {state.turns} turns observed"]
    for name, rate in sorted(rates.items()):
        low, high = wilson(rate.hits, rate.n)
        lines.append(f"{name} {rate.hits}/{rate.n} (95 % interval {low:.3f} to {high:.3f})")
    lines.append(f"{sum(breaker.trips for breaker in state.breakers.values())} breaker trips")
    return Handoff(amounts=tuple(lines))


def gaps(state: SystemState, capability: str, policy: SystemPolicy) -> tuple[str, ...]:
    """What is missing for a decision on more authority."""
    found = []
    if state.sessions < ENOUGH_SESSIONS:
        found.append(f"{state.sessions} sessions of at least {ENOUGH_SESSIONS}")
    rates = state.rates.get(capability) or state.rates.get("", {})
    for name in SHARES:
        rate = rates.get(name)
        least = policy.rates[name].min_samples if name in policy.rates else 1
        if rate is None or rate.n < least:
            found.append(f"{name}: {rate.n if rate else 0} of at least {least} judged turns")
    if not state.reviewed:
        found.append("no escalation of it was reviewed by a person yet")
    return (*found, *policy.evidence_required)
