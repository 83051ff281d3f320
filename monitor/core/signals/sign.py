"""Signs of how the user fares that one fact of a turn gives: who is responsible, a person, urgency."""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.combine import decayed, noisy_or, parameter
from monitor.core.signals.cue import cited, level
from monitor.core.signals.talk import FAINT, KEEP, Held
from monitor.core.vocabulary import Role


class Cue:
    """A cue of one fact, lifted when the same was said before: asking twice weighs more than asking once."""

    State: type[Struct] = Held
    roles = (Role.USER,)

    def __init__(self, name: str, fact: str, lift: float) -> None:
        self.name = name
        self.fact = fact
        self.lift = lift
        self.quiet = (Quiet(Role.USER, facts=(fact,), known=(fact,)),)

    def rests(self, state: Held) -> bool:
        """Whether nothing was said before."""
        return not state.value

    def update(self, state: Held, turn: Annotation, context: Context) -> Score:
        """The fact's score; 0 stays 0 whatever was said before."""
        found = level(turn, self.fact)
        if turn.role is not Role.USER or found is None:
            return NOT_JUDGED
        lift = parameter(context, self, "lift") * state.value
        value = noisy_or(found, lift) if found >= FAINT else found
        state.value = decayed(state.value, found, KEEP)
        return Score(value, evidence=cited(turn, context.turn, self.fact))


ACCOUNTABILITY_REQUEST = Cue("accountability_request", "accountability", lift=0.25)
HUMAN_REQUEST = Cue("human_request", "human_request", lift=0.4)
URGENCY = Cue("urgency", "urgency", lift=0.0)
