"""What was decided on one turn, reduced to what a person would call a different decision.

Ids, fingerprints and versions of standings differ between any two policies and say nothing; they are left out.
"""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from monitor.core.events import BreakerTransition, Escalation, Output
from monitor.core.vocabulary import Autonomy, EscalationStatus, HumanRole, Mode, Rung, Severity, Situation


class Call(Struct, frozen=True, tag="escalation", tag_field="kind"):
    """A person is called, called more urgently, or no longer needed. ``rules``: those among the reasons, by name."""

    status: EscalationStatus
    situation: Situation
    severity: Severity
    rung: Rung
    human_role: HumanRole
    owner: str
    mode: Mode
    rules: tuple[str, ...]

    @property
    def text(self) -> str:
        """The call as a person reads it."""
        shadow = " (shadow)" if self.mode is Mode.SHADOW else ""
        what = (
            f"{self.status} {self.situation}{shadow}: {self.severity}, {self.rung}, {self.human_role} by {self.owner}"
        )
        return f"{what}: {', '.join(self.rules)}"


class Move(Struct, frozen=True, tag="breaker", tag_field="kind"):
    """A breaker moves from one ceiling to another."""

    capability: str
    before: Autonomy
    after: Autonomy
    trigger: str
    mode: Mode

    @property
    def text(self) -> str:
        """The move as a person reads it."""
        what = f"breaker of {self.capability}" if self.capability else "breaker"
        shadow = " (shadow)" if self.mode is Mode.SHADOW else ""
        return f"{what}{shadow}: {self.before} > {self.after}, {self.trigger}"

    @property
    def narrows(self) -> bool:
        """Whether the system may do less than before."""
        return self.after.rank < self.before.rank


Decision = Call | Move


class Subject(Struct, frozen=True, order=True):
    """A session, or without ``session_id`` the system itself."""

    system_id: str
    session_id: str | None = None

    @property
    def text(self) -> str:
        """The subject as a person reads it."""
        return self.system_id if self.session_id is None else f"{self.system_id}/{self.session_id}"


def decisions(outputs: Iterable[Output]) -> dict[Subject, tuple[Decision, ...]]:
    """The decisions among outputs by whom they concern, in order. Subjects without any are missing."""
    found: dict[Subject, tuple[Decision, ...]] = {}
    for output in outputs:
        data = output.data
        decision: Decision
        if isinstance(data, Escalation):
            subject, decision = Subject(data.system_id, data.session_id), call_of(data)
        elif isinstance(data, BreakerTransition) and data.refused is None:
            subject, decision = Subject(data.system_id), move_of(data)
        else:
            continue
        found[subject] = (*found.get(subject, ()), decision)
    return found


def unowned(decided: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """The decisions without whose they are: naming an owner in a policy changes whom it calls, not when or why."""
    return tuple(msgspec.structs.replace(each, owner="") if isinstance(each, Call) else each for each in decided)


def call_of(data: Escalation) -> Call:
    """An escalation event as a decision."""
    return Call(
        status=data.status,
        situation=data.situation,
        severity=data.severity,
        rung=data.rung,
        human_role=data.human_role,
        owner=data.owner,
        mode=data.mode,
        rules=tuple(dict.fromkeys(reason.rule for reason in data.reasons)),
    )


def move_of(data: BreakerTransition) -> Move:
    """A breaker's step as a decision."""
    return Move(data.capability, data.from_ceiling, data.to_ceiling, data.trigger, data.mode)
