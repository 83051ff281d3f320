"""Many short sessions through both reducers, the standing fed back: what the budget and storms see of live traffic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from monitor.core.events import Escalation, Output, Standing
from monitor.core.interaction import Position
from monitor.core.log import Observation, Tick
from monitor.core.policy.model import Policy
from monitor.core.signals.base import Signal
from monitor.core.system.reducer import SystemState
from monitor.core.system.reducer import observe as observe_system
from monitor.core.system.spending import is_soft_call
from monitor.core.vocabulary import EscalationStatus
from tests.core.fakes import FactSignal, fold, make

SIGNALS: tuple[Signal, ...] = tuple(FactSignal(name) for name in ("dispute", "distress", "tool_not_allowed"))
SPACING = 10.0
"""Seconds of event time between two sessions."""


@dataclass
class Traffic:
    """One system whose sessions have one turn each. ``said``: what both stages sent; ``path``: the shifts, as told."""

    policy: Policy
    spacing: float = SPACING
    lag: int = 0
    feeds_back: bool = True
    standing: Standing = field(default_factory=lambda: Standing(system_id="bot"))
    state: SystemState | None = None
    said: list[Output] = field(default_factory=list)
    path: list[tuple[int, float]] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    """Soft live un-merged escalations of each session."""

    def run(self, sessions: Iterable[dict[str, float]]) -> "Traffic":
        """Play sessions, given the scores of each one's only turn."""
        for facts in sessions:
            self.session(facts)
        return self

    def session(self, facts: dict[str, float]) -> tuple[Output, ...]:
        """Play one session; what it and its system said."""
        number = len(self.calls)
        session = f"s{number}"
        turn = make(0, facts, id=session, session_id=session, ts=1000.0 + self.spacing * number, ends_session=True)
        step = fold(None, turn, number, policy=self.policy, standing=self.standing, signals=SIGNALS)
        outputs = (*step.outputs, *self._system(step.outputs[-1].data, number))
        self.said.extend(outputs)
        return outputs

    def _system(self, observation: object, number: int) -> tuple[Output, ...]:
        assert isinstance(observation, Observation)
        self.calls.append(sum(is_soft_call(each) and each.merged_into is None for each in observation.escalations))
        at = Position("oversight.observations.v1", 0, number)
        step = observe_system(self.state, observation, at=at, policy=self.policy, tick=Tick(wall=0.0, lag=self.lag))
        self.state = step.state
        for output in step.outputs:
            if isinstance(output.data, Standing) and self.feeds_back:
                if output.data.shift != self.standing.shift:
                    self.path.append((number, output.data.shift))
                self.standing = output.data
        return step.outputs

    def raised(self) -> Iterator[Escalation]:
        """Every escalation raised, by sessions and by the system."""
        for output in self.said:
            if isinstance(output.data, Escalation) and output.data.status is EscalationStatus.RAISED:
                yield output.data

    def per_1000(self, last: int) -> float:
        """Soft escalations that people got per 1,000 sessions, over the last ones."""
        return 1000 * sum(self.calls[-last:]) / last


def disputes(sessions: int, share: float, *, seed: int = 0, lumps: int = 0) -> Iterator[dict[str, float]]:
    """Sessions of which a share disputes, with scores anywhere in [0, 1], or on one of so many ``lumps``."""
    random = Random(seed)
    for _ in range(sessions):
        disputed = random.random() < share
        score = random.random()
        yield {"dispute": (int(score * lumps) / lumps if lumps else score) if disputed else 0.0}
