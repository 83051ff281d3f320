"""The evidence for or against giving a system more authority, and its gaps. Only a named person decides on it."""

from collections.abc import Iterator

from monitor.core.events import SystemReading
from monitor.core.policy.model import SystemPolicy
from monitor.core.system.rates import SHARES
from monitor.core.system.state import WHOLE, SystemState
from monitor.core.system.tally import RIGHT, Tally
from monitor.core.vocabulary import Outcome, Verdict
from monitor.core.window import wilson

ENOUGH_SESSIONS = 100
"""Sessions below which a record of good conduct is an anecdote: with 100 clean ones, up to 4 % may still go wrong."""


def track_record(state: SystemState, scope: str, policy: SystemPolicy) -> tuple[SystemReading, ...]:
    """What was seen so far: sessions and turns of the whole system, each rate with its interval, trips, answers.

    ``bound`` is what the policy asks for, ``harmful`` whether the value speaks against the system.
    """
    return (
        SystemReading("sessions", float(state.sessions), float(ENOUGH_SESSIONS), state.sessions, harmful=False),
        SystemReading("turns", float(state.turns), 0.0, state.turns, harmful=False),
        *_rates(state, scope, policy),
        _trips(state, scope),
        *_answers(state.reviewed),
    )


def _rates(state: SystemState, scope: str, policy: SystemPolicy) -> Iterator[SystemReading]:
    for name, rate in state.rates.get(scope, state.rates.get(WHOLE, {})).items():
        low, high = rate.interval()
        bound = policy.rates.get(name)
        raise_at = bound.raise_at if bound is not None else 1.0
        value = rate.hits / rate.n if rate.n else 0.0
        yield SystemReading(
            name, value, raise_at, rate.n, low=low, high=high, capability=scope, harmful=value >= raise_at
        )


def _trips(state: SystemState, scope: str) -> SystemReading:
    trips = (state.breakers.get(scope) or state.breakers[WHOLE]).trips
    return SystemReading("breaker_trips", float(trips), 1.0, trips, capability=scope, harmful=trips > 0)


def _answers(reviewed: Tally) -> Iterator[SystemReading]:
    """What people said of its escalations, each share with its interval. That they were needed speaks against it."""
    yield SystemReading("verdicts", float(reviewed.verdicts), 1.0, reviewed.verdicts, harmful=False)
    for name, words, n in (
        ("verdicts_justified", RIGHT, reviewed.verdicts),
        ("verdicts_too_late", (Verdict.TOO_LATE,), reviewed.verdicts),
        ("outcomes_changed", (Outcome.CHANGED,), reviewed.outcomes),
    ):
        hits = reviewed.count(*words)
        low, high = wilson(hits, n)
        yield SystemReading(name, hits / n if n else 0.0, 0.0, n, low=low, high=high, harmful=hits > 0)


def gaps(state: SystemState, scope: str, policy: SystemPolicy) -> tuple[str, ...]:
    """What is missing for a decision on more authority, in a reader's words."""
    found = []
    if state.sessions < ENOUGH_SESSIONS:
        found.append(f"{state.sessions} of at least {ENOUGH_SESSIONS} sessions")
    rates = state.rates.get(scope, {})
    for name in SHARES:
        n = rates[name].n if name in rates else 0
        least = policy.rates[name].min_samples if name in policy.rates else 1
        if n < least:
            found.append(f"{name}: {n} of at least {least} judged turns")
    if not state.reviewed.verdicts:
        found.append("no escalation of it was answered by a person yet")
    if state.dropped:
        found.append(f"{state.dropped} open escalations were too many to follow: what became of them is not known")
    return (*found, *policy.evidence_required)
