"""Whether a text is asked for that is not the AI's own word: a story, a letter in somebody's name, a part to play.

What is said in it is said by nobody here: a hero's death raises no stakes, and who plays a nurse claims to be none.
"""

from monitor.annotate.tokens import Tokens
from monitor.annotate.voiced_words import ALONE, MAKING, OWN, PARTS, TELLING, TOLD, WORKS
from monitor.core.annotation import Fact, Span

SAID = 0.8
"""What it counts."""
_OPENING = 4
"""Words within which a request begins with its verb."""


def voiced(tokens: Tokens) -> Fact | None:
    """Whether a user's text asks for another voice, and where. What is to be done with "my contract" is one's own.

    >>> from monitor.annotate.tokens import tokenise
    >>> said = ("Write a story in which the patient dies.", "Translate this please", "Play a pirate.", "Write it down.")
    >>> [voiced(tokenise(text)) is not None for text in said]
    [True, True, True, False]
    """
    for begin, end in tokens.sentences:
        words = tokens.words[begin:end]
        if _asks(words):
            return Fact(SAID, (Span(tokens.starts[begin], tokens.ends[end - 1], "voiced"),))
    return None


def _asks(words: tuple[str, ...]) -> bool:
    if any(word in TELLING and not "".join(words[at + 1 : at + 2]).isdecimal() for at, word in enumerate(words)):
        return True  # Chapter 7 is a law
    if not OWN.isdisjoint(words):
        return False
    if any(word in ALONE and (at == 0 or words[at - 1] not in TOLD) for at, word in enumerate(words[:_OPENING])):
        return True
    if words[0] in {"play", "act"} and not PARTS.isdisjoint(words):
        return True
    made = next(
        (at for at, word in enumerate(words) if word in MAKING and (at == 0 or words[at - 1] not in TOLD)), None
    )
    return made is not None and not WORKS.isdisjoint(words[made + 1 : made + 6])
