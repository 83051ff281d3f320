"""What a sentence says although no phrase of the table is in it: small linear models over its words and pairs of words.

One look-up per word and pair serves all facts. The weights are whole numbers (``models/said.tsv``, made by
``training/said.py``), so that sums are the same on every machine. A fact takes the stronger of its phrases and this.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from monitor.annotate.phrases import rows
from monitor.annotate.sentences import asks, quoted_ranges
from monitor.annotate.tokens import Tokens
from monitor.core.vocabulary import Role
from monitor.core.words import fold

SCALE = 1000
"""Weights are in thousandths."""
MAX_SENTENCES = 24
"""Sentences read of one turn: the first ones; what is meant is said early, or said again."""
LONGEST = 40
"""Words read of one sentence."""
LEAST = 0.7
"""What a model counts where it just speaks; below that weak signs are left to the phrases."""
SLOPE = 0.02
"""What each further unit of the logit adds ..."""
MOST = 0.74
"""... up to this: a plain phrase says more, and what calls a person asks for one."""
BIAS = "<>"
"""The feature that every sentence has."""
_SAME = {"cannot": "can't", "n't": "not", "wont": "won't", "dont": "don't", "im": "i'm"}


class Weights(NamedTuple):
    """The models of one role: the facts, the row of each feature, and weights by row and fact. The last row is 0."""

    facts: tuple[str, ...]
    row: dict[str, int]
    matrix: npt.NDArray[np.int64]


class Reading(NamedTuple):
    """How plainly a fact is said, in [LEAST, MOST], and in which sentence."""

    score: float
    sentence: int


def said(tokens: Tokens, role: Role) -> dict[str, Reading]:
    """The facts that the models of a role read in a turn; those they do not read are missing.

    >>> from monitor.annotate.tokens import tokenise
    >>> "dispute" in said(tokenise("That is simply not what happened, I paid on the 1st."), Role.USER)
    True
    >>> said(tokenise("Where is the station?"), Role.USER)
    {}
    """
    weights = _weights().get(role)
    if weights is None or not tokens.words:
        return {}
    row = weights.row
    listed = [[row[feature] for feature in features if feature in row] for features in sentences_of(tokens)]
    ids = [each for one in listed for each in one]
    if not ids:
        return {}
    starts = np.cumsum([0, *(len(one) for one in listed[:-1])])
    return _read(weights, np.add.reduceat(weights.matrix[ids], starts))


def _read(weights: Weights, sums: npt.NDArray[np.int64]) -> dict[str, Reading]:
    """The highest sum of each fact over single sentences, if at least even; many sentences are many chances."""
    best = sums.argmax(0)
    chances = round(SCALE * log(len(sums)))
    found = {}
    for index, fact in enumerate(weights.facts):
        logit = int(sums[best[index], index]) - chances
        if logit >= 0:
            score = min(MOST, LEAST + SLOPE * logit / SCALE)
            found[fact] = Reading(round(score, 3), int(best[index]))
    return found


def sentences_of(tokens: Tokens) -> Iterator[list[str]]:
    """The features of each sentence: its folded words and pairs of neighbours, where it begins, and how it ends."""
    quoted = quoted_ranges(tokens.text)
    for index, (begin, end) in enumerate(tokens.sentences[:MAX_SENTENCES]):
        words = [
            _plain(tokens.words[at])
            for at in range(begin, min(end, begin + LONGEST))
            if not quoted or not any(first <= tokens.starts[at] < past for first, past in quoted)
        ]
        words = ["^", *words, "?" if asks(tokens, index) else "."]
        yield [BIAS, *words[1:], *(f"{one} {other}" for one, other in pairwise(words))]


@lru_cache(maxsize=65_536)
def _plain_known(word: str) -> str:
    return "0" if word[0].isdigit() else fold(_SAME.get(word, word))


def _plain(word: str) -> str:
    """A word as the models know it: folded, every figure alike."""
    return _plain_known(word) if len(word) <= 16 else fold(word)


@cache
def _weights() -> dict[Role, Weights]:
    facts: dict[Role, dict[str, int]] = {}
    entries: dict[Role, list[tuple[str, int, int]]] = {}
    for role_name, fact, feature, weight in rows("said"):
        role = Role(role_name)
        column = facts.setdefault(role, {}).setdefault(fact, len(facts[role]))
        entries.setdefault(role, []).append((feature, column, int(weight)))
    return {role: _table(tuple(facts[role]), entries[role]) for role in facts}


def _table(facts: tuple[str, ...], entries: list[tuple[str, int, int]]) -> Weights:
    row = {feature: index for index, feature in enumerate(dict.fromkeys(entry[0] for entry in entries))}
    matrix = np.zeros((len(row), len(facts)), dtype=np.int64)
    for feature, column, weight in entries:
        matrix[row[feature], column] = weight
    return Weights(facts, row, matrix)
