"""Figures and number words in one form each."""

import re
from functools import lru_cache

LONGEST = 24
"""A figure of more characters is kept with its first ones."""
MIN_CODE = 4
"""Letters and figures mixed, at least so many, are a code: they name something as a quantity does."""

_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "hundred": "100", "thousand": "1000",
}  # fmt: skip
_FIGURE = re.compile(r"(\d[\d.,:]*)([a-z]{0,8})")


@lru_cache(maxsize=16_384)
def figure(text: str) -> str:
    """A figure without separators of thousands, without an empty fraction.

    >>> [figure(text) for text in ("1,250.00", "1250", "1.250,50", "007", "12.50", "1.2.3", "9:05")]
    ['1250', '1250', '1250.5', '007', '12.5', '1.2.3', '9:05']
    """
    text = text[:LONGEST].rstrip(".,:")
    if ":" in text or not text:
        return text
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        text = text.replace(",", "") if dot > comma else text.replace(".", "").replace(",", ".")
    elif comma >= 0:
        grouped = all(len(part) == 3 for part in text.split(",")[1:])
        text = text.replace(",", "" if grouped else ".")
    if text.count(".") == 1:
        text = text.rstrip("0").rstrip(".")
    return text


def quantity_of(word: str) -> tuple[str, str] | None:
    """The figure of a word and the letters stuck to it; None for a word that is no quantity."""
    if word in _WORDS:
        return _WORDS[word], ""
    if not word[0].isdigit():
        return (word[:LONGEST], "") if len(word) >= MIN_CODE and any(map(str.isdecimal, word)) else None
    match = _FIGURE.fullmatch(word)
    return (figure(match[1]), match[2]) if match else (word[:LONGEST], "")
