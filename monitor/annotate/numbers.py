"""Quantities in words and figures, in one form each, so that ``$1,250.00`` and ``1250 dollars`` are the same."""

from monitor.annotate.figures import figure
from monitor.annotate.lexicon import QUANTITY
from monitor.annotate.tokens import Tokens
from monitor.core.words import fold

_UNITS = """day week month year hour minut second mil kilomet kilometr meter metr km mi ft feet foot inch cm mm kg
    gram g lb pound litr liter gallon degre celsiu fahrenheit percent usd eur gbp point star night guest person peopl
    bag item ticket seat room gb mb tb hz time copi"""
_UNIT_WORDS = frozenset(_UNITS.split())
_SAME_UNIT = {
    "hr": "hour", "hrs": "hour", "min": "minut", "mins": "minut", "sec": "second", "mi": "mil", "kilomet": "km",
    "kilometr": "km", "metr": "meter", "feet": "ft", "foot": "ft", "pound": "pound", "dollar": "usd", "buck": "usd",
    "usd": "usd", "euro": "eur", "eur": "eur", "gbp": "gbp", "pct": "percent", "peopl": "person", "litr": "liter",
    "yr": "year", "yrs": "year", "f": "degre", "c": "degre", "celsiu": "degre", "fahrenheit": "degre",
}  # fmt: skip
_SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy"}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "k": 1_000, "m": 1_000_000}
_NAMED = "option step leg part choice section item alternative variant flight plan passenger"
_NAMED_BY_NUMBER = frozenset(_NAMED.split())
"""Words whose number only names one of several: option 2."""
_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = {
    form: f"{index:02d}"
    for index, name in enumerate(_MONTH_NAMES.split(), 1)
    for form in {name, name[:3], "sept" if name == "september" else name}
}
_MAX_YEAR_DIGITS = 4
_NONE: frozenset[int] = frozenset()


def numbers_of(tokens: Tokens, first: int, past: int) -> tuple[tuple[str, ...], frozenset[int]]:
    """The quantities among words ``[first, past)``, and which words say them.

    >>> from monitor.annotate.tokens import tokenise
    >>> tokens = tokenise("On May 3rd at 2 pm, for 3 days: $1,250.00, 7.5% off")
    >>> numbers_of(tokens, 0, len(tokens.words))[0]
    ('05-03 date', '14:00', '3 day', '1250 usd', '7.5 percent')
    """
    if not tokens.kinds & QUANTITY:
        return (), _NONE
    found: list[str] = []
    used: set[int] = set()
    for index in range(first, past):
        parts = tokens.known[index].quantity
        if parts is None or index in used:
            continue
        before = tokens.words[index - 1] if index > first else ""
        if before in _NAMED_BY_NUMBER:
            number, last = f"{before}{parts[0]}", index
        else:
            number, last = _quantity(tokens, index, parts, (first, past))
        used.update(range(index, last + 1))
        if number.endswith(" date") and before in _MONTHS:
            used.add(index - 1)
        found.append(number)
    return tuple(dict.fromkeys(found)), frozenset(used)


def _quantity(tokens: Tokens, index: int, parts: tuple[str, str], within: tuple[int, int]) -> tuple[str, int]:
    """The normalised quantity that begins at a word, and the index of its last word."""
    first, past = within
    value, suffix = parts
    following = tokens.words[index + 1] if index + 1 < past else ""
    if value.isdecimal() and (dated := _date(tokens, index, value, within)) is not None:
        return dated
    if suffix in {"am", "pm"} or following in {"am", "pm"}:
        return _clock(value, suffix or following), index + (0 if suffix else 1)
    if ":" in value:
        return _clock(value, ""), index
    before = tokens.gaps[index - 1][-1:] if index > first else tokens.text[max(0, tokens.starts[index] - 1) :][:1]
    last = index
    if following in _SCALES and (scaled := _scaled(value, following)) is not None:
        value, last = scaled, index + 1
        following = tokens.words[last + 1] if last + 1 < past else ""
    if before in _SIGNS:
        return f"{value} {_SIGNS[before]}", last
    if tokens.gaps[last].startswith(("%", " %")):
        return f"{value} percent", last
    return _with_unit(value, suffix, following, last)


def _with_unit(value: str, suffix: str, following: str, last: int) -> tuple[str, int]:
    if suffix in {"st", "nd", "rd", "th"}:
        return value, last
    if suffix:
        return f"{value} {_SAME_UNIT.get(suffix, suffix)}", last
    unit = fold(following) if following else ""
    unit = _SAME_UNIT.get(following) or _SAME_UNIT.get(unit) or unit
    if following and (unit in _UNIT_WORDS):
        return f"{value} {unit}", last + 1
    return value, last


def _scaled(value: str, scale: str) -> str | None:
    try:
        return figure(f"{float(value) * _SCALES[scale]:.4f}")
    except ValueError:
        return None


def _clock(value: str, half: str) -> str:
    """A time of day on the clock of 24 hours."""
    hour, _, rest = value.partition(":")
    minute = rest[:2] or "00"
    if not hour.isdecimal() or not minute.isdecimal() or int(hour) > 24:
        return value
    number = int(hour) % 12 + (12 if half == "pm" else 0) if half else int(hour)
    return f"{number}:{int(minute):02d}"


def _date(tokens: Tokens, index: int, value: str, within: tuple[int, int]) -> tuple[str, int] | None:
    """``2024-05-03``, ``May 3rd``, ``3 May``, ``3rd of May 2024`` as ``[year-]month-day date``."""
    first, past = within
    words, gaps = tokens.words, tokens.gaps
    if len(value) == _MAX_YEAR_DIGITS and index + 2 < past and gaps[index] == gaps[index + 1] == "-":
        month, day = words[index + 1], words[index + 2]
        if month.isdecimal() and day[:2].isdecimal():
            return f"{month[:2]}-{day[:2]} date", index + 2
    if int(value) > 31 or len(value) > 2:
        return None
    if index > first and words[index - 1] in _MONTHS:
        return f"{_MONTHS[words[index - 1]]}-{int(value):02d} date", index
    after = index + 2 if index + 1 < past and words[index + 1] == "of" else index + 1
    if after < past and words[after] in _MONTHS and words[after] != "may":
        return f"{_MONTHS[words[after]]}-{int(value):02d} date", after
    return None
