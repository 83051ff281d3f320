"""What people sent, and what was refused: nothing of it may get lost on the way, and nothing may be refused twice over.

Every review and command is in the system stage's log or a dead letter; every dead letter is one that a fold refuses.
"""

from collections.abc import Iterator

from monitor.core.channels import COMMANDS, DEAD_LETTERS, OBSERVATIONS, REVIEWS
from monitor.core.errors import InvalidRecord
from monitor.core.log import Observation, Tick
from monitor.ingest import Record
from monitor.stages.decision import Decisions
from monitor.stages.log_entry import read_entry
from monitor.worker.relay import KINDS, parse
from tests.integration.site import Site

Place = tuple[str, int, int]
Refused = set[tuple[Place, str]]
"""Where a record lies that was refused, and the code."""


def place_of(record: Record) -> Place:
    return record.at.topic, record.at.partition, record.at.offset


def refused_in(decisions: Decisions) -> Refused:
    """What a batch refused."""
    return {(place_of(record), str(error.code)) for record, error in decisions.rejected}


def refused_by_relay(site: Site) -> Refused:
    """What the relay must refuse of what people sent."""
    found: Refused = set()
    for address, kind in KINDS.items():
        for record in site.records(address):
            try:
                parse(record, kind)
            except InvalidRecord as error:
                found.add((place_of(record), str(error.code)))
    return found


def dead_letters(site: Site) -> Refused:
    """The dead letters, each once."""
    found: Refused = set()
    for record in site.records(DEAD_LETTERS):
        headers = {name: value.decode() for name, value in record.headers}
        at = (f"dlq.original.{name}" for name in ("topic", "partition", "offset"))
        topic, partition, offset = (headers[name] for name in at)
        found.add(((topic, int(partition), int(offset)), headers["dlq.error.code"]))
    return found


def unrelayed(site: Site) -> set[Place]:
    """What people sent that is neither in the log nor a dead letter yet."""
    sent = {place_of(record) for address in (REVIEWS, COMMANDS) for record in site.records(address)}
    if not sent:
        return sent
    return sent - set(_relayed(site)) - {place for place, _ in dead_letters(site)}


def _relayed(site: Site) -> Iterator[Place]:
    for record in site.records(OBSERVATIONS):
        entry = read_entry(record)
        if not isinstance(entry, Observation | Tick) and entry.source is not None:
            yield entry.source.topic, entry.source.partition, entry.source.offset
