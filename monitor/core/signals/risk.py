"""The session's own figure: how likely it needs a person, by all signals together, as known at this turn."""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence
from monitor.core.policy.model import SystemPolicy
from monitor.core.signals.base import Context, Score
from monitor.core.signals.combine import clamp, noisy_or, parameter
from monitor.core.signals.describe import reason_text

GONE = 1e-6
"""What has faded to less than this is dropped."""


TOLD = 0.5
"""Below it nobody is called, and nobody reads of what it is made."""
NAMED = 4
"""Parts named in the reason: a person reads the first ones."""


PART_TEXT = {
    "distress": "The user is having a hard time",
    "course": "The talk is where people give up",
}
"""Words for a sign that is plain only where its own rule fires, and for the part that is no signal."""
RELIEVED = frozenset(("dissatisfaction", "confusion", "sentiment_shift", "repeated_request", "urgency"))
"""Signs of how the user fares, which a mood that has become good takes back. What they want or dispute stays."""
CIRCLES = frozenset(("stuck_loop",))
"""What a course that has become good takes back besides."""
COMPLAINT = frozenset(("dissatisfaction", "confusion", "dispute", "sentiment_shift", "repeated_request"))
"""Ways to say one thing, that the answers do not help: the strongest counts, so that one complaint does not add up."""
FURTHEST = 10.0
"""How far what stays of a course may go, in log-odds: a talk without end says nothing more."""
MOOD = "sentiment"
GLAD = 1 / 3
"""The valence from which a mood is good: where a single turn reads positive."""


class Mood(Struct, array_like=True):
    """The user's mood so far, a running mean of the valence that begins at 0, and the turn it was last heard at."""

    mean: float
    turn: int


class Way(Struct, array_like=True):
    """Where the talk stands by its intents, in log-odds: now, what the last turn leaves to the next, and what stays."""

    now: float
    after: float
    later: float
    turn: int


class Pressure(Struct):
    """What each weighted signal has contributed by now, fading, and the turn it was last strongest at.

    At most one entry per weight of the policy.
    """

    signals: dict[str, float] = {}
    turns: dict[str, int] = {}
    mood: Mood | None = None
    course: Way | None = None


class SessionRisk:
    """Noisy-or of the weighted scores, in [0, 1]; known at every turn of any role. Must come last.

    A sign fades turn by turn; the same sign again adds to what is left of the one before, never above its weight.
    Of the ways to complain only the strongest counts. Faint scores add nothing: dozens of them are an ordinary session.
    Of sentiment the mood on the whole counts, not one turn; a mood or a course that has become good takes other signs
    back. Where turns declare intents, the course they make is a part of its own. It tells its parts, the strongest
    first.
    """

    name = "session_risk"
    State: type[Struct] = Pressure
    keep = 0.9
    """What is left of a sign after a turn: half after about seven turns, some three exchanges."""
    faint = 0.2
    """Scores up to here are noise; what is above is scaled to [0, 1]."""
    again = 0.25
    """How much of the smaller of old and new sign is added to the larger."""

    pace = 0.25
    """How much of a turn's valence goes into the mood."""
    course = 0.6
    """What a course adds that surely ends badly."""

    def update(self, state: Pressure, turn: Annotation, context: Context) -> Score:
        """Fold this turn's scores in."""
        self._follow(state, turn, context)
        keep = parameter(context, self, "keep")
        self._fold(state, keep, context)
        pressures, turns = self._parts(state, context)
        value = noisy_or(*pressures.values())
        if not pressures or value < context.policy.once(told_from):
            return Score(value, max(1, len(pressures)), "session")
        parts = sorted(pressures, key=lambda name: (-pressures[name], name))[:NAMED]
        return Score(
            value,
            max(1, len(pressures)),
            "session",
            tuple(Evidence(turns[name], cue=name, score=pressures[name]) for name in parts),
            told=f"several signs add up: {', '.join(part_text(name, turns[name]) for name in parts)}",
            unless="the signs had been fewer or weaker",
        )

    def _fold(self, state: Pressure, keep: float, context: Context) -> None:
        """Let what was there fade, and add what this turn shows."""
        faint = parameter(context, self, "faint")
        again = parameter(context, self, "again")
        scores, weights, names = context.scores, context.policy.risk_weights, context.policy.once(signs)
        before, turns = state.signals, state.turns
        shown = [name for name, value in scores.items() if value and value > faint and name in names]
        if not (before or shown):
            return
        state.signals, state.turns = {}, {}
        for name in sorted(names.intersection({*before, *shown})):
            weight, value, old = weights[name], scores.get(name), before.get(name, 0.0) * keep
            new = weight * clamp((value - faint) / (1.0 - faint)) if value and value > faint else 0.0
            less, more = (new, old) if new < old else (old, new)
            if more > GONE:
                state.signals[name] = clamp(more + again * less, high=weight)
                state.turns[name] = context.turn if new >= old else turns.get(name, context.turn)

    def _follow(self, state: Pressure, turn: Annotation, context: Context) -> None:
        valence = context.scores.get(MOOD)
        if valence is not None:
            before = 0.0 if state.mood is None else state.mood.mean
            pace = parameter(context, self, "pace")
            state.mood = Mood(before + pace * (valence - before), context.turn)
        if turn.course is not None:
            way = state.course or Way(0.0, 0.0, 0.0, 0)
            now = turn.course.now + way.after + way.later
            later = clamp(way.later + turn.course.later, -FURTHEST, FURTHEST)
            state.course = Way(now, turn.course.after, later, context.turn)

    def _parts(self, state: Pressure, context: Context) -> tuple[dict[str, float], dict[str, int]]:
        """The pressures with those that are no signals, and where each was last strongest."""
        pressures, turns = dict(state.signals), dict(state.turns)
        worst = context.policy.risk_weights.get(MOOD, 0.0)
        if worst and state.mood is not None:
            _relieve(pressures, RELIEVED, 1.0 - clamp(state.mood.mean / GLAD))
            pressures[MOOD], turns[MOOD] = worst * clamp(-state.mood.mean), state.mood.turn
        if state.course is not None:
            share, worst = odds_share(state.course.now), parameter(context, self, "course")
            _relieve(pressures, RELIEVED | CIRCLES, clamp(2.0 * share))
            pressures["course"], turns["course"] = worst * share, state.course.turn
        _once(pressures, COMPLAINT)
        return {name: pressure for name, pressure in pressures.items() if pressure > GONE}, turns


def _relieve(pressures: dict[str, float], names: frozenset[str], left: float) -> None:
    if left < 1.0:
        for name in names.intersection(pressures):
            pressures[name] *= left


def _once(pressures: dict[str, float], names: frozenset[str]) -> None:
    """Keep the strongest of them alone, of equals the first by name."""
    met = sorted((-pressures[name], name) for name in names.intersection(pressures))
    for _, name in met[1:]:
        del pressures[name]


def odds_share(logit: float) -> float:
    """Log-odds as a number in [0, 1] that rises with them: one half at 0. Not the chance itself, but without a power.

    >>> odds_share(0.0), odds_share(1.0), odds_share(-3.0)
    (0.5, 0.75, 0.125)
    """
    return 0.5 + 0.5 * logit / (1.0 + abs(logit))


def signs(policy: SystemPolicy) -> frozenset[str]:
    """The weighted signals that fade from turn to turn: all but the mood, which has a mean of its own."""
    return frozenset(policy.risk_weights) - {MOOD}


def told_from(policy: SystemPolicy) -> float:
    """From which value on the parts are told: half, or the policy's bound where that is lower."""
    bound = policy.bounds.get(SessionRisk.name)
    return TOLD if bound is None else min(TOLD, bound.raise_at)


def part_text(signal: str, turn: int) -> str:
    """A sign as part of a list, with the turn it was strongest at.

    >>> part_text("dispute", 4)
    'the user disputes the answer (turn 4)'
    """
    words = PART_TEXT.get(signal) or reason_text(signal)
    return f"{words[:1].lower()}{words[1:]} (turn {turn})"
