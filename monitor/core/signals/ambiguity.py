"""Whether what is asked for can be read two ways, and whether the answer settles on one reading without asking."""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.calls import names
from monitor.core.signals.combine import noisy_or
from monitor.core.signals.cue import cited, level, level_or_zero
from monitor.core.vocabulary import Delivery, Role


class Vague(Struct):
    """How vaguely the user last named what they want, and where; whether anything was answered yet."""

    value: float = 0.0
    turn: int | None = None
    answered: bool = False


class Ambiguity:
    """The request, or what is known about it, can be read two ways.

    Either side says so; or the user named one of several things ("one of my orders", "Monday or Tuesday", "cancel it"
    with nothing before that it could mean) and the AI went ahead without asking which. Asking back is what it should
    do, and looking up is no answer yet.
    """

    name = "ambiguity"
    roles = (Role.USER, Role.ASSISTANT)
    quiet = (
        Quiet(Role.USER, facts=("unclear", "vague"), known=("unclear",)),
        Quiet(Role.ASSISTANT, facts=("unclear",), known=("unclear",)),
    )
    State: type[Struct] = Vague

    def rests(self, state: Vague) -> bool:
        """Whether nothing is left open, and there was an answer before."""
        return state.answered and state.turn is None

    def update(self, state: Vague, turn: Annotation, context: Context) -> Score:
        """Remember what the user left open; judge what either side says of it, and what the AI makes of it."""
        if turn.role is Role.USER:
            return self._asked(state, turn, context)
        if turn.role is not Role.ASSISTANT:
            return NOT_JUDGED
        said = level(turn, "unclear")
        asked = max(said or 0.0, level_or_zero(turn, "question"), level_or_zero(turn, "refusal"))
        settled = _settles(turn, context) if turn.delivery is Delivery.DELIVERED else 0.0
        value = state.value * settled * (1.0 - asked)
        before = () if state.turn is None else (Evidence(state.turn, cue="vague", score=state.value),)
        state.answered = state.answered or turn.words > 0
        if settled or asked:
            state.value, state.turn = 0.0, None
        if said is None and not value:
            return NOT_JUDGED
        if value >= (said or 0.0):
            return Score(value, evidence=before if value else ())
        return Score(said, evidence=cited(turn, context.turn, "unclear"))

    def _asked(self, state: Vague, turn: Annotation, context: Context) -> Score:
        said = level(turn, "unclear")
        if said is None:
            return NOT_JUDGED
        dangling = 0.0 if state.answered or context.incomplete else level_or_zero(turn, "dangling")
        state.value = noisy_or(level_or_zero(turn, "vague"), dangling)
        state.turn = context.turn if state.value else None
        return Score(said, evidence=cited(turn, context.turn, "unclear"))


def _settles(turn: Annotation, context: Context) -> float:
    """How much the AI goes ahead: by a call that writes, by what it says is done, by stating something as so."""
    if turn.tool is not None and names(
        turn.tool.name, (*context.policy.tools.writes, *context.policy.tools.irreversible)
    ):
        return 1.0
    if any(level_or_zero(turn, fact) for fact in ("irreversible", "final_decision", "publication")):
        return 1.0
    return float(turn.words > 0 and turn.tool is None)
