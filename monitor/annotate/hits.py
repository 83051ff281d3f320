"""Phrases found in a turn: the automata of ``phrases.py`` followed over its words."""

from typing import NamedTuple

from monitor.annotate.phrases import Phrase, State
from monitor.annotate.tokens import Tokens

MAX_HITS = 400
"""Hits read of one text; more say nothing new."""


class Hit(NamedTuple):
    """A phrase found at words ``[first, past)`` of a sentence."""

    phrase: Phrase
    first: int
    past: int
    sentence: int


def cue_hits(tokens: Tokens) -> list[Hit]:
    """All phrases of ``models/cues.tsv`` in the text, sentence by sentence; at most MAX_HITS.

    >>> from monitor.annotate.tokens import tokenise
    >>> [(hit.phrase.cue, hit.first, hit.past) for hit in cue_hits(tokenise("It is what it is, perhaps."))]
    [('hedging', 5, 6)]
    """
    return _followed(tokens, [word.cue for word in tokens.known])


def stake_hits(tokens: Tokens) -> list[Hit]:
    """All phrases of ``models/stakes.tsv`` in the text, in the same way."""
    return _followed(tokens, [word.stake for word in tokens.known])


def _followed(tokens: Tokens, opening: list[State | None]) -> list[Hit]:
    hits: list[Hit] = []
    words = tokens.words
    for sentence, (begin, end) in enumerate(tokens.sentences):
        for first in range(begin, end):
            state, past = opening[first], first + 1
            while state is not None:
                if state.ends:
                    hits += _ending(tokens, state, (first, past), sentence)
                if past == end:
                    break
                word = words[past]
                past += 1
                state = state.moves[word] if word in state.words else state.otherwise
        if len(hits) >= MAX_HITS:
            return hits[:MAX_HITS]
    return hits


def _ending(tokens: Tokens, state: State, span: tuple[int, int], sentence: int) -> list[Hit]:
    """The phrases that end in a state, where the sentence is as they want it."""
    first, past = span
    begin, end = tokens.sentences[sentence]
    return [
        Hit(phrase, first, past, sentence)
        for phrase in state.ends
        if (not phrase.opens or first == begin)
        and (not phrase.closes or past == end)
        and (not phrase.asked or tokens.asks(sentence))
    ]
