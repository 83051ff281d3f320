"""Words without their inflection: how annotations keep what was said, and how a policy's own words meet it."""

import re
from functools import lru_cache

LONGEST_WORD = 64
"""A longer token is kept with its first characters (its span stays whole): nothing said in words is longer."""

_STOP = """a about above after again all also am an and any are as at be because been before being but by can could did
    do does doing done during each few for from further get got had has have having he her here hers him his how i if in
    into is it its just let me more most much my of off on once only or other our ours out over own please same she
    should so some such than that the their theirs them then there these they this those through to too up us very was
    we were what when where which while who whom why will with would you your yours i'm i've i'd i'll it's that's
    there's we're we've you're you've you'll they're he's she's what's let's ok okay yes hi hello hey thanks thank well
    really actually maybe one"""

STOP_WORDS = frozenset(_STOP.split())
"""Words that carry no matter of their own. Negations are not among them."""


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """A word without its inflection, so that ``refunds`` and ``refunded`` meet. Light: it never tries to be a lemma.

    >>> [fold(word) for word in ("refunds", "refunded", "policies", "policy", "cancelled", "cancel", "approve")]
    ['refund', 'refund', 'polici', 'polici', 'cancel', 'cancel', 'approv']
    """
    word = word[:LONGEST_WORD].lower().replace("\u2019", "'").removesuffix("'s")
    if len(word) <= 3 or not word.isalpha():
        return word
    word = _without_ending(word)
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word


def _without_ending(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-2] if word.endswith(("sses", "xes", "zes", "ches", "shes")) else word[:-1]
    for ending, shortest in (("ing", 6), ("ed", 5), ("ly", 6)):
        if word.endswith(ending) and len(word) >= shortest:
            return _undoubled(word[: -len(ending)])
    return word


def _undoubled(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sz" else word


_BETWEEN = re.compile(r"[^\w']+")


@lru_cache(maxsize=4096)
def phrase(words: str) -> tuple[str, ...]:
    """The folded content words of a policy's word or phrase, in order.

    >>> phrase("Statute of limitations"), phrase("dosages"), phrase("the")
    (('statut', 'limitation'), ('dosag',), ())
    """
    return tuple(fold(word) for word in _BETWEEN.split(words.lower()) if word and word not in STOP_WORDS)
