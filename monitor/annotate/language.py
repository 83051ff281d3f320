"""A cheap guess at the language of a turn: the script, then the commonest small words. English is what is judged."""

from monitor.annotate.lexicon import ENGLISH, FOREIGN, Word
from monitor.annotate.small_words import JUDGED, LANGUAGES, SMALL
from monitor.annotate.tokens import Tokens

ENOUGH = 0.12
"""Share of small words of a language that settles it."""
SHORT = 3
"""Of up to so many words, half must be another language's: ``El Camino Real`` is a street."""
SAMPLE = 200
"""Words looked at."""

_SCRIPTS = (
    ("ru", 0x0400, 0x04FF),
    ("el", 0x0370, 0x03FF),
    ("he", 0x0590, 0x05FF),
    ("ar", 0x0600, 0x06FF),
    ("hi", 0x0900, 0x097F),
    ("th", 0x0E00, 0x0E7F),
    ("ja", 0x3040, 0x30FF),
    ("ko", 0xAC00, 0xD7AF),
    ("zh", 0x4E00, 0x9FFF),
)


def language_of(tokens: Tokens) -> str | None:
    """ISO 639-1 code of the likeliest language, or None where the words do not tell.

    >>> from monitor.annotate.tokens import tokenise
    >>> language_of(tokenise("Where is my order?")), language_of(tokenise("Wo ist meine Bestellung?"))
    ('en', 'de')
    """
    words = tokens.words[:SAMPLE]
    if not words:
        return None
    script = None if tokens.text.isascii() else _script(words)
    if script is not None:
        return script
    if _is_english(tokens.known[:SAMPLE]):
        return JUDGED
    counts = dict.fromkeys(SMALL, 0)
    for word in words:
        for language in LANGUAGES.get(word, ()):
            counts[language] += 1
    best = max(counts, key=lambda language: (counts[language], language == JUDGED))
    enough = len(words) / 2 if best != JUDGED and len(words) <= SHORT else ENOUGH * len(words)
    if counts[best] >= max(enough, 1):
        return best
    return JUDGED if _plain_latin(words) else None


def _is_english(words: tuple[Word, ...]) -> bool:
    """Whether no other language can have more small words."""
    english = sum([1 for word in words if word.kinds & ENGLISH])
    if not english or english < ENOUGH * len(words):
        return False
    return english >= sum([1 for word in words if word.kinds & FOREIGN])


def _plain_latin(words: tuple[str, ...]) -> bool:
    """No word tells: short turns and lists of nouns in bare ASCII letters pass as English."""
    return all(word.isascii() for word in words)


def _script(words: tuple[str, ...]) -> str | None:
    joined = "".join(words[:40])
    if joined.isascii():
        return None
    letters = [ord(letter) for letter in joined if letter.isalpha()]
    shares = {code: sum(first <= letter <= last for letter in letters) for code, first, last in _SCRIPTS}
    if shares["ja"]:
        shares["ja"] += shares["zh"]
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] * 2 > len(letters) else None
