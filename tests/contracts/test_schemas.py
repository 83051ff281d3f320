"""Every schema: draft-07, tolerant towards readers, described, and true to the code."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator

from monitor.codec import PAYLOADS
from monitor.core import events, interaction, log, vocabulary
from monitor.core.errors import RejectCode
from tests.contracts.schemas import messages, schema, schema_names

COMMON = schema("common.v1")["definitions"]
ENUMS = {
    "role": vocabulary.Role,
    "autonomy": vocabulary.Autonomy,
    "stake": vocabulary.Stake,
    "delivery": vocabulary.Delivery,
    "severity": vocabulary.Severity,
    "rung": vocabulary.Rung,
    "human_role": vocabulary.HumanRole,
    "situation": vocabulary.Situation,
    "escalation_status": vocabulary.EscalationStatus,
    "breaker_status": vocabulary.BreakerStatus,
    "verdict": vocabulary.Verdict,
    "outcome": vocabulary.Outcome,
    "on_stale": vocabulary.OnStale,
    "mode": vocabulary.Mode,
}
STRUCTS: list[tuple[type[msgspec.Struct], dict[str, Any]]] = [
    *((struct, schema(messages()[name].schema)) for name, struct in PAYLOADS.items() if "raised" in name),
    *((struct, schema(messages()[name].schema)) for name, struct in PAYLOADS.items() if "escalation" not in name),
    (interaction.Position, COMMON["position"]),
    (events.Evidence, COMMON["evidence"]),
    (events.Reading, COMMON["reading"]),
    (events.SystemReading, COMMON["system_reading"]),
    (events.Reason, COMMON["reason"]),
    (events.Handoff, COMMON["handoff"]),
    (log.RaisedEscalation, COMMON["raised_escalation"]),
]
INPUT: list[tuple[type[msgspec.Struct], dict[str, Any]]] = [
    (interaction.Interaction, schema("interaction.v1")),
    (interaction.Source, schema("interaction.v1")["definitions"]["source"]),
    (interaction.ToolCall, schema("interaction.v1")["properties"]["tool_call"]),
    (interaction.Decision, schema("interaction.v1")["properties"]["decision"]),
    (interaction.Model, schema("interaction.v1")["properties"]["model"]),
]
FROM_PEOPLE = {"review", "command"}


def _name(pair: object) -> str:
    return pair.__name__ if isinstance(pair, type) else ""


def _objects(tree: object) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if "properties" in tree and "if" not in tree and "description" in tree:
            yield tree
        for each in tree.values():
            yield from _objects(each)
    elif isinstance(tree, list):
        for each in tree:
            yield from _objects(each)


@pytest.mark.parametrize("name", schema_names())
def test_schema_is_draft_07(name: str) -> None:
    assert schema(name)["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", schema_names())
def test_schema_uses_no_later_keyword(name: str) -> None:
    later = {"$defs", "unevaluatedProperties", "dependentRequired", "prefixItems", "minContains", "$anchor"}
    assert not later & set(_keywords(schema(name)))


def _keywords(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
        for each in tree.values():
            yield from _keywords(each)
    elif isinstance(tree, list):
        for each in tree:
            yield from _keywords(each)


@pytest.mark.parametrize("name", schema_names())
def test_schema_tolerates_further_fields(name: str) -> None:
    assert [each for each in _objects(schema(name)) if each.get("additionalProperties") is not True] == []


@pytest.mark.parametrize("name", schema_names())
def test_every_field_is_described(name: str) -> None:
    silent = [
        field
        for each in [*_objects(schema(name)), {"properties": schema(name).get("definitions", {})}]
        for field, tree in each["properties"].items()
        if "description" not in tree and "$ref" not in tree
    ]
    assert silent == []


@pytest.mark.parametrize(("name", "enum"), ENUMS.items(), ids=ENUMS)
def test_word_list_is_the_vocabulary(name: str, enum: type[StrEnum]) -> None:
    assert COMMON[name]["enum"] == [each.value for each in enum]


def test_every_word_list_of_the_vocabulary_has_a_schema() -> None:
    declared = {each for each in vars(vocabulary).values() if isinstance(each, type) and issubclass(each, StrEnum)}
    assert declared - {StrEnum, vocabulary.Ranked} == set(ENUMS.values())


def test_word_lists_outside_the_vocabulary_follow_it() -> None:
    used = schema("interaction.v1")["properties"]["autonomy"]["anyOf"][0]["enum"]
    assert used == [each.value for each in vocabulary.Autonomy if each is not vocabulary.Autonomy.NONE]
    assert schema("cloudevent-headers.v1")["properties"]["ce_mode"]["enum"] == list(vocabulary.Mode)
    assert schema("dlq-headers.v1")["properties"]["dlq.error.code"]["enum"] == list(RejectCode)


@pytest.mark.parametrize(("struct", "tree"), [*STRUCTS, *INPUT], ids=_name)
def test_struct_fields_are_the_properties(struct: type[msgspec.Struct], tree: dict[str, Any]) -> None:
    ours = {"flags"} if struct is interaction.Interaction else set()  # set while it is read, not on the wire
    assert set(struct.__struct_fields__) - ours == set(tree["properties"]) - {"kind"}


@pytest.mark.parametrize(("struct", "tree"), STRUCTS, ids=_name)
def test_required_fields_are_those_without_default(struct: type[msgspec.Struct], tree: dict[str, Any]) -> None:
    required = {field.name for field in msgspec.structs.fields(struct) if field.required}
    tag = struct.__struct_config__.tag
    assert set(tree["required"]) == required | ({"kind"} if tag and tag not in FROM_PEOPLE else set())


@pytest.mark.parametrize(("struct", "tree"), STRUCTS, ids=_name)
def test_tag_is_the_only_kind(struct: type[msgspec.Struct], tree: dict[str, Any]) -> None:
    tag = struct.__struct_config__.tag
    assert tree["properties"].get("kind", {}).get("enum") == ([tag] if tag else None)


def test_defaults_of_the_input_are_stated() -> None:
    optional = set(schema("interaction.v1")["properties"]) - {*schema("interaction.v1")["required"]}
    described = schema("interaction.v1")["properties"]
    assert [name for name in sorted(optional) if "efault" not in described[name]["description"]] == []
