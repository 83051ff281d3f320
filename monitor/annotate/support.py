"""How well an answer's sources carry its claims, and where they say otherwise.

Words only: a claim is laid over the sentences of the passages, and each of its words and quantities counts by how
rare it is there. What only meaning can tell (another wording of everything) reads as unsupported.
"""

from bisect import bisect_left
from dataclasses import dataclass

import msgspec

from monitor.annotate.claims import MAX_CLAIMS, MAX_TERMS, statements_of
from monitor.annotate.passages import Bundle, bundle_of
from monitor.annotate.records import record_conflict
from monitor.annotate.tokens import Tokens
from monitor.annotate.wording import Row, carried, is_talk, lexical, new_words
from monitor.core.annotation import Claim
from monitor.core.interaction import Source
from monitor.core.signals.evidence import UnsupportedClaim
from monitor.core.signals.opposites import OPPOSABLE
from monitor.core.signals.pair import KIN
from monitor.core.signals.statement import Statement, clash, remembered

MAX_COMPARED = 3
"""Sentences a claim is compared with closely: those that share most with it."""
NEAR = 0.35
"""Share of a claim that a sentence must have for the two to be compared closely."""
SCATTERED = 0.5
"""What a word counts that another sentence of the passages has than the one nearest to the claim."""
NUMBER = 1.6
"""What a quantity weighs against a word."""
KIN_SHARE = 0.6
"""What a word counts of which the passages have only the first KIN letters."""
SHARE = UnsupportedClaim.share
"""The share of the statements that stands for all of them, as the signal has it: its weakest."""
PERSONAL = 1.0
"""What speaking of oneself weighs as a word that no source has."""
POLARITY = 0.7
"""What it weighs that only one of claim and sentence denies."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A statement laid over the sentences of the passages; ``row`` are the numbers named by ``wording.LAID``."""

    row: Row
    source: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the sources make of an answer.

    ``claims`` with ``support``, ``conflict`` and ``source``; ``support`` of the answer as a whole, small talk and all,
    None where nothing in it has matter; ``conflict``: the strongest clash between two sources, None where there are
    fewer than two with words.
    """

    claims: tuple[Claim, ...]
    support: float | None
    conflict: float | None


def supported(claims: tuple[Claim, ...], sources: tuple[Source, ...], tokens: Tokens) -> Judged:
    """What the sources of an answer carry of it.

    >>> from monitor.annotate.claims import claims_of
    >>> from monitor.annotate.tokens import tokenise
    >>> said = tokenise("The museum opens at 9:00. The museum opens at 11:00.")
    >>> judged = supported(claims_of(said), (Source("The museum opens at 9 am."),), said)
    >>> [(claim.support > 0.8, claim.conflict) for claim in judged.claims], judged.conflict
    ([(True, 0.0), (False, 1.0)], None)
    """
    bundle = bundle_of(sources)
    if not bundle.statements or not tokens.words:
        return Judged(claims, None, bundle.conflict)
    laid, row, spans = rows_of(claims, bundle, tokens)
    judged = tuple([_judged(*each) for each in zip(claims, laid, spans, strict=True)])
    found = Judged(judged, None if row is None else round(carried(row), 4), bundle.conflict)
    return found if bundle.judged else without_support(found)


def without_support(judged: Judged) -> Judged:
    """Without what words alone would tell: the answer or its sources are in a language that is not judged.

    Conflicts stay: figures clash in any language.
    """
    return Judged(tuple([msgspec.structs.replace(one, support=None) for one in judged.claims]), None, judged.conflict)


def _judged(claim: Claim, laid: Laid, span: Row) -> Claim:
    return msgspec.structs.replace(
        claim,
        support=None if is_talk(claim) else round(carried(span), 4),
        conflict=round(min(1.0, laid.row[-1]), 4),
        source=laid.source,
    )


def rows_of(claims: tuple[Claim, ...], bundle: Bundle, tokens: Tokens) -> tuple[list[Laid], Row | None, list[Row]]:
    """Each claim laid over the passages; the features of the whole answer, None without matter; those of each claim.

    The weakest third of the statements stands for all of them: one odd wording in a long answer is not an invention.
    """
    new = new_words(tokens, bundle)
    laid = [_laid(claim, bundle) for claim in claims]
    spans: list[Row] = []
    for claim, one in zip(claims, laid, strict=True):
        first, past = bisect_left(tokens.starts, claim.start), bisect_left(tokens.starts, claim.end)
        spans.append((*lexical(tokens, new, first, past), *one.row))
    told = laid or [_laid(claim, bundle) for claim in statements_of(tokens, MAX_CLAIMS)]
    if not told:
        return laid, None, spans
    if len(spans) == 1 and claims[0].start <= tokens.starts[0] and claims[0].end >= tokens.ends[-1]:
        return laid, spans[0], spans
    weakest = sorted([one.row for one in told])[: max(1, int(len(told) * SHARE))]
    mean = [sum(column) / len(weakest) for column in zip(*weakest, strict=True)]
    return laid, (*lexical(tokens, new, 0, len(tokens.words)), *mean), spans


def _laid(claim: Claim, bundle: Bundle) -> Laid:
    weights, total = _weights(claim, bundle)
    scores, anywhere = _scores(weights)
    ranked = sorted([(-score, index) for index, score in scores.items()])[:MAX_COMPARED]
    best, nearest = (-ranked[0][0], ranked[0][1]) if ranked else (0.0, 0)
    whole = total + POLARITY * (claim.negated is not (bool(ranked) and bundle.statements[nearest].negated))
    support = (best + SCATTERED * max(0.0, anywhere - best)) / whole if whole else 0.0
    conflict, contrary = _conflict(claim, bundle, [index for score, index in ranked if -score >= NEAR * total])
    gap = _gap(claim, bundle, scores, best) / total if total else 0.0
    source = contrary if conflict > support else bundle.owners[nearest]
    return Laid((support, gap, conflict), source)


def nearest_to(claim: Claim, sources: tuple[Source, ...]) -> tuple[str, ...]:
    """The sentences of the sources that share most with a claim, nearest first; the first ones where none shares any.

    >>> claim = Claim(0, 9, ("museum", "open"), ("9:00",))
    >>> nearest_to(claim, (Source("Dogs stay out. The museum opens at 9 am."),))
    ('The museum opens at 9 am', 'Dogs stay out')
    """
    bundle = bundle_of(sources)
    scores, _ = _scores(_weights(claim, bundle)[0])
    order = sorted(range(len(bundle.said)), key=lambda index: (-scores.get(index, 0.0), index))
    return tuple([bundle.said[index] for index in order[:MAX_COMPARED]])


def _gap(claim: Claim, bundle: Bundle, scores: dict[int, float], best: float) -> float:
    """How much less than the nearest sentence those carry that have a quantity of the claim; all where none has it."""
    gap = 0.0
    for number in claim.numbers:
        mask = bundle.where.get(number, 0)
        having = max([score for index, score in scores.items() if mask >> index & 1], default=0.0)
        gap = max(gap, best - having)
    return gap


def _weights(claim: Claim, bundle: Bundle) -> tuple[list[tuple[float, int]], float]:
    """Each word and quantity of a claim as (weight, sentences that have it), and the whole weight."""
    sentences = 1.0 + len(bundle.statements)
    where = bundle.where
    found: list[tuple[float, int]] = []
    total = PERSONAL if claim.personal else 0.0
    for term in claim.terms[:MAX_TERMS]:
        mask, share = where.get(term, 0), 1.0
        if not mask and len(term) > KIN:
            mask, share = bundle.kin.get(term[:KIN], 0), KIN_SHARE
        weight = sentences / (sentences + mask.bit_count())
        total += weight
        if mask:
            found.append((weight * share, mask))
    for number in claim.numbers:
        mask = where.get(number, 0)
        weight = NUMBER * sentences / (sentences + mask.bit_count())
        total += weight
        if mask:
            found.append((weight, mask))
    return found, total


def _scores(weights: list[tuple[float, int]]) -> tuple[dict[int, float], float]:
    """What each sentence carries, and what all of them together do."""
    scores: dict[int, float] = {}
    anywhere = 0.0
    for weight, mask in weights:
        anywhere += weight
        left = mask
        while left:
            index = (left & -left).bit_length() - 1
            scores[index] = scores.get(index, 0.0) + weight
            left &= left - 1
    return scores, anywhere


def _may_clash(one: Statement, other: Statement) -> bool:
    """Whether there is anything that could clash: most pairs agree in polarity and have no quantities or opposites."""
    if one.negated is not other.negated or (one.numbers and other.numbers and one.numbers != other.numbers):
        return True
    return not OPPOSABLE.isdisjoint(one.terms) and not OPPOSABLE.isdisjoint(other.terms)


def _conflict(claim: Claim, bundle: Bundle, nearest: list[int]) -> tuple[float, int | None]:
    """The strongest contradiction by one of the nearest sentences or by a record, and the passage it stands in."""
    best, owner = 0.0, None
    said = remembered(claim, 0)
    for index in nearest:
        other = bundle.statements[index]
        if not _may_clash(said, other):
            continue
        found = clash(said, other)
        if found > best:
            best, owner = found, bundle.owners[index]
    if bundle.records:
        found, record_owner = record_conflict(claim, bundle.records)
        if found > best:
            best, owner = found, record_owner
    return best, owner
