"""What a system may do and what holds around it, in words: the part of the map that is not about calling a person.

Conditions in CEL are left to the policy's text: its limits and orders say in words what they mean.
"""

from collections.abc import Iterator, Sequence

from monitor.core.policy.model import (
    BreakerPolicy,
    BudgetPolicy,
    Limit,
    Order,
    PrecisionPolicy,
    Reversibility,
    SystemPolicy,
)
from monitor.core.policy.schema import RATES, STEP
from monitor.core.signals.describe import SYSTEM_TEXT, reason_text
from monitor.core.vocabulary import Autonomy, OnStale
from monitor.replay.plain import GRANTED, duration, opened_small

EVERYTHING = ("*",)
_FAR = 12
"""Tools named at the most; a longer list is counted."""


def boundaries(it: SystemPolicy) -> Iterator[tuple[str, str]]:
    """Label and text of each boundary that is drawn; what is left open is said to be open."""
    yield "it serves", "whatever it is asked" if it.role.topics == EVERYTHING else _listed(it.role.topics)
    for subject, words in it.role.leaves_alone.items():
        yield "it leaves alone", f"{subject.replace('_', ' ')} ({_listed(words)})"
    yield from _tools(it)
    yield from (("limit", _limit(each)) for each in it.tools.limits)
    yield from (("order", _order(each)) for each in it.tools.orders)
    if it.stakes:
        yield "at stake", _listed([stake.value for stake in it.stakes])
    if it.reversibility is not Reversibility.BY_TOOL:
        yield "what it does", "can be undone" if it.reversibility is Reversibility.REVERSIBLE else "cannot be undone"
    if it.evidence_required:
        yield "it must give", f"{_listed(it.evidence_required)}: without them nothing proves that all is well"
    yield from _held_back(it.breaker)
    yield "people's time", _budget(it.budget)
    yield (
        "many at once",
        f"{it.storm.raised} of one kind within {duration(it.storm.window_seconds)} become one that counts them",
    )
    yield "verdicts", _precision(it.precision)


def _tools(it: SystemPolicy) -> Iterator[tuple[str, str]]:
    tools = it.tools
    yield "it may use", "every tool" if tools.allowed == EVERYTHING else _listed(tools.allowed)
    if tools.forbidden:
        yield "it must not use", _listed(tools.forbidden)
    staff = f"one of your staff says yes before {_listed(tools.approval)}" if tools.approval else "nothing by its name"
    yield "needs staff", f"{staff}; also a final decision where the stakes are high, and whatever it publishes"
    lasting = _listed(tools.irreversible) if tools.irreversible else "none of its tools"
    if it.reversibility is Reversibility.BY_TOOL:
        yield "no way back", f"{lasting}; also what the application says cannot be undone"


def _limit(it: Limit) -> str:
    """A limit in its own words, then what is measured.

    >>> _limit(Limit("refund", "small refunds only", ("*refund*",), "amount", max=100.0))
    'small refunds only (*refund*: amount at most 100)'
    """
    about = f"{it.argument} " if it.argument else ""
    numbers = (
        (f"{about}at least", it.min),
        (f"{about}at most", it.max),
        (f"{about}at most in a session", it.max_total),
        (f"{about}entries at most", it.max_items),
        ("calls in a session at most", it.max_calls),
    )
    parts = [f"{words} {number:g}" for words, number in numbers if number is not None]
    if it.allowed:
        parts.append(f"{about}one of {_listed(it.allowed)}")
    measured = f": {', '.join(parts)}" if parts else ""
    return f"{it.text} ({_listed(it.tools)}{measured})"


def _order(it: Order) -> str:
    """An order in its own words, then what it asks for.

    >>> _order(Order("yes", "the user agrees first", ("*book*",), agreed=True))
    "the user agrees first (before *book*: the user's yes)"
    """
    needs = [f"{_listed(it.after)} succeeded"] if it.after else []
    needs += ["the user's yes"] if it.agreed else []
    where = " where its condition holds" if it.when else ""
    return f"{it.text} (before {_listed(it.before)}{where}: {' and '.join(needs)})"


def _held_back(it: BreakerPolicy) -> Iterator[tuple[str, str]]:
    """What narrows the system, and what holds when nobody watches."""
    for signal, level in it.trips.items():
        to = "it may do one level less" if level == STEP else f"it may only {GRANTED[Autonomy(level)]}"
        yield "held back", f"{to}, for at least {duration(it.hold_seconds)}, when this is found: {_found(signal)}"
    if it.trips:
        yield "let go", "when its behaviour is within bounds again, or by a named person; never by time alone"
    stale = "the AI may not act by itself" if it.on_stale is OnStale.FAIL_CLOSED else "the AI may go on as granted"
    yield "unwatched", f"when the monitor itself is silent for {duration(it.lease_seconds)}, {stale}"


def _found(signal: str) -> str:
    """What a signal of the whole system says; of a share, that it is too high.

    >>> _found("unsupported_rate"), _found("ceiling_ignored")
    ('the share of answers that its sources do not carry is too high', 'it was told that it is held back and went on')
    """
    words = opened_small(SYSTEM_TEXT.get(signal) or reason_text(signal))
    return f"{words} is too high" if signal in RATES else words


def _budget(it: BudgetPolicy) -> str:
    if it.soft_per_1000 is None:
        return "no budget is set: however many are called for"
    return (
        f"at most {it.soft_per_1000:g} escalations per 1,000 sessions, not counting reasons that act at once; above it "
        "plainer signs are asked for before somebody is called"
    )


def _precision(it: PrecisionPolicy) -> str:
    return (
        f"a reason that people found right in surely less than {it.floor:.0%} of at least {it.min_verdicts} verdicts "
        "goes on in shadow until a person restores it; those that act at once stay"
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_FAR])
    return shown if len(names) <= _FAR else f"{shown} and {len(names) - _FAR} more"
