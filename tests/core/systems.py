"""Systems for tests: observations and orders of one system, folded one by one as the log brings them."""

from collections.abc import Iterable
from typing import Any

import msgspec

from monitor.core.errors import InvalidRecord
from monitor.core.events import Output, Reading
from monitor.core.interaction import Position
from monitor.core.log import Command, LogRecord, Observation, RaisedEscalation, Review, Tick
from monitor.core.policy.model import Bound, Policy
from monitor.core.system.reducer import NEVER, observe
from monitor.core.system.state import SystemState
from monitor.core.vocabulary import EscalationStatus, Role, Severity, Situation
from monitor.policy_file import load_policy

POLICY = load_policy(None)
LOG = "oversight.observations.v1"
INPUT = "oversight.interactions.v1"
BAD = (Reading("self_contradiction", 1.0, 0.9),)
STEPPED_OVER = (Reading("tool_not_allowed", 1.0, 0.5),)


def policy(**own: Any) -> Policy:  # noqa: ANN401 - any field of SystemPolicy
    """The shipped policy with some fields of its base replaced; low sample numbers keep tests short."""
    rates = {
        "contradiction_rate": Bound(0.10, 0.05, min_samples=20),
        "overreach_rate": Bound(0.02, 0.30, min_samples=10),
        "unsupported_rate": Bound(0.30, 0.15, min_samples=20),
    }
    base = msgspec.structs.replace(POLICY.base, **{"rates": rates, **own})
    return msgspec.structs.replace(POLICY, base=base)


def seen(at: float = 0.0, **given: Any) -> Observation:  # noqa: ANN401 - any field
    """One assistant turn on which contradictions were looked for and none was found."""
    fields: dict[str, Any] = {
        "source": Position(INPUT, 0, 0),
        "ordinal": 0,
        "system_id": "bot",
        "session_id": "s",
        "turn": 0,
        "role": Role.ASSISTANT,
        "scores": {"self_contradiction": 0.0},
    }
    fields |= given
    return Observation(at=at, **{"begins": fields["turn"] == 0, **fields})


def order(action: str, **given: Any) -> Command:  # noqa: ANN401 - any field
    """A person's order."""
    return Command(**{"action": action, "system_id": "bot", "issued_by": "kim", "reason": "because", **given})


def answer(escalation_id: str, **given: Any) -> Review:  # noqa: ANN401 - any field
    """A person's answer; an acknowledgement unless it has a verdict."""
    fields: dict[str, Any] = {"reviewer": "lee", "system_id": "bot", "reason": "looked into it"}
    return Review(escalation_id=escalation_id, **{**fields, **given})


def brief(escalation_id: str, **given: Any) -> RaisedEscalation:  # noqa: ANN401 - any field
    """A session's escalation as it travels on an observation."""
    fields: dict[str, Any] = {
        "revision": 1,
        "status": EscalationStatus.RAISED,
        "subject": "bot/s#support_resolution",
        "situation": Situation.SUPPORT_RESOLUTION,
        "rule": "disputed",
        "severity": Severity.WARNING,
        "response_seconds": 60,
        "owner": "care",
    }
    return RaisedEscalation(escalation_id=escalation_id, **{**fields, **given})


class Folding:
    """One system's log, folded as it grows, every tick included.

    ``said``: every output so far. ``refused``: why records were, in turn. ``tick``: the last one.
    """

    def __init__(self, policy: Policy, state: SystemState | None = None, *, first: int = 0) -> None:
        self.policy = policy
        self._state = state
        self._next = first
        self.said: list[Output] = []
        self.refused: list[InvalidRecord] = []
        self.tick = NEVER

    @property
    def state(self) -> SystemState:
        """The state; there is one once something was folded."""
        assert self._state is not None, "fold something first"
        return self._state

    def add(self, record: LogRecord) -> tuple[Output, ...]:
        """The outputs of the next record; none of one that is refused, or of a tick before any system."""
        at, last = Position(LOG, 0, self._next), self.tick
        self._next += 1
        if isinstance(record, Tick):
            self.tick = record
            if self._state is None:
                return ()
        try:
            step = observe(self._state, record, at=at, policy=self.policy, tick=last)
        except InvalidRecord as error:
            self.refused.append(error)
            return ()
        self._state = step.state
        self.said.extend(step.outputs)
        return step.outputs

    def run(self, records: Iterable[LogRecord]) -> list[Output]:
        """The outputs of several records."""
        return [output for record in records for output in self.add(record)]

    def in_force(self, scope: str = "") -> str:
        """The level that the scope may use now."""
        return str(self.state.breakers[scope].in_force)


def told(outputs: Iterable[Output]) -> list[tuple[str, bytes]]:
    """What two runs are compared by: id and payload of every output, in order."""
    return [(output.id, msgspec.json.encode(output.data)) for output in outputs]
