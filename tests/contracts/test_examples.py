"""The examples: valid ones validate, invalid ones fail for the reason that ``invalid.yaml`` names."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from monitor.codec import PAYLOADS
from monitor.core.errors import InvalidRecord
from monitor.core.interaction import Position
from monitor.ingest import IngestOptions, Record, decode
from tests.contracts.schemas import FOLDER, errors, messages, schema_names

EXAMPLES = FOLDER / "examples"
EVENTS = sorted(path.name for path in EXAMPLES.iterdir())
STRUCTS = {messages()[name].schema: struct for name, struct in PAYLOADS.items()}


def _files(kind: str) -> list[Path]:
    return sorted(EXAMPLES.glob(f"*/{kind}/*.json"))


def _label(path: Path) -> str:
    return f"{path.parts[-3]}/{path.stem}"


def _read(path: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(path.read_text("utf-8"))


def _reasons(event: str) -> dict[str, dict[str, str]]:
    reasons: dict[str, dict[str, str]] = yaml.safe_load((EXAMPLES / event / "invalid.yaml").read_text("utf-8"))
    return reasons


def test_every_schema_has_examples() -> None:
    assert {f"{event}.v1" for event in EVENTS} == set(schema_names()) - {"common.v1"}


@pytest.mark.parametrize("event", EVENTS)
def test_event_has_several_examples_of_both_kinds(event: str) -> None:
    assert all(len(list((EXAMPLES / event / kind).glob("*.json"))) >= 2 for kind in ("valid", "invalid"))


@pytest.mark.parametrize("event", EVENTS)
def test_every_invalid_example_has_its_reason(event: str) -> None:
    assert set(_reasons(event)) == {path.stem for path in (EXAMPLES / event / "invalid").iterdir()}


@pytest.mark.parametrize("path", _files("valid"), ids=_label)
def test_valid_example_validates(path: Path) -> None:
    assert [error.message for error in errors(f"{path.parts[-3]}.v1", _read(path))] == []


@pytest.mark.parametrize("path", _files("invalid"), ids=_label)
def test_invalid_example_fails_for_the_named_reason_only(path: Path) -> None:
    reason = _reasons(path.parts[-3])[path.stem]
    found = errors(f"{path.parts[-3]}.v1", _read(path))
    places = [("/".join(map(str, error.absolute_path)), error.validator) for error in found]
    assert places == [(reason["at"], reason["keyword"])]
    assert reason.get("names", "") in found[0].message


@pytest.mark.parametrize("path", [path for path in _files("valid") if f"{path.parts[-3]}.v1" in STRUCTS], ids=_label)
def test_valid_example_is_what_the_code_reads_and_writes(path: Path) -> None:
    struct = STRUCTS[f"{path.parts[-3]}.v1"]
    read = msgspec.json.decode(path.read_bytes(), type=struct)
    assert errors(f"{path.parts[-3]}.v1", json.loads(msgspec.json.encode(read))) == []


def _ingest(path: Path) -> None:
    decode(Record(Position("oversight.interactions.v1", 0, 0), path.read_bytes()), IngestOptions())


@pytest.mark.parametrize("path", sorted((EXAMPLES / "interaction" / "valid").iterdir()), ids=_label)
def test_valid_interaction_is_taken(path: Path) -> None:
    _ingest(path)


@pytest.mark.parametrize("path", sorted((EXAMPLES / "interaction" / "invalid").iterdir()), ids=_label)
def test_invalid_interaction_is_rejected_unless_tolerated(path: Path) -> None:
    if "tolerated" in _reasons("interaction")[path.stem]:
        _ingest(path)
    else:
        with pytest.raises(InvalidRecord):
            _ingest(path)
