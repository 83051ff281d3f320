"""How good or bad a turn sounds, from a lexicon of rated words: negation, intensity, contrast, capitals, emoticons.

The method is VADER's (Hutto & Gilbert 2014), over tokens; the lexicon is ``models/valence.tsv``.
"""

from functools import cache
from importlib import resources
from math import sqrt

from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Fact, Span

NEGATION_SCALE = -0.74
BOOST = 0.293
CAPS = 0.733
EXCLAMATION = 0.292
NORMAL = 15.0
"""Sum of squares at which a sum of valences reads half: the larger, the more words it takes."""
REACH = 3
"""Words before a rated word that can negate or strengthen it."""
MAX_SPANS = 8
LEAD = 32
"""Characters before the first word that are read for emoticons."""

_NEGATORS = """not no never none nobody nothing nowhere neither nor without hardly barely rarely seldom cannot cant dont
    didnt doesnt isnt wasnt wont wouldnt couldnt shouldnt arent werent havent hasnt hadnt aint despite"""
NEGATORS = frozenset(_NEGATORS.split())
_MORE = """absolutely amazingly awfully completely considerably decidedly deeply enormously entirely especially
    exceptionally extremely fully greatly highly hugely incredibly intensely majorly more most particularly purely quite
    really remarkably so such super thoroughly totally tremendously truly unbelievably utterly very way"""
_LESS = "almost barely kinda less little marginally occasionally partly scarcely slightly somewhat sorta"
_STRENGTH = dict.fromkeys(_MORE.split(), BOOST) | dict.fromkeys(_LESS.split(), -BOOST)
_CONTRAST = frozenset(("but", "however", "although", "though"))
_FADE = (1.0, 0.95, 0.9)


REFUSED = -1.3
"""What a negation is worth that turns no rated word: "it does not work", "I cannot". Ours, not VADER's: on talk it
tells more about discontent than most rated words do."""
MAX_REFUSED = 3
_COURTESY = frozenset(("please", "help", "want", "like", "ok", "okay", "sure", "yes", "well", "hope", "wish"))
_AMBIGUOUS = frozenset(("hand", "kind", "god"))
"""Rated for a sense ("a kind man") that is the rarer one in talk."""
_ADDED = {
    "whoa": 1.5, "ooh": 1.2, "yay": 2.5, "aww": 1.5, "congratulations": 2.9,
    "ugh": -1.8, "eww": -2.0, "ew": -2.0, "shut": -1.0, "stole": -2.2, "sorry": -0.9,
}  # fmt: skip
"""Interjections and plain words that the lexicon lacks or rates otherwise; ours, not VADER's."""
OUTCRY = -1.8
"""What a question that is also an outcry ("what?!") is worth."""


def negates(word: str) -> bool:
    """Whether the word turns what follows into its opposite.

    >>> negates("don't"), negates("note")
    (True, False)
    """
    return word in NEGATORS or word.endswith("n't")


@cache
def lexicon() -> dict[str, float]:
    """Word or emoticon to valence, -4 to 4, without words that in a talk are rather courtesy or grammar."""
    text = resources.files("monitor.annotate").joinpath("models/valence.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("# ") and line)
    left_out = _COURTESY | _AMBIGUOUS
    return {word: float(value) for word, value in rows if word not in left_out} | _ADDED


def valence_of(tokens: Tokens) -> Fact:
    """The valence of the whole text in [-1, 1]: above 1/3 reads positive, below -1/3 negative.

    >>> from monitor.annotate.tokens import tokenise
    >>> valence_of(tokenise("This is great, thank you!")).score > 1 / 3
    True
    >>> valence_of(tokenise("This is not good and I am angry.")).score < -1 / 3
    True
    """
    words = _rated_words(tokens)
    rated = [*words, *_refused(tokens, {index for index, _ in words}), *_rated_marks(tokens), *_outcries(tokens)]
    if not rated:
        return Fact(0.0)
    values = _weighed(tokens, rated)
    total = sum(values)
    shouts = min(3, tokens.text[: tokens.ends[-1] + 8].count("!") if tokens.ends else 0)
    total += EXCLAMATION * shouts * (1 if total > 0 else -1 if total < 0 else 0)
    score = total / sqrt(total * total + NORMAL)
    return Fact(round(max(-1.0, min(1.0, score)), 4), _spans(tokens, rated, values))


def _rated_words(tokens: Tokens) -> list[tuple[int, float]]:
    known, words = lexicon(), tokens.words
    caps = frozenset(tokens.caps) if len(tokens.caps) < len(words) else frozenset()
    rated = []
    for index, word in enumerate(words):
        value = known.get(word)
        if value is None or word in _STRENGTH or word == "no":
            continue
        if index in caps:
            value += CAPS if value > 0 else -CAPS
        rated.append((index, _in_context(tokens, index, value)))
    return rated


def _in_context(tokens: Tokens, index: int, value: float) -> float:
    """The rated word as the up to three words before it, in the same clause, leave it."""
    negated = False
    for back in range(1, REACH + 1):
        at = index - back
        if at < 0 or tokens.gaps[at] not in (" ", "-", ""):
            break
        word = tokens.words[at]
        strength = _STRENGTH.get(word)
        if strength is not None:
            value += strength * _FADE[back - 1] * (1 if value > 0 else -1)
        negated = negated or (negates(word) and (word != "no" or back == 1))
    return value * NEGATION_SCALE if negated else value


def _refused(tokens: Tokens, rated: set[int]) -> list[tuple[int, float]]:
    """Negations with no rated word behind them."""
    at = [
        index
        for index, word in enumerate(tokens.words)
        if negates(word) and word != "without" and rated.isdisjoint(range(index + 1, index + 1 + REACH))
    ]
    return [(index, REFUSED) for index in at[:MAX_REFUSED]]


def _rated_marks(tokens: Tokens) -> list[tuple[int, float]]:
    """Emoticons and emoji, which stand in the gaps between words, by the index of the word before."""
    known, rated = lexicon(), []
    lead = tokens.text[: tokens.starts[0] if tokens.starts else LEAD][:LEAD]
    for index, gap in enumerate((lead, *tokens.gaps), start=-1):
        if len(gap) < 2 and (not gap or gap.isascii()):
            continue
        for mark in gap.split():
            value = _EMOJI.get(mark[0]) or (known.get(mark) if len(mark) > 1 else None)
            if value is not None:
                rated.append((index, value))
    return rated


def _outcries(tokens: Tokens) -> list[tuple[int, float]]:
    """Where a question mark and an exclamation mark stand together, once."""
    found = (index for index, gap in enumerate(tokens.gaps) if "?" in gap and "!" in gap)
    return [(index, OUTCRY) for index in found][:1]


def _weighed(tokens: Tokens, rated: list[tuple[int, float]]) -> list[float]:
    """After a ``but`` the first part counts half, the second half more."""
    turn = next((i for i, word in enumerate(tokens.words) if word in _CONTRAST), None)
    if turn is None:
        return [value for _, value in rated]
    return [value * (0.5 if index < turn else 1.5) for index, value in rated]


def _spans(tokens: Tokens, rated: list[tuple[int, float]], values: list[float]) -> tuple[Span, ...]:
    strongest = sorted(range(len(rated)), key=lambda i: -abs(values[i]))[:MAX_SPANS]
    indices = sorted({max(0, rated[i][0]) for i in strongest}) if tokens.words else []
    return tuple(Span(tokens.starts[i], tokens.ends[i], "valence") for i in indices)


_GLAD = "😀😁😂😃😄😅😆😉😊😋😍😎😘🙂🤗🤩🥰👍👏🙏💪🎉❤💚💙💜✨🥳😇"
_SORRY = "😒😓😔😕😖😞😟😠😡😢😣😤😥😦😧😨😩😫😭😰😱🙁☹🤬👎💔🤮🤢😾"
_EMOJI = dict.fromkeys(_GLAD, 2.0) | dict.fromkeys(_SORRY, -2.0)
