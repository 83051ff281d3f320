"""How a turn sounds, learned from comments people labelled: small linear models over single words and pairs of words.

``training/mood.py`` makes the weights, ``models/mood.tsv`` holds them, ``models/README.md`` says where they are from.
A lexicon knows good and bad words; what a turn sounds like as a whole ("wow!", "you did what?") it must be taught.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import pairwise
from math import exp, sqrt
from typing import NamedTuple

from monitor.annotate.sentences import quoted_ranges
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Fact

MODELS = ("glad", "dark", "moved", "displeased", "puzzled", "sad")
"""The columns of the table: joy, thanks, surprise ...; the contrary, with confusion; excited or surprised; annoyed,
disappointed or against; confused; sad or grieving."""
BY_LENGTH = frozenset(("displeased", "puzzled"))
"""Models whose sum is divided by the root of the number of grams: else a long turn is anything."""

CHANCES = ("displeased", "puzzled", "sad")
"""Models that are facts of their own: the chance that people would hear it in a comment."""

OPENS, NUMBER, ASKS, CALLS = "<", "0", "?", "!"
_LANE = 32
"""Bits of one column in a packed row: sums of 16,000 characters' grams never reach the next."""
_MASK = (1 << _LANE) - 1
_OFFSET = 128
"""Added to every weight, so that lanes are never negative."""


class Side(NamedTuple):
    """What counts for one side of the valence: a constant, the lexicon's word, the model, being moved at all."""

    bias: float
    own: float
    mood: float
    moved: float


GOOD, BAD = Side(3.5, 1.0, 0.5, 0.9), Side(2.5, 3.0, 0.8, 0.72)
AGAINST = 0.5
"""What the lexicon's valence takes off the other side. These weights were set by hand, on one half of meld."""
HIGHEST = 60.0


class Entry(NamedTuple):
    """A gram's packed row (0: it has none of its own), and the rows of the pairs it begins."""

    own: int
    after: dict[str, int]


class Model(NamedTuple):
    """A linear model: ``bias + step * (sum of whole-number weights)``."""

    bias: float
    step: float


class Table(NamedTuple):
    """All models over one vocabulary."""

    models: tuple[Model, ...]
    entries: dict[str, Entry]


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
    known = table()
    found = _found(tokens, known.entries)
    total, count = sum(found), len(found)
    shorter = 1.0 / sqrt(count) if count else 0.0
    moods = {}
    for lane, (name, model) in enumerate(zip(MODELS, known.models, strict=True)):
        weights = ((total >> (lane * _LANE)) & _MASK) - _OFFSET * count
        moods[name] = model.bias + model.step * weights * (shorter if name in BY_LENGTH else 1.0)
    return moods


def _found(tokens: Tokens, entries: Mapping[str, Entry]) -> set[int]:
    """The packed rows of the text's grams, each once."""
    found: set[int] = set()
    heard = _heard(tokens)
    words, opens, nothing = tokens.words, entries[OPENS].after, _NOTHING
    number = entries.get(NUMBER, nothing)
    for begin, past in tokens.sentences:
        after = opens
        for index in range(begin, past):
            word = words[index]
            entry = entries.get(word)
            if entry is None:
                entry, word = (number, NUMBER) if word[0].isdigit() else (nothing, word)
            if heard is None or heard(index):
                found.add(entry.own)
                if word in after:
                    found.add(after[word])
                after = entry.after
            else:
                after = nothing.after
        for mark in _marks(tokens.gaps[past - 1]) if tokens.gaps[past - 1] != ". " else ():
            entry = entries.get(mark, nothing)
            found.add(entry.own)
            if mark in after:
                found.add(after[mark])
            after = entry.after
    found.discard(0)
    return found


_NOTHING = Entry(0, {})


def _heard(tokens: Tokens) -> Callable[[int], bool] | None:
    """Which words are the speaker's own; None where all are."""
    quoted = quoted_ranges(tokens.text)
    if not quoted:
        return None
    return lambda index: not any(first <= tokens.starts[index] < past for first, past in quoted)


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


@cache
def table() -> Table:
    """The table, packed: a row is one whole number, its columns in lanes, the row's own number above them."""
    text = resources.files("monitor.annotate").joinpath("models/mood.tsv").read_text(encoding="utf-8")
    models: dict[str, Model] = {}
    entries: dict[str, Entry] = {OPENS: Entry(0, {})}
    for number, line in enumerate(text.splitlines(), start=1):
        gram, *values = line.split("\t")
        if gram == "#model":
            models[values[0]] = Model(float(values[1]), float(values[2]))
        elif not gram.startswith("#"):
            _enter(entries, gram, _packed(values, number))
    return Table(tuple(models[name] for name in MODELS), entries)


def _packed(values: list[str], number: int) -> int:
    lanes = sum((int(value) + _OFFSET) << (lane * _LANE) for lane, value in enumerate(values))
    return lanes | number << (len(MODELS) * _LANE)


def _enter(entries: dict[str, Entry], gram: str, row: int) -> None:
    first, _, second = gram.partition(" ")
    entry = entries.get(first) or Entry(0, {})
    if second:
        entry.after[second] = row
    else:
        entry = Entry(row, entry.after)
    entries[first] = entry
