"""The words of the contracts as a reader outside engineering would say them: levels, what is asked, times."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from monitor.core.events import Reason
from monitor.core.vocabulary import Autonomy, EscalationStatus, HumanRole, Rung

GRANTED = {
    Autonomy.NONE: "do nothing by itself",
    Autonomy.SUPPORT: "prepare and support",
    Autonomy.RECOMMEND: "recommend",
    Autonomy.ACT: "act by itself",
}
RUNGS = {
    Rung.INFORM: "is told",
    Rung.REVIEW_AFTER: "looks at it afterwards",
    Rung.REVIEW_BEFORE: "should look at it before the AI goes on",
    Rung.TAKE_OVER: "takes over now",
}
ROLES = {
    HumanRole.REVIEW: "reviews",
    HumanRole.APPROVE: "approves or refuses",
    HumanRole.CORRECT: "corrects",
    HumanRole.TAKE_OVER: "takes over",
}
STATES = {
    EscalationStatus.RAISED: "open",
    EscalationStatus.UPDATED: "open",
    EscalationStatus.ACKNOWLEDGED: "somebody is on it",
    EscalationStatus.OVERDUE: "overdue: nobody answered in time",
    EscalationStatus.RESOLVED: "answered",
    EscalationStatus.CLEARED: "over: its signs are gone",
}
"""How an escalation stands after its last event."""
STEPS = {
    EscalationStatus.RAISED: "a person was called",
    EscalationStatus.UPDATED: "more was found",
    EscalationStatus.ACKNOWLEDGED: "somebody took it on",
    EscalationStatus.OVERDUE: "nobody had answered in time",
    EscalationStatus.RESOLVED: "a person answered",
    EscalationStatus.CLEARED: "its signs were over",
}
"""What an event says happened."""


def asked_of(rung: Rung, role: HumanRole) -> str:
    """What the person does, and when; a role that the rung says already is not said again.

    >>> asked_of(Rung.REVIEW_AFTER, HumanRole.CORRECT), asked_of(Rung.TAKE_OVER, HumanRole.CORRECT)
    ('looks at it afterwards, and corrects', 'takes over now')
    """
    if role is HumanRole.REVIEW or rung is Rung.TAKE_OVER:
        return RUNGS[rung]
    if role is HumanRole.TAKE_OVER:
        return "takes it over from there; what was answered stands meanwhile"
    return f"{RUNGS[rung]}, and {ROLES[role]}"


def by_rule(reasons: Iterable[Reason]) -> dict[str, list[Reason]]:
    """The reasons of each rule, in the order the rules first spoke."""
    found: dict[str, list[Reason]] = {}
    for reason in reasons:
        found.setdefault(reason.rule, []).append(reason)
    return found


def title_of(name: str) -> str:
    """A name of the contracts as words.

    >>> title_of("low_risk_task")
    'low risk task'
    """
    return name.replace("_", " ")


def opened_small(words: str) -> str:
    """A sentence as part of another.

    >>> opened_small("The user asks for a person")
    'the user asks for a person'
    """
    return words[:1].lower() + words[1:]


def either(names: list[str]) -> str:
    """Names as alternatives.

    >>> either(["money"]), either(["money", "health", "legal"])
    ('money', 'money, health or legal')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def moment(at: float) -> str:
    """A time of the event clock, in UTC to the second.

    >>> moment(0.0)
    '1970-01-01 00:00:00 UTC'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration(seconds: float) -> str:
    """A length of time in the largest unit that keeps it whole or nearly so.

    >>> duration(14400), duration(300), duration(5400), duration(0.5)
    ('4 hours', '5 minutes', '90 minutes', '0.5 seconds')
    """
    units: tuple[tuple[float, str, Callable[[float], bool]], ...] = (
        (timedelta(days=1).total_seconds(), "day", _whole),
        (timedelta(hours=1).total_seconds(), "hour", _whole),
        (timedelta(minutes=1).total_seconds(), "minute", lambda count: count >= 1),
    )
    size, name = next(((size, name) for size, name, fits in units if fits(seconds / size)), (1.0, "second"))
    count = round(seconds / size, 1)
    return f"{count:g} {name}{'' if count == 1 else 's'}"


def _whole(count: float) -> bool:
    return count >= 1 and count == int(count)
