"""What the user asks for, held against the policy: a forbidden tool, a subject, a sum, an exception."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence
from monitor.core.policy.model import Limit, SystemPolicy
from monitor.core.signals.base import MAX_TOLD, NOT_JUDGED, Context, Score
from monitor.core.signals.calls import names, split_name
from monitor.core.signals.combine import clamp, noisy_or, parameter, repeated
from monitor.core.signals.cue import Nothing, cited, level, level_or_zero
from monitor.core.signals.role import EVERYTHING, Outside, subjects
from monitor.core.vocabulary import Role
from monitor.core.words import STOP_WORDS, fold

NEGATIONS = frozenset(("don't", "dont", "not", "never", "without"))
SAID = 0.1
"""What it adds to a tool's words that the sum is said as well: a figure above a limit is no likeness of words."""


class BeyondPolicy:
    """The user asks for what the policy keeps from the AI, or for an exception to the rules.

    A request says nothing bad of who makes it: it says that the answer needs a person's judgement. One word of a
    subject that is left alone is chance, unless something is asked about it.
    """

    name = "beyond_policy"
    roles = (Role.USER,)
    State: type[Struct] = Nothing
    word = 0.5
    """What one word of a subject counts; two make 0.75. A phrase of several words counts as two."""
    asks = 0.5
    """What a question about it adds."""
    named = 0.8
    """What it counts to ask for what a forbidden tool does: the tool's words are the user's."""
    topic = 0.9
    """What a declared intent outside the topics counts."""

    def update(self, _state: Nothing, turn: Annotation, context: Context) -> Score:
        """Judge a user's turn."""
        found = level(turn, "exception")
        if turn.role is not Role.USER or (found is None and turn.intent is None):
            return NOT_JUDGED
        outside = [each for each in self._outside(turn, context) if each.value > (found or 0.0)]
        if not outside:
            return Score(found, evidence=cited(turn, context.turn, "exception"))
        value = max(each.value for each in outside)
        main = [each for each in outside if each.value == value][:MAX_TOLD]
        return Score(
            value,
            evidence=tuple(each.evidence for each in main),
            told="; ".join(each.told for each in main),
            unless=" and ".join(each.unless for each in main),
        )

    def _outside(self, turn: Annotation, context: Context) -> Iterator[Outside]:
        policy = context.policy
        if turn.intent and policy.role.topics != EVERYTHING and not names(turn.intent, policy.role.topics):
            value = parameter(context, self, "topic")
            told = "the user asks for something outside the topics it serves"
            yield Outside(value, told, "the request had been one of its topics", Evidence(context.turn, path="intent"))
        word = parameter(context, self, "word")
        asked = parameter(context, self, "asks") * level_or_zero(turn, "question")
        for subject, hits, pointer in subjects(policy.role, turn, context.turn):
            told, unless = f"the user asks about {subject}, which is left alone", f"it had not been about {subject}"
            yield Outside(noisy_or(1.0 - repeated(1.0 - word, hits), asked), told, unless, pointer)
        yield from self._tools(turn, context, policy)

    def _tools(self, turn: Annotation, context: Context, policy: SystemPolicy) -> Iterator[Outside]:
        named = parameter(context, self, "named")
        for glob in policy.tools.forbidden:
            if _asks_for(_matter(glob), turn.terms):
                told = f"the user asks for what {glob} does, which is forbidden"
                yield Outside(named, told, "nothing forbidden had been asked for", Evidence(context.turn, cue=glob))
        highest = max(turn.amounts, default=0.0)
        for limit in policy.tools.limits if highest else ():
            if limit.max is not None and highest > limit.max and _about(limit, turn.terms):
                told = f"the user asks for more than {limit.max:g}: {limit.text}"
                yield Outside(clamp(named + SAID), told, f"at most {limit.max:g}", Evidence(context.turn, cue=limit.id))


@lru_cache(maxsize=512)
def _matter(glob: str) -> tuple[str, ...]:
    """The folded words of a tool's glob.

    >>> _matter("delete_*"), _matter("*wipe_disk*")
    (('delet',), ('wip', 'disk'))
    """
    return tuple(fold(word) for word in split_name(glob) if word not in STOP_WORDS)


def _asks_for(words: tuple[str, ...], terms: tuple[str, ...]) -> bool:
    """Whether all the words are said, and the first of them is not right behind a negation."""
    if not words or not set(words) <= set(terms):
        return False
    at = terms.index(words[0])
    return at == 0 or terms[at - 1] not in NEGATIONS


def _about(limit: Limit, terms: Iterable[str]) -> bool:
    """Whether the turn is about a limit's tools: it says a word of their names, or they are all tools."""
    said = set(terms)
    return any(not _matter(glob) or not said.isdisjoint(_matter(glob)) for glob in limit.tools)
