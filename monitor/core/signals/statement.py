"""Two statements side by side: are they about the same matter, and do they clash?

Without a model: the matter is shared content words, the clash is a number, a polarity or an opposite word that
differs while the rest agrees. What only meaning can tell (two names for one thing, a cause denied) is not seen here.
"""

from msgspec import Struct

from monitor.core.annotation import Claim
from monitor.core.quantity import identifiers, kind_of, number_clash
from monitor.core.signals.combine import likeness
from monitor.core.signals.opposites import OPPOSITES_OF

MAX_TERMS = 18
"""Content words kept per statement: more than a sentence of usual length has, and a bound on the state."""
MAX_NUMBERS = 6
KEPT_NAMES = (1 << MAX_TERMS) - 1
MIN_SHARED = 2
"""Words two statements must share to be about the same matter; one shared word is a shared topic at most."""

POLARITY, OPPOSITE, SUBSTITUTE = 1.0, 0.9, 0.4
"""What each kind of clash counts, besides numbers. SUBSTITUTE: another word stands in the same place; alone it never
reaches a sensible bound, it only ranks."""
REPLACED = 0.7
"""What other numbers count where other words stand too: departure at 9:00, arrival at 11:00; or where only
one side names its case."""
HEDGED = 0.6
"""What is left of a clash when one side was hedged."""
LISTED = 0.6
"""What is left of it where one side is an entry of a list: another option, or the same form filled in anew."""


class Statement(Struct, frozen=True, array_like=True, cache_hash=True):
    """A claim as it is remembered: the turn, its words and numbers, its polarity. No text, no order of words."""

    turn: int
    terms: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    negated: bool = False
    hedged: bool = False
    listed: bool = False
    personal: bool = False
    names: int = 0
    partial: bool = False


def remembered(claim: Claim, turn: int) -> Statement:
    """The part of a claim that is kept, bounded."""
    return Statement(
        turn,
        claim.terms[:MAX_TERMS],
        claim.numbers[:MAX_NUMBERS],
        claim.negated,
        claim.hedged,
        claim.listed,
        claim.personal,
        claim.names & KEPT_NAMES,
        claim.partial,
    )


def same_matter(one: Statement, other: Statement) -> float:
    """How surely two statements are about the same thing, in [0, 1]; opposite words count as shared.

    >>> same_matter(Statement(0, ("museum", "open", "monday")), Statement(1, ("museum", "clos", "monday")))
    1.0
    """
    first, second = set(one.terms), set(other.terms)
    for word, opposite in opposed(first, second):
        second = (second - {opposite}) | {word}
    short = min(len(first), len(second)) <= MIN_SHARED
    if len(first & second) < (1 if short and one.numbers and other.numbers else MIN_SHARED):
        return 0.0
    return likeness(first, second)


def opposed(first: set[str], second: set[str]) -> list[tuple[str, str]]:
    """Opposite words of which each side has one and not the other.

    >>> opposed({"shop", "open"}, {"shop", "clos"})
    [('open', 'clos')]
    """
    only_first, only_second = OPPOSITES_OF.keys() & (first - second), second - first
    return [(word, other) for word in sorted(only_first) for other in sorted(OPPOSITES_OF[word] & only_second)]


def clash(one: Statement, other: Statement) -> float:
    """How strongly two statements contradict each other, in [0, 1]: same matter x kind of clash.

    >>> clash(Statement(0, ("refund", "order"), negated=True), Statement(1, ("refund", "order")))
    1.0
    >>> clash(Statement(0, ("refund", "takes"), ("5 day",)), Statement(1, ("refund", "takes"), ("5 day",)))
    0.0
    """
    return clash_within(one, other, same_matter(one, other))


def clash_within(one: Statement, other: Statement, matter: float) -> float:
    """The clash of two statements of which it is known how surely they are about the same; never above that."""
    if matter == 0.0:
        return 0.0
    listed = (one.listed or other.listed) and not _same_case(one, other)
    return matter * _kind(one, other) * (HEDGED if one.hedged or other.hedged else 1.0) * (LISTED if listed else 1.0)


def _kind(one: Statement, other: Statement) -> float:
    first, second = set(one.terms), set(other.terms)
    numbers = number_clash(one.numbers, other.numbers)
    if numbers is None:
        return 0.0
    opposite = OPPOSITE if opposed(first, second) else 0.0
    polarity = POLARITY if one.negated is not other.negated else 0.0
    if opposite and polarity:
        return numbers  # "not open" and "closed" say the same
    replaced = bool(first - second and second - first)
    if replaced or _named(one) is not _named(other):
        numbers *= REPLACED
    return max(numbers, opposite, polarity, SUBSTITUTE if replaced else 0.0)


def _named(statement: Statement) -> bool:
    """Whether a statement names its matter by an identifier; one that does not may be about another case."""
    return any(kind_of(number) == "identifier" for number in statement.numbers)


def _same_case(one: Statement, other: Statement) -> bool:
    """Whether both name the same identifier."""
    return not identifiers(one.numbers).isdisjoint(other.numbers)
