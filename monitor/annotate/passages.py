"""The passages of a turn, read once and kept: their sentences as statements, their words, what they are records of."""

from dataclasses import dataclass
from functools import lru_cache

from monitor.annotate.claims import statements_of
from monitor.annotate.language import language_of
from monitor.annotate.records import Record, record_of
from monitor.annotate.small_words import JUDGED
from monitor.annotate.tokens import tokenise
from monitor.core.annotation import Claim
from monitor.core.interaction import Source
from monitor.core.signals.opposites import OPPOSABLE
from monitor.core.signals.pair import KIN
from monitor.core.signals.statement import MIN_SHARED, Statement, clash

MAX_SOURCES = 32
MAX_READ = 8_000
"""Characters read of one passage."""
MAX_SENTENCES = 64
"""Sentences read of one passage."""
MAX_CLASHES = 400
"""Pairs of sentences compared for the conflict among the sources."""
CACHED_PASSAGES = 512
CACHED_BUNDLES = 256


@dataclass(frozen=True, slots=True)
class Passage:
    """A source, read once.

    ``said`` are its sentences, ``words`` its words as they stand, ``folded`` without inflection, small ones among them.
    """

    statements: tuple[Statement, ...]
    said: tuple[str, ...]
    keys: tuple[frozenset[str], ...]
    record: Record | None
    language: str | None
    words: frozenset[str]
    folded: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """All passages of a turn: each folded content word and quantity with the sentences that have it, as bits.

    ``prose``: one of them at least is no record; records have no small words that an answer could share.
    """

    statements: tuple[Statement, ...]
    said: tuple[str, ...]
    owners: tuple[int, ...]
    where: dict[str, int]
    kin: dict[str, int]
    records: tuple[tuple[int, Record], ...]
    words: frozenset[str]
    folded: frozenset[str]
    prose: bool
    judged: bool
    conflict: float | None


def bundle_of(sources: tuple[Source, ...]) -> Bundle:
    """The passages of a turn together; the first MAX_SOURCES of them.

    >>> bundle = bundle_of((Source("The museum opens at 9 am."), Source("Dogs are not allowed.")))
    >>> len(bundle.statements), bundle.where["museum"], bundle.where["dog"]
    (2, 1, 2)
    """
    return _bundle(tuple([source.text[:MAX_READ] for source in sources[:MAX_SOURCES]]))


@lru_cache(maxsize=CACHED_PASSAGES)
def _passage(text: str) -> Passage:
    tokens = tokenise(text)
    claims = statements_of(tokens, MAX_SENTENCES)
    statements = tuple([_statement(claim) for claim in claims])
    return Passage(
        statements,
        tuple([text[claim.start : claim.end] for claim in claims]),
        tuple([frozenset((*one.terms, *one.numbers)) for one in statements]),
        record_of(text),
        language_of(tokens),
        frozenset(tokens.words),
        frozenset([word.folded for word in tokens.known]),
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
    return Bundle(
        tuple(statements),
        tuple([sentence for passage in passages for sentence in passage.said]),
        tuple(owners),
        where,
        kin,
        tuple((owner, passage.record) for owner, passage in enumerate(passages) if passage.record is not None),
        frozenset().union(*(passage.words for passage in passages)),
        frozenset().union(*(passage.folded for passage in passages)),
        any(passage.record is None and passage.statements for passage in passages),
        any(passage.statements and passage.language in {JUDGED, None} for passage in passages),
        _source_conflict(passages),
    )


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
                    shared = len(my_keys & their_keys)
                    if not shared:
                        continue
                    compared += 1
                    if compared > MAX_CLASHES:
                        return best
                    if shared >= MIN_SHARED or _alike(mine, theirs):
                        best = max(best, clash(mine, theirs))
    return best


def _alike(one: Statement, other: Statement) -> bool:
    """Whether two statements that share one word or quantity may be about the same (see ``same_matter``)."""
    if one.numbers and other.numbers:
        return True
    return not OPPOSABLE.isdisjoint(one.terms) and not OPPOSABLE.isdisjoint(other.terms)
