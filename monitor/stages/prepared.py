"""A batch of interactions before anything is decided: decoded and annotated, without any state."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.annotate import annotate_batch
from monitor.annotate.scorer import Scorer
from monitor.core.annotation import Annotation
from monitor.core.errors import InvalidRecord
from monitor.core.interaction import Interaction
from monitor.ingest import IngestOptions, Record, decode
from monitor.stages.unforeseen import FATAL, unforeseen

Decoded = tuple[Record, Interaction]
Rejected = list[tuple[Record, InvalidRecord]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch after decoding and annotating; nothing is decided yet."""

    turns: tuple[tuple[Record, Annotation], ...]
    rejected: tuple[tuple[Record, InvalidRecord], ...]
    systems: frozenset[str]
    interactions: tuple[Interaction, ...] = ()
    """The decoded turns behind ``turns``, for reports; deciding does not need them."""


def prepare(records: Sequence[Record], options: IngestOptions, scorer: Scorer | None = None) -> Prepared:
    """Decode and annotate a batch. What does not decode, or what our code fails on, is rejected; the rest goes on."""
    decoded: list[Decoded] = []
    rejected: Rejected = []
    for record in records:
        try:
            decoded.append((record, decode(record, options)))
        except InvalidRecord as error:
            rejected.append((record, error))
        except FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - see unforeseen.py
            rejected.append((record, unforeseen(error)))
    read = _annotated(decoded, rejected, scorer)
    return Prepared(
        turns=tuple((record, turn) for record, _, turn in read),
        rejected=tuple(rejected),
        systems=frozenset(turn.system_id for _, _, turn in read),
        interactions=tuple(interaction for _, interaction, _ in read),
    )


def _annotated(
    decoded: Sequence[Decoded], rejected: Rejected, scorer: Scorer | None
) -> list[tuple[Record, Interaction, Annotation]]:
    """Annotate all at once, or one by one where our code fails on one of them: that one joins ``rejected``."""
    try:
        annotations = annotate_batch([interaction for _, interaction in decoded], scorer)
        return [(*each, annotation) for each, annotation in zip(decoded, annotations, strict=True)]
    except FATAL:
        raise
    except Exception as error:  # noqa: BLE001 - see unforeseen.py
        if len(decoded) == 1:
            rejected.append((decoded[0][0], unforeseen(error)))
            return []
        return [one for each in decoded for one in _annotated([each], rejected, scorer)]
