"""The turns that the benches run over: the demo's day by default, or a file of JSON lines."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import msgspec

from monitor.core.channels import INTERACTIONS
from monitor.core.interaction import Position
from monitor.demo.traffic import traffic
from monitor.ingest import Record

ENDS_AT = 1_760_036_000.0
"""End of the day in event time; any would do, this one makes runs comparable."""
SEED = 7


def turns(count: int, file: Path | None = None) -> list[tuple[bytes, bytes]]:
    """(key, value) of the first ``count`` turns; a file may have fewer."""
    if file is not None:
        with file.open("rb") as lines:
            return [(_session(line), line.rstrip()) for line in islice(lines, count)]
    encode = msgspec.json.encode
    events = (event for event in traffic(SEED, turns=count, ends_at=ENDS_AT) if event.topic == INTERACTIONS)
    return [
        (event.key.encode(), event.value if isinstance(event.value, bytes) else encode(event.value))
        for event in islice(events, count)
    ]


def records(pairs: Sequence[tuple[bytes, bytes]]) -> list[Record]:
    """The turns as the worker reads them, all from one partition."""
    return [
        Record(at=Position(INTERACTIONS, 0, offset), value=value, key=key) for offset, (key, value) in enumerate(pairs)
    ]


def _session(line: bytes) -> bytes:
    tree = msgspec.json.decode(line)
    return str(tree.get("session_id", "") if isinstance(tree, dict) else "").encode()
