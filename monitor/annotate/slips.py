"""Slips of the fingers in the words that phrases are made of: two letters inside a word that changed places.

Only that slip is undone, and only where what was written is no word: every other correction (a letter too few or too
many) makes real words into others. Nothing is guessed: the slips of all these words are one table (``spelling.py``
undoes them).
"""

from collections.abc import Mapping
from functools import lru_cache

from monitor.annotate.mood_table import table
from monitor.annotate.phrases import forms, rows
from monitor.annotate.valence_words import lexicon
from monitor.core.words import STOP_WORDS

SHORTEST = 5
"""Letters of a word of which slips are known: of shorter ones most are words themselves."""
_WORDS = """angle angel baldy betas board brian broad brake break brunt burnt calm clam carlo carol casual casualty
    causal clot colt crust curst dairy diary entre exits fiend fiends fined fires flier flies filer fired
    fried fries froth forth forward froward grid gird marital martial prefect perfect quiet quite sacred
    scared silt silver singe singed singer sings signs signer slit sliver spilt split stain satin there
    three threes tiers tires tired tried tries trail trails trial trials unite united unites untie untied
    unties invents weird wired"""
_REAL = frozenset(_WORDS.split()) | STOP_WORDS
"""Words that are another one with two letters in other places."""


@lru_cache(maxsize=1)
def slips() -> Mapping[str, str]:
    """What was written -> what was meant, where only one word of the phrases can be meant."""
    meant = {
        word
        for _, _, text in rows("cues")
        for element in text.split()
        for form in forms(element)
        for word in form.split()
        if len(word) >= SHORTEST and word.replace("'", "").isalpha()
    }
    found: dict[str, str] = {}
    doubtful: set[str] = set()
    for word in sorted(meant):
        for index in range(1, len(word) - 1):
            slip = f"{word[:index]}{word[index + 1]}{word[index]}{word[index + 2 :]}"
            if slip != word and found.setdefault(slip, word) != word:
                doubtful.add(slip)
    real = table().grams.keys() | lexicon().keys() | _REAL | meant | doubtful
    return {slip: word for slip, word in found.items() if slip not in real}
