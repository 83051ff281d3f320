"""The topics as ``topics/asyncapi.yaml`` declares them, and how a cluster differs from that.

Pure but for reading the document. Talking to a cluster is the work of ``cli/topics.py``.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from monitor.config import INPUTS, Settings
from monitor.core.errors import OperatorError

INSTALLED = Path(__file__).with_name("_topics")
"""Where the contract lies in an installed wheel."""
IN_REPOSITORY = Path(__file__).parent.parent / "topics"
"""Where it lies beside the sources."""

IN_SYNC = "min.insync.replicas"
MAX_BYTES = "max.message.bytes"

_LEGAL = re.compile(r"[A-Za-z0-9.-]{1,249}")
_FIXED_ACTION = (
    "state is kept by partition, so the number stays fixed: set OVERSIGHT_PARTITIONS (or --partitions) to {have}, or "
    "start afresh with another OVERSIGHT_APP_ID and OVERSIGHT_TOPIC_PREFIX and replay the input"
)
_BORROWED_ACTION = (
    "it is the input of the application beside which this one runs: create it with that one's settings, without "
    "OVERSIGHT_OUTPUT_PREFIX, or correct OVERSIGHT_TOPIC_PREFIX"
)
_LOOSE_ACTION = "this works; to change it, recreate the topic, since adding partitions would move keys"


class Channel(Struct, frozen=True):
    """One channel of the document.

    ``address`` is without prefix and may hold ``{app}``. ``shared``: its partition count is that of the input.
    ``reserved``: nothing is created or written yet. ``config``: values as Kafka's admin API takes them. ``room``:
    where ``max.message.bytes`` depends on the input limit, the bytes beyond it.
    """

    id: str
    address: str
    partitions: int
    replication: int
    config: dict[str, str]
    shared: bool = False
    reserved: bool = False
    room: int | None = None


class Contract(Struct, frozen=True):
    """The channels of the document, in its order."""

    channels: tuple[Channel, ...]


class TopicSpec(Struct, frozen=True):
    """A topic as wanted, or as found on a cluster. ``fixed``: its partition count carries state.

    ``borrowed``: the input of the application beside which this one runs; it must be there and is never created here.
    """

    name: str
    partitions: int
    replication: int
    config: dict[str, str] = {}
    fixed: bool = False
    borrowed: bool = False


class Kind(StrEnum):
    """In what a topic differs."""

    MISSING = "missing"
    PARTITIONS = "partitions"
    REPLICATION = "replication"
    CONFIG = "config"


class Difference(Struct, frozen=True):
    """One difference: ``reason`` says what is and what is wanted, ``action`` what the operator does next.

    ``blocking``: nothing may run on it; ``topics apply`` refuses.
    """

    topic: str
    kind: Kind
    reason: str
    action: str
    blocking: bool = False

    def __str__(self) -> str:
        """One line for the operator."""
        return f"{self.topic}: {self.reason}; {self.action}"


def contract_folder() -> Path:
    """Folder of ``asyncapi.yaml``, ``schemas/`` and ``examples/``.

    Raises:
        OperatorError: neither an installed nor a source tree has it.
    """
    for folder in (INSTALLED, IN_REPOSITORY):
        if (folder / "asyncapi.yaml").is_file():
            return folder
    raise OperatorError(f"no topic contract in {INSTALLED} or {IN_REPOSITORY}: reinstall oversight-monitor")


def load_contract(folder: Path | None = None) -> Contract:
    """The contract; ``folder`` None: the one that came with the package.

    Raises:
        OperatorError: the document is missing or has not the expected form.
    """
    path = (folder or contract_folder()) / "asyncapi.yaml"
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
        return Contract(tuple(_channel(name, tree) for name, tree in document["channels"].items()))
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise OperatorError(
            f"{path} is not a readable topic contract ({error!r}): reinstall oversight-monitor"
        ) from error


def topic_name(address: str, *, prefix: str = "", output_prefix: str = "", app_id: str = "oversight") -> str:
    """A topic's name on the cluster (:meth:`monitor.config.Settings.topic`), checked.

    Raises:
        OperatorError: the name is not legal, or mixes in underscores, which collide with dots in Kafka's metric names.

    >>> topic_name("{app}-session-changelog", prefix="eu.", app_id="oversight")
    'eu.oversight-session-changelog'
    """
    name = Settings(topic_prefix=prefix, output_prefix=output_prefix).topic(address.replace("{app}", app_id))
    if not _LEGAL.fullmatch(name):
        raise OperatorError(
            f"{name!r} is no topic name: letters, digits, dots and hyphens, 249 at most; "
            "change OVERSIGHT_TOPIC_PREFIX, OVERSIGHT_OUTPUT_PREFIX or OVERSIGHT_APP_ID"
        )
    return name


def topic_specs(
    contract: Contract | None = None,
    *,
    prefix: str = "",
    output_prefix: str = "",
    app_id: str = "oversight",
    partitions: int | None = None,
    replication: int | None = None,
    record_bytes: int = 0,
) -> tuple[TopicSpec, ...]:
    """Every topic to create; reserved ones are left out.

    Args:
        contract: the packaged one by default.
        prefix: put before every name.
        output_prefix: put, after that, before every name but the input's, which is then another application's.
        app_id: the application, in the changelogs' names.
        partitions: instead of the document's number, for the topics that share the input's count.
        replication: instead of the document's number; ``min.insync.replicas`` sinks to one less, at least 1.
        record_bytes: the input limit; raises ``max.message.bytes`` of the topics that must hold such records.

    Raises:
        OperatorError: a name would not be legal.
    """
    channels = (contract or load_contract()).channels
    return tuple(
        TopicSpec(
            topic_name(each.address, prefix=prefix, output_prefix=output_prefix, app_id=app_id),
            (partitions if each.shared else None) or each.partitions,
            replication or each.replication,
            _config(each, replication or each.replication, record_bytes),
            fixed=each.shared,
            borrowed=bool(output_prefix) and each.address in INPUTS,
        )
        for each in channels
        if not each.reserved
    )


def diff(existing: Iterable[TopicSpec], wanted: Iterable[TopicSpec]) -> tuple[Difference, ...]:
    """What differs, in the order of ``wanted``. Topics and settings that nobody wants are nobody's business.

    >>> [each.kind.value for each in diff([], [TopicSpec("a", 1, 1)])]
    ['missing']
    """
    found = {each.name: each for each in existing}
    return tuple(difference for want in wanted for difference in _differences(found.get(want.name), want))


def _differences(have: TopicSpec | None, want: TopicSpec) -> Iterator[Difference]:
    if have is None:
        action = _BORROWED_ACTION if want.borrowed else "run `oversight topics apply`"
        yield Difference(want.name, Kind.MISSING, "is missing", action, blocking=want.borrowed)
        return
    if have.partitions != want.partitions:
        action = (_FIXED_ACTION if want.fixed else _LOOSE_ACTION).format(have=have.partitions)
        reason = f"has {have.partitions} partitions, not {want.partitions}"
        yield Difference(want.name, Kind.PARTITIONS, reason, action, blocking=want.fixed)
    if want.borrowed:
        return
    if have.replication != want.replication:
        yield Difference(
            want.name,
            Kind.REPLICATION,
            f"has replication factor {have.replication}, not {want.replication}",
            "reassign its replicas with kafka-reassign-partitions, or set OVERSIGHT_REPLICATION",
        )
    yield from _config_differences(have, want)


def _config_differences(have: TopicSpec, want: TopicSpec) -> Iterator[Difference]:
    for name, value in want.config.items():
        found = have.config.get(name)
        if found is None or _normal(found) != _normal(value):
            yield Difference(
                want.name,
                Kind.CONFIG,
                f"has {name}={'nothing' if found is None else found}, not {value}",
                f"keep it on purpose, or `kafka-configs --alter --topic {want.name} --add-config {name}=[{value}]`",
            )


def _normal(value: str) -> frozenset[str]:
    return frozenset(value.split(","))


def _channel(name: str, tree: dict[str, Any]) -> Channel:
    kafka, ours = tree["bindings"]["kafka"], tree["x-oversight"]
    return Channel(
        name,
        tree["address"],
        kafka["partitions"],
        kafka["replicas"],
        {key: _text(value) for key, value in kafka["topicConfiguration"].items()},
        shared=ours["partitions"] == "input",
        reserved=ours.get("status") == "reserved",
        room=ours.get("room"),
    )


def _text(value: object) -> str:
    """A setting as the admin API takes it.

    >>> _text(["compact", "delete"]), _text(False), _text(0.1)
    ('compact,delete', 'false', '0.1')
    """
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _config(channel: Channel, replication: int, record_bytes: int) -> dict[str, str]:
    """The channel's settings for this replication factor and input limit."""
    config = dict(channel.config)
    if IN_SYNC in config:  # one broker may be down, where there is more than one
        config[IN_SYNC] = str(max(1, min(int(config[IN_SYNC]), replication - 1)))
    if channel.room is not None:
        config[MAX_BYTES] = str(max(int(config[MAX_BYTES]), record_bytes + channel.room))
    return config
