"""Optional stronger readers of whether sources carry a statement, behind one protocol; by default there is none.

A scorer sees a statement and the sentences nearest to it, one statement at a time, so that what else is in a batch
never changes an answer. Its opinion is mixed with that of the words, by the trust it is given.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from monitor.annotate.support import Judged, nearest_to
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Claim
from monitor.core.interaction import Source

MAX_SCORED = 8
"""Statements of one turn that a scorer reads: those least carried by the words."""
LEAST = 0.001
"""Nothing is held to be surer than this, nor its contrary."""


class Opinion(NamedTuple):
    """How surely the sentences carry the statement, and how surely they say otherwise (None: it cannot tell)."""

    carried: float
    contrary: float | None = None


class Scorer(Protocol):
    """A reader of meaning. Deterministic; it may cost milliseconds a statement, and never calls out of the process.

    ``trust`` in [0, 1]: what its opinion weighs against the words.
    """

    name: str
    trust: float

    def opinion(self, sentences: Sequence[str], statement: str) -> Opinion:
        """What the sentences, nearest first, say of the statement."""
        ...


def scored(judged: Judged, sources: tuple[Source, ...], tokens: Tokens, scorer: Scorer) -> Judged:
    """The support and conflict of the claims with the scorer's opinion mixed in, and the answer's support moved along.

    >>> class Sure:
    ...     name, trust = "sure", 1.0
    ...     def opinion(self, sentences, statement):
    ...         return Opinion(0.9, 0.1)
    >>> from monitor.annotate.tokens import tokenise
    >>> claim = Claim(0, 16, ("museum", "open"), support=0.5, conflict=0.0)
    >>> said, sources = tokenise("The museum opens."), (Source("The museum is open."),)
    >>> found = scored(Judged((claim,), 0.5, None), sources, said, Sure())
    >>> found.claims[0].support, found.claims[0].conflict, found.support
    (0.9, 0.1, 0.9)
    """
    known = [index for index, claim in enumerate(judged.claims) if claim.support is not None]
    claims = list(judged.claims)
    moved: list[float] = []
    for index in sorted(known, key=lambda index: (claims[index].support or 0.0, index))[:MAX_SCORED]:
        claim = claims[index]
        opinion = scorer.opinion(nearest_to(claim, sources), tokens.text[claim.start : claim.end])
        claims[index] = _mixed(claim, opinion, scorer.trust)
        moved.append(_odds(claims[index].support or 0.0) - _odds(claim.support or 0.0))
    support = judged.support
    if support is not None and moved:
        support = round(_share(_odds(support) + sum(moved) / len(moved)), 4)
    return Judged(tuple(claims), support, judged.conflict)


def _mixed(claim: Claim, opinion: Opinion, trust: float) -> Claim:
    odds = (1.0 - trust) * _odds(claim.support or 0.0) + trust * _odds(opinion.carried)
    conflict = claim.conflict
    if opinion.contrary is not None:
        conflict = round((1.0 - trust) * (conflict or 0.0) + trust * opinion.contrary, 4)
    return msgspec.structs.replace(claim, support=round(_share(odds), 4), conflict=conflict)


def _odds(share: float) -> float:
    share = min(1.0 - LEAST, max(LEAST, share))
    return math.log(share / (1.0 - share))


def _share(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds))
