"""Events held against their schemas: the one door other tests use.

``assert_valid(output)`` for an output, ``assert_record_valid(topic, headers, value)`` for a record of a topic,
``validate_event(type, payload)`` for a decoded payload. Which schema a
CloudEvents type has, and which channels carry it, ``topics/asyncapi.yaml`` says.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml
from jsonschema import Draft7Validator, ValidationError
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT7

from monitor.codec import decode_event
from monitor.core.events import Output
from monitor.topics import contract_folder

__all__ = ["assert_record_valid", "assert_valid", "errors", "schema", "validate_event", "validate_headers"]

FOLDER = contract_folder()
BASE = "https://contracts.invalid/topics/"
"""A name space for the registry; nothing is fetched."""


class Message(NamedTuple):
    """One message of the document: its schema's file stem, the channels that carry it, the key's schema."""

    schema: str
    channels: tuple[str, ...]
    key: dict[str, Any]


@cache
def document() -> dict[str, Any]:
    """The AsyncAPI document."""
    tree: dict[str, Any] = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text("utf-8"))
    return tree


@cache
def schema(name: str) -> dict[str, Any]:
    """A schema by its file's stem, such as ``breaker.v1``."""
    tree: dict[str, Any] = json.loads((FOLDER / "schemas" / f"{name}.json").read_text("utf-8"))
    return tree


@cache
def schema_names() -> tuple[str, ...]:
    """The stems of all schema files."""
    return tuple(sorted(path.stem for path in (FOLDER / "schemas").glob("*.json")))


@cache
def validator(name: str) -> Draft7Validator:
    """A validator that resolves references between the files."""
    resources = [(f"{BASE}{each}.json", DRAFT7.create_resource(schema(each))) for each in schema_names()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft7Validator({"$ref": f"{BASE}{name}.json"}, registry=registry)


def errors(name: str, payload: object) -> list[ValidationError]:
    """Everything the schema has against a payload."""
    return list(validator(name).iter_errors(payload))


@cache
def messages() -> dict[str, Message]:
    """CloudEvents type -> message."""
    found = {}
    for name, tree in document()["components"]["messages"].items():
        channels = tuple(
            channel["address"]
            for channel in document()["channels"].values()
            if {"$ref": f"#/components/messages/{name}"} in channel.get("messages", {}).values()
        )
        for kind in tree.get("x-oversight", {}).get("types", ()):
            binding = document()["components"]["messageBindings"][tree["bindings"]["$ref"].rpartition("/")[2]]
            found[kind] = Message(Path(tree["payload"]["$ref"]).stem, channels, binding["kafka"]["key"])
    return found


def validate_event(type: str, payload: Mapping[str, Any]) -> None:  # noqa: A002 - CloudEvents' own word
    """Hold a decoded payload against the schema of its CloudEvents type.

    Raises:
        AssertionError: no channel has the type, or the payload breaks its schema; with the worst error and its path.
    """
    assert type in messages(), f"{type} is not a type of topics/asyncapi.yaml"
    _validate(messages()[type].schema, payload)


def validate_headers(headers: Mapping[str, str]) -> None:
    """Hold the headers of an event in binary mode against their schema. Raises AssertionError."""
    _validate("cloudevent-headers.v1", headers)


def assert_valid(output: Output) -> None:
    """Hold an output against the contract: channel, key, and the payload as it would be encoded.

    Raises:
        AssertionError: with what is wrong where.
    """
    message = messages().get(output.type)
    assert message is not None, f"{output.type} is not a type of topics/asyncapi.yaml"
    assert output.channel in message.channels, f"{output.type} on {output.channel}, not on {message.channels}"
    key = best_match(Draft7Validator(message.key).iter_errors(output.key))
    assert key is None, f"{output.type}: key {output.key!r}: {key and key.message}"
    assert output.id, f"{output.type}: an event has an id"
    assert output.source, f"{output.type}: an event has a source"
    if output.data is None:
        assert "compact" in _policy(output.channel), f"{output.type}: a tombstone on {output.channel}"
        return
    payload = json.loads(msgspec.json.encode(output.data))
    _validate(message.schema, payload)
    if message.schema == "escalation.v1":
        assert output.type == f"oversight.escalation.{payload['status']}.v1", f"{output.type}: {payload['status']}"


def assert_record_valid(topic: str, headers: Sequence[tuple[str, bytes]], value: bytes | None) -> Output:
    """Hold an output record as it lies in Kafka against the contract; answers the event. ``topic`` without prefix.

    Raises:
        AssertionError: with what is wrong where.
        InvalidRecord: it is no event of ours.
    """
    validate_headers({name: text.decode() for name, text in headers})
    output = decode_event(tuple(headers), value)
    assert output.channel == topic, f"{output.type} on {topic}, not on {output.channel}"
    if value is not None:
        validate_event(output.type, json.loads(value))
    assert_valid(output)
    return output


def _validate(name: str, payload: object) -> None:
    worst = best_match(validator(name).iter_errors(payload))
    if worst is not None:
        raise AssertionError(f"{name}: at {worst.json_path}: {worst.message}")


def _policy(address: str) -> list[str]:
    channel = next(each for each in document()["channels"].values() if each["address"] == address)
    policy: list[str] = channel["bindings"]["kafka"]["topicConfiguration"]["cleanup.policy"]
    return policy
