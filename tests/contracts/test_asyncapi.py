"""The document: valid as AsyncAPI 3.0.0 says, every reference resolves, nothing lies beside it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from monitor import dead_letter
from monitor.codec import KINDS
from monitor.config import INPUTS, Settings
from monitor.core import channels
from monitor.topics import Channel, load_contract
from tests.contracts.schemas import FOLDER, document, messages, schema, schema_names

OFFICIAL = Path(__file__).parent / "asyncapi" / "3.0.0.json"
LISTED = {name: value for name, value in vars(channels).items() if name.isupper()}
CHANNELS = {each.id: each for each in load_contract().channels}


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    tree = json.loads(OFFICIAL.read_text("utf-8"))
    resources = [(name, DRAFT7.create_resource(each)) for name, each in tree["definitions"].items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft7Validator(tree, registry=registry)


def test_document_is_valid_asyncapi(official: Draft7Validator) -> None:
    assert [f"{error.json_path}: {error.message[:200]}" for error in official.iter_errors(document())] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("channels", "breakers", "bindings", "kafka", "replicas"), "three"),
        (("operations", "monitorSendsBreakers", "action"), "publish"),
        (("components", "messages", "Breaker", "colour"), "red"),
    ],
)
def test_official_schema_notices_a_broken_document(
    official: Draft7Validator, path: tuple[str, ...], value: str
) -> None:
    broken = json.loads(json.dumps(document()))
    node = broken
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    assert not official.is_valid(broken)


def _references(tree: object, base: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        if isinstance(tree.get("$ref"), str):
            yield base, tree["$ref"]
        for each in tree.values():
            yield from _references(each, base)
    elif isinstance(tree, list):
        for each in tree:
            yield from _references(each, base)


def _resolve(base: str, reference: str) -> object:
    place, _, pointer = reference.partition("#")
    stem = Path(place).stem if place else base
    node: Any = document() if stem == "asyncapi" else schema(stem)
    for part in pointer.split("/")[1:]:
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


REFERENCES = [
    *_references(document(), "asyncapi"),
    *(pair for name in schema_names() for pair in _references(schema(name), name)),
]


@pytest.mark.parametrize(("base", "reference"), sorted(set(REFERENCES)))
def test_reference_resolves(base: str, reference: str) -> None:
    folder = FOLDER if base == "asyncapi" else FOLDER / "schemas"
    place = reference.partition("#")[0]
    assert not place or (folder / place).is_file()
    assert _resolve(base, reference) is not None


def test_every_schema_is_used() -> None:
    used = {Path(reference.partition("#")[0]).stem for _, reference in REFERENCES if not reference.startswith("#")}
    assert used == set(schema_names())


def test_every_component_is_used() -> None:
    used = {reference for base, reference in REFERENCES if base == "asyncapi"}
    declared = {f"#/components/{kind}/{name}" for kind, entries in document()["components"].items() for name in entries}
    assert declared <= used


def test_constants_are_the_addresses() -> None:
    declared = {each.address for each in CHANNELS.values()}
    plain = {value for value in LISTED.values() if value.startswith("oversight.")}
    changelogs = {f"{{app}}-{value}" for value in LISTED.values() if not value.startswith("oversight.")}
    assert declared == plain | changelogs


def test_inputs_are_what_the_monitor_only_receives() -> None:
    ours = [each for each in document()["operations"].values() if {"name": "monitor"} in each["tags"]]
    received, sent = (
        {each["channel"]["$ref"].rpartition("/")[2] for each in ours if each["action"] == action}
        for action in ("receive", "send")
    )
    assert {CHANNELS[name].address for name in received - sent} == INPUTS


def test_binding_names_the_address() -> None:
    named = {each["address"]: each["bindings"]["kafka"].get("topic") for each in document()["channels"].values()}
    assert {address: topic for address, topic in named.items() if topic not in (address, None)} == {}
    assert [address for address, topic in named.items() if topic is None] == [
        address for address in named if "{app}" in address
    ]


@pytest.mark.parametrize("channel", document()["channels"].values(), ids=document()["channels"])
def test_channel_has_messages_unless_reserved(channel: dict[str, Any]) -> None:
    reserved = channel["x-oversight"].get("status") == "reserved"
    assert bool(channel.get("messages")) is not reserved
    assert channel["description"]


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS)
def test_channel_is_sent_and_received_by_somebody(channel: Channel) -> None:
    actions = {
        each["action"]
        for each in document()["operations"].values()
        if each["channel"] == {"$ref": f"#/channels/{channel.id}"}
    }
    assert actions == (set() if channel.reserved else {"send", "receive"})


def test_types_are_those_of_the_codec_and_the_input() -> None:
    assert set(messages()) == {*KINDS, "oversight.interaction.v1"}
    assert {name for name, kind in KINDS.items() if kind.channel not in messages()[name].channels} == set()


def test_compacted_state_waits_for_late_writers() -> None:
    late = {each.id for each in CHANNELS.values() if each.config.get("min.compaction.lag.ms") == "86400000"}
    assert late == {"standings", "sessionChangelog", "systemChangelog"}
    assert {CHANNELS[name].config["cleanup.policy"] for name in late} == {"compact"}


def test_dead_letters_take_the_input_limit_and_room() -> None:
    limit = Settings().max_record_bytes
    assert int(CHANNELS["deadLetters"].config["max.message.bytes"]) >= limit + 65_536
    assert CHANNELS["deadLetters"].room == dead_letter.SLACK
    assert int(CHANNELS["interactions"].config["max.message.bytes"]) > limit


def test_retention_is_one_that_was_decided() -> None:
    days = {each.config.get("retention.ms") for each in CHANNELS.values()} - {None}
    assert days == {"3600000", "604800000", "1209600000", "2592000000", "7776000000"}


def test_observations_outlive_interactions() -> None:
    kept = {name: int(CHANNELS[name].config["retention.ms"]) for name in ("interactions", "observations")}
    assert kept["observations"] > kept["interactions"]


def test_partitions_that_carry_state_are_equal_and_the_default() -> None:
    shared = {each.partitions for each in CHANNELS.values() if each.shared}
    assert shared == {Settings().partitions}
    assert {each.replication for each in CHANNELS.values()} == {Settings().replication}
