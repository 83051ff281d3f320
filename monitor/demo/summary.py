"""What the demo says at its end: as a table of numbers for machines, as lines for people."""

from typing import Any

from monitor.core.outputs import capability_key
from monitor.core.vocabulary import EscalationStatus, Situation
from monitor.demo.tally import Tally

NEXT = (
    "oversight demo --data FILE --system NAME   play turns of your own",
    "oversight replay FILE --system NAME        the same engine without a broker, with a report",
    "oversight policy show                      the map of who is called when",
    "oversight worker                           watch a Kafka topic of your own",
)


def summary(tally: Tally, *, sent: int, complete: bool, seconds: float) -> dict[str, Any]:
    """The closing figures.

    Args:
        tally: everything heard.
        sent: turns produced.
        complete: whether the whole day was played and all of it decided.
        seconds: wall time since the first turn.
    """
    return {
        "turns_sent": sent,
        "turns": tally.turns,
        "sessions": len(tally.sessions),
        "escalations": {row.value: tally.raised[row] for row in Situation},
        "severities": dict(sorted(tally.severities.items())),
        "missing_situations": [row.value for row in tally.missing],
        "breakers_tripped": [_trip(step) for step in tally.trips],
        "held_back_at_the_end": {
            capability_key(each.system_id, each.capability): each.ceiling.value for each in tally.narrowed
        },
        "drift": [
            {"system": subject.partition("#")[0], "reason": reason.text}
            for subject, reason in tally.readings
            if reason.signal == "drift"
        ],
        "commands": [
            {"action": each.action, "system_id": each.system_id, "issued_by": each.issued_by} for each in tally.commands
        ],
        "answered": [
            {"subject": each.subject, "by": each.reviewer, "verdict": each.verdict, "outcome": each.outcome}
            for each in tally.fated(EscalationStatus.RESOLVED)
        ],
        "acknowledged": len(tally.fated(EscalationStatus.ACKNOWLEDGED)),
        "overdue": [
            {"subject": each.subject, "now_asked": each.owner} for each in tally.fated(EscalationStatus.OVERDUE)
        ],
        "rejected": dict(sorted(tally.dead.items())),
        "complete": complete,
        "seconds": round(seconds, 1),
    }


def _trip(step: Any) -> dict[str, Any]:  # noqa: ANN401 - a BreakerTransition
    return {
        "breaker": capability_key(step.system_id, step.capability),
        "from": step.from_ceiling.value,
        "to": step.to_ceiling.value,
        "trigger": step.trigger,
        "reason": step.reason,
    }


def lines(found: dict[str, Any]) -> list[str]:
    """The summary for a person."""
    raised = found["escalations"]
    told = [
        "",
        f"{found['turns']} turns in {found['sessions']} sessions, {sum(raised.values())} escalations, "
        f"{len(found['breakers_tripped'])} breaker trips, {found['seconds']:g} s"
        + ("" if found["complete"] else "  (not the whole day: cut short)"),
        "",
    ]
    told += [f"  {count:>4}  {row}" for row, count in raised.items()]
    told += [
        f"  breaker {each['breaker']}: {each['from']} > {each['to']}: {each['reason']}"
        for each in found["breakers_tripped"]
    ]
    told += [f"  still held back: {key} may only {level}" for key, level in found["held_back_at_the_end"].items()]
    told += [f"  drift of {each['system']}: {each['reason']}" for each in found["drift"]]
    told += [f"  command: {each['action']} on {each['system_id']} by {each['issued_by']}" for each in found["commands"]]
    told += [
        f"  answered: {each['subject']} by {each['by']}: {each['verdict']}, {each['outcome']}"
        for each in found["answered"]
        if each["verdict"]
    ]
    told += [f"  nobody answered {each['subject']}: {each['now_asked']} is asked now" for each in found["overdue"]]
    told += [f"  rejected: {count} x {code}" for code, count in found["rejected"].items()]
    return [*told, "", "Next:", *(f"  {line}" for line in NEXT)]
