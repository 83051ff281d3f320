"""What single words and signs are worth for the valence of a turn: the lexicon, negations, words of degree.

The lexicon is VADER's (Hutto & Gilbert 2014), ``models/valence.tsv``; what ``valence.py`` makes of it stands there.
"""

from functools import cache
from importlib import resources

BOOST = 0.293
_NEGATORS = """not no never none nobody nothing nowhere neither nor without hardly barely rarely seldom cannot cant dont
    didnt doesnt isnt wasnt wont wouldnt couldnt shouldnt arent werent havent hasnt hadnt aint despite"""
NEGATORS = frozenset(_NEGATORS.split())
"""With every word that ends in ``n't``: what turns what follows into its opposite."""
_MORE = """absolutely amazingly awfully completely considerably decidedly deeply enormously entirely especially
    exceptionally extremely fully greatly highly hugely incredibly intensely majorly more most particularly purely quite
    really remarkably so such super thoroughly totally tremendously truly unbelievably utterly very way"""
_LESS = "almost barely kinda less little marginally occasionally partly scarcely slightly somewhat sorta"
STRENGTH = dict.fromkeys(_MORE.split(), BOOST) | dict.fromkeys(_LESS.split(), -BOOST)
CONTRAST = frozenset(("but", "however", "although", "though"))
_COURTESY = frozenset(("please", "help", "want", "like", "ok", "okay", "sure", "yes", "well", "hope", "wish"))
_AMBIGUOUS = frozenset(("hand", "kind", "god"))
"""Rated for a sense ("a kind man") that is the rarer one in talk."""
_ADDED = {
    "whoa": 1.5, "ooh": 1.2, "yay": 2.5, "aww": 1.5, "congratulations": 2.9,
    "ugh": -1.8, "eww": -2.0, "ew": -2.0, "shut": -1.0, "stole": -2.2, "sorry": -0.9,
}  # fmt: skip
"""Interjections and plain words that the lexicon lacks or rates otherwise; ours, not VADER's."""
_GLAD = "😀😁😂😃😄😅😆😉😊😋😍😎😘🙂🤗🤩🥰👍👏🙏💪🎉❤💚💙💜✨🥳😇"
_SORRY = "😒😓😔😕😖😞😟😠😡😢😣😤😥😦😧😨😩😫😭😰😱🙁☹🤬👎💔🤮🤢😾"
EMOJI = dict.fromkeys(_GLAD, 2.0) | dict.fromkeys(_SORRY, -2.0)


@cache
def lexicon() -> dict[str, float]:
    """Word or emoticon to valence, -4 to 4, without words that in a talk are rather courtesy or grammar."""
    text = resources.files("monitor.annotate").joinpath("models/valence.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("# ") and line)
    left_out = _COURTESY | _AMBIGUOUS
    return {word: float(value) for word, value in rows if word not in left_out} | _ADDED


def rating_of(word: str) -> float | None:
    """The valence of a word, -4 to 4; None for a word that has none of its own.

    >>> rating_of("great"), rating_of("very"), rating_of("no")
    (3.1, None, None)
    """
    return None if word in STRENGTH or word == "no" else lexicon().get(word)


def mark_value(mark: str) -> float | None:
    """The valence of an emoji or emoticon; None for other signs.

    >>> mark_value(":-)"), mark_value("...")
    (1.3, None)
    """
    return EMOJI.get(mark[0]) or (lexicon().get(mark) if len(mark) > 1 else None)
