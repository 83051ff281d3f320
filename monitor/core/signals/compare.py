"""What an answer says against what was said before: the strongest clash, and where it is."""

from collections.abc import Sequence
from typing import NamedTuple

from monitor.core.annotation import Claim
from monitor.core.signals.nearest import MAX_CLOSE, around, known_kin, nearest
from monitor.core.signals.pair import Side, compared, side_of
from monitor.core.signals.pair_model import score_of, weight_of
from monitor.core.signals.statement import Statement, clash, remembered

MAX_COMPARED = 24
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


class Found(NamedTuple):
    """The strongest clash: its score, the turn of the earlier statement, and the claim."""

    score: float
    turn: int
    claim: Claim


def strongest(claims: Sequence[Claim], memory: Sequence[Statement], turn: int) -> Found | None:
    """The strongest clash of a turn's claims with remembered ones; None where nothing is about the same.

    Where nothing clashes it is the earlier statement nearest in matter, with its low score.
    """
    if not memory or not claims:
        return None
    sides = [side_of(one) for one in memory]
    known = known_kin(sides)
    best: Found | None = None
    compared_yet = 0
    for claim in claims:
        now = side_of(remembered(claim, turn))
        found = nearest(now, sides)
        for index, (_, old) in enumerate(found[:MAX_CLOSE]):
            score = max(_learned(now, old, found, index, known), _by_rule(now, old))
            compared_yet += 1
            if best is None or score > best.score:
                best = Found(score, old.statement.turn, claim)
        if compared_yet >= MAX_COMPARED:
            break
    return best


def _learned(now: Side, old: Side, found: list[tuple[float, Side]], index: int, known: frozenset[str]) -> float:
    if now.kin == old.kin and now.numbers == old.numbers and now.statement.negated is old.statement.negated:
        return 0.0
    score = score_of(weight_of(compared(now, old, around(found, index, known))))
    if _another_case(now, old):
        score *= ANOTHER_CASE
    return score * STEP if _is_step(now) and _is_step(old) else score


def _another_case(now: Side, old: Side) -> bool:
    mine, theirs = now.kinds.get("identifier"), old.kinds.get("identifier")
    return bool(mine and theirs and mine.isdisjoint(theirs))


def _is_step(side: Side) -> bool:
    return side.statement.terms[:1] != () and side.statement.terms[0] in STEPS


def _by_rule(now: Side, old: Side) -> float:
    value = clash(now.statement, old.statement)
    return value if value >= PLAIN else value * UNSURE
