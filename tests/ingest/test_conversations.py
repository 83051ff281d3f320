"""Real conversations are accepted as they are. The files are not part of the repository; without them this skips."""

import gzip
from itertools import islice
from pathlib import Path

import pytest

from monitor.core.interaction import Position
from monitor.ingest import IngestOptions, Record, decode

DATA = Path(__file__).parents[3] / "shared" / "data"
FILES = [path for path in sorted(DATA.glob("*.dev.jsonl.gz")) if not path.name.startswith("drift_")]
OPTIONS = IngestOptions(default_system="bot")
LINES = 60

pytestmark = pytest.mark.skipif(not FILES, reason="no conversation files beside the repository (../shared/data)")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_conversation_file_every_line_is_accepted(path: Path) -> None:
    with gzip.open(path, "rb") as lines:
        turns = [
            decode(Record(Position(path.name, 0, offset), line), OPTIONS)
            for offset, line in enumerate(islice(lines, LINES))
        ]
    assert [turn.system_id for turn in turns] == ["bot"] * len(turns)
    assert all(turn.turn is not None and turn.ts > 0 for turn in turns)
