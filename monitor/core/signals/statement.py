"""Two statements side by side: are they about the same matter, and do they clash?

Without a model: the matter is shared content words, the clash is a number, a polarity or an opposite word that
differs while the rest agrees. What only meaning can tell (two names for one thing, a cause denied) is not seen here.
"""

from functools import lru_cache

from msgspec import Struct

from monitor.core.annotation import Claim
from monitor.core.signals.combine import likeness
from monitor.core.signals.opposites import OPPOSITES_OF

MAX_TERMS = 18
"""Content words kept per statement: more than a sentence of usual length has, and a bound on the state."""
MAX_NUMBERS = 6
KEPT_NAMES = (1 << MAX_TERMS) - 1
MIN_SHARED = 2
"""Words two statements must share to be about the same matter; one shared word is a shared topic at most."""

IDENTIFIER_DIGITS = 3
"""A bare number this long names something (an order, a flight) unless it reads as a year."""
YEARS = range(1000, 2101)

NUMBER, MANY_NUMBERS, POLARITY, OPPOSITE, SUBSTITUTE = 1.0, 0.3, 1.0, 0.9, 0.4
"""What each kind of clash counts. MANY_NUMBERS: everything differs, so it is rather another case. SUBSTITUTE: another
word stands in the same place; alone it never reaches a sensible bound, it only ranks."""
REPLACED = 0.7
"""What other numbers count where other words stand too: departure at 9:00, arrival at 11:00; or where only
one side names its case."""
HEDGED = 0.6
"""What is left of a clash when one side was hedged."""
LISTED = 0.6
"""What is left of it where one side is an entry of a list: another option, or the same form filled in anew."""


class Statement(Struct, frozen=True, array_like=True):
    """A claim as it is remembered: the turn, its words and numbers, its polarity. No text, no order of words."""

    turn: int
    terms: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    negated: bool = False
    hedged: bool = False
    listed: bool = False
    personal: bool = False
    names: int = 0


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
    only_first, only_second = sorted(first - second), second - first
    return [(word, other) for word in only_first for other in sorted(OPPOSITES_OF.get(word, frozenset()) & only_second)]


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


def number_clash(one: tuple[str, ...], other: tuple[str, ...]) -> float | None:
    """How far the numbers of two statements differ: kinds (times, amounts of one unit, bare numbers) are compared.

    Returns:
        0 where they agree or cannot be compared, None where differing identifiers show that two things are meant.

    >>> number_clash(("9:00",), ("10:00",)), number_clash(("30 usd",), ("9:00",)), number_clash(("4711",), ("4712",))
    (1.0, 0.0, None)
    """
    first, second = _by_kind(one), _by_kind(other)
    differing = [
        kind
        for kind in sorted(first.keys() & second.keys())
        if first[kind] - second[kind] and second[kind] - first[kind]
    ]
    if "identifier" in differing:
        return None
    if not differing:
        return 0.0
    return NUMBER if len(differing) == 1 else MANY_NUMBERS


def _named(statement: Statement) -> bool:
    """Whether a statement names its matter by an identifier; one that does not may be about another case."""
    return any(_number_kind(number) == "identifier" for number in statement.numbers)


def _same_case(one: Statement, other: Statement) -> bool:
    """Whether both name the same identifier."""
    named = {number for number in one.numbers if _number_kind(number) == "identifier"}
    return not named.isdisjoint(other.numbers)


def _by_kind(numbers: tuple[str, ...]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for number in numbers:
        kinds.setdefault(_number_kind(number), set()).add(number)
    return kinds


@lru_cache(maxsize=4096)
def _number_kind(number: str) -> str:
    """What a number counts; figures mixed with letters (a flight, a model) name something.

    >>> [_number_kind(number) for number in ("12 usd", "14:00", "1999", "4711", "3", "ba204")]
    ['usd', 'time', 'year', 'identifier', 'bare', 'identifier']
    """
    amount, _, unit = number.partition(" ")
    if unit:
        return unit
    if ":" in amount:
        return "time"
    if amount.isdecimal() and len(amount) >= IDENTIFIER_DIGITS:
        return "year" if int(amount) in YEARS else "identifier"
    if any(letter.isalpha() for letter in amount):
        return "identifier"
    return "bare"
