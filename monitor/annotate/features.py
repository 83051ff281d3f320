"""Numbers of one turn that are watched over time: drift of a system shows here first."""

from collections.abc import Iterable, Mapping, Sized
from zlib import crc32

from monitor.annotate.lexicon import ASKS
from monitor.annotate.memo import Memo
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Fact
from monitor.core.interaction import Interaction
from monitor.core.system.profile import PARTS
from monitor.core.vocabulary import Role

SCORES = {"valence": "valence", "hedging": "hedging", "refusal": "refusal"}
"""Feature to the fact it takes its number from."""
LAYOUT = "\n*#`|<_"
"""Characters that lay a text out, rather than say something: lines, lists, headings, tables, tags."""
TOPICS = PARTS["topics"]
"""Groups that the words of a user are sorted into by their hash: a sketch of what is asked for, without the words."""
LONGEST_TOOL = 64
"""Characters kept of a tool's name."""
SELF = frozenset(("i", "i'm", "i'll", "i've", "i'd", "me", "my"))


def measured(role: Role, tokens: Tokens, claims: Sized, terms: Iterable[str]) -> dict[str, float]:
    """The numbers of the words alone: of the AI's how it speaks, of a user what is asked for."""
    if role is Role.ASSISTANT:
        return _style(tokens, len(claims))
    return _sketch(terms) if role is Role.USER else {}


def features_of(
    interaction: Interaction, tokens: Tokens, facts: Mapping[str, Fact], words: Mapping[str, float]
) -> dict[str, float]:
    """The numbers the turn has; a name that is missing was not there to be measured. ``words``: see :func:`measured`.

    ``length`` in words, ``questions`` in sentences, ``latency_ms`` in milliseconds, ``tool_error`` 0 or 1 (tool
    turns), ``tokens`` as the producer counted them, the scores of SCORES; of the AI's own turns also ``call`` 0 or 1
    (a tool call), ``tool.<name>`` 1 for the tool called and, in a hundred words, ``claims``, ``layout`` (characters of
    LAYOUT) and ``first_person``; of a user's turns ``topics.0`` and on, how many of their content words lie in a group.
    """
    found: dict[str, float] = {}
    if interaction.text:
        found["length"] = float(len(tokens.words))
        found["questions"] = float(_questions(tokens)) if tokens.kinds & ASKS else 0.0
    if interaction.role is Role.ASSISTANT:
        found["call"] = float(interaction.tool_call is not None)
        if interaction.tool_call is not None:
            found[f"tool.{interaction.tool_call.name[:LONGEST_TOOL]}"] = 1.0
    found.update(words)
    for name, fact in SCORES.items():
        if fact in facts:
            found[name] = facts[fact].score
    if interaction.latency_ms is not None:
        found["latency_ms"] = interaction.latency_ms
    if interaction.role is Role.TOOL and interaction.tool_call is not None:
        found["tool_error"] = float(interaction.tool_call.error is not None)
    if interaction.usage:
        found["tokens"] = _tokens(interaction.usage)
    return found


def _questions(tokens: Tokens) -> int:
    return sum(map(tokens.asks, range(len(tokens.sentences))))


def _style(tokens: Tokens, claims: int) -> dict[str, float]:
    """How the AI speaks, whatever it speaks of; nothing where it says no word."""
    if not tokens.words:
        return {}
    hundreds = len(tokens.words) / 100
    return {
        "claims": claims / hundreds,
        "layout": sum(map(tokens.text.count, LAYOUT)) / hundreds,
        "first_person": sum(map(SELF.__contains__, tokens.words)) / hundreds,
    }


def _sketch(terms: Iterable[str]) -> dict[str, float]:
    """How many content words lie in each group; groups without one are left out.

    >>> _sketch(("parcel", "late"))
    {'topics.0': 1.0, 'topics.5': 1.0}
    """
    found: dict[str, float] = {}
    for term in terms:
        name = _TOPIC[term]
        found[name] = found.get(name, 0.0) + 1.0
    return found


def _topic(term: str) -> str:
    return f"topics.{crc32(term.encode('utf-8', 'surrogatepass')) % TOPICS}"


_TOPIC = Memo(_topic, most=16_384)


def _tokens(usage: Mapping[str, float]) -> float:
    """Tokens in all: the producer's total, else what it counted in and out."""
    for name in ("total_tokens", "tokens"):
        if name in usage:
            return usage[name]
    return sum(number for name, number in usage.items() if name.endswith("tokens"))
