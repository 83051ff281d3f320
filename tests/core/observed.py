"""Records of the system stage's log for stories in tests, and the fold over them."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from monitor.core.events import Breaker, BreakerTransition, Escalation, Output, Reading, Standing
from monitor.core.interaction import Position
from monitor.core.log import Command, LogRecord, Observation, RaisedEscalation, Review, Tick
from monitor.core.policy.model import Bound, BreakerPolicy, Policy, Rule, SituationPolicy, SystemPolicy
from monitor.core.system.reducer import NEVER, SystemState, observe
from monitor.core.system.snapshot import dump_system, load_system
from monitor.core.vocabulary import Autonomy, EscalationStatus, HumanRole, Role, Rung, Severity, Situation
from tests.builders import system_policy

LOG = "oversight.observations.v1"
STEP_SECONDS = 10.0
T = TypeVar("T")
JUDGED = ("self_contradiction", "source_contradiction", "unsupported_claim")

RATES = {
    "contradiction_rate": Bound(0.10, 0.05, min_samples=20),
    "overreach_rate": Bound(0.10, 0.05, min_samples=20),
}
TRIPS = {"contradiction_rate": "step", "overreach_rate": "step", "ceiling_ignored": "support"}


def seen(*fired: str, **given: Any) -> Observation:  # noqa: ANN401 - any field
    """An assistant's turn on which these signals fired and every consistency signal was judged."""
    fields: dict[str, Any] = {
        "source": Position("oversight.interactions.v1", 0, 0),
        "ordinal": 0,
        "system_id": "bot",
        "session_id": "s",
        "turn": 1,
        "at": 0.0,
        "role": Role.ASSISTANT,
        "scores": dict.fromkeys(JUDGED, 0.0) | dict.fromkeys(fired, 1.0),
        "readings": tuple(Reading(name, 1.0, 0.5) for name in fired),
    }
    return Observation(**{**fields, **given})


def raised(name: str = "e-1", **given: Any) -> RaisedEscalation:  # noqa: ANN401 - any field
    """What travels of a session's escalation."""
    fields: dict[str, Any] = {
        "escalation_id": name,
        "revision": 1,
        "status": EscalationStatus.RAISED,
        "subject": "bot/s#support_resolution",
        "situation": Situation.SUPPORT_RESOLUTION,
        "rule": "disputed",
        "severity": Severity.WARNING,
        "response_seconds": 60,
        "owner": "tests",
    }
    return RaisedEscalation(**{**fields, **given})


def ordered(action: str, **given: Any) -> Command:  # noqa: ANN401 - any field
    """A person's order."""
    return Command(**{"action": action, "system_id": "bot", "issued_by": "kim", "reason": "because", **given})


def row(name: Situation, *rules: Rule, **given: Any) -> SituationPolicy:  # noqa: ANN401 - any field
    """A row of the decision table for the system stage."""
    fields: dict[str, Any] = {
        "name": name,
        "ai_may": "act",
        "human_when": "it goes wrong",
        "human_adds": ("expertise",),
        "human_role": HumanRole.CORRECT,
        "severity": Severity.WARNING,
        "rung": Rung.REVIEW_AFTER,
        "owner": "tests",
        "route": "default",
        "rules": rules,
        "next_step": "look",
        "scope": "system",
    }
    return SituationPolicy(**{**fields, **given})


BEHAVIOUR = row(
    Situation.SYSTEM_BEHAVIOUR,
    Rule("contradicts", "it contradicts itself too often", signals=("contradiction_rate",)),
    Rule("overreaches", "it overreaches too often", signals=("overreach_rate",)),
    Rule("drifts", "it drifts", signals=("drift",)),
    Rule("ignored", "it was held back and went on", signals=("ceiling_ignored",), hard=True),
)
EXPANSION = row(
    Situation.AUTONOMY_EXPANSION,
    Rule("asked_for", "more autonomy is asked for", signals=("autonomy_requested",), hard=True),
    Rule("taken", "it used more than it was granted", signals=("autonomy_exceeded",)),
    human_role=HumanRole.APPROVE,
)


def policy(capabilities: dict[str, SystemPolicy] | None = None, **given: Any) -> Policy:  # noqa: ANN401 - any field
    """A policy for one system with quick bounds; ``capabilities`` by name."""
    base = of_system(**given)
    named = {f"bot/{name}": each for name, each in (capabilities or {}).items()}
    return Policy("test", "0123456789abcdef", base, {"bot": base}, named)


def of_system(**given: Any) -> SystemPolicy:  # noqa: ANN401 - any field
    """A system's policy with quick bounds."""
    fields: dict[str, Any] = {
        "situations": (BEHAVIOUR, EXPANSION),
        "rates": RATES,
        "breaker": BreakerPolicy(trips=TRIPS, hold_seconds=100.0, hold_cap_seconds=1000.0),
    }
    return system_policy(**{**fields, **given})


class Log:
    """One system's log, folded. Observations without a time of their own come ``STEP_SECONDS`` apart."""

    def __init__(self, policy: Policy | None = None, *, stored: bool = False) -> None:
        self.policy = policy or of_policy()
        self.state: SystemState | None = None
        self.outputs: list[Output] = []
        self.tick = NEVER
        self.clock = 1_000_000.0
        self._stored = stored

    def add(self, *records: LogRecord) -> list[Output]:
        """Fold records in; what they led to. With ``stored``, the state is stored and loaded between any two."""
        new: list[Output] = []
        for record in records:
            offset = len(self.outputs) if self.state is None else self.state.included + 1
            at, last = Position(LOG, 0, offset), self.tick
            if isinstance(record, Tick):
                self.tick = record
            step = observe(self.state, self._timed(record, offset), at=at, policy=self.policy, tick=last)
            self.state = load_system(dump_system(step.state)) if self._stored else step.state
            new.extend(step.outputs)
        self.outputs.extend(new)
        return new

    def _timed(self, record: LogRecord, offset: int) -> LogRecord:
        if not isinstance(record, Observation):
            return record
        self.clock += STEP_SECONDS
        source = msgspec.structs.replace(record.source, offset=offset)
        return msgspec.structs.replace(record, at=record.at or self.clock, source=source)

    @property
    def now(self) -> SystemState:
        """The state so far."""
        assert self.state is not None
        return self.state


def of_policy() -> Policy:
    """The default of :class:`Log`."""
    return policy()


def of_type(kind: type[T], outputs: Iterable[Output]) -> list[T]:
    """The payloads of one kind."""
    return [output.data for output in outputs if isinstance(output.data, kind)]


def breakers(outputs: Iterable[Output]) -> list[Breaker]:
    """The breakers that were published."""
    return of_type(Breaker, outputs)


def transitions(outputs: Iterable[Output]) -> list[BreakerTransition]:
    """The breaker steps that were published."""
    return of_type(BreakerTransition, outputs)


def escalations(outputs: Iterable[Output]) -> list[Escalation]:
    """The escalation events."""
    return of_type(Escalation, outputs)


def standings(outputs: Iterable[Output]) -> list[Standing]:
    """The standings that were published."""
    return of_type(Standing, outputs)


def levels(outputs: Sequence[Output]) -> list[Autonomy]:
    """The ceilings of the breakers that were published, in order."""
    return [breaker.ceiling for breaker in breakers(outputs)]


def answered(name: str = "e-1", **given: Any) -> Review:  # noqa: ANN401 - any field
    """A person's answer to an escalation."""
    return Review(**{"escalation_id": name, "reviewer": "kim", "system_id": "bot", **given})
