"""What an answer says against what was said before: the strongest clash, and where it is."""

from collections.abc import Sequence
from typing import NamedTuple

from monitor.core.annotation import Claim
from monitor.core.signals.everyday import NO_WEIGHTS, Weights
from monitor.core.signals.nearest import MAX_CLOSE, around, nearest, worth_a_look
from monitor.core.signals.opposites import OPPOSABLE
from monitor.core.signals.pair import Around, Side, compared, side_of
from monitor.core.signals.pair_model import score_of, weight_of
from monitor.core.signals.statement import Statement, clash, remembered

MAX_COMPARED = 12
"""Pairs of one turn that are compared closely: a bound on its work."""
PLAIN, UNSURE = 0.9, 0.7
"""A clash by rule (another number, a denial, an opposite) counts in full from PLAIN on, below it only UNSURE of it."""

ANOTHER_CASE = 0.6
"""What is left of a learned clash where each side names a case of its own (an order, a booking) by its number."""
STEP = 0.5
"""What is left of a clash of two steps of a guide: one says to tap this, another to tap that."""
_STEPS = """tap click press select choos open clos go turn switch hold releas enter typ scroll swip plug unplug connect
    disconnect restart reset check uncheck follow use try sign log wait pick add remov delet download install updat"""
STEPS = frozenset(_STEPS.split())
"""What a step of a guide begins with, folded."""

NEARNESS = 0.3
"""What the share of the claim that an earlier statement has adds to its score, where two earlier ones compete."""


class Found(NamedTuple):
    """The strongest clash: its score, the turn of the earlier statement, and the claim."""

    score: float
    turn: int
    claim: Claim


def strongest(
    claims: Sequence[Claim],
    memory: Sequence[Statement],
    turn: int,
    *,
    learned: bool = True,
    everyday: Weights = NO_WEIGHTS,
) -> Found | None:
    """The strongest clash of a turn's claims with remembered ones; None where nothing is about the same.

    Where nothing clashes it is the earlier statement nearest in matter, with a low score. Without ``learned`` only the
    rules speak: the model knows English alone. ``everyday``: what the system's everyday words count.
    """
    if not memory or not claims:
        return None
    sides = [side_of(one) for one in memory]
    best: tuple[float, float] = (-1.0, 0.0)
    place: tuple[int, Claim] | None = None
    left = MAX_COMPARED
    for claim in claims:
        now = side_of(remembered(claim, turn))
        found = nearest(now, sides, everyday)
        for index, (cover, old) in enumerate(found[:MAX_CLOSE]):
            score = _by_rule(now, old)
            if learned and left and worth_a_look(now, old, cover):
                score = max(score, _learned(now, old, around(found, index, sides)))
                left -= 1
            rank = (score + NEARNESS * cover, score)
            if rank > best:
                best, place = rank, (old.statement.turn, claim)
    return _by_a_word(claims, sides, turn) if place is None else Found(best[1], *place)


def _by_a_word(claims: Sequence[Claim], sides: Sequence[Side], turn: int) -> Found | None:
    """The last earlier statement that shares a single word: nothing to compare, but the nearest there is."""
    for claim in claims:
        now = side_of(remembered(claim, turn))
        for old in reversed(sides):
            if not now.kin.isdisjoint(old.kin):
                return Found(0.0, old.statement.turn, claim)
    return None


def _learned(now: Side, old: Side, beside: Around) -> float:
    score = score_of(weight_of(compared(now, old, beside)))
    if _another_case(now, old):
        score *= ANOTHER_CASE
    return score * STEP if _is_step(now) and _is_step(old) else score


def _another_case(now: Side, old: Side) -> bool:
    mine, theirs = now.kinds.get("identifier"), old.kinds.get("identifier")
    return bool(mine and theirs and mine.isdisjoint(theirs))


def _is_step(side: Side) -> bool:
    return side.statement.terms[:1] != () and side.statement.terms[0] in STEPS


def _by_rule(now: Side, old: Side) -> float:
    if not _may_clash(now, old):
        return 0.0
    value = clash(now.statement, old.statement)
    return value if value >= PLAIN else value * UNSURE


def _may_clash(now: Side, old: Side) -> bool:
    """Whether there is anything a rule could find: most pairs agree in polarity and have no quantities or opposites."""
    one, other = now.statement, old.statement
    if one.negated is not other.negated or (now.numbers and old.numbers and now.numbers != old.numbers):
        return True
    return not OPPOSABLE.isdisjoint(one.terms) and not OPPOSABLE.isdisjoint(other.terms)
