"""Arguments of a call as a policy speaks of them: the values at a dotted path, and texts that are amounts."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

CUT_ITEMS = 32
"""Arguments, and items of a list or map in one, that the annotator keeps: one as long may have been longer."""
CUT_TEXT = 400
"""Characters of a text that it keeps: a policy's conditions look at amounts and names, not at documents."""

LARGEST = 1e30
"""What is beyond counts as this much: above any limit, and still finite, so that sums stay numbers."""
LONGEST_AMOUNT = 40
"""Characters of a text that can be an amount."""

_UNIT = r"(?:[A-Za-z]{2,3}\s?)?[$\u20ac\u00a3\u00a5\u20b9]?"
_AMOUNT = re.compile(
    rf"(?P<sign>[+-]?)\s*{_UNIT}\s*(?P<inner>[+-]?)(?P<figure>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    rf"(?P<power>[eE][+-]?\d{{1,3}})?\s?(?:[A-Za-z]{{2,3}}|[$\u20ac\u00a3\u00a5\u20b9%])?",
    re.ASCII,
)


class Found(Struct, frozen=True):
    """One value and where it stood: ``passengers[0].name``."""

    path: str
    value: Any


def at_path(arguments: Any, path: str) -> list[Found]:  # noqa: ANN401 - arguments are plain JSON
    """The values at a dotted path; through a list the path holds for each of its items.

    >>> [found.path for found in at_path({"parts": [{"sum": 1}, {"sum": 2}]}, "parts.sum")]
    ['parts[0].sum', 'parts[1].sum']
    >>> at_path({"amount": 5}, "amuont")
    []
    """
    found = [Found("", arguments)]
    for key in path.split("."):
        found = [
            Found(f"{each.path}.{key}" if each.path else key, each.value[key])
            for holder in found
            for each in _spread(holder)
            if isinstance(each.value, dict) and key in each.value
        ]
    return found


def leaves(found: list[Found]) -> list[Found]:
    """The values themselves, those of lists one by one."""
    return [leaf for each in found for leaf in _spread(each)]


def _spread(found: Found) -> Iterator[Found]:
    if not isinstance(found.value, list | tuple):
        yield found
        return
    for index, item in enumerate(found.value):
        yield Found(f"{found.path}[{index}]", item)


def number(value: Any) -> float | None:  # noqa: ANN401 - a plain JSON value
    """A number, or a text that is one amount; None for anything else. True and false are no numbers.

    A text that can be read in two ways ("1.200,50", "1,20") is none. What is beyond LARGEST is LARGEST.

    >>> number("$1,200.50"), number("120.50 EUR"), number("-5"), number(7)
    (1200.5, 120.5, -5.0, 7.0)
    >>> number(True), number("12 of 20"), number("1,20"), number("ORDER7")
    (None, None, None, None)
    >>> number("-1e999"), number(10**400)
    (-1e+30, 1e+30)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _bounded(_float(value))
    match = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= LONGEST_AMOUNT else None
    if match is None or (match["sign"] and match["inner"]):
        return None
    figure = float(match["figure"].replace(",", "") + (match["power"] or ""))
    return _bounded(-figure if "-" in (match["sign"], match["inner"]) else figure)


def _bounded(value: float | None) -> float | None:
    return None if value is None else max(-LARGEST, min(LARGEST, value))


def _float(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return None if number != number else number  # noqa: PLR0124 - only NaN differs from itself


def text(value: Any) -> str | None:  # noqa: ANN401 - a plain JSON value
    """A value as globs are matched against it; None where it has no text of its own, or may have been cut.

    >>> text("EUR"), text(5.0), text(True), text({})
    ('EUR', '5', 'true', None)
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return figure(value)
    return value if isinstance(value, str) and len(value) < CUT_TEXT else None


def figure(value: float) -> str:
    """A number as a person writes it.

    >>> figure(120.0), figure(120.5)
    ('120', '120.5')
    """
    number = _float(value)
    return "no number" if number is None else f"{number:.15g}"
