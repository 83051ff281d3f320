"""What people said of escalations: where their judgement changed the outcome, and where review only slowed things down.

Counted over recorded ``resolved`` events, one answer an escalation: the last one said of it.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from monitor.core.events import Escalation, Output
from monitor.core.system.silence import is_asked
from monitor.core.system.tally import RIGHT, Tally
from monitor.core.vocabulary import EscalationStatus, Situation
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
    said: Tally = field(default_factory=Tally)

    def words(self) -> str:
        """The counts in a sentence, with what they allow to be said.

        >>> Reviewed(9, Tally(justified=4, not_justified=1, changed=5)).words().partition("; ")[2]
        '4 justified (38% to 96%); changed 5, confirmed 0, no effect 0: too few answers to say more'
        """
        said = self.said
        if not said.verdicts:
            return f"none of {self.raised} answered" if self.raised else "none yet"
        _, low, high = said.precision()
        late = f", {said.too_late} of them too late" if said.too_late else ""
        counts = f"changed {said.changed}, confirmed {said.confirmed}, no effect {said.no_effect}"
        return (
            f"{said.verdicts} of {self.raised} answered; {said.count(*RIGHT)} justified{late} "
            f"({low:.0%} to {high:.0%}); {counts}: {self.conclusion()}"
        )

    def conclusion(self) -> str:
        """Whether a person makes a difference here, as far as the answers show."""
        said = self.said
        if said.outcomes < FEW:
            return "too few answers to say more"
        if wilson(said.changed, said.outcomes)[0] > OFTEN:
            return "people change outcomes here"
        if wilson(said.no_effect, said.outcomes)[0] > MOSTLY:
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
        row = found.setdefault(each.situation, Reviewed())
        row.raised += 1
        if each.status is EscalationStatus.RESOLVED and each.verdict is not None:
            row.said.add(each.verdict, each.outcome)
    return found
