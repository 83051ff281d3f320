"""How a turn sounds, learned from comments people labelled: small linear models over single words and pairs of words.

``training/mood.py`` makes the weights, ``models/mood.tsv`` holds them, ``models/README.md`` says where they are from.
A lexicon knows good and bad words; what a turn sounds like as a whole ("wow!", "you did what?") it must be taught.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import exp, sqrt
from typing import NamedTuple

from monitor.annotate.grams import Gram
from monitor.annotate.mood_table import ASKS, CALLS, LANES, NUMBER, OPENS, table
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Fact

BY_LENGTH = frozenset(("displeased", "puzzled"))
"""Models whose sum is divided by the root of the number of grams: else a long turn is anything."""

CHANCES = ("displeased", "puzzled", "sad")
"""Models that are facts of their own: the chance that people would hear it in a comment."""


class Side(NamedTuple):
    """What counts for one side of the valence: a constant, the lexicon's word, the model, being moved at all."""

    bias: float
    own: float
    mood: float
    moved: float


GOOD, BAD = Side(3.5, 1.0, 0.5, 0.9), Side(2.5, 3.0, 0.8, 0.72)
AGAINST = 0.5
"""What the lexicon's valence takes off the other side. The nine weights are set by hand: see models/README.md."""
HIGHEST = 60.0


def grams(tokens: Tokens) -> Iterator[str]:
    """The grams of a text, repeated as they come: words, pairs, the marks that end a sentence.

    >>> from monitor.annotate.tokens import tokenise
    >>> list(grams(tokenise("Oh no!")))
    ['oh', '< oh', 'no', 'oh no', '!', 'no !']
    """
    for begin, past in tokens.sentences:
        said = [OPENS, *(_plain(word) for word in tokens.words[begin:past]), *_marks(tokens.gaps[past - 1])]
        for before, word in pairwise(said):
            yield word
            yield f"{before} {word}"


def _plain(word: str) -> str:
    return NUMBER if word[0].isdigit() else word


def _marks(gap: str) -> tuple[str, ...]:
    """What ends a sentence: a question, an exclamation, or both."""
    return tuple(mark for mark in (ASKS, CALLS) if mark in gap)


def moods_of(tokens: Tokens) -> dict[str, float]:
    """Each model's logit for the text, quotations left out.

    >>> from monitor.annotate.tokens import tokenise
    >>> moods = moods_of(tokenise("Wow, that is great, I love it!"))
    >>> moods["glad"] > 0 > moods["sad"]
    True
    """
    found = _found(tokens)
    shorter = 1.0 / sqrt(len(found)) if found else 0.0
    moods = {}
    for (name, bias, step), weights in zip(table().models, LANES.read(sum(found)), strict=True):
        moods[name] = bias + step * weights * (shorter if name in BY_LENGTH else 1.0)
    return moods


def _found(tokens: Tokens) -> set[int]:
    """The packed rows of the text's grams, each once."""
    grams, gaps = table().grams, tokens.gaps
    heard = [word.mood for word in tokens.known]
    if tokens.quoted:
        heard = [_SILENCE if tokens.is_quoted(index) else gram for index, gram in enumerate(heard)]
    found: set[int] = set()
    for begin, past in tokens.sentences:
        after = grams[OPENS][2]
        for name, own, following in heard[begin:past]:
            found.add(own)
            if name in after:
                found.add(after[name])
            after = following
        for mark in _marks(gaps[past - 1]) if gaps[past - 1] != ". " else ():
            name, own, following = grams[mark]
            found.add(own)
            if name in after:
                found.add(after[name])
            after = following
    found.discard(0)
    return found


_SILENCE: Gram = ("", 0, {})
"""A quoted word: no pair is heard beside it."""


def toned(moods: Mapping[str, float], lexical: Fact) -> Fact:
    """The valence of a person's turn in [-1, 1]: the chance that it sounds good less the chance that it sounds bad.

    Both chances go by the models and by the lexicon's valence; the spans are the lexicon's.

    >>> toned({"glad": -2.0, "dark": -2.0, "moved": -4.0}, Fact(0.0)).score
    0.1324
    """
    good, bad = max(0.0, lexical.score), max(0.0, -lexical.score)
    glad = GOOD.bias + GOOD.own * good - AGAINST * bad + GOOD.mood * moods["glad"] + GOOD.moved * moods["moved"]
    dark = BAD.bias + BAD.own * bad - AGAINST * good + BAD.mood * moods["dark"] + BAD.moved * moods["moved"]
    up, down = exp(min(glad, HIGHEST)), exp(min(dark, HIGHEST))
    return Fact(round((up - down) / (1.0 + up + down), 4), lexical.spans)


def heard(moods: Mapping[str, float]) -> dict[str, Fact]:
    """The models that are facts of their own, as chances."""
    return {name: Fact(likely(moods[name])) for name in CHANCES}


def likely(logit: float) -> float:
    """A logit as a chance in [0, 1].

    >>> likely(0.0), likely(-800.0)
    (0.5, 0.0)
    """
    return round(1.0 / (1.0 + exp(min(60.0, -logit))), 4)
