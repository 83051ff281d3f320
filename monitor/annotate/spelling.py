"""A text as its writer meant to spell it: ``slips.py`` knows the slips of the fingers, and which words they are of."""

from functools import reduce
from operator import or_

from msgspec.structs import replace

from monitor.annotate.lexicon import SLIP, WORDS
from monitor.annotate.slips import slips
from monitor.annotate.tokens import Tokens


def respelt(tokens: Tokens) -> Tokens:
    """The tokens with such slips undone; the same ones where there is none.

    >>> from monitor.annotate.tokens import tokenise
    >>> respelt(tokenise("I want to kill myeslf, I do'nt care")).words
    ('i', 'want', 'to', 'kill', 'myself', 'i', "don't", 'care')
    """
    if not tokens.kinds & SLIP:
        return tokens
    meant = slips()
    known = tuple([WORDS[meant[word.plain]] if word.kinds & SLIP else word for word in tokens.known])
    kinds = tokens.kinds | reduce(or_, [word.kinds for word in known])
    return replace(tokens, known=known, words=tuple([word.plain for word in known]), kinds=kinds)
