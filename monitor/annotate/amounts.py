"""Sums of money said in a text, as numbers: for a limit of the policy, and for how much is at stake."""

import re

from monitor.annotate.figures import figure

MAX_AMOUNTS = 8
MAX_READ = 4_000
"""Characters read: sums that decide something stand near the beginning of what is asked."""
_MARKS = frozenset("$\u20ac\u00a3")
_NAMES = ("dollar", "euro", "pound", "usd", "eur", "gbp", "buck", "quid")
_SCALES = {"k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_NUMBER = r"(\d[\d.,]{0,20})[ ]?(k|m|bn|thousand|grand|million|billion)?"
_MONEY = re.compile(
    rf"[$\u20ac\u00a3][ ]?{_NUMBER}(?![a-z\d])"
    rf"|(?<![\w.,]){_NUMBER}[ ]?(?:[$\u20ac\u00a3]|(?:us )?(?:dollars?|euros?|pounds?|usd|eur|gbp|bucks?|quid)\b)",
    re.IGNORECASE,
)

_MOVES = ("send", "transfer", "pay", "paid", "refund", "owe", "wire", "lend", "withdraw", "deposit", "charge", "loan")
_ENDS = r"(?=[.!?;]?$|[.!?;,][ ]|[ ](?:to|from|for|please|back|into|out|now|instead|again|and)\b)"
"""What may stand behind a sum, and not the name of what is counted."""
_MOVED = re.compile(
    r"(?!(?:refund|charged?)[ ]\d{4,}(?![\d,]|[ ](?:to|back)\b))"
    r"\b(?:send|transfer|pay|paid|refund|owes?|wire|lend|withdraw|deposit|charged?|loan of)[ ]"
    rf"(?:(?:me|him|her|them)[ ])?{_NUMBER}"
    rf"{_ENDS}"
    rf"|(?<![\w.,])(\d{{1,3}}(?:,\d{{3}})+(?![\d,]){_ENDS}|\d{{4,9}}(?= to (?:an|the|my|this|her|his|their) account))()"
)
"""A sum without a currency, where money is moved: "send 20 to Kim", and not "send 20 letters", nor "refund 48213",
which may well be an order."""


def amounts_of(text: str) -> tuple[float, ...]:
    """The sums of money in a text, in order, at most MAX_AMOUNTS.

    >>> amounts_of("I paid $1,250.50, then 20 euros more, and they owe me 3k dollars.")
    (1250.5, 20.0, 3000.0)
    >>> amounts_of("Order 4711, 3 items"), amounts_of("Send 20 letters"), amounts_of("Now send 9,000 to Kim.")
    ((), (), (9000.0,))
    """
    lowered = text[:MAX_READ].lower()
    if not _MARKS.isdisjoint(lowered) or any(name in lowered for name in _NAMES):
        form = _MONEY
    elif any(verb in lowered for verb in _MOVES):
        form = _MOVED
    else:
        return ()
    found = (_amount(match) for match in form.finditer(lowered))
    return tuple([amount for amount in found if amount is not None][:MAX_AMOUNTS])


def _amount(match: re.Match[str]) -> float | None:
    groups = match.groups()
    number, scale = groups[:2] if groups[0] else groups[2:]
    try:
        return float(figure(number)) * _SCALES.get(scale or "", 1.0)
    except ValueError:  # 1.2.3 is a version, not a sum
        return None
