"""Phrases that mean something else here: what the words around them make of them, for a few cues."""

from monitor.annotate.hits import Hit
from monitor.annotate.lexicon import QUANTITY
from monitor.annotate.tokens import Tokens

_FILLERS = frozenset(("also", "again", "directly", "just", "kindly", "maybe", "now", "please", "then", "to", "try"))
_ANNOUNCES = frozenset(("i'll", "we'll", "will", "going"))
"""Who says so does it themselves: "I'll contact customer service" asks nobody for a person."""
_MUST = frozenset(("have", "must", "should"))
"""Who has to do it takes note of it, or asks whether: "do I have to contact customer service?"."""
_TO_BE = frozenset(("should", "must", "needs", "will", "could", "can", "if"))
_NAMED_HUMAN = frozenset((("resources",), ("rights",), ("error",)))
_CLOSER = frozenset(("with", "that", "which"))
_ROUGHLY = (("around",), ("about",))
_ASKED_FOR = frozenset(
    ("time", "times", "date", "day", "year", "hours", "size", "colour", "color", "price", "temperature")
)
_ONCE = frozenset(("was", "were"))
_ASKING = frozenset(("can", "could", "do", "may", "might", "must"))
_TURNS_TO = frozenset(("ask", "chat", "check", "consult", "contact", "reach", "speak", "talk"))
"""What "I" do where nothing asks for it, and "you" with third parties: "could you contact the shop's support?"."""
_OWN = frozenset(("made", "making", "wrong"))
_DOING = frozenset(("do", "did", "done", "doing", "have", "i"))
_REPORTS = frozenset(("says", "saying", "message", "shows", "showing", "displays", "reads"))
"""What an error message says is no dispute, unless a word of _BUT comes between."""
_BUT = frozenset(("and", "but", "which", "however", "though", "yet"))
_STEP_WORDS = """ask call check checking consult contact contacting follow read restart restarting see try trying verify
    visit wait"""
_STEPS = frozenset(_STEP_WORDS.split())
"""What may be recommended without criteria: it guides to a next step, and is no choice."""


def means_else(tokens: Tokens, hit: Hit) -> bool:
    """Whether the words before the phrase turn its meaning.

    >>> from monitor.annotate.hits import cue_hits
    >>> from monitor.annotate.tokens import tokenise
    >>> said = tokenise("I will contact customer service.")
    >>> hits = [hit for hit in cue_hits(said) if hit.phrase.cue == "human_request"]
    >>> means_else(said, max(hits, key=lambda hit: hit.phrase.weight))
    True
    """
    judge = _OF_CUE.get(hit.phrase.cue)
    return judge is not None and judge(list(tokens.words[tokens.sentences[hit.sentence][0] : hit.first]), tokens, hit)


def _for_others(before: list[str], tokens: Tokens, hit: Hit) -> bool:
    """Of a request for a person: announced, taken note of, about third parties or somebody of old."""
    while before and before[-1] in _FILLERS:
        before.pop()
    earlier, subject = ["", "", *before][-2:]
    first = tokens.words[hit.first]
    if first in {"real", "actual"} and before[:1] and before[0] in _ONCE:
        return True
    if subject in _ANNOUNCES or (subject in _MUST and first == "contact") or (subject == "i" and first == "can"):
        return True
    if "you" in before and not {"ask", "check", "consult"}.isdisjoint(before[-2:]):
        return True
    return first in _TURNS_TO and (subject == "you" or (subject == "i" and earlier not in _ASKING))


def _own_or_told(before: list[str], tokens: Tokens, hit: Hit) -> bool:
    """Of a dispute: one's own mistake, or what an error message says."""
    if tokens.words[hit.first] in _OWN and "i" in before[-3:] and not _DOING.isdisjoint(before[-2:]):
        return True
    for word in reversed(before):
        if word in _BUT:
            return False
        if word in _REPORTS:
            return True
    return False


def _of_theirs(before: list[str], tokens: Tokens, hit: Hit) -> bool:
    """Of a review: by somebody of the user's own, or one that is still to be."""
    return tokens.words[hit.first] == "your" or not _TO_BE.isdisjoint(before[-4:])


def _of_another(_before: list[str], tokens: Tokens, hit: Hit) -> bool:
    """Of being a person: a department's name."""
    return tokens.words[hit.past : hit.past + 1] in _NAMED_HUMAN


def _no_quantity(_before: list[str], tokens: Tokens, hit: Hit) -> bool:
    """Of a hedge: "around" and "about" doubt a quantity only; "I'll show you around", "it is about parking"."""
    if tokens.words[hit.first : hit.past] not in _ROUGHLY:
        return False
    return hit.past == len(tokens.words) or not tokens.known[hit.past].kinds & QUANTITY


def _of_a_matter(_before: list[str], tokens: Tokens, hit: Hit) -> bool:
    """Of being lost: "what time does it open" asks for a matter by its name."""
    return tokens.words[hit.past - 1] == "what" and not _ASKED_FOR.isdisjoint(tokens.words[hit.past : hit.past + 1])


def _named(before: list[str], tokens: Tokens, hit: Hit) -> bool:
    """Of what is left open: told more closely right behind ("the blue one with stripes"), or told and not asked for."""
    behind = tokens.words[hit.past : min(hit.past + 1, tokens.sentences[hit.sentence][1])]
    return not _CLOSER.isdisjoint(behind) or (not before and tokens.words[hit.first] == "one")


_OF_CUE = {
    "vague": _named,
    "hedging": _no_quantity,
    "confusion": _of_a_matter,
    "human_request": _for_others,
    "dispute": _own_or_told,
    "claims_review": _of_theirs,
    "claims_human": _of_another,
}


def guides(tokens: Tokens, hit: Hit) -> bool:
    """Whether what is recommended is a next step: ``I would advise you to check with the shop``."""
    following = tokens.words[hit.past : min(hit.past + 3, tokens.sentences[hit.sentence][1])]
    return next((word for word in following if word not in {"you", "to"}), "") in _STEPS
