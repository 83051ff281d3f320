"""What a sentence says although no phrase of the table is in it: small linear models over its words and pairs of words.

The weights are whole numbers (``models/said.tsv``, made by ``training/said.py``); one addition a word and a pair serves
all facts. A fact takes the stronger of its phrases and this.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import log
from typing import NamedTuple

from monitor.annotate.lexicon import Word
from monitor.annotate.said_table import ASKS, BIAS, OPENS, STOP, Reader, table
from monitor.annotate.tokens import Tokens
from monitor.core.vocabulary import Role

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
    models = table()
    reader = models.readers.get(role)
    if reader is None or not tokens.words:
        return {}
    sums = [_sum(tokens, sentence) for sentence in range(min(MAX_SENTENCES, len(tokens.sentences)))]
    even = 0
    for total in sums:
        even |= total + models.lanes.lift
    return _strongest(sums, reader) if even & reader.signs else {}


def _sum(tokens: Tokens, sentence: int) -> int:
    """The packed logits of a sentence."""
    models = table()
    total, after = models.bias, models.opens
    for word in _own_words(tokens, sentence):
        name, own, following = word.said
        if own:
            total += own
        if name in after:
            total += after[name]
        after = following
    mark = models.asks if tokens.asks(sentence) else models.stop
    return total + mark.own + after.get(mark.name, 0)


def _own_words(tokens: Tokens, sentence: int) -> tuple[Word, ...] | list[Word]:
    """The first words of a sentence, those in quotation marks left out."""
    begin, end = tokens.sentences[sentence]
    end = min(end, begin + LONGEST)
    if not tokens.quoted:
        return tokens.known[begin:end]
    return [tokens.known[at] for at in range(begin, end) if not tokens.is_quoted(at)]


def _strongest(sums: list[int], reader: Reader) -> dict[str, Reading]:
    """The highest sum of each fact over single sentences, if at least even; many sentences are many chances."""
    logits = [table().lanes.read(total) for total in sums]
    chances = round(SCALE * log(len(sums)))
    found = {}
    for fact, lane in reader.lanes:
        best = max(range(len(logits)), key=lambda sentence: logits[sentence][lane])
        logit = logits[best][lane] - chances
        if logit >= 0:
            found[fact] = Reading(round(min(MOST, LEAST + SLOPE * logit / SCALE), 3), best)
    return found


def sentences_of(tokens: Tokens) -> Iterator[list[str]]:
    """The features of each sentence: its folded words and pairs of neighbours, where it begins, and how it ends."""
    for sentence in range(min(MAX_SENTENCES, len(tokens.sentences))):
        names = [word.said.name for word in _own_words(tokens, sentence)]
        names = [OPENS, *names, ASKS if tokens.asks(sentence) else STOP]
        yield [BIAS, *names[1:], *(f"{one} {other}" for one, other in pairwise(names))]
