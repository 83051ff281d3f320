"""How good or bad a turn sounds, from a lexicon of rated words: negation, intensity, contrast, capitals, emoticons.

The method is VADER's (Hutto & Gilbert 2014), over tokens; the lexicon is ``models/valence.tsv``.
"""

from math import sqrt

from monitor.annotate.lexicon import (
    ASKS,
    CALLS,
    DEGREE,
    GAPS,
    LEAD,
    LOUD,
    MARK,
    NEGATES,
    RATED,
    TURNS,
)
from monitor.annotate.tokens import Tokens
from monitor.annotate.valence_words import mark_value
from monitor.core.annotation import Fact, Span

NEGATION_SCALE = -0.74
CAPS = 0.733
EXCLAMATION = 0.292
NORMAL = 15.0
"""Sum of squares at which a sum of valences reads half: the larger, the more words it takes."""
REACH = 3
"""Words before a rated word that can negate or strengthen it."""
MAX_SPANS = 8

_FADE = (1.0, 0.95, 0.9)
REFUSED = -1.3
"""What a negation is worth that turns no rated word: "it does not work", "I cannot". Ours, not VADER's: on talk it
tells more about discontent than most rated words do."""
MAX_REFUSED = 3
OUTCRY = -1.8
"""What a question that is also an outcry ("what?!") is worth."""


TELLING = RATED | NEGATES | MARK | CALLS
"""Kinds without any of which a turn has no valence."""
NEUTRAL = Fact(0.0)


def valence_of(tokens: Tokens) -> Fact:
    """The valence of the whole text in [-1, 1]: above 1/3 reads positive, below -1/3 negative.

    >>> from monitor.annotate.tokens import tokenise
    >>> valence_of(tokenise("This is great, thank you!")).score > 1 / 3
    True
    >>> valence_of(tokenise("This is not good and I am angry.")).score < -1 / 3
    True
    """
    rated = _rated(tokens) if tokens.kinds & TELLING else []
    if not rated:
        return NEUTRAL
    values = _weighed(tokens, rated)
    total = sum(values)
    shouts = min(3, tokens.text[: tokens.ends[-1] + 8].count("!")) if tokens.kinds & CALLS and tokens.ends else 0
    total += EXCLAMATION * shouts * (1 if total > 0 else -1 if total < 0 else 0)
    score = total / sqrt(total * total + NORMAL)
    return Fact(round(max(-1.0, min(1.0, score)), 4), _spans(tokens, rated, values))


def _rated(tokens: Tokens) -> list[tuple[int, float]]:
    """All that has a valence, with the index of its word; of a sign, of the word before it."""
    kinds = tokens.kinds
    words = _rated_words(tokens) if kinds & RATED else []
    refused = _refused(tokens, {index for index, _ in words}) if kinds & NEGATES else []
    marks = _rated_marks(tokens) if kinds & MARK else []
    return [*words, *refused, *marks, *_outcries(tokens)]


def _rated_words(tokens: Tokens) -> list[tuple[int, float]]:
    aloud = len(tokens.caps) < len(tokens.words)
    rated = []
    for index, word in enumerate(tokens.known):
        if not word.kinds & RATED:
            continue
        value = word.rating
        if aloud and word.kinds & LOUD:
            value += CAPS if value > 0 else -CAPS
        rated.append((index, _in_context(tokens, index, value)))
    return rated


def _in_context(tokens: Tokens, index: int, value: float) -> float:
    """The rated word as the up to three words before it, in the same clause, leave it."""
    negated = False
    for back in range(1, REACH + 1):
        at = index - back
        if at < 0 or tokens.gaps[at] not in (" ", "-", ""):
            break
        word = tokens.known[at]
        if word.kinds & DEGREE:
            value += word.degree * _FADE[back - 1] * (1 if value > 0 else -1)
        if word.kinds & NEGATES and (word.plain != "no" or back == 1):
            negated = True
    return value * NEGATION_SCALE if negated else value


def _refused(tokens: Tokens, rated: set[int]) -> list[tuple[int, float]]:
    """Negations with no rated word behind them."""
    at = [
        index
        for index, word in enumerate(tokens.known)
        if word.kinds & NEGATES and word.plain != "without" and rated.isdisjoint(range(index + 1, index + 1 + REACH))
    ]
    return [(index, REFUSED) for index in at[:MAX_REFUSED]]


def _rated_marks(tokens: Tokens) -> list[tuple[int, float]]:
    """Emoticons and emoji, which stand in the gaps between words, by the index of the word before."""
    rated = []
    lead = tokens.text[: tokens.starts[0] if tokens.starts else LEAD][:LEAD]
    for index, gap in enumerate((lead, *tokens.gaps), start=-1):
        if GAPS[gap] & MARK:
            values = [mark_value(mark) for mark in gap.split()]
            rated += [(index, value) for value in values if value is not None]
    return rated


def _outcries(tokens: Tokens) -> list[tuple[int, float]]:
    """Where a question mark and an exclamation mark stand together, once."""
    if not (tokens.kinds & ASKS and tokens.kinds & CALLS):
        return []
    found = (index for index, gap in enumerate(tokens.gaps) if "?" in gap and "!" in gap)
    return [(index, OUTCRY) for index in found][:1]


def _weighed(tokens: Tokens, rated: list[tuple[int, float]]) -> list[float]:
    """After a ``but`` the first part counts half, the second half more."""
    if not tokens.kinds & TURNS:
        return [value for _, value in rated]
    turn = next(index for index, word in enumerate(tokens.known) if word.kinds & TURNS)
    return [value * (0.5 if index < turn else 1.5) for index, value in rated]


def _spans(tokens: Tokens, rated: list[tuple[int, float]], values: list[float]) -> tuple[Span, ...]:
    strongest = sorted(range(len(rated)), key=lambda i: -abs(values[i]))[:MAX_SPANS]
    indices = sorted({max(0, rated[i][0]) for i in strongest}) if tokens.words else []
    return tuple(Span(tokens.starts[i], tokens.ends[i], "valence") for i in indices)
