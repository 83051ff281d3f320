"""Statements of an answer that can be checked: who or what, which quantities, affirmed or denied.

A question, a greeting and a pure request state nothing. A sentence is one claim; an offer or question that follows in
the same sentence is cut off.
"""

from functools import lru_cache

import msgspec

from monitor.annotate.numbers import numbers_of
from monitor.annotate.sentences import asks
from monitor.annotate.tokens import STOP_WORDS, Tokens, fold
from monitor.core.annotation import Claim

MAX_CLAIMS = 24
MAX_TERMS = 32
MAX_NUMBERS = 16
MIN_TERMS = 2
LABEL_WORDS = 4
"""A colon after up to so many words makes the rest of the line a value."""
HEADING_WORDS = 8
PROSE, HEADING, LABELLED = 0, 1, 2

NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "without",
        "cannot",
        "nor",
        "none",
        "neither",
        "nothing",
        "nobody",
        "nowhere",
        "ain't",
        "hardly",
        "unable",
    ]
)
HEDGES = frozenset(
    [
        "may",
        "might",
        "maybe",
        "perhaps",
        "possibly",
        "probably",
        "likely",
        "presumably",
        "apparently",
        "seems",
        "seem",
        "appears",
        "appear",
        "could",
        "unsure",
        "approximately",
        "roughly",
        "around",
        "guess",
        "assume",
        "suppose",
        "believe",
        "think",
        "supposedly",
        "allegedly",
    ]
)
PERSONS = frozenset(
    [
        "i",
        "i'm",
        "i've",
        "i'd",
        "i'll",
        "me",
        "my",
        "mine",
        "myself",
        "you",
        "your",
        "yours",
        "you're",
        "we",
        "we're",
        "we've",
        "our",
        "us",
    ]
)
_EMPTY = frozenset("also very much however therefore thus sorry glad happy welcome".split())
_ASKING = frozenset(
    [
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "do",
        "does",
        "did",
        "can",
        "could",
        "would",
        "will",
        "shall",
        "should",
    ]
)
_ASKING |= frozenset(["is", "are", "was", "were", "has", "have", "may"])
_REQUESTS = frozenset(
    [
        "please",
        "let",
        "kindly",
        "feel",
        "thank",
        "thanks",
        "sorry",
        "hello",
        "hi",
        "hey",
        "dear",
        "welcome",
        "apologies",
        "goodbye",
        "bye",
    ]
)
_OFFERS = {"would": ("you", "like"), "do": ("you", "want"), "shall": ("i",), "let": ("me", "know")}
"""Where an offer begins: its first word, and the words after it."""
_PRONOUNS = frozenset(["i", "you", "we", "he", "she", "it", "they", "there", "this", "that", "these", "those"])


@lru_cache(maxsize=65_536)
def term_of(word: str) -> str:
    """The folded content word, or nothing for a word that carries no matter of its own."""
    if (
        len(word) < 2
        or word in STOP_WORDS
        or word in NEGATIONS
        or word in HEDGES
        or word in _EMPTY
        or word.endswith("n't")
    ):
        return ""
    return fold(word)


def claims_of(tokens: Tokens) -> tuple[Claim, ...]:
    """The checkable statements of an answer, in order, at most MAX_CLAIMS.

    A line of a list that only gives a value (``Departs: 9:00``) speaks of what its heading names.

    >>> from monitor.annotate.tokens import tokenise
    >>> said = claims_of(tokenise("Hi! The museum doesn't open before 9 am. Shall I book it?"))
    >>> [(claim.terms, claim.numbers, claim.negated) for claim in said]
    [(('museum', 'open'), ('9:00',), True)]
    """
    found: list[Claim] = []
    heading: Claim | None = None
    for sentence, (first, past) in enumerate(tokens.sentences):
        end = _before_offer(tokens, first, past)
        if end == past and asks(tokens, sentence):
            heading = None
            continue
        shape = _shape(tokens, first, past)
        claim = _claim(tokens, first, end, heading if shape == LABELLED else None)
        if shape == HEADING:
            heading = _stated(tokens, first, past)
        elif shape == PROSE:
            heading = None
        if claim is not None and shape != HEADING:
            found.append(claim)
            if len(found) >= MAX_CLAIMS:
                break
    return tuple(found)


def _shape(tokens: Tokens, first: int, past: int) -> int:
    """Whether a sentence is a line that names something, a line that gives a value under a label, or prose."""
    lined = "\n" in tokens.gaps[past - 1] or past == len(tokens.words)
    if not lined:
        return PROSE
    for index in range(first, min(past - 1, first + LABEL_WORDS)):
        if ":" in tokens.gaps[index]:
            return LABELLED
    if ":" in tokens.gaps[past - 1] or (past - first <= HEADING_WORDS and "." not in tokens.gaps[past - 1]):
        return HEADING if past < len(tokens.words) else PROSE
    return PROSE


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


def _claim(tokens: Tokens, first: int, past: int, heading: Claim | None) -> Claim | None:
    if first >= past or _states_nothing(tokens.words, first, past):
        return None
    claim = _stated(tokens, first, past)
    if heading is not None:
        terms = tuple(dict.fromkeys((*heading.terms[:HEADING_WORDS], *claim.terms)))[:MAX_TERMS]
        numbers = tuple(dict.fromkeys((*heading.numbers, *claim.numbers)))[:MAX_NUMBERS]
        claim = msgspec.structs.replace(claim, terms=terms, numbers=numbers)
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
    negated = hedged = personal = False
    for index in range(first, past):
        if index in used:
            continue
        word = tokens.words[index]
        term = term_of(word)
        if term:
            terms[term] = None
        elif word in PERSONS:
            personal = True
        elif word in NEGATIONS or word.endswith("n't") or (word == "t" and _denies(tokens.words, index, first)):
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
        personal=personal,
    )


def _denies(words: tuple[str, ...], index: int, first: int) -> bool:
    """Whether a lone ``t`` is what a transcript left of ``isn't``."""
    return index > first and words[index - 1].endswith("n")
