"""Twenty thousand real turns on a real Kafka, with everything going wrong on the way, against ``oversight replay``.

The proof of DESIGN.md section 6: what workers decided per session is what a replay decides on the same turns at the
same places, and what they decided per system is the fold of the recorded observations.
"""

import gzip
import json
import signal
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.core.channels import ESCALATIONS, INTERACTIONS, OBSERVATIONS
from tests.brokers import apache_kafka
from tests.integration.fleet import Fleet
from tests.integration.offline import assert_equivalent, recorded
from tests.integration.site import Site

pytestmark = [pytest.mark.cluster, pytest.mark.kafka]

DATA = Path(__file__).parents[3] / "shared" / "data"
FILES = ("maia_dqe", "tau_airline", "citod", "esconv_failed", "rjudge", "chatprotect", "agentdojo")
COUNT = 20_000
PORTIONS = 10


@pytest.mark.skipif(not DATA.is_dir(), reason="the labelled conversations are not beside this checkout")
def test_real_turns_under_every_fault_are_decided_as_a_replay_decides_them(tmp_path: Path) -> None:
    with apache_kafka() as broker:
        site = Site(broker, partitions=8, standings="pinned")
        with Fleet(site, tmp_path) as fleet:
            first = fleet.join()
            for number, portion in enumerate(portions()):
                site.produce(portion)
                if number == 1:
                    fleet.join()
                if number == 3:
                    fleet.members[1].signal(signal.SIGKILL)
                if number == 5:
                    first.signal(signal.SIGSTOP)
                if number == 7:
                    first.signal(signal.SIGCONT)
                if number == 8 and broker.own:
                    broker.kill()
                    time.sleep(3.0)
                    broker.restart()
                time.sleep(2.0)
            site.await_drained()
            compared = assert_equivalent(site)
            assert compared["session events"] >= COUNT
            assert replayed(site, tmp_path) == decided(site)
        assert first.exits or first.assignments() > 1, "a frozen process never just goes on"


def decided(site: Site) -> dict[str, object]:
    """What workers decided per session: id -> payload."""
    events, conflicts = recorded(site, ESCALATIONS, OBSERVATIONS)
    assert conflicts == []
    payloads = {event: json.loads(payload) for event, payload in events.items()}
    return {event: payload for event, payload in payloads.items() if is_of_a_session(payload)}


def is_of_a_session(payload: dict[str, Any]) -> bool:
    """Whether the session stage sent it. What became of an escalation (its settlement) is the system stage's."""
    return payload.get("session_id") is not None and not payload.get("settlement")


def replayed(site: Site, folder: Path) -> dict[str, object]:
    """What ``oversight replay --positions`` decides per session on the recorded turns."""
    lines, places, outputs = folder / "turns.jsonl", folder / "places.jsonl", folder / "outputs.jsonl"
    with lines.open("wb") as turns, places.open("w") as positions:
        for record in site.records(INTERACTIONS):
            turns.write((record.value or b"") + b"\n")
            at = {"topic": record.at.topic, "partition": record.at.partition, "offset": record.at.offset}
            positions.write(json.dumps({**at, "timestamp": record.timestamp}) + "\n")
    command = ["replay", str(lines), "--positions", str(places), "--standings", "pinned", "--outputs", str(outputs)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = {}
    for line in outputs.open("rb"):
        event = json.loads(line)
        if is_of_a_session(event["data"]):
            found[event["id"]] = event["data"]
    return found


def portions() -> Iterator[list[tuple[bytes, bytes]]]:
    turns = iter(islice(real_turns(), COUNT))
    for _ in range(PORTIONS):
        yield list(islice(turns, COUNT // PORTIONS))


def real_turns() -> Iterator[tuple[bytes, bytes]]:
    """Turns of every file in turn, labels left behind; the system is the file's name."""
    sources = [_turns_of(name) for name in FILES]
    while sources:
        for source in list(sources):
            turn = next(source, None)
            if turn is None:
                sources.remove(source)
            else:
                yield turn


def _turns_of(name: str) -> Iterator[tuple[bytes, bytes]]:
    with gzip.open(DATA / f"{name}.dev.jsonl.gz", "rb") as lines:
        for line in lines:
            turn = json.loads(line)
            turn.pop("label", None)
            turn["system_id"] = name
            yield turn["session_id"].encode(), json.dumps(turn).encode()
