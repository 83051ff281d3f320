"""The examples of the contract through the decoder: what the schema allows is taken, what it forbids is not.

An invalid example may be ``tolerated`` (its list says how it is read then): the decoder is more lenient than the
contract there, never the other way round.
"""

from pathlib import Path

import pytest
import yaml

from monitor.core.errors import InvalidRecord
from monitor.core.interaction import Position
from monitor.ingest import IngestOptions, Record, decode

EXAMPLES = Path(__file__).parents[2] / "topics" / "examples" / "interaction"
EXPECTED = yaml.safe_load((EXAMPLES / "invalid.yaml").read_text()) if EXAMPLES.exists() else {}


def read(path: Path) -> None:
    decode(Record(Position("t", 0, 0), path.read_bytes(), timestamp=0.0), IngestOptions())


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("valid/*.json")), ids=lambda path: path.stem)
def test_example_valid_is_accepted(path: Path) -> None:
    read(path)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("invalid/*.json")), ids=lambda path: path.stem)
def test_example_invalid_is_rejected_unless_tolerated(path: Path) -> None:
    if "tolerated" in EXPECTED[path.stem]:
        read(path)
        return
    with pytest.raises(InvalidRecord):
        read(path)
