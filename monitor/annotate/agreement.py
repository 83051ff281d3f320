"""A plain yes to what was proposed: what takes it back, or leaves it open, in the words around it.

The phrases are rows ``agreement`` of ``models/cues.tsv``. A doubt counts against the yes: acting without one harms.
"""

from monitor.annotate.hits import Hit
from monitor.annotate.tokens import Tokens

_RESERVED_WORDS = "but however although though except unless instead wait hold stop rather unsure"
_RESERVED = frozenset(_RESERVED_WORDS.split())
"""Words that take a yes back wherever in the turn they follow it."""
_DEPENDS_WORDS = "if unless once until provided providing assuming whether think guess suppose maybe perhaps"
_DEPENDS = frozenset(_DEPENDS_WORDS.split())
"""Words that leave it open within its sentence."""
_NO = frozenset(("no", "nope", "nah"))
_NO_MATTER_WORDS = "problem problems worries issue issues objection objections need more other further that's thats"
_NO_MATTER = frozenset(_NO_MATTER_WORDS.split())
"""What follows a "no" that refuses nothing."""


def taken_back(tokens: Tokens, hit: Hit) -> bool:
    """Whether a yes is a question, depends on something, or stands beside a no or a reservation.

    >>> from monitor.annotate.cues import cues_of
    >>> from monitor.annotate.tokens import tokenise
    >>> from monitor.core.vocabulary import Role
    >>> said = ("Yes, please.", "Yes, but not today.", "Yes, if it is free.", "Yes? How come?")
    >>> [cues_of(tokenise(text), Role.USER)["agreement"].score >= 0.5 for text in said]
    [True, False, False, False]
    """
    begin, end = tokens.sentences[hit.sentence]
    if tokens.asks(hit.sentence) or not _DEPENDS.isdisjoint(tokens.words[begin:end]):
        return True
    return not _RESERVED.isdisjoint(tokens.words[begin:]) or any(
        _refuses(tokens, first) for first, _ in tokens.sentences
    )


def _refuses(tokens: Tokens, first: int) -> bool:
    return tokens.words[first] in _NO and _NO_MATTER.isdisjoint(tokens.words[first + 1 : first + 2])
