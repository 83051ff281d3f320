"""Plain signals for tests of the stage itself: each score is what the test put into the turn's facts."""

from dataclasses import dataclass
from typing import Any

from msgspec import Struct, field

from monitor.core.annotation import Annotation, Fact, ToolUse
from monitor.core.events import Escalation, Evidence, Output, Standing
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.policy.model import Policy
from monitor.core.policy.schema import SESSION_SIGNALS
from monitor.core.session.reducer import SessionState, observe
from monitor.core.signals.base import NOT_JUDGED, Context, Score, Signal
from monitor.core.step import Step
from monitor.core.vocabulary import Role
from monitor.policy_file import load_policy

TOPIC = "oversight.interactions.v1"
POLICY = load_policy(None)
STANDING = Standing(system_id="bot")


class FakeState(Struct):
    """What a fake remembers: enough to make a lost snapshot visible in its scores."""

    turns: int = 0
    seen: list[str] = field(default_factory=list)


@dataclass
class FactSignal:
    """Scores the fact of its own name; points at every turn that had it."""

    name: str
    State: type[Struct] = FakeState

    def update(self, state: Any, turn: Annotation, context: Context) -> Score:  # noqa: ANN401 - as in the protocol
        fact = turn.facts.get(self.name)
        if fact is None:
            return NOT_JUDGED
        state.turns += 1
        state.seen.append(f"{context.turn}:" + "x" * len(turn.terms))
        del state.seen[:-64]
        return Score(fact.score, n=state.turns, window="session", evidence=(Evidence(turn=context.turn),))


FAKES: tuple[Signal, ...] = tuple(FactSignal(name) for name in SESSION_SIGNALS)


def make(number: int, facts: dict[str, float] | None = None, *, role: Role = Role.USER, **more: Any) -> Annotation:  # noqa: ANN401
    """A turn with the given scores."""
    fields: dict[str, Any] = {
        "id": f"t{number}",
        "ts": 1000.0 + 20 * number,
        "system_id": "bot",
        "session_id": "s",
        "turn": number,
        "words": 3,
    }
    return Annotation(
        role=role, facts={name: Fact(score) for name, score in (facts or {}).items()}, **{**fields, **more}
    )


def tool(name: str, **arguments: object) -> ToolUse:
    """A tool use."""
    return ToolUse(name, hash(name) & 0xFF, dict(arguments))


def fold(
    state: SessionState | None,
    turn: Annotation,
    offset: int,
    *,
    policy: Policy = POLICY,
    **more: Any,  # noqa: ANN401
) -> Step[SessionState]:
    """One turn at an offset, at its own time."""
    more.setdefault("signals", FAKES)
    at = Position(TOPIC, 0, offset)
    return observe(state, turn, at=at, now=turn.ts, policy=policy, standing=more.pop("standing", STANDING), **more)


def run(
    turns: list[Annotation], policy: Policy = POLICY, signals: tuple[Signal, ...] = FAKES
) -> tuple[SessionState, list[tuple[Output, ...]]]:
    """A whole session: its state, and what each turn sent."""
    state, sent = None, []
    for offset, turn in enumerate(turns):
        step = fold(state, turn, offset, policy=policy, signals=signals)
        state = step.state
        sent.append(step.outputs)
    assert state is not None
    return state, sent


def escalations(outputs: tuple[Output, ...]) -> list[Escalation]:
    """The escalation events among outputs."""
    return [output.data for output in outputs if isinstance(output.data, Escalation)]


def observation(outputs: tuple[Output, ...]) -> Observation:
    """The one observation, which comes last."""
    found = outputs[-1].data
    assert isinstance(found, Observation)
    return found
