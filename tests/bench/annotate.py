"""What each part of an annotation costs, by itself: over turns whose texts are not remembered from an earlier one.

A part's cost is spread over all turns, also those that have nothing for it. The parts are called one after the other
on what the whole had made; together they are less than the whole, which also builds the annotation. Words are known
from a first look at all turns, texts and sources are forgotten before each part.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from monitor.annotate import annotator, embedded, instruction, passages, records, text_facts
from monitor.annotate.claims import claims_of
from monitor.annotate.cues import cues_of
from monitor.annotate.features import features_of, measured
from monitor.annotate.language import language_of
from monitor.annotate.mentions import mentions
from monitor.annotate.mood import moods_of, toned
from monitor.annotate.sentences import own_words
from monitor.annotate.spelling import respelt
from monitor.annotate.stakes import stakes_of
from monitor.annotate.text_facts import PEOPLE, TextFacts, read_afresh
from monitor.annotate.tokens import content_terms, tokenise
from monitor.annotate.valence import valence_of
from monitor.core.interaction import Interaction
from monitor.core.vocabulary import Role
from monitor.evaluate.labelled import SESSIONS, opened
from monitor.ingest import IngestOptions, Record, decode
from tests.bench.typical import records_of

MOST = 500
"""Turns of the demo, or of each labelled file."""
DEFAULT = IngestOptions()

REMEMBERED = (
    text_facts._known,
    passages._passage,
    passages._bundle,
    records.record_of,
    records._table,
    instruction.passages,
    embedded.requests_in,
)
"""What is remembered of texts, other than of their words."""


class Sample(NamedTuple):
    """A turn and what its text says."""

    turn: Interaction
    read: TextFacts


def _values(sample: Sample) -> object:
    return annotator._instruction(sample.turn, annotator._values(sample.turn))


def _sources(sample: Sample) -> object:
    return sample.turn.sources and (
        annotator._claims(sample.turn, sample.read, None),
        annotator._table(sample.turn),
    )


def _rest(sample: Sample) -> object:
    turn, read = sample
    terms = content_terms(read.tokens)
    return features_of(turn, read.tokens, read.facts, measured(turn.role, read.tokens, read.claims, terms))


PARTS: dict[str, Callable[[Sample], object]] = {
    "turn": lambda sample: annotator.annotate(sample.turn),
    "tokens": lambda sample: tokenise(own_words(sample.turn.text)),
    "language": lambda sample: language_of(sample.read.tokens),
    "cues": lambda sample: sample.read.facts and cues_of(respelt(sample.read.tokens), sample.turn.role),
    "valence": lambda sample: sample.read.facts and valence_of(sample.read.tokens),
    "mood": lambda sample: (
        sample.turn.role in PEOPLE
        and sample.read.facts
        and toned(moods_of(sample.read.tokens), sample.read.facts["valence"])
    ),
    "claims": lambda sample: sample.turn.role is Role.ASSISTANT and claims_of(sample.read.tokens),
    "sources": _sources,
    "mentions": lambda sample: mentions(sample.turn.text),
    "values": _values,
    "stakes": lambda sample: stakes_of(sample.read.tokens),
    "rest": _rest,
}
"""Part -> what is called for it; the whole turn first."""


def decoded(records: Iterable[Record], options: IngestOptions = DEFAULT) -> list[Interaction]:
    """The first turns as annotating sees them."""
    return [decode(record, options) for record in islice(records, MOST)]


def real(paths: Sequence[Path]) -> list[Interaction]:
    """The first turns of labelled files."""
    files = [file for file in map(opened, paths) if file.form == SESSIONS]
    return [turn for file in files for turn in decoded(records_of(file), IngestOptions(default_system=file.data))]


def measure(turns: Sequence[Interaction]) -> dict[str, float]:
    """One run over all turns: row id -> us of CPU time per turn."""
    samples = [Sample(turn, read_afresh(turn.text, turn.role)) for turn in turns]
    empty = _cost(lambda _: None, samples)
    found = {f"annotate.{name}": _cost(part, samples) - empty for name, part in PARTS.items()}
    found["annotate.again"] = _cost(PARTS["turn"], samples, forget=False) - empty
    return found


def _cost(part: Callable[[Sample], object], samples: Sequence[Sample], *, forget: bool = True) -> float:
    seconds = 0.0
    for sample in samples:
        if forget:
            for cache in REMEMBERED:
                cache.cache_clear()
        else:
            part(sample)
        began = time.process_time()
        part(sample)
        seconds += time.process_time() - began
    return 1e6 * seconds / len(samples)
