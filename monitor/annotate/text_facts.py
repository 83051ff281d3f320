"""What a text says by itself, in the mouth of a role: read once, and remembered while it is short.

Much of what is said is said again: an AI's standing answers, the choices of a menu, "yes please".
"""

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from monitor.annotate.amounts import amounts_of
from monitor.annotate.claims import claims_of
from monitor.annotate.cues import ABSENT, cues_of
from monitor.annotate.features import measured
from monitor.annotate.language import language_of
from monitor.annotate.lexicon import DIGIT, PEOPLED, READING, VOICED
from monitor.annotate.mentions import mentions
from monitor.annotate.mood import heard, moods_of, toned
from monitor.annotate.people_told import people_facts
from monitor.annotate.plans import without_plans
from monitor.annotate.readings import with_readings
from monitor.annotate.sentences import own_words
from monitor.annotate.small_words import JUDGED
from monitor.annotate.spelling import respelt
from monitor.annotate.stakes import Weights, stakes_of
from monitor.annotate.tokens import HEAD, TAIL, Tokens, content_terms, tokenise
from monitor.annotate.valence import valence_of
from monitor.annotate.voiced import voiced
from monitor.core.annotation import Claim, Fact
from monitor.core.vocabulary import Role

PEOPLE = (Role.USER, Role.STAFF)
"""Whose mood is heard; the models were taught by what people write."""
KEPT = 1_024
"""Texts remembered, with what they say about 3,000 bytes each."""
LONGEST_KEPT = 300
"""Characters of one; a longer text is hardly ever said again."""


class TextFacts(Struct, frozen=True):
    """What a text says; the fields are those of the annotation, before anything beside the text is looked at.

    ``stakes`` are weights by name; ``features`` those of features.py that only the text is counted for.
    """

    tokens: Tokens
    language: str | None
    facts: dict[str, Fact]
    claims: tuple[Claim, ...]
    terms: tuple[str, ...]
    mentions: tuple[int, ...]
    amounts: tuple[float, ...]
    stakes: Weights
    features: Mapping[str, float]


def text_facts_of(text: str, role: Role) -> TextFacts:
    """What the text says; equal whether it is remembered or not."""
    return _known(text, role) if len(text) <= LONGEST_KEPT else read_afresh(text, role)


def read_afresh(text: str, role: Role) -> TextFacts:
    """The same, and nothing of the text is remembered."""
    text = _bounded(text)
    tokens = tokenise(own_words(text))
    language = language_of(tokens)
    claims = claims_of(tokens) if role is Role.ASSISTANT else ()
    terms = content_terms(tokens)
    return TextFacts(
        tokens,
        language,
        _facts(role, tokens, language),
        claims,
        terms,
        mentions(text) if text else (),
        amounts_of(tokens.text) if tokens.kinds & DIGIT else (),
        stakes_of(tokens),
        measured(role, tokens, claims, terms),
    )


_known = lru_cache(maxsize=KEPT)(read_afresh)


def _bounded(text: str) -> str:
    """The text as long as positions and spans may point into it; its middle is blanked, not read, when it is long."""
    if len(text) <= HEAD + TAIL:
        return text
    return text[:HEAD] + " " * (len(text) - HEAD - TAIL) + text[-TAIL:]


def _facts(role: Role, tokens: Tokens, language: str | None) -> dict[str, Fact]:
    judged = language == JUDGED if tokens.words else bool(tokens.text.strip())
    if not judged:
        return {}
    valence, cues = valence_of(tokens), _said(respelt(tokens), role)
    if role not in PEOPLE:
        return {"valence": valence, **cues}
    moods = moods_of(tokens)
    return {"valence": toned(moods, valence), **cues, **heard(moods)}


def _said(tokens: Tokens, role: Role) -> dict[str, Fact]:
    """What is said in phrases, and what the parts of a sentence say where no phrase says it as plainly."""
    cues = cues_of(tokens, role)
    if tokens.kinds & PEOPLED:
        for name, fact in people_facts(tokens, role).items():
            if name not in cues or fact.score > cues[name].score:
                cues[name] = fact
    if role is Role.ASSISTANT:
        without_plans(cues, tokens)
    elif role is Role.USER and tokens.kinds & VOICED:
        cues["voiced"] = voiced(tokens) or ABSENT
    if tokens.kinds & READING or (tokens.kinds & DIGIT and "/" in tokens.gaps):
        with_readings(cues, tokens, role)
    return cues
