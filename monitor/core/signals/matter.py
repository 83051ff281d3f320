"""What an answer is about once its courtesy is left aside, and whether another answer is about just that.

An AI that goes in circles seldom says the same words: it excuses itself another way, and turns the sentence round. What
stays are the few words of the matter, and what may not change are figures: 10 a month for one and 20 for the other are
two answers.
"""

from collections.abc import Sequence

from monitor.core.words import fold

_COURTESY_WORDS = """sorry apologise apologize apologies apology inconvenience trouble regret unfortunately afraid thank
    thanks thankful glad happy pleased pleasure great perfect sure course certainly absolutely kindly dear sir madam
    understand hear frustrating frustration patience patient appreciate welcome assist assistance help hope anything
    else feel free mentioned stated said told"""
_CARRYING_WORDS = """try trying tried look looking go going get getting got use using tap click press open check make
    simply now then next still yet always need needed require required want like must know tell see find found
    take give given put moment minute currently right also back not don't"""
_EMPTY_WORDS = (_COURTESY_WORDS + " " + _CARRYING_WORDS).split()
EMPTY = frozenset(map(fold, _EMPTY_WORDS)).union(_EMPTY_WORDS)
"""Words of courtesy, and those that only carry an instruction: another of them is no other matter."""
MOST = 24
"""Words of the matter that are kept."""
LEAST = 2
"""Words that make a matter ..."""
ALL = 3
"""... else all words of the answer are taken, if there are so many: fewer come again in any talk."""
CLOSE = 0.62
"""Share of words from which on two answers are about just the same ..."""
SAME = 0.9
"""... and from which on they are as good as equal."""
INSIDE = 0.8
"""Share of the words of the briefer answer that must be in the other one, where that tells half as much again."""
HALF = 0.5


def matter_of(terms: Sequence[str], *, asks: bool) -> tuple[str, ...]:
    """The words of the matter; all words where it has too few of them, none where those are few as well.

    Of a question one word is enough: it says what is asked for.

    >>> matter_of(("sorri", "check", "invoic", "account"), asks=False), matter_of(("order", "help"), asks=False)
    (('invoic', 'account'), ())
    >>> matter_of(("tell", "name"), asks=True)
    ('name',)
    """
    found = tuple([term for term in terms if term not in EMPTY][:MOST])
    if len(found) >= LEAST or (found and asks):
        return found
    return tuple(terms[:MOST]) if len(terms) >= ALL else ()


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two answers are about just the same, in [0, 1]; 0 where they give other figures.

    >>> one, other = frozenset(("contract", "app", "cancel")), frozenset(("contract", "app"))
    >>> round(likeness(one, other), 2), likeness(one | {"10"}, one | {"20"})
    (0.67, 0.0)
    """
    shared = len(one & other)
    if shared < LEAST:
        return float(shared > 0 and one == other)
    share = shared / (len(one) + len(other) - shared)
    if share < HALF or any(term[0].isdigit() for term in one ^ other):
        return 0.0
    return max(share, CLOSE) if shared >= INSIDE * min(len(one), len(other)) else share
