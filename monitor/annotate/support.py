"""How well an answer's sources carry its claims, and where they say otherwise.

Words only: a claim is laid over the sentences of the passages, and each of its words and quantities counts by how
rare it is there. What only meaning can tell (another wording of everything) reads as unsupported.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from monitor.annotate.claims import MAX_TERMS, statements_of
from monitor.annotate.records import Record, record_conflict, record_of
from monitor.annotate.tokens import Tokens, tokenise
from monitor.core.annotation import Claim
from monitor.core.interaction import Source
from monitor.core.signals.opposites import OPPOSITES_OF
from monitor.core.signals.statement import Statement, clash, remembered

MAX_SOURCES = 32
MAX_READ = 8_000
"""Characters read of one passage."""
MAX_SENTENCES = 64
"""Sentences read of one passage."""
MAX_COMPARED = 3
"""Sentences a claim is compared with closely: those that share most with it."""
NEAR = 0.35
"""Share of a claim that a sentence must have for the two to be compared closely."""
MAX_CLASHES = 400
"""Pairs of sentences compared for the conflict among the sources."""
CACHED_PASSAGES = 512
CACHED_BUNDLES = 256
SCATTERED = 0.5
"""What a word counts that another sentence of the passages has than the one nearest to the claim."""
NUMBER = 1.6
"""What a quantity weighs against a word."""
KIN = 5
"""Letters at the beginning that make two words kin; kin counts KIN_SHARE."""
KIN_SHARE = 0.6
WORDING = 0.25
"""What the share of all words, small ones too, weighs in the support."""
PERSONAL = 1.0
"""What speaking of oneself weighs as a word that no source has."""
POLARITY = 0.7
"""What it weighs that only one of claim and sentence denies."""
OPPOSABLE = frozenset(OPPOSITES_OF)


@dataclass(frozen=True, slots=True)
class Passage:
    """A source, read once: its sentences as statements, and as a record where it is one."""

    statements: tuple[Statement, ...]
    keys: tuple[frozenset[str], ...]
    record: Record | None
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """All passages of a turn: each folded word with the sentences that have it, as bits; ``words`` as they stand."""

    statements: tuple[Statement, ...]
    owners: tuple[int, ...]
    where: dict[str, int]
    kin: dict[str, int]
    records: tuple[tuple[int, Record], ...]
    words: frozenset[str]
    conflict: float | None


def supported(
    claims: tuple[Claim, ...], sources: tuple[Source, ...], tokens: Tokens | None = None
) -> tuple[tuple[Claim, ...], float | None]:
    """The claims with ``support``, ``conflict`` and ``source``, and the strongest clash between two sources.

    With the ``tokens`` of the answer the small words count a little too: an answer taken from a source shares its
    wording, one made up does not.

    Returns:
        The claims in their order (as they were, where there are no sources), and a value in [0, 1] or None where
        there are fewer than two sources with words.

    >>> said = (Claim(0, 9, ("museum", "open"), ("9:00",)), Claim(9, 20, ("museum", "open"), ("11:00",)))
    >>> judged, conflict = supported(said, (Source("The museum opens at 9 am."),))
    >>> [(claim.support, claim.conflict) for claim in judged], conflict
    ([(1.0, 0.0), (0.4545, 1.0)], None)
    """
    texts = tuple([_bounded(source.text) for source in sources[:MAX_SOURCES]])
    bundle = _bundle(texts)
    if not bundle.statements:
        return claims, bundle.conflict
    return tuple([_judged(claim, bundle, _wording(claim, bundle, tokens)) for claim in claims]), bundle.conflict


def _bounded(text: str) -> str:
    return text if len(text) <= MAX_READ else text[:MAX_READ]


@lru_cache(maxsize=CACHED_PASSAGES)
def _passage(text: str) -> Passage:
    tokens = tokenise(text)
    claims = statements_of(tokens, MAX_SENTENCES)
    statements = tuple([_statement(claim) for claim in claims])
    return Passage(
        statements,
        tuple([frozenset((*one.terms, *one.numbers)) for one in statements]),
        record_of(text),
        frozenset(tokens.words),
    )


def _statement(claim: Claim) -> Statement:
    return Statement(0, claim.terms, claim.numbers, claim.negated, claim.hedged)


@lru_cache(maxsize=CACHED_BUNDLES)
def _bundle(texts: tuple[str, ...]) -> Bundle:
    passages = [_passage(text) for text in texts]
    statements: list[Statement] = []
    owners: list[int] = []
    where: dict[str, int] = {}
    kin: dict[str, int] = {}
    for owner, passage in enumerate(passages):
        for statement, keys in zip(passage.statements, passage.keys, strict=True):
            bit = 1 << len(statements)
            for key in keys:
                where[key] = where.get(key, 0) | bit
                kin[key[:KIN]] = kin.get(key[:KIN], 0) | bit
            statements.append(statement)
            owners.append(owner)
    words = frozenset().union(*(passage.words for passage in passages))
    records = tuple((owner, passage.record) for owner, passage in enumerate(passages) if passage.record is not None)
    return Bundle(tuple(statements), tuple(owners), where, kin, records, words, _source_conflict(passages))


def _source_conflict(passages: list[Passage]) -> float | None:
    """The strongest clash between sentences of two passages. Records of a table are many cases, not two opinions."""
    told = [passage for passage in passages if passage.statements]
    if len(told) < 2:
        return None
    prose = [passage for passage in told if passage.record is None]
    best, compared = 0.0, 0
    for index, one in enumerate(prose):
        for other in prose[index + 1 :]:
            for mine, my_keys in zip(one.statements, one.keys, strict=True):
                for theirs, their_keys in zip(other.statements, other.keys, strict=True):
                    if my_keys.isdisjoint(their_keys):
                        continue
                    compared += 1
                    if compared > MAX_CLASHES:
                        return best
                    best = max(best, clash(mine, theirs))
    return best


def _wording(claim: Claim, bundle: Bundle, tokens: Tokens | None) -> float | None:
    """The share of all words of a claim, as they stand, that the passages have; None where the words are not given."""
    if tokens is None:
        return None
    first, past = bisect_left(tokens.starts, claim.start), bisect_left(tokens.starts, claim.end)
    words = tokens.words[first:past]
    return sum(map(bundle.words.__contains__, words)) / len(words) if words else None


def _judged(claim: Claim, bundle: Bundle, wording: float | None) -> Claim:
    weights, total = _weights(claim, bundle)
    scores, anywhere = _scores(weights)
    ranked = sorted([(-score, index) for index, score in scores.items()])[:MAX_COMPARED]
    best, nearest = (-ranked[0][0], ranked[0][1]) if ranked else (0.0, 0)
    if claim.negated is not (bool(ranked) and bundle.statements[nearest].negated):
        total += POLARITY
    support = (best + SCATTERED * max(0.0, anywhere - best)) / total if total else 0.0
    if wording is not None:
        support += WORDING * (wording - support)
    conflict, contrary = _conflict(claim, bundle, [index for score, index in ranked if -score >= NEAR * total])
    source = contrary if conflict > support else bundle.owners[nearest]
    return msgspec.structs.replace(
        claim, support=round(min(1.0, support), 4), conflict=round(min(1.0, conflict), 4), source=source
    )


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
