"""Consistency: what the assistant says against what it said before, and against its sources."""

from collections.abc import Iterable

from msgspec import Struct

from monitor.core.annotation import Annotation, Claim
from monitor.core.events import Evidence
from monitor.core.signals.base import NOT_JUDGED, Context, Score
from monitor.core.signals.combine import clamp, keep_last, parameter
from monitor.core.signals.evidence import NO_SOURCES
from monitor.core.signals.statement import Statement, clash_within, remembered, same_matter
from monitor.core.vocabulary import Delivery, Role

MAX_CLAIMS = 64
"""Statements remembered per session."""
MAX_JUDGED = 16
"""Statements of one turn that are compared: a bound on the work of one turn."""
NO_CLAIMS = "no checkable statement in the answer"


class Said(Struct):
    """Statements in the order they were made; the last MAX_CLAIMS of them."""

    claims: list[Statement] = []


class SelfContradiction:
    """The assistant says the opposite of what it said earlier in the session.

    Evidence is the best earlier turn, whether or not it clashes. Drafts are compared and not remembered: a corrected
    draft was never said. Two statements within one turn are not compared.
    """

    name = "self_contradiction"
    State: type[Struct] = Said

    def update(self, state: Said, turn: Annotation, context: Context) -> Score:
        """Compare the turn's claims with those before it, then remember them."""
        if turn.role is not Role.ASSISTANT or not turn.words:
            return NOT_JUDGED
        found = self._judge(state, turn, context)
        if turn.delivery is Delivery.DELIVERED:
            remember(state.claims, turn.claims[:MAX_JUDGED], context.turn)
        return found

    def _judge(self, state: Said, turn: Annotation, context: Context) -> Score:
        if not turn.claims:
            return Score(None, unknown=NO_CLAIMS)
        if not state.claims and context.incomplete:
            return Score(None, unknown="what was said before is missing")
        value, evidence = worst(turn.claims[:MAX_JUDGED], state.claims, context.turn, cue="earlier_claim")
        return Score(value, max(1, len(state.claims)), "session", evidence)


def remember(memory: list[Statement], claims: Iterable[Claim], turn: int) -> None:
    """Add the claims of a turn, without what is already there word by word."""
    known = {(said.terms, said.numbers, said.negated) for said in memory}
    for claim in claims:
        said = remembered(claim, turn)
        if said.terms and (said.terms, said.numbers, said.negated) not in known:
            memory.append(said)
    keep_last(memory, MAX_CLAIMS)


def worst(
    claims: Iterable[Claim], memory: Iterable[Statement], turn: int, *, cue: str
) -> tuple[float, tuple[Evidence, ...]]:
    """The strongest clash of a turn's claims with remembered ones, and where: the earlier turn, then the claim.

    Where nothing clashes the evidence is the earlier statement nearest in matter, if one is near at all.
    """
    best: tuple[float, float] = (0.0, 0.0)
    evidence: tuple[Evidence, ...] = ()
    earlier = [(said, frozenset(said.terms)) for said in memory]
    for claim in claims:
        now = remembered(claim, turn)
        for said, terms in earlier:
            if terms.isdisjoint(now.terms):
                continue
            matter = same_matter(now, said)
            if matter == 0.0 or matter < best[0]:
                continue  # a clash is never above the matter
            rank = (clash_within(now, said, matter), matter)
            if rank > best:
                best = rank
                evidence = (
                    Evidence(said.turn, cue=cue, score=rank[0]),
                    Evidence(turn, cue="claim", start=claim.start, end=claim.end),
                )
    return clamp(best[0]), evidence


class SourceContradiction:
    """A source says otherwise: one of the turn's own, or a tool result seen earlier in the session."""

    name = "source_contradiction"
    State: type[Struct] = Said
    hedged = 0.7
    """What a hedged claim counts."""

    def update(self, state: Said, turn: Annotation, context: Context) -> Score:
        """Judge an answer; remember what tool results state."""
        if turn.role is Role.TOOL:
            remember(state.claims, turn.claims[:MAX_JUDGED], context.turn)
            return NOT_JUDGED
        if turn.role is not Role.ASSISTANT or not turn.words:
            return NOT_JUDGED
        known = [claim for claim in turn.claims if claim.conflict is not None]
        if not known and not (state.claims and turn.claims):
            return Score(None, unknown=NO_CLAIMS if turn.sources else NO_SOURCES)
        hedged = parameter(context, self.name, "hedged", self.hedged)
        own = _own_sources(known, context.turn, hedged)
        seen = worst(turn.claims[:MAX_JUDGED], state.claims, context.turn, cue="earlier_source")
        value, evidence = max(own, seen, key=lambda found: found[0])
        return Score(value, max(1, len(turn.claims)), evidence=evidence)


def _own_sources(claims: list[Claim], turn: int, hedged: float) -> tuple[float, tuple[Evidence, ...]]:
    best = 0.0
    evidence: tuple[Evidence, ...] = ()
    for claim in claims:
        value = clamp(claim.conflict or 0.0) * (hedged if claim.hedged else 1.0)
        if value > best:
            best = value
            evidence = (
                Evidence(
                    turn, cue="claim", start=claim.start, end=claim.end, score=claim.conflict, source=claim.source
                ),
            )
    return best, evidence
