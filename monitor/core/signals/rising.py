"""Stakes that grow while a session goes on: it began as a small matter, and is none any more."""

from collections.abc import Iterable
from typing import ClassVar

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.combine import parameter
from monitor.core.signals.cue import level_or_zero
from monitor.core.signals.figures import LARGEST, number
from monitor.core.vocabulary import Delivery, Role, Stake

WEIGHT: dict[Stake, int] = {
    Stake.HEALTH: 3,
    Stake.SAFETY: 3,
    Stake.LEGAL: 3,
    Stake.ELIGIBILITY: 2,
    Stake.IDENTITY: 2,
    Stake.MONEY: 1,
    Stake.ACCESS: 1,
    Stake.PRIVACY: 1,
    Stake.COMMITMENT: 1,
    Stake.REPUTATION: 1,
}
"""How grave a stake is beside the others; 0 is a matter without any."""
PLAIN = 0.75
"""How plainly a fact must be said to count here: in a phrase, more than what a sentence model alone gives."""
FELT = (("distress", Stake.SAFETY), ("control_loss", Stake.ELIGIBILITY))
"""What is at stake for who says so, whatever it is about."""
SUMS = ("amount", "sum", "total", "price", "cost")
"""Names of arguments that say how much is moved ..."""
COUNTS = ("value", "quantity")
"""... and those that say it where anything is at stake: a lamp has a value as well."""
MULTIPLE = 0.8
"""What a sum counts that is ``times`` as high: a little more than a step up the ladder. A quarter above, it is 1."""


class Level(Struct):
    """How far the session's stakes have gone, and at which turn; ``turns``: the user's, with words."""

    weight: int = 0
    stakes: list[Stake] = []
    amount: float = 0.0
    turn: int | None = None
    turns: int = 0


class StakesRising:
    """More is at stake than when the session began: a graver kind of stake came up, or a sum many times as high.

    Looks at what the user brings up, at what the AI calls and at what it ends, takes away or charges; what it merely
    talks about raises nothing, nor does a text that the user wants in another voice. Who is in distress, or has lost
    control of their matter, has more at stake than the words for it may say. The first turn sets where it begins.
    Evidence names the turn that stood highest before.
    """

    name = "stakes_rising"
    roles = (Role.USER, Role.ASSISTANT)
    quiet = (Quiet(Role.ASSISTANT, facts=("consequence",), fields=("declared_stakes",)),)
    State: type[Struct] = Level
    step = 0.75
    """What one step up the ladder counts: from nothing to money, from money to eligibility."""
    steps = 0.9
    """What two or more count."""
    beside = 0.4
    """What a further stake counts that is no graver than those there already."""
    times = 5.0
    """How many times as high a sum must be to count a little more than a step up."""
    ranges: ClassVar = {"times": (1.0, 1000.0)}

    def update(self, state: Level, turn: Annotation, context: Context) -> Score:
        """Compare with the highest before, then fold the turn in."""
        asks = turn.role is Role.USER and turn.words > 0
        if not asks and not _does(turn):
            return NOT_JUDGED
        if "question" not in turn.facts and not (turn.declared_stakes or turn.amounts or turn.tool):
            return NOT_JUDGED
        stakes = _asked_stakes(turn) if asks else _stakes_of_deed(turn)
        if not (stakes or turn.amounts or turn.tool):
            state.turns += asks
            return Score(0.0, max(1, state.turns), "session")
        new = [stake for stake in stakes if stake not in state.stakes]
        weight, amount = max(map(WEIGHT.__getitem__, stakes), default=0), _amount(turn)
        began = state.turns > (0 if asks else 1)
        value = self._risen(state, new, weight, amount, context) if began else 0.0
        evidence = () if state.turn is None or not value else (Evidence(state.turn, cue="stakes_before"),)
        here = tuple(Evidence(context.turn, cue=stake.value) for stake in new) or (Evidence(context.turn),)
        _fold(state, new, weight, amount, turn=context.turn, asks=asks)
        return Score(value, max(1, state.turns), "session", (*here, *evidence) if value else ())

    def _risen(self, state: Level, new: Iterable[Stake], weight: int, amount: float, context: Context) -> float:
        value = parameter(context, self, "beside") if list(new) else 0.0
        steps = weight - state.weight
        if steps > 0:
            value = parameter(context, self, "step" if steps == 1 else "steps")
        if state.amount and amount > state.amount:
            times = parameter(context, self, "times")
            value = max(value, min(1.0, MULTIPLE * (amount / state.amount) / times))
        return value


def _does(turn: Annotation) -> bool:
    """Whether the AI does something by which stakes may rise: a call, what it declares, an end or a charge."""
    if turn.role is not Role.ASSISTANT or turn.delivery is not Delivery.DELIVERED:
        return False
    return turn.tool is not None or bool(turn.declared_stakes) or _ends(turn)


def _ends(turn: Annotation) -> bool:
    return level_or_zero(turn, "consequence") >= PLAIN


def _asked_stakes(turn: Annotation) -> tuple[Stake, ...]:
    """What is at stake in what the user says: by its words, and by what it tells of their state."""
    if level_or_zero(turn, "voiced") >= PLAIN:
        return turn.declared_stakes
    felt = [stake for fact, stake in FELT if level_or_zero(turn, fact) >= PLAIN and stake not in turn.stakes]
    return (*turn.stakes, *felt) if felt else turn.stakes


def _stakes_of_deed(turn: Annotation) -> tuple[Stake, ...]:
    stakes = turn.declared_stakes or turn.stakes
    return stakes if not _ends(turn) or Stake.ACCESS in stakes else (*stakes, Stake.ACCESS)


def _amount(turn: Annotation) -> float:
    """The largest sum that a turn says or moves; 0 where it names none. What is beyond LARGEST is no sum."""
    names = (*SUMS, *COUNTS) if turn.stakes or turn.declared_stakes else SUMS
    moved = [] if turn.tool is None else [number(turn.tool.arguments.get(name)) for name in names]
    return max([each for each in (*turn.amounts, *moved) if each is not None and each < LARGEST], default=0.0)


def _fold(state: Level, new: Iterable[Stake], weight: int, amount: float, *, turn: int, asks: bool) -> None:
    if weight > state.weight or amount > state.amount:
        state.turn = turn
    state.stakes.extend(new)
    state.weight, state.amount = max(state.weight, weight), max(state.amount, amount)
    state.turns += asks
