"""Statements of an answer that can be checked: who or what, which quantities, affirmed or denied.

A question, a greeting and a pure request state nothing. A sentence is one claim; an offer or question that follows in
the same sentence is cut off.
"""

from functools import lru_cache

from monitor.annotate.numbers import numbers_of
from monitor.annotate.sentences import asks
from monitor.annotate.tokens import STOP_WORDS, Tokens, fold
from monitor.core.annotation import Claim

MAX_CLAIMS = 24
MAX_TERMS = 32
MAX_NUMBERS = 16
MIN_TERMS = 2

NEGATIONS = frozenset(
    """not no never without cannot nor none neither nothing nobody nowhere ain't hardly unable""".split()
)
HEDGES = frozenset(
    """may might maybe perhaps possibly probably likely presumably apparently seems seem appears appear could
    unsure approximately roughly around guess assume suppose believe think supposedly allegedly""".split()
)
_EMPTY = frozenset(
    """also very much many more most even still already however therefore thus sorry glad happy welcome sure course
    like need want able know help please thing things something lot""".split()
)
_ASKING = frozenset("what which who whom whose when where why how do does did can could would will shall should".split())
_ASKING |= frozenset("is are was were has have may".split())
_REQUESTS = frozenset("please let kindly feel thank thanks sorry hello hi hey dear welcome apologies goodbye bye".split())
_OFFERS = {"would": ("you", "like"), "do": ("you", "want"), "shall": ("i",), "let": ("me", "know")}
"""Where an offer begins: its first word, and the words after it."""
_PRONOUNS = frozenset("i you we he she it they there this that these those".split())


@lru_cache(maxsize=65_536)
def term_of(word: str) -> str:
    """The folded content word, or nothing for a word that carries no matter of its own."""
    if word in STOP_WORDS or word in NEGATIONS or word in HEDGES or word in _EMPTY or word.endswith("n't"):
        return ""
    return fold(word)


def claims_of(tokens: Tokens) -> tuple[Claim, ...]:
    """The checkable statements of an answer, in order, at most MAX_CLAIMS.

    >>> from monitor.annotate.tokens import tokenise
    >>> said = claims_of(tokenise("Hi! The museum doesn't open before 9 am. Shall I book it?"))
    >>> [(claim.terms, claim.numbers, claim.negated) for claim in said]
    [(('museum', 'open'), ('9:00',), True)]
    """
    found: list[Claim] = []
    for sentence, (first, past) in enumerate(tokens.sentences):
        if asks(tokens, sentence):
            past = _before_offer(tokens, first, past)
            if past == tokens.sentences[sentence][1]:
                continue
        claim = _claim(tokens, first, _before_offer(tokens, first, past))
        if claim is not None:
            found.append(claim)
            if len(found) >= MAX_CLAIMS:
                break
    return tuple(found)


def statements_of(tokens: Tokens, limit: int) -> tuple[Claim, ...]:
    """Every sentence of a source as a claim: in a source even a heading or a bare value says something."""
    found = [_stated(tokens, first, past) for first, past in tokens.sentences[:limit]]
    return tuple([claim for claim in found if claim.terms or claim.numbers])


def _before_offer(tokens: Tokens, first: int, past: int) -> int:
    """The end of the statement in front of ``would you like ...``; the sentence's end where nobody offers."""
    words = tokens.words
    for index in range(first + 1, past - 1):
        rest = _OFFERS.get(words[index])
        if rest is not None and words[index + 1 : index + 1 + len(rest)] == rest:
            return index
    return past


def _claim(tokens: Tokens, first: int, past: int) -> Claim | None:
    if first >= past or _states_nothing(tokens.words, first, past):
        return None
    claim = _stated(tokens, first, past)
    enough = len(claim.terms) >= MIN_TERMS or (claim.numbers and claim.terms)
    return claim if enough else None


def _states_nothing(words: tuple[str, ...], first: int, past: int) -> bool:
    opening = words[first]
    if opening in _REQUESTS:
        return True
    if opening not in _ASKING or past - first < 2:
        return False
    return opening in {"what", "which", "who", "how", "why"} or words[first + 1] in _PRONOUNS


def _stated(tokens: Tokens, first: int, past: int) -> Claim:
    numbers, used = numbers_of(tokens, first, past)
    terms: dict[str, None] = {}
    negated = hedged = False
    for index in range(first, past):
        if index in used:
            continue
        word = tokens.words[index]
        term = term_of(word)
        if term:
            terms[term] = None
        elif word in NEGATIONS or word.endswith("n't"):
            negated = not negated
        elif word in HEDGES:
            hedged = True
    return Claim(
        tokens.starts[first],
        tokens.ends[past - 1],
        tuple(terms)[:MAX_TERMS],
        numbers[:MAX_NUMBERS],
        negated=negated,
        hedged=hedged,
    )
