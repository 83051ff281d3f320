"""The false-alarm budget, as the system stage keeps it: what soft escalations cost people, how far bounds move for it.

The loop: what was counted since the last move is judged every ``step_seconds`` of event time. Surely above the budget,
bounds move up by one step; surely below it, by one step down, never below what is written. Three things keep it calm:

- *surely* means an interval, not the rate itself, and a wide one (:data:`SURE`), because it is looked at every step;
- after a move counting starts afresh, so no move rests on what an earlier one already answered (no overshoot);
- scores come in lumps, so the step below may be surely above the budget. A step down that had to be taken back waits
  twice as long before it is tried again: on a steady stream the bounds come to rest.

What it keeps, on a steady stream: at rest the realised rate is at most about 1.3 budgets (what the interval can still
tell from the budget), or ``max_shift`` is reached; and it is at least about half a budget, or one step less would be
above it, or nothing is moved.
"""

from collections.abc import Sequence
from math import sqrt

from msgspec import Struct, field

from monitor.core.events import Realised
from monitor.core.log import NO_RULE, Observation, RaisedEscalation
from monitor.core.policy.model import BudgetPolicy
from monitor.core.vocabulary import EscalationStatus, Mode, Situation
from monitor.core.window import Z

SURE = 3.0
"""Standard normal quantile of a move's interval: one false move in 700 looks (a month of hours) at the budget."""
HEADROOM = 0.8
"""Share of the budget below which a rate is low enough for a step down: between it and the budget nothing moves."""
ENOUGH = 100
"""Escalations, at the budget's rate, that tell a rate from the budget by a fifth. From twice as many on counts are
halved: older sessions fade, and the loop stays able to move."""
MOST_SESSIONS = 1_000_000
"""Sessions at which counts are halved although the budget is too small, or absent, to have :data:`ENOUGH`."""
LONGEST_WAIT = 64
"""Steps between two tries of a step down that is always taken back: bounds lie too low for a few steps of sixty."""


class Counted(Struct, array_like=True):
    """Sessions, and the soft live escalations people got from them. Fractions: halved counts."""

    sessions: float = 0.0
    soft: float = 0.0

    def interval(self, z: float) -> tuple[float, float]:
        """Escalations per session: :func:`counts_interval`."""
        return counts_interval(self.soft, self.sessions, z)


class Spending(Struct):
    """What one system's soft escalations cost people, and how far its bounds have moved for it.

    ``recent``: since the last judgement; ``past``: before it, since the last move. ``judged_at``: when that was, in
    event time. ``retry_at``: when a step down may be tried again, ``wait`` seconds after the last step up;
    ``loosened``: the last move was down. ``told``: the rate as it was last judged.
    """

    shift: float = 0.0
    recent: Counted = field(default_factory=Counted)
    past: Counted = field(default_factory=Counted)
    judged_at: float | None = None
    retry_at: float = 0.0
    wait: float = 0.0
    loosened: bool = False
    told: Realised | None = None


def counts_interval(events: float, chances: float, z: float) -> tuple[float, float]:
    """The score interval of a Poisson rate: events per chance, (0, inf) for no chances.

    Not Wilson's: one session may have escalations of several situations, so the rate is no share.

    >>> tuple(round(each, 3) for each in counts_interval(10, 100, 1.96))
    (0.054, 0.184)
    """
    if chances <= 0:
        return 0.0, float("inf")
    centre = events + z * z / 2
    spread = z * sqrt(events + z * z / 4)
    return max(0.0, centre - spread) / chances, (centre + spread) / chances


def is_soft_call(brief: RaisedEscalation) -> bool:
    """Whether this was raised just now, live, by soft rules alone, and not about a vulnerable person."""
    return (
        brief.status is EscalationStatus.RAISED
        and brief.rule != NO_RULE
        and brief.soft
        and brief.mode is Mode.LIVE
        and brief.situation is not Situation.VULNERABLE_CONTEXT
    )


def soft_calls(record: Observation) -> int:
    """How many soft escalations a turn cost people.

    What a storm merged does not count: people get the storm's escalation instead, and a fault of ten minutes must not
    raise the bounds of the hours after it. Its sessions count all the same: the rate is that of being called.
    """
    if not record.escalations:
        return 0
    return sum(is_soft_call(each) and each.merged_into is None for each in record.escalations)


def spend(spending: Spending, record: Observation, policy: BudgetPolicy, *, now: float, lag: int) -> bool:
    """Count one turn, and judge where it is time. Answers whether the standing has something new to say.

    Args:
        spending: the system's; updated.
        record: a turn that is no duplicate.
        policy: the system's.
        now: event time.
        lag: records waiting, as the last tick said; above ``freeze_lag`` nothing is counted or moved.
    """
    allowed = 0.0 if policy.soft_per_1000 is None else policy.max_shift
    clamped = spending.shift > allowed
    if clamped:
        _move(spending, allowed)
    if lag > policy.freeze_lag:
        return clamped
    spending.recent.sessions += record.begins
    spending.recent.soft += soft_calls(record)
    if spending.judged_at is None:
        spending.judged_at = now
    if now - spending.judged_at < policy.step_seconds or spending.recent.sessions < policy.min_sessions:
        return clamped
    _judge(spending, policy, now)
    return True


def _judge(spending: Spending, policy: BudgetPolicy, now: float) -> None:
    """Say the rate, and move one step where it surely is not what was agreed."""
    recent, past = spending.recent, spending.past
    whole = Counted(recent.sessions + past.sessions, recent.soft + past.soft)
    spending.told = _realised(whole, policy.soft_per_1000, now)
    spending.judged_at = now
    budget = policy.soft_per_1000
    step = 0 if budget is None else _step(spending, (recent, whole), budget / 1000, now)
    if step > 0 and spending.shift < policy.max_shift:
        longest = LONGEST_WAIT * policy.step_seconds
        spending.wait = min(longest, 2 * spending.wait) if spending.loosened else policy.step_seconds
        spending.retry_at = now + spending.wait
        spending.loosened = False
        _move(spending, min(policy.max_shift, spending.shift + policy.step))
    elif step < 0:
        spending.loosened = True
        _move(spending, max(0.0, spending.shift - policy.step))
    else:
        spending.past, spending.recent = _faded(whole, budget), Counted()


def _step(spending: Spending, counts: Sequence[Counted], budget: float, now: float) -> int:
    """1, -1 or 0. A burst shows in the ``recent`` of ``counts`` long before it does in the ``whole``."""
    if any(each.interval(SURE)[0] > budget for each in counts):
        return 1
    whole = counts[-1]
    low_enough = whole.interval(SURE)[1] < HEADROOM * budget
    return -1 if low_enough and spending.shift > 0 and now >= spending.retry_at else 0


def _move(spending: Spending, shift: float) -> None:
    spending.shift = round(shift, 6)
    spending.recent, spending.past = Counted(), Counted()


def _faded(whole: Counted, budget: float | None) -> Counted:
    full = whole.sessions >= MOST_SESSIONS or whole.sessions * (budget or 0.0) / 1000 >= 2 * ENOUGH
    return Counted(whole.sessions / 2, whole.soft / 2) if full else whole


def _realised(counted: Counted, budget: float | None, now: float) -> Realised:
    low, high = counted.interval(Z)
    return Realised(
        soft_per_1000=round(1000 * counted.soft / counted.sessions, 3) if counted.sessions else 0.0,
        low=round(1000 * low, 3),
        high=round(1000 * high, 3),
        sessions=int(counted.sessions),
        budget=budget,
        at=now,
    )
