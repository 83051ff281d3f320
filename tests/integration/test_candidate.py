"""A second policy in shadow beside the live one: it decides the same traffic in its own topics and disturbs nothing."""

import json
import re
import signal
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.codec import decode_event
from monitor.core.channels import (
    BREAKER_TRANSITIONS,
    BREAKERS,
    DEAD_LETTERS,
    ESCALATIONS,
    OBSERVATIONS,
    STANDINGS,
)
from monitor.core.events import Escalation
from monitor.core.vocabulary import Mode
from monitor.ingest import Record
from tests.brokers import Broker, embedded_broker
from tests.integration.fleet import Fleet
from tests.integration.offline import assert_equivalent
from tests.integration.site import Site
from tests.integration.turns import turns

pytestmark = pytest.mark.cluster

PREFIX = "shop."
"""The same on every broker: ids name the topic of the cause."""
LIVE = "name: live\nowner: care\n"
CANDIDATE = """\
name: candidate
owner: desk
granted: support
bounds: {dispute: {raise: 0.3, clear: 0.1}, session_risk: {raise: 0.3, clear: 0.1}}
"""
DECIDED = (ESCALATIONS, OBSERVATIONS, BREAKERS, BREAKER_TRANSITIONS, STANDINGS, DEAD_LETTERS)
OF_THE_CLOCK = (b"ce_validuntil", b'"kind":"tick"')
"""What depends on when it ran: renewals of leases and ticks."""

Line = tuple[tuple[tuple[str, bytes], ...], bytes]


def live_site(broker: Broker, folder: Path) -> Site:
    (folder / "live.yaml").write_text(LIVE)
    # One partition: how two source partitions interleave in the log differs from run to run.
    return Site(broker, partitions=1, standings="pinned", prefix=PREFIX, policy=folder / "live.yaml")


def beside(live: Site, folder: Path) -> Site:
    (folder / "candidate.yaml").write_text(CANDIDATE)
    return Site(
        live.broker,
        partitions=live.partitions,
        prefix=live.prefix,
        policy=folder / "candidate.yaml",
        output_prefix="candidate.",
        app_id="candidate",
        mode=Mode.SHADOW,
    )


def feed(site: Site, between: Callable[[int], None] = lambda _: None) -> None:
    """Turns, and records that do not decode, in portions."""
    for portion in range(4):
        site.produce([(b"k", b"{broken"), *turns(200, seed=portion)])
        between(portion)


def decided(site: Site) -> dict[tuple[str, bytes | None], list[Line]]:
    """Every record that was decided, byte for byte: per topic and key, in their order, repetitions once."""
    found: dict[tuple[str, bytes | None], dict[Line, None]] = defaultdict(dict)
    for address in DECIDED:
        for record in site.records(address):
            line = _line(address, record)
            if not any(mark in repr(line).encode() for mark in OF_THE_CLOCK):
                found[address, record.key][line] = None
    return {place: list(lines) for place, lines in found.items()}


def _line(address: str, record: Record) -> Line:
    """The record, but for the ids of the system stage: they name offsets of its log, and ticks lie in between."""
    headers, value = dict(record.headers), record.value or b""
    headers.pop("dlq.original.timestamp", None)
    if address in {STANDINGS, BREAKER_TRANSITIONS} or b'"session_id":null' in value:
        headers.pop("ce_id")
        value = re.sub(rb'"escalation_id":"[0-9a-f]+"', b"", value)
    return tuple(headers.items()), value


def alone(folder: Path) -> dict[tuple[str, bytes | None], list[Line]]:
    """What the live application decides without anybody beside it."""
    with embedded_broker() as broker:
        site = live_site(broker, folder)
        with Fleet(site, folder) as fleet:
            fleet.join()
            feed(site)
            site.await_drained()
            return decided(site)


def test_candidate_beside_the_live_application_changes_no_byte_of_it(tmp_path: Path) -> None:
    with embedded_broker() as broker:
        live = live_site(broker, tmp_path)
        candidate = beside(live, tmp_path)
        with Fleet(live, of(tmp_path, "live")) as fleet, Fleet(candidate, of(tmp_path, "candidate")) as shadows:
            fleet.join()
            shadow = shadows.join()
            shadows.await_assigned()
            feed(live, lambda portion: shadow.signal(signal.SIGKILL) if portion == 1 else None)
            live.await_drained()
            candidate.await_drained()
            assert_equivalent(live)
            assert_equivalent(candidate)
        assert fleet.members[0].exits == []
        assert shadow.exits == [-signal.SIGKILL]
        assert decided(live) == alone(of(tmp_path, "alone"))
        ours, theirs = escalations(live), escalations(candidate)
        assert policies(live).isdisjoint(policies(candidate))
    assert {each.mode for each in ours} == {Mode.LIVE}
    assert {each.mode for each in theirs} == {Mode.SHADOW}
    assert len(theirs) > len(ours) > 0
    assert {each.owner for each in theirs} == {"desk"}


def of(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def policies(site: Site) -> set[str]:
    """Fingerprints in the log of the system stage: those of turns and ticks."""
    return {json.loads(record.value or b"{}")["policy"] for record in site.records(OBSERVATIONS)}


def escalations(site: Site) -> list[Escalation]:
    records = site.records(ESCALATIONS)
    assert {record.at.topic for record in records} == {site.topic(ESCALATIONS)}
    events = [decode_event(record.headers, record.value).data for record in records]
    return [event for event in events if isinstance(event, Escalation)]
