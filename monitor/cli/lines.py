"""One readable line per event, for people at a terminal: when, what, whose, why."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from monitor.core.events import (
    Breaker,
    BreakerTransition,
    Escalation,
    Heartbeat,
    Output,
    PolicyReload,
    PolicyText,
    Standing,
)
from monitor.core.log import Command, Observation, Review, Tick
from monitor.core.vocabulary import Mode


def line_of(output: Output) -> str:
    """An event of ours as one line.

    >>> from monitor.core.events import PolicyText
    >>> from monitor.core.outputs import policy_output
    >>> line_of(policy_output(PolicyText(fingerprint="0f", name="mine", text=""), 1.7e9))
    '2023-11-14 22:13:20 policy 0f: mine'
    """
    if output.data is None:
        return printable(f"{_when(output.time)} {output.subject}: deleted")
    return told(output.time, output.data)


def told(time: float, data: Struct) -> str:
    """The payload of an event, or a record of the log, as one line; a time nobody knew (0) is a dash.

    >>> told(0.0, Tick(wall=0.0, lag=3, partition=1))
    '- tick of partition 1, input lag 3'
    """
    return printable(f"{_when(time)} {_LINES[type(data)](data)}")


def _when(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S") if time else "-"


def printable(text: str) -> str:
    r"""Names come from outside: line ends and terminal codes in them become blanks.

    >>> printable("a\x1b[2Jb\n")
    'a [2Jb '
    """
    return "".join(each if each.isprintable() else " " for each in text)


def _escalation(it: Escalation) -> str:
    why = "; ".join(f"{reason.text} ({reason.signal} {reason.value:.2f})" for reason in it.reasons)
    act = it.human_role if str(it.human_role) == str(it.rung) else f"{it.human_role} ({it.rung})"
    said = "".join(f", {each}" for each in _said(it))
    place = f"{it.severity:<8} {it.status}{said} {it.subject} turn {it.lead}"
    return f"{place}: {act} by {it.owner}: {why} [{it.escalation_id}]"


def _said(it: Escalation) -> Iterator[str]:
    """What else is to be known at a glance: shadow, one of many, who answered and how."""
    if it.mode is Mode.SHADOW:
        yield "in shadow"
    if it.merged_into is not None:
        yield f"one of many ({it.merged_into})"
    if it.reviewer is not None:
        yield f"{it.reviewer} answered"
    yield from (str(each) for each in (it.verdict, it.outcome) if each is not None)


def _breaker(it: Breaker) -> str:
    where = f"{it.system_id}/{it.capability}" if it.capability else it.system_id
    return f"breaker {where}: {it.state}, may {it.ceiling} (granted {it.granted}), epoch {it.epoch}: {it.reason}"


def _transition(it: BreakerTransition) -> str:
    where = f"{it.system_id}/{it.capability}" if it.capability else it.system_id
    step = f"{it.from_state} ({it.from_ceiling}) > {it.to_state} ({it.to_ceiling})"
    why = f"refused: {it.refused}" if it.refused else it.reason
    return f"breaker {where}: {step}, {it.trigger}: {why}"


def _observation(it: Observation) -> str:
    fired = ", ".join(f"{reading.signal} {reading.value:.2f}" for reading in it.readings) or "nothing fired"
    flags = f" [{', '.join(it.flags)}]" if it.flags else ""
    what = "ended" if it.final and not it.scores else it.role
    return f"{it.system_id}/{it.session_id} turn {it.turn} {what}, risk {it.session_risk:.2f}: {fired}{flags}"


def _standing(it: Standing) -> str:
    ceilings = ", ".join(f"{name or 'all'} {level}" for name, level in it.ceilings.items())
    return f"standing {it.system_id} version {it.version}: {ceilings or 'no ceiling'}"


def _reload(it: PolicyReload) -> str:
    place = f"worker {it.worker}: policy {it.outcome} ({it.trigger}), {it.fingerprint} counts"
    return f"{place}: {'; '.join(it.problems)}" if it.problems else place


def _review(it: Review) -> str:
    return f"review of {it.escalation_id} by {it.reviewer}: {it.verdict or 'acknowledged'}"


def _command(it: Command) -> str:
    return f"command {it.action} on {it.system_id} by {it.issued_by}: {it.reason}"


_LINES: dict[type, Callable[[Any], str]] = {
    Escalation: _escalation,
    Breaker: _breaker,
    BreakerTransition: _transition,
    Observation: _observation,
    Standing: _standing,
    Review: _review,
    Command: _command,
    Tick: lambda it: f"tick of partition {it.partition}, input lag {it.lag}",
    PolicyReload: _reload,
    PolicyText: lambda it: f"policy {it.fingerprint}: {it.name}",
    Heartbeat: lambda it: f"partition {it.partition} at {it.progress}, lag {it.lag}, worker {it.worker}",
}
