"""Normalised quantities side by side: what each counts, and whether two sets of them differ."""

from collections.abc import Collection, Iterable
from functools import lru_cache

IDENTIFIER_DIGITS = 3
"""A bare number this long names something (an order, a flight) unless it reads as a year."""
YEARS = range(1000, 2101)
NUMBER, MANY_NUMBERS = 1.0, 0.3
"""What a difference counts. MANY_NUMBERS: everything differs, so it is rather another case."""


def number_clash(one: Iterable[str], other: Iterable[str]) -> float | None:
    """How far the numbers of two statements differ: kinds (times, amounts of one unit, bare numbers) are compared.

    Returns:
        0 where they agree or cannot be compared, None where differing identifiers show that two things are meant.

    >>> number_clash(("9:00",), ("10:00",)), number_clash(("30 usd",), ("9:00",)), number_clash(("4711",), ("4712",))
    (1.0, 0.0, None)
    """
    differing = differing_kinds(by_kind(one), by_kind(other))
    if "identifier" in differing:
        return None
    if not differing:
        return 0.0
    return NUMBER if len(differing) == 1 else MANY_NUMBERS


def differing_kinds(one: dict[str, set[str]], other: dict[str, set[str]]) -> list[str]:
    """The kinds of which each side has a number that the other has not."""
    return [kind for kind in sorted(one.keys() & other.keys()) if one[kind] - other[kind] and other[kind] - one[kind]]


def by_kind(numbers: Iterable[str]) -> dict[str, set[str]]:
    """Numbers by what they count."""
    kinds: dict[str, set[str]] = {}
    for number in numbers:
        kinds.setdefault(kind_of(number), set()).add(number)
    return kinds


def identifiers(numbers: Collection[str]) -> set[str]:
    """Those that name something: an order, a flight."""
    return {number for number in numbers if kind_of(number) == "identifier"}


@lru_cache(maxsize=4096)
def kind_of(number: str) -> str:
    """What a number counts; figures mixed with letters (a flight, a model) name something.

    >>> [kind_of(number) for number in ("12 usd", "14:00", "1999", "4711", "3", "ba204")]
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
