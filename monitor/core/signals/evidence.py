"""Evidence quality: whether the sources carry what the assistant says, judged on assistant turns with sources."""

from collections.abc import Sequence

from msgspec import Struct

from monitor.core.annotation import Annotation, Claim
from monitor.core.events import Evidence
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.combine import clamp, noisy_or, parameter
from monitor.core.signals.cue import Nothing, level_or_zero
from monitor.core.vocabulary import Role

NO_SOURCES = "no sources came with the answer"
UNSOURCED = Score(None, unknown=NO_SOURCES)
NOT_READ = "the language of the answer or of its sources is not judged"
BEYOND = 0.1
"""What is left of the share beyond a limit: it tells two values beyond it apart, and no more."""
MIN_TERMS = 2
"""A statement of fewer content words and no number says nothing that a source could carry."""


class UnsupportedClaim:
    """How little the sources carry of the answer: 1 - support.

    The answer as a whole is judged with its small talk, which no source has; but it is held unsupported no more
    surely than its statements are. The weakest share of them counts, not the single weakest: one odd wording in a long
    answer is not an invention. A hedged claim counts less, for the answer said itself that it may be wrong.
    """

    name = "unsupported_claim"
    roles = (Role.ASSISTANT,)
    quiet = (Quiet(Role.ASSISTANT, fields=("sources",), unknown=UNSOURCED),)
    State: type[Struct] = Nothing
    share = 0.34
    """The share of the claims that is looked at: of up to five claims the weakest one, of nine the weakest three."""
    hedged = 0.6
    """What a hedged claim counts."""
    talk = 0.6
    """What an answer may reach whose statements are carried or that states nothing: below the shipped bound."""

    def update(self, _state: Nothing, turn: Annotation, context: Context) -> Score:
        """Judge the claims of one answer."""
        if turn.role is not Role.ASSISTANT or not turn.words:
            return NOT_JUDGED
        if not turn.sources:
            return UNSOURCED
        claims = [claim for claim in turn.claims if claim.support is not None and substantial(claim)]
        value, weakest = unsupported(
            claims,
            turn.support,
            share=parameter(context, self, "share"),
            hedged=parameter(context, self, "hedged"),
            talk=parameter(context, self, "talk"),
        )
        if value is None:
            foreign = turn.support is None and any(claim.conflict is not None for claim in turn.claims)
            return Score(None, unknown=NOT_READ if foreign else "no checkable statement in the answer")
        return Score(value, max(1, len(claims)), evidence=_pointers(context.turn, weakest))


def unsupported(
    claims: Sequence[Claim], whole: float | None, *, share: float, hedged: float, talk: float
) -> tuple[float | None, list[Claim]]:
    """How little is carried, from the support of the claims and of the answer as a whole; and the weakest claims.

    >>> said = [Claim(0, 20, ("museum", "opens"), support=0.9)]
    >>> [unsupported(claims, 0.2, share=0.34, hedged=0.6, talk=0.6)[0] for claims in (said, [])]
    [0.62, 0.62]
    """
    ranked = sorted(((_gap(claim, hedged), claim) for claim in claims), key=lambda pair: (-pair[0], pair[1].start))
    weakest = ranked[: max(1, int(len(ranked) * share))]
    if whole is None:
        return (clamp(sum(gap for gap, _ in weakest) / len(weakest)) if weakest else None), [one for _, one in weakest]
    stated = sum(gap for gap, _ in weakest) / len(weakest) if weakest else 0.0
    value, limit = 1.0 - whole, max(talk, stated)
    return clamp(min(value, limit + BEYOND * (value - limit))), [claim for _, claim in weakest]


def substantial(claim: Claim) -> bool:
    """Whether a statement says enough to be checked.

    >>> substantial(Claim(0, 5, ("okay",))), substantial(Claim(0, 20, ("museum", "opens"), ("9:00",)))
    (False, True)
    """
    return bool(claim.numbers) or len(claim.terms) >= MIN_TERMS


def _gap(claim: Claim, hedged: float) -> float:
    return clamp(1.0 - (claim.support or 0.0)) * (hedged if claim.hedged else 1.0)


def _pointers(index: int, claims: Sequence[Claim]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(index, cue="claim", start=claim.start, end=claim.end, score=claim.support, source=claim.source)
        for claim in claims[:3]
    )


class SourcesConflict:
    """Two sources of one turn disagree; more so when the answer takes one side flatly, less when it says so."""

    name = "sources_conflict"
    roles = (Role.ASSISTANT,)
    quiet = (Quiet(Role.ASSISTANT, fields=("source_conflict",)),)
    State: type[Struct] = Nothing
    one_sided = 0.4
    """What stating one side adds: the user cannot see that there is another."""
    said = 0.3
    """What is taken off when the answer is full of hedges."""

    def update(self, _state: Nothing, turn: Annotation, context: Context) -> Score:
        """The clash of the sources, weighed by what the answer made of it."""
        if turn.role is not Role.ASSISTANT or turn.source_conflict is None:
            return NOT_JUDGED
        clash = clamp(turn.source_conflict)
        sided = max((min(claim.support or 0.0, claim.conflict or 0.0) for claim in turn.claims), default=0.0)
        value = noisy_or(clash, parameter(context, self, "one_sided") * clash * clamp(2.0 * sided))
        value *= 1.0 - parameter(context, self, "said") * level_or_zero(turn, "hedging")
        torn = [claim for claim in turn.claims if claim.conflict]
        return Score(
            clamp(value), max(1, turn.sources), evidence=_pointers(context.turn, torn) or (Evidence(context.turn),)
        )
