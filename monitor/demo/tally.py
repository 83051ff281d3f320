"""What the demo has heard so far, folded for the screens and the summary. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from monitor.core.events import Breaker, BreakerTransition, Escalation, Heartbeat, Output, Reason
from monitor.core.log import Command, Observation, Review, Tick
from monitor.core.outputs import capability_key
from monitor.core.vocabulary import BreakerStatus, EscalationStatus, Situation

RISKY = 0.4
"""A session from here on is listed as at risk; the shipped bound of ``session_risk`` is 0.8."""
KEPT = 200
"""Escalations kept for the screen, the newest; all are counted."""


FATES = (EscalationStatus.ACKNOWLEDGED, EscalationStatus.OVERDUE, EscalationStatus.RESOLVED)
"""What people, or their silence, make of an escalation."""


class DeadLetter(NamedTuple):
    """A record that was refused, and why."""

    code: str
    message: str
    partition: int
    offset: int


Heard = Output | Observation | Command | Review | Tick | Heartbeat | DeadLetter
"""One record of one output topic."""


class AtRisk(NamedTuple):
    """A session with its risk after the last turn and the signals that fired on it lately."""

    system_id: str
    session_id: str
    risk: float
    signals: tuple[str, ...]


class Tally:
    """Counts and latest states. ``fold`` takes one record heard."""

    def __init__(self) -> None:
        self.turns = 0
        self.sessions: set[tuple[str, str]] = set()
        self.risks: dict[tuple[str, str], AtRisk] = {}
        self.raised: Counter[Situation] = Counter()
        self.severities: Counter[str] = Counter()
        self.escalated: set[str] = set()
        self.escalations: list[Escalation] = []
        self.breakers: dict[str, Breaker] = {}
        self.transitions: list[BreakerTransition] = []
        self.readings: list[tuple[str, Reason]] = []
        self.commands: list[Command] = []
        self.dead: Counter[str] = Counter()
        self.fates: dict[str, Escalation] = {}

    def fold(self, heard: Heard) -> None:
        """Take one record."""
        match heard:
            case Observation():
                self._turn(heard)
            case Command():
                self.commands.append(heard)
            case DeadLetter():
                self.dead[heard.code] += 1
            case Output(data=Escalation() as escalation):
                self._escalation(escalation)
            case Output(data=Breaker() as breaker):
                self.breakers[capability_key(breaker.system_id, breaker.capability)] = breaker
            case Output(data=BreakerTransition() as transition):
                self.transitions.append(transition)

    def _turn(self, turn: Observation) -> None:
        key = (turn.system_id, turn.session_id)
        if turn.final:
            self.risks.pop(key, None)
        if turn.ordinal:
            return
        self.turns += 1
        self.sessions.add(key)
        if turn.final:
            return
        before = self.risks[key].signals if key in self.risks else ()
        fired = tuple(dict.fromkeys((*(reading.signal for reading in turn.readings), *before)))
        self.risks[key] = AtRisk(*key, turn.session_risk, tuple(name for name in fired if name != "session_risk"))

    def _escalation(self, escalation: Escalation) -> None:
        if escalation.session_id is None:
            told = dict.fromkeys((*self.readings, *((escalation.subject, reason) for reason in escalation.reasons)))
            self.readings = list(told)
        if escalation.status in FATES:
            self.fates[escalation.escalation_id] = escalation
        if escalation.status is not EscalationStatus.RAISED or escalation.escalation_id in self.escalated:
            return
        self.escalated.add(escalation.escalation_id)
        self.raised[escalation.situation] += 1
        self.severities[escalation.severity.value] += 1
        self.escalations = [*self.escalations[-KEPT + 1 :], escalation]

    def fated(self, status: EscalationStatus) -> list[Escalation]:
        """Escalations that people, or their silence, brought to this status last."""
        return [each for each in self.fates.values() if each.status is status]

    @property
    def at_risk(self) -> list[AtRisk]:
        """Living sessions with something to worry about, the most worrying first."""
        risky = (one for one in self.risks.values() if one.risk >= RISKY)
        return sorted(risky, key=lambda one: (-one.risk, one.session_id))

    @property
    def narrowed(self) -> list[Breaker]:
        """Breakers that hold a system or capability back now."""
        return [breaker for _, breaker in sorted(self.breakers.items()) if breaker.state is not BreakerStatus.CLOSED]

    @property
    def trips(self) -> list[BreakerTransition]:
        """Transitions by which a ceiling sank."""
        return [step for step in self.transitions if step.to_ceiling.rank < step.from_ceiling.rank]

    @property
    def missing(self) -> list[Situation]:
        """Rows of the decision table that did not occur."""
        return [row for row in Situation if not self.raised[row]]


def named(reasons: Iterable[Reason]) -> str:
    """The first reason in words, with its number."""
    first = next(iter(reasons), None)
    return "" if first is None else f"{first.text} ({first.signal} {first.value:.2f})"
