"""What a declared intent says of how the talk stands: weights of the words in its name, learned from telephone calls.

``models/course.tsv`` is made by ``training/course.py`` from betold, a telephone bot's calls without their words. The
intents of other systems share many words with it (confirm, negate, ask, unavailable); where none is known nothing is
said.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from monitor.annotate.phrases import rows
from monitor.core.annotation import Course
from monitor.core.vocabulary import Role

ROLES = {Role.USER: "user", Role.ASSISTANT: "assistant"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
MOST_WORDS = 12
"""Words of an intent that are read."""


def intent_words(intent: str) -> tuple[str, ...]:
    """The words of an intent's name, each once, in order.

    >>> intent_words("ask_time_preference"), intent_words("AskTime.v2"), intent_words("FAQ-hours")
    (('ask', 'time', 'preference'), ('ask', 'time', 'v'), ('faq', 'hours'))
    """
    return tuple(dict.fromkeys(word.lower() for word in _WORD.findall(intent)))[:MOST_WORDS]


@lru_cache(maxsize=4096)
def course_of(role: Role, intent: str | None) -> Course | None:
    """The weights of a turn's intent; None where it has none, or no word of it is known.

    >>> course_of(Role.USER, "negate").now > course_of(Role.USER, "confirm").now
    True
    >>> course_of(Role.USER, "zzz") is None
    True
    """
    if not intent or role not in ROLES:
        return None
    known = _weights()
    found = [known[key] for word in intent_words(intent) if (key := (ROLES[role], word)) in known]
    if not found:
        return None
    base = known[ROLES[role], ""]
    now, after, later = (round(sum(column), 4) for column in zip(base, *found, strict=True))
    return Course(now, after, later)


@cache
def _weights() -> dict[tuple[str, str], tuple[float, ...]]:
    """(role, word) to the weights; the word "" stands for the role itself."""
    return weights_of(rows("course"))


def weights_of(lines: Iterable[list[str]]) -> dict[tuple[str, str], tuple[float, ...]]:
    """The rows of a table by role and word."""
    return {(role, "" if word == "-" else word): tuple(map(float, weights)) for role, word, *weights in lines}
