"""What an answer says in words, names and quantities that its sources do not have, as a few numbers and one share.

A small logistic model reads the numbers (``models/support.tsv``, made by ``training/support.py``). The same model
reads one statement or a whole answer: any range of words.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from operator import mul

from monitor.annotate.lexicon import CAPITAL
from monitor.annotate.passages import Bundle
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Claim
from monitor.core.words import fold

TYPICAL = 40
"""Words of a turn up to which new words are counted one by one; in a longer turn, per so many words."""
MANY = 3
"""New names counted at most."""
_OWN_WORDS = "i i'm i've i'd i'll im me my mine we we're we've we'll us our you your yours you're you've you'll"
_OWN = frozenset(_OWN_WORDS.split())
"""Words for the speaker and the listener."""

_TALK_WORDS = """oh ah lol haha hmm wow yep yeah nope thing stuff lot bit kind sort way day night time one fun cool nice
    great good bad fine awesome amazing interesting funny crazy sad true right wrong correct exact sure agree disagree
    know think feel like love enjoy hate hope wish want see hear guess mean say tell talk speak chat ask answer question
    help understand wonder look forward meet care worry problem pleasure favorite favourite cheers"""
_TALK = frozenset(map(fold, _TALK_WORDS.split()))
"""Words of which small talk is made: a statement of nothing else is none that a source could carry."""

LEXICAL = ("opens", "closes", "share", "small", "own", "subject", "names", "asks")
"""By the words alone: whether the first and the last word are new, the share of letters in new words, new small words,
new words for speaker or listener, whether the first content word is new, new names, whether something is asked."""
LAID = ("support", "gap", "conflict")
"""Of the statement laid over the sentences of the passages: what they carry of it, how much less than the nearest one
the sentence with the statement's quantity carries, and how strongly a sentence says otherwise."""
FEATURES = (*LEXICAL, *LAID)
Row = tuple[float, ...]


def is_talk(claim: Claim) -> bool:
    """Whether a statement is small talk: feelings and courtesy, with no matter of its own.

    >>> is_talk(Claim(0, 24, ("fun", "talk"), personal=True)), is_talk(Claim(0, 20, ("museum", "fun")))
    (True, False)
    """
    return _TALK.issuperset(claim.terms) and (claim.personal or not claim.numbers)


@dataclass(frozen=True, slots=True)
class New:
    """The words of a turn that no passage has: their indices, and which of them are content words."""

    at: tuple[int, ...]
    terms: tuple[str, ...]
    """The folded content word at each of ``at``; empty for a small word."""
    loud: bool
    """Written in capitals throughout: they tell no names."""
    prose: bool
    """Whether small words count: records have none that an answer could share."""


def new_words(tokens: Tokens, bundle: Bundle) -> New:
    """The words of a turn that the passages have neither as they stand nor in another inflection.

    Where all passages are records the small words of an answer are its own by need, and count as known.
    """
    known, folded = bundle.words, bundle.folded
    words = tokens.known
    at = [index for index, word in enumerate(words) if word.plain not in known and word.folded not in folded]
    terms = [words[index].term for index in at]
    if not bundle.prose:
        at = [index for index, term in zip(at, terms, strict=True) if term]
        terms = [term for term in terms if term]
    return New(tuple(at), tuple(terms), 2 * len(tokens.caps) > len(tokens.words), bundle.prose)


def lexical(tokens: Tokens, new: New, first: int, past: int) -> Row:
    """The numbers named by LEXICAL for the words ``[first, past)``; at least one word."""
    words = tokens.words
    low, high = bisect_left(new.at, first), bisect_left(new.at, past)
    at = new.at[low:high]
    length = past - first
    scale = min(1.0, TYPICAL / length)
    letters = sum([len(word.plain) for word in tokens.known[first:past] if new.prose or word.term])
    small = own = names = 0
    for index, term in zip(at, new.terms[low:high], strict=True):
        if not term:
            small += 1
            own += words[index] in _OWN
        else:
            names += not new.loud and bool(tokens.known[index].kinds & CAPITAL)
    return (
        float(bool(at) and at[0] == first),
        float(bool(at) and at[-1] == past - 1),
        (sum([len(words[index]) for index in at]) + 2.0) / (letters + 4.0),
        math.log1p(scale * small),
        math.log1p(scale * own),
        float(_subject_is_new(tokens, at, first, past)),
        float(min(MANY, names)),
        float("?" in tokens.text[tokens.starts[first] : tokens.ends[past - 1] + 2]),
    )


def _subject_is_new(tokens: Tokens, at: Sequence[int], first: int, past: int) -> bool:
    for index in range(first, past):
        if tokens.known[index].term:
            return index in at
    return False


@lru_cache(maxsize=1)
def _model() -> tuple[float, tuple[float, ...]]:
    """The intercept, and the weights of FEATURES."""
    text = (files("monitor.annotate") / "models" / "support.tsv").read_text("utf-8")
    rows = dict(line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return float(rows["intercept"]), tuple([float(rows[name]) for name in FEATURES])


def carried(row: Row) -> float:
    """How surely the sources carry what the FEATURES tell of, in [0, 1].

    >>> known = (0.0, 0.0, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    >>> new = (1.0, 1.0, 0.9, 1.6, 0.7, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    >>> carried(known) > 0.9, carried(new) < 0.1
    (True, True)
    """
    intercept, weights = _model()
    return 1.0 / (1.0 + math.exp(-min(30.0, max(-30.0, intercept + sum(map(mul, weights, row))))))
