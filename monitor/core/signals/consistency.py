"""Consistency: what the assistant says against what it said before, and against its sources."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from monitor.core.annotation import Annotation, Claim
from monitor.core.events import Evidence
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.combine import clamp, keep_last, parameter
from monitor.core.signals.compare import strongest
from monitor.core.signals.evidence import UNSOURCED
from monitor.core.signals.focus import answer, belied, contradicted, said_by
from monitor.core.signals.statement import Statement, remembered
from monitor.core.vocabulary import Delivery, Role

MAX_CLAIMS = 64
"""Statements remembered per session."""
MAX_JUDGED = 16
"""Statements of one turn that are compared: a bound on the work of one turn."""
MAX_SPOKEN = 24
"""Statements of the assistant that are remembered to know which record of a source is spoken of."""
MAX_ASKED = 24
"""Content words remembered of what the user said last."""
UNKNOWN_NAME = 0.75
"""The answer names what no record of its sources has and nobody spoke of."""
ENGLISH = "en"
UNSTATED = Score(None, unknown="no checkable statement in the answer")

RECORD_SAYS_OTHERWISE = "the record of what it speaks of says otherwise"
NAMED_BY_NONE = "it names what none of its records has"


class Judged(NamedTuple):
    """One way to contradict: how surely, where, and what was found where the signal's general words are not enough."""

    value: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    told: str = ""


NOTHING = Judged()


class Said(Struct):
    """Statements in the order they were made, the last MAX_CLAIMS of them; what the user said last, as folded words."""

    claims: list[Statement] = []
    asked: tuple[str, ...] = ()


class Told(Struct):
    """What tool results stated, what the assistant said, and what the user said last."""

    claims: list[Statement] = []
    spoken: list[Statement] = []
    asked: tuple[str, ...] = ()


class SelfContradiction:
    """The assistant says the opposite of what it said earlier in the session.

    Where the turn's sources are records, it may also be that the answer speaks of another record, or gives another
    value of the same record, than the assistant did before. Evidence is the best earlier turn, whether or not it
    clashes. Statements that share no more than a few words which the system says all the time (the standing's
    ``everyday``) are not compared. Drafts are compared and not remembered: a corrected draft was never said. Two
    statements within one turn are not compared.
    """

    name = "self_contradiction"
    roles = (Role.USER, Role.ASSISTANT)
    quiet = (Quiet(Role.ASSISTANT, fields=("claims", "table"), unknown=UNSTATED),)
    State: type[Struct] = Said

    def update(self, state: Said, turn: Annotation, context: Context) -> Score:
        """Compare the turn's claims with those before it, then remember them."""
        if turn.role is Role.USER:
            state.asked = turn.terms[:MAX_ASKED]
        if turn.role is not Role.ASSISTANT or not turn.words:
            return NOT_JUDGED
        found = self._judge(state, turn, context)
        if turn.delivery is Delivery.DELIVERED:
            remember(state.claims, turn.claims[:MAX_JUDGED], context.turn)
        return found

    def _judge(self, state: Said, turn: Annotation, context: Context) -> Score:
        if not turn.claims and turn.table is None:
            return UNSTATED
        if not state.claims and context.incomplete:
            return Score(None, unknown="what was said before is missing")
        found = max(
            worst(turn, state.claims, context, cue="earlier_claim"),
            _strays(state, turn, context),
            key=_value,
        )
        return Score(found.value, max(1, len(state.claims)), "session", found.evidence, told=found.told)


def _strays(state: Said, turn: Annotation, context: Context) -> Judged:
    """By the records of the turn's sources."""
    if turn.table is None or not state.claims:
        return NOTHING
    now = frozenset(turn.terms) | said_by([remembered(claim, context.turn) for claim in turn.claims])
    found = contradicted(answer(turn.table, now, state.claims, state.asked))
    if found is None:
        return NOTHING
    earlier = Evidence(found.turn, cue="earlier_record", score=found.score)
    return Judged(found.score, (earlier, Evidence(context.turn, cue="answer")), found.told)


def _value(found: Judged) -> float:
    return found.value


def remember(memory: list[Statement], claims: Iterable[Claim], turn: int, *, limit: int = MAX_CLAIMS) -> None:
    """Add the claims of a turn, without what is already there word by word."""
    known = {(said.terms, said.numbers, said.negated) for said in memory}
    for claim in claims:
        said = remembered(claim, turn)
        if said.terms and (said.terms, said.numbers, said.negated) not in known:
            memory.append(said)
    keep_last(memory, limit)


def worst(turn: Annotation, memory: list[Statement], context: Context, *, cue: str) -> Judged:
    """The strongest clash of a turn's claims with remembered ones, and where: the earlier turn, then the claim."""
    now, english = context.turn, turn.language in {None, ENGLISH}
    found = strongest(turn.claims[:MAX_JUDGED], memory, now, learned=english, everyday=context.everyday)
    if found is None:
        return NOTHING
    claim = found.claim
    earlier = Evidence(found.turn, cue=cue, score=found.score)
    return Judged(clamp(found.score), (earlier, Evidence(now, cue="claim", start=claim.start, end=claim.end)))


class SourceContradiction:
    """A source says otherwise: one of the turn's own, or a tool result seen earlier in the session.

    Sources that are records are read in the light of the talk: "it is 3 miles away" is about what was spoken of.
    """

    name = "source_contradiction"
    roles = (Role.USER, Role.ASSISTANT, Role.TOOL)
    quiet = (Quiet(Role.ASSISTANT, fields=("claims", "table", "sources"), unknown=UNSOURCED),)
    State: type[Struct] = Told
    hedged = 0.7
    """What a hedged claim counts."""

    def update(self, state: Told, turn: Annotation, context: Context) -> Score:
        """Judge an answer; remember what tool results state, and what is spoken of."""
        if turn.role is Role.TOOL:
            remember(state.claims, turn.claims[:MAX_JUDGED], context.turn)
            return NOT_JUDGED
        if turn.role is Role.USER:
            state.asked = turn.terms[:MAX_ASKED]
        if turn.role is not Role.ASSISTANT or not turn.words:
            return NOT_JUDGED
        found = self._judge(state, turn, context)
        if turn.delivery is Delivery.DELIVERED:
            remember(state.spoken, turn.claims[:MAX_JUDGED], context.turn, limit=MAX_SPOKEN)
        return found

    def _judge(self, state: Told, turn: Annotation, context: Context) -> Score:
        known = [claim for claim in turn.claims if claim.conflict is not None]
        if not known and turn.table is None and not (state.claims and turn.claims):
            return UNSTATED if turn.sources else UNSOURCED
        hedged = parameter(context, self, "hedged")
        found = max(
            _own_sources(known, context.turn, hedged),
            _records(state, turn, context.turn, hedged),
            worst(turn, state.claims, context, cue="earlier_source"),
            key=_value,
        )
        return Score(found.value, max(1, len(turn.claims)), evidence=found.evidence, told=found.told)


def _records(state: Told, turn: Annotation, now: int, hedged: float) -> Judged:
    """The claim that a record of the turn's sources contradicts most, given what was spoken of before it."""
    best = NOTHING
    if turn.table is None:
        return best
    spoken = list(state.spoken)
    alone = len(turn.claims) == 1
    for claim in turn.claims[:MAX_JUDGED]:
        statement = remembered(claim, now)
        said = said_by([statement]) | frozenset(turn.terms if alone else ())
        value = belied(turn.table, answer(turn.table, said, spoken, state.asked)) * (hedged if claim.hedged else 1.0)
        if value > best.value:
            pointer = Evidence(now, cue="record", start=claim.start, end=claim.end, score=value)
            best = Judged(value, (pointer,), RECORD_SAYS_OTHERWISE)
        spoken.append(statement)
    if best.value < UNKNOWN_NAME and turn.strange and _names_what_nobody_named(turn.strange, state):
        best = Judged(UNKNOWN_NAME, (Evidence(now, cue="unknown_name", score=UNKNOWN_NAME),), NAMED_BY_NONE)
    return best


def _names_what_nobody_named(strange: tuple[str, ...], state: Told) -> bool:
    said = {term for one in state.spoken for term in one.terms}.union(state.asked)
    return not said.issuperset(strange)


def _own_sources(claims: list[Claim], turn: int, hedged: float) -> Judged:
    best = NOTHING
    for claim in claims:
        value = clamp(claim.conflict or 0.0) * (hedged if claim.hedged else 1.0)
        if value > best.value:
            pointer = Evidence(
                turn, cue="claim", start=claim.start, end=claim.end, score=claim.conflict, source=claim.source
            )
            best = Judged(value, (pointer,))
    return best
