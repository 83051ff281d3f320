"""What an answer did to the user: it made a new problem, or things happen to them that they cannot stop."""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.combine import decayed, noisy_or, parameter
from monitor.core.signals.cue import cited, level, level_or_zero
from monitor.core.signals.talk import FAINT, KEEP, Exchange, Held
from monitor.core.vocabulary import Role


class NewProblem:
    """The user says that what they were told, or what was done, made a new problem.

    What was broken before is a complaint about something else: without an answer before it counts less. A turn that is
    plainly content takes it back.
    """

    name = "new_problem"
    roles = (Role.USER, Role.ASSISTANT, Role.STAFF)
    quiet = (
        Quiet(Role.USER, facts=("new_problem",), known=("new_problem",)),
        Quiet(Role.ASSISTANT),
        Quiet(Role.STAFF),
    )
    State: type[Struct] = Exchange
    unanswered = 0.9
    """What it counts before anything was answered: the cause may lie outside the session."""
    unhappy = 0.15
    """What plain discontent on the same turn adds at most."""
    glad = 0.6
    """What plain contentment on the same turn takes off at most."""

    def rests(self, state: Exchange) -> bool:
        """Whether who spoke has nothing to add any more."""
        return state.is_under_way

    def update(self, state: Exchange, turn: Annotation, context: Context) -> Score:
        """Judge a user turn in the light of whether there was an answer."""
        found = level(turn, "new_problem")
        answered = state.answered or context.incomplete
        state.follow(turn)
        if turn.role is not Role.USER or found is None:
            return NOT_JUDGED
        if not found:
            return Score(0.0)
        unhappy = parameter(context, self, "unhappy") * level_or_zero(turn, "dissatisfaction")
        value = noisy_or(found, unhappy) if found >= FAINT else found
        value *= 1.0 - parameter(context, self, "glad") * level_or_zero(turn, "satisfaction")
        if not answered:
            value *= parameter(context, self, "unanswered")
        return Score(value, evidence=cited(turn, context.turn, "new_problem"))


class LossOfControl:
    """The user is losing control of their own matter: it goes on against their will, or they cannot stop or undo it.

    Distress, and having said so before, lift it. Tone plays no part.
    """

    name = "loss_of_control"
    roles = (Role.USER,)
    quiet = (Quiet(Role.USER, facts=("control_loss",), known=("control_loss",)),)
    State: type[Struct] = Held
    again = 0.3
    """What an earlier sign adds at most."""
    distress = 0.3
    """What plain distress on the same turn adds at most."""

    def rests(self, state: Held) -> bool:
        """Whether nothing was said before."""
        return not state.value

    def update(self, state: Held, turn: Annotation, context: Context) -> Score:
        """Combine the cue with distress and what was held."""
        found = level(turn, "control_loss")
        if turn.role is not Role.USER or found is None:
            return NOT_JUDGED
        if not found:
            state.value *= KEEP
            return Score(0.0)
        value = found
        if found >= FAINT:
            again = parameter(context, self, "again") * state.value
            distress = parameter(context, self, "distress") * level_or_zero(turn, "distress")
            value = noisy_or(found, again, distress)
        state.value = decayed(state.value, found, KEEP)
        return Score(value, evidence=cited(turn, context.turn, "control_loss"))
