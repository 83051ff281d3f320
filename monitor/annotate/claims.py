"""Statements of an answer that can be checked: who or what, which quantities, affirmed or denied.

A question, a greeting and a pure request state nothing. A sentence is one claim; an offer or question that follows in
the same sentence is cut off.
"""

import msgspec

from monitor.annotate.claim_words import ASKING, OFFERS, PRONOUNS, QUESTION_WORDS, REQUESTS
from monitor.annotate.lexicon import CAPITAL, DENIES, HEDGED, OTHERS, PERSON, Word
from monitor.annotate.numbers import numbers_of
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Claim

MAX_CLAIMS = 24
MAX_TERMS = 32
MAX_NUMBERS = 16
MIN_TERMS = 2
LABEL_WORDS = 4
"""A colon after up to so many words makes the rest of the line a value."""
HEADING_WORDS = 8
MAX_ABOVE = 3
"""Lines above that a line of a list takes words from."""
CONDITIONS = frozenset(("if", "unless", "once", "when", "whenever"))
"""A statement that begins so holds under a condition only."""
PROSE, HEADING, LABELLED, PLAIN, NUMBERING = range(5)


def claims_of(tokens: Tokens) -> tuple[Claim, ...]:
    """The checkable statements of an answer, in order, at most MAX_CLAIMS.

    A line of a list that only gives a value (``Departs: 9:00``) speaks of what its heading names.

    >>> from monitor.annotate.tokens import tokenise
    >>> said = claims_of(tokenise("Hi! The museum doesn't open before 9 am. Shall I book it?"))
    >>> [(claim.terms, claim.numbers, claim.negated) for claim in said]
    [(('museum', 'open'), ('9:00',), True)]
    """
    found: list[Claim] = []
    above: list[tuple[int, Claim]] = []
    shapes = [_shape(tokens, first, past) for first, past in tokens.sentences]
    for sentence, (first, past) in enumerate(tokens.sentences):
        shape = shapes[sentence]
        if shape == NUMBERING:
            continue
        if shape == PLAIN and LABELLED in shapes[sentence + 1 : sentence + 2] and _announces(tokens, first, past):
            shape = HEADING
        context = _context(above, tokens, (first, past), shape)
        if shape == HEADING or (tokens.asks(sentence) and _before_offer(tokens, first, past) == past):
            continue
        claim = _claim(tokens, first, _before_offer(tokens, first, past), context)
        if claim is not None:
            if shape == LABELLED:
                claim = msgspec.structs.replace(claim, listed=True)
            found.append(claim)
            if len(found) >= MAX_CLAIMS:
                break
    return tuple(found)


def _shape(tokens: Tokens, first: int, past: int) -> int:
    """Whether a sentence announces what follows, gives a value under a label, is a short line, or is prose.

    A short line is a heading where labelled values follow it, and a statement elsewhere.
    """
    gap = tokens.gaps[past - 1]
    if past - first == 1 and tokens.words[first].isdecimal():
        return NUMBERING
    if "\n" not in gap and past < len(tokens.words):
        return PROSE
    for index in range(first, min(past - 1, first + LABEL_WORDS)):
        if ":" in tokens.gaps[index]:
            return LABELLED
    if ":" in gap and past < len(tokens.words):
        return HEADING
    return PLAIN if past - first <= HEADING_WORDS and "." not in gap else PROSE


def _announces(tokens: Tokens, first: int, past: int) -> bool:
    """Whether a short line stands above the next one: it is not the item before it in the same list."""
    mine, following = _margin(tokens, first), _margin(tokens, past)
    return mine != following or not mine.strip()


def _margin(tokens: Tokens, index: int) -> str:
    """What stands between the beginning of a line and its first word: indentation and marks."""
    start = tokens.starts[index]
    return tokens.text[tokens.text.rfind("\n", max(0, start - 200), start) + 1 : start]


def _context(above: list[tuple[int, Claim]], tokens: Tokens, span: tuple[int, int], shape: int) -> list[Claim]:
    """The lines that a line is listed under, outermost first; the line itself joins them for what follows."""
    if shape not in {HEADING, LABELLED}:
        if shape == PROSE:
            above.clear()
        return []
    first, past = span
    margin = _margin(tokens, first)
    level = 2 * (len(margin) - len(margin.lstrip())) + (0 if shape == HEADING else 1)
    while above and above[-1][0] >= level:
        above.pop()
    context = [claim for _, claim in above[-MAX_ABOVE:]]
    above.append((level, _stated(tokens, first, min(past, first + HEADING_WORDS))))
    return context


def statements_of(tokens: Tokens, limit: int) -> tuple[Claim, ...]:
    """Every sentence of a source as a claim: in a source even a heading or a bare value says something."""
    found = [_stated(tokens, first, past) for first, past in tokens.sentences[:limit]]
    return tuple([claim for claim in found if claim.terms or claim.numbers])


def _before_offer(tokens: Tokens, first: int, past: int) -> int:
    """The end of the statement in front of ``would you like ...``; the sentence's end where nobody offers."""
    words = tokens.words
    for index in range(first + 1, past - 1):
        rest = OFFERS.get(words[index])
        if rest is not None and words[index + 1 : index + 1 + len(rest)] == rest:
            return index
    return past


def _claim(tokens: Tokens, first: int, past: int, context: list[Claim]) -> Claim | None:
    if first >= past or _states_nothing(tokens.words, first, past):
        return None
    claim = _stated(tokens, first, past)
    if context:
        claim = _under(claim, context)
    enough = len(claim.terms) >= MIN_TERMS or (claim.numbers and claim.terms)
    return claim if enough else None


def _under(claim: Claim, context: list[Claim]) -> Claim:
    """A line of a list with the words of the lines it stands under."""
    lines = (*context, claim)
    terms = dict.fromkeys([term for line in lines for term in line.terms])
    numbers = dict.fromkeys([number for line in lines for number in line.numbers])
    named = {term for line in lines for index, term in enumerate(line.terms) if line.names >> index & 1}
    kept = tuple(terms)[:MAX_TERMS]
    return msgspec.structs.replace(claim, terms=kept, numbers=tuple(numbers)[:MAX_NUMBERS], names=_mask(kept, named))


def _mask(terms: tuple[str, ...], named: set[str]) -> int:
    return sum([1 << index for index, term in enumerate(terms) if term in named]) if named else 0


def _states_nothing(words: tuple[str, ...], first: int, past: int) -> bool:
    opening = words[first]
    if opening in REQUESTS:
        return True
    if opening not in ASKING or past - first < 2:
        return False
    return opening in QUESTION_WORDS or words[first + 1] in PRONOUNS


def _stated(tokens: Tokens, first: int, past: int) -> Claim:
    numbers, used = numbers_of(tokens, first, past)
    terms: dict[str, None] = {}
    named: set[str] = set()
    negated = personal = False
    words = tokens.known
    hedged = first < past and words[first].plain in CONDITIONS
    others = 0
    for index in range(first, past):
        word = words[index]
        kinds = word.kinds
        others |= kinds & OTHERS
        if index in used:
            continue
        if word.term:
            terms[word.term] = None
            if kinds & CAPITAL and _is_name(words, index, first, past):
                named.add(word.term)
        elif kinds & PERSON:
            personal = True
        elif kinds & DENIES or (word.plain == "t" and _denies(tokens.words, index, first)):
            negated = negated is _sets_apart(tokens, index, first)
        elif kinds & HEDGED:
            hedged = True
    kept = tuple(terms)[:MAX_TERMS]
    return Claim(
        tokens.starts[first],
        tokens.ends[past - 1],
        kept,
        numbers[:MAX_NUMBERS],
        negated=negated,
        hedged=hedged,
        personal=personal,
        names=_mask(kept, named),
        partial=others != 0,
    )


def _is_name(words: tuple[Word, ...], index: int, first: int, past: int) -> bool:
    """Whether a capital is that of a name: the first word of a sentence is one only where the next has one too."""
    if index > first:
        return True
    return index + 1 < past and bool(words[index + 1].kinds & CAPITAL)


def _denies(words: tuple[str, ...], index: int, first: int) -> bool:
    """Whether a lone ``t`` is what a transcript left of ``isn't``."""
    return index > first and words[index - 1].endswith("n")


def _sets_apart(tokens: Tokens, index: int, first: int) -> bool:
    """Whether a ``not`` only names what is not meant: ``the fare, not a fee``."""
    return index > first and tokens.words[index] == "not" and "," in tokens.gaps[index - 1]
