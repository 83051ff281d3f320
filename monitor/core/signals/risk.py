"""The session's own figure: how likely it needs a person, by all signals together, as known at this turn."""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence
from monitor.core.signals.base import Context, Score
from monitor.core.signals.combine import clamp, noisy_or, parameter
from monitor.core.signals.describe import reason_text

GONE = 1e-6
"""What has faded to less than this is dropped."""


NAMED = 4
"""Parts named in the reason: a person reads the first ones."""


FAINT_TEXT = {"distress": "The user is having a hard time"}
"""Words for a sign that is plain only where its own rule fires."""


class Pressure(Struct):
    """What each weighted signal has contributed by now, fading, and the turn it was last strongest at.

    At most one entry per weight of the policy.
    """

    signals: dict[str, float] = {}
    turns: dict[str, int] = {}


class SessionRisk:
    """Noisy-or of the weighted scores, in [0, 1]; known at every turn of any role. Must come last.

    A sign fades turn by turn; the same sign again adds to what is left of the one before, never above its weight.
    Faint scores add nothing: dozens of them are an ordinary session. It tells its parts, the strongest first.
    """

    name = "session_risk"
    State: type[Struct] = Pressure
    keep = 0.9
    """What is left of a sign after a turn: half after about seven turns, some three exchanges."""
    faint = 0.2
    """Scores up to here are noise; what is above is scaled to [0, 1]."""
    again = 0.25
    """How much of the smaller of old and new sign is added to the larger."""

    def update(self, state: Pressure, _turn: Annotation, context: Context) -> Score:
        """Fold this turn's scores in."""
        keep = parameter(context, self.name, "keep", self.keep)
        faint = parameter(context, self.name, "faint", self.faint)
        again = parameter(context, self.name, "again", self.again)
        pressures, turns = {}, {}
        weights = context.policy.risk_weights
        for name in sorted(name for name in weights if context.scores.get(name) or name in state.signals):
            new = weights[name] * clamp(((context.scores.get(name) or 0.0) - faint) / (1.0 - faint))
            old = state.signals.get(name, 0.0) * keep
            if max(old, new) > GONE:
                pressures[name] = clamp(max(old, new) + again * min(old, new), high=weights[name])
                turns[name] = context.turn if new >= old else state.turns.get(name, context.turn)
        state.signals, state.turns = pressures, turns
        parts = sorted(pressures, key=lambda name: (-pressures[name], name))[:NAMED]
        return Score(
            noisy_or(*pressures.values()),
            max(1, len(pressures)),
            "session",
            tuple(Evidence(turns[name], cue=name, score=pressures[name]) for name in parts),
            told=f"several signs add up: {', '.join(part_text(name, turns[name]) for name in parts)}" if parts else "",
            unless="the signs had been fewer or weaker",
        )


def part_text(signal: str, turn: int) -> str:
    """A sign as part of a list, with the turn it was strongest at.

    >>> part_text("dispute", 4)
    'the user disputes the answer (turn 4)'
    """
    words = FAINT_TEXT.get(signal) or reason_text(signal)
    return f"{words[:1].lower()}{words[1:]} (turn {turn})"
