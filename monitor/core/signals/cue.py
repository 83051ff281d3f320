"""From a fact of a turn to a score with evidence: what nearly every signal begins with."""

from msgspec import Struct

from monitor.core.annotation import Annotation, Fact
from monitor.core.events import Evidence
from monitor.core.signals.combine import clamp

MAX_SPANS = 3
"""Spans shown per fact: a person looks at the first ones."""


class Nothing(Struct):
    """The state of a signal that looks at one turn only."""


def level(turn: Annotation, fact: str) -> float | None:
    """A fact's score in [0, 1], or None where the turn could not be looked at for it."""
    found = turn.facts.get(fact)
    if found is None:
        return None
    return clamp(found.score) if found.score else 0.0  # nearly all are 0


def level_or_zero(turn: Annotation, fact: str) -> float:
    """A fact's score, 0 where it is not known: for facts that only lift another."""
    found = turn.facts.get(fact)
    return clamp(found.score) if found is not None and found.score else 0.0


def spans(index: int, fact: Fact | None) -> tuple[Evidence, ...]:
    """Pointers to where a fact was found in this turn; none where it was not.

    Args:
        index: the turn's index in the session.
        fact: the fact, or None.
    """
    if fact is None or fact.score == 0.0:
        return ()
    found = fact.spans if len(fact.spans) <= MAX_SPANS else fact.spans[:MAX_SPANS]
    if not found:
        return (Evidence(index, score=fact.score),)
    return tuple([Evidence(index, cue=span.cue, start=span.start, end=span.end, score=fact.score) for span in found])


def cited(turn: Annotation, index: int, *facts: str) -> tuple[Evidence, ...]:
    """The spans of several facts of one turn, in the order given."""
    found: tuple[Evidence, ...] = ()
    for name in facts:
        fact = turn.facts.get(name)
        if fact is not None and fact.score:
            found += spans(index, fact)
    return found
