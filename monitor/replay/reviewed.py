"""What people said of escalations: where their judgement changed the outcome, and where review only slowed things down.

Counted over recorded ``resolved`` events, one answer an escalation: the last one said of it.
"""

from collections.abc import Iterable

from msgspec import Struct

from monitor.core.events import Escalation, Output
from monitor.core.silence import is_asked
from monitor.core.vocabulary import EscalationStatus, Outcome, Situation, Verdict
from monitor.core.window import wilson

FEW = 20
"""Answers below which nothing is concluded: of 20 that agree, up to one in six may still be otherwise."""
MOSTLY = 0.5
"""A share whose whole interval lies above it is most of the answers."""
OFTEN = 0.2
"""A share whose whole interval lies above it is worth a person's time."""


class Reviewed(Struct):
    """The answers to one situation's escalations. ``raised``: how many there were, answered or not."""

    raised: int = 0
    answered: int = 0
    justified: int = 0
    too_late: int = 0
    changed: int = 0
    confirmed: int = 0
    no_effect: int = 0

    def words(self) -> str:
        """The counts in a sentence, with what they allow to be said.

        >>> Reviewed(raised=9, answered=5, justified=4, changed=5).words().partition("; ")[2]
        '4 justified (38% to 96%); changed 5, confirmed 0, no effect 0: too few answers to say more'
        """
        if not self.answered:
            return f"none of {self.raised} answered" if self.raised else "none yet"
        low, high = wilson(self.justified + self.too_late, self.answered)
        late = f", {self.too_late} of them too late" if self.too_late else ""
        counts = f"changed {self.changed}, confirmed {self.confirmed}, no effect {self.no_effect}"
        return (
            f"{self.answered} of {self.raised} answered; {self.justified + self.too_late} justified{late} "
            f"({low:.0%} to {high:.0%}); {counts}: {self.conclusion()}"
        )

    def conclusion(self) -> str:
        """Whether a person makes a difference here, as far as the answers show."""
        said = self.changed + self.confirmed + self.no_effect
        if said < FEW:
            return "too few answers to say more"
        if wilson(self.changed, said)[0] > OFTEN:
            return "people change outcomes here"
        if wilson(self.no_effect, said)[0] > MOSTLY:
            return "review mostly slows things down here"
        return "people mostly confirm here"


def reviewed(outputs: Iterable[Output]) -> dict[Situation, Reviewed]:
    """The answers by situation; what acts on nothing, in shadow or as one of many, calls nobody and is left out.

    An escalation whose raising event is not among the outputs counts as raised as well.
    """
    last: dict[str, Escalation] = {}
    for output in outputs:
        if isinstance(output.data, Escalation) and is_asked(output.data):
            known = last.get(output.data.escalation_id)
            if known is None or known.verdict is None or output.data.verdict is not None:
                last[output.data.escalation_id] = output.data
    found: dict[Situation, Reviewed] = {}
    for each in last.values():
        _count(found.setdefault(each.situation, Reviewed()), each)
    return found


def _count(row: Reviewed, it: Escalation) -> None:
    row.raised += 1
    if it.status is not EscalationStatus.RESOLVED or it.verdict is None:
        return
    row.answered += 1
    row.justified += it.verdict is Verdict.JUSTIFIED
    row.too_late += it.verdict is Verdict.TOO_LATE
    row.changed += it.outcome is Outcome.CHANGED
    row.confirmed += it.outcome is Outcome.CONFIRMED
    row.no_effect += it.outcome is Outcome.NO_EFFECT
