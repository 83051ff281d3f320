"""What a sentence says although no phrase of the table is in it: small linear models over its words and pairs of words.

The weights are whole numbers (``models/said.tsv``, made by ``training/said.py``); one addition a word and a pair serves
all facts. A fact takes the stronger of its phrases and this.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

from monitor.annotate.grams import Gram
from monitor.annotate.said_table import BIAS, OPENS, Reader, Table, table
from monitor.annotate.tokens import Tokens
from monitor.core.vocabulary import Role

SCALE = 100
"""Weights are in hundredths."""
MAX_SENTENCES = 24
"""Sentences read of one turn: the first ones; what is meant is said early, or said again."""
LONGEST = 40
"""Words read of one sentence."""
LEAST = 0.7
"""What a model counts where it just speaks; below that weak signs are left to the phrases."""
SLOPE = 0.02
"""What each further unit of the logit adds ..."""
MOST = 0.74
"""... up to this: what calls a person asks for a plain phrase. With 0.9 three times as many calm sessions of customer
service were escalated as are promised, mostly rightly read and no reason to call somebody."""
DOUBT = -3.0
"""The logit below which a sentence does not say a fact, even if a phrase of it stands there: what does "asap" mean?"""


class Said(NamedTuple):
    """How plainly a fact is said, in [LEAST, MOST], and in which sentence; 0 where it is doubted."""

    score: float
    sentence: int


def said(tokens: Tokens, role: Role, phrased: Collection[str] = ()) -> dict[str, Said]:
    """The facts that the models of a role read in a turn; those they do not read are missing.

    Args:
        tokens: the turn.
        role: who speaks.
        phrased: facts that phrases say: of these it is told as well where a model doubts them. Those without a model
            cost time for nothing.

    >>> from monitor.annotate.tokens import tokenise
    >>> "dispute" in said(tokenise("That is simply not what happened, I paid on the 1st."), Role.USER)
    True
    >>> said(tokenise("Where is the station?"), Role.USER)
    {}
    """
    models = table()
    reader = models.readers.get(role)
    if reader is None or not tokens.words:
        return {}
    sums = [_sum(models, grams) for grams in _sentences(tokens)]
    even = 0
    for total in sums:
        even |= total + models.lanes.lift
    if phrased or even & reader.signs:
        return _strongest(models, reader, sums, phrased)
    return {}


def _sum(models: Table, grams: Sequence[Gram]) -> int:
    """The packed logits of a sentence."""
    total, after = models.bias, models.opens
    for name, own, following in grams:
        if own:
            total += own
        if name in after:
            total += after[name]
        after = following
    return total


def _sentences(tokens: Tokens) -> Iterator[list[Gram]]:
    """The first words of each sentence, those in quotation marks left out, and the mark that it ends with."""
    known, models = tokens.known, table()
    for sentence, (begin, end) in enumerate(tokens.sentences[:MAX_SENTENCES]):
        read = range(begin, min(end, begin + LONGEST))
        if tokens.quoted:
            grams = [known[at].said for at in read if not tokens.is_quoted(at)]
        else:
            grams = [word.said for word in known[read.start : read.stop]]
        grams.append(models.asks if tokens.asks(sentence) else models.stop)
        yield grams


def _strongest(models: Table, reader: Reader, sums: list[int], phrased: Collection[str]) -> dict[str, Said]:
    """The highest sum of each fact over single sentences, if at least even; many sentences are many chances."""
    logits = [models.lanes.read(total) for total in sums]
    chances = round(SCALE * log(len(sums)))
    found = {}
    for fact, lane in reader.lanes:
        column = [row[lane] for row in logits]
        highest = max(column)
        if highest >= chances:
            score = min(MOST, LEAST + SLOPE * (highest - chances) / SCALE)
            found[fact] = Said(round(score, 3), column.index(highest))
        elif highest < DOUBT * SCALE and fact in phrased:
            found[fact] = Said(0.0, column.index(highest))
    return found


def sentences_of(tokens: Tokens) -> Iterator[list[str]]:
    """The features of each sentence: its folded words and pairs of neighbours, where it begins, and how it ends."""
    for grams in _sentences(tokens):
        names = [name for name, _, _ in grams]
        yield [BIAS, *names, *(f"{one} {other}" for one, other in pairwise([OPENS, *names]))]
