"""Settings of the worker and the commands: environment or file, one table, every problem at once (12-factor).

Precedence: environment, then the file named by ``OVERSIGHT_CONFIG`` (YAML mapping of the same names, lower case and
without prefix), then the default. ``SETTINGS`` is what ``oversight settings`` and the README print.
"""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from msgspec import Struct
from msgspec.structs import asdict

from monitor.core.channels import COMMANDS, INTERACTIONS, REVIEWS
from monitor.core.errors import SettingsError
from monitor.core.vocabulary import Mode

PREFIX = "OVERSIGHT_"
N = TypeVar("N", int, float)
SECRETS = frozenset({"sasl_password"})
"""Settings whose values are shown nowhere."""
ALIKE = 0.87
"""How alike (of 1) two names are of which one is the other misspelt: two letters in fifteen."""
SHADOWED = "..."
INPUTS = frozenset({INTERACTIONS, REVIEWS, COMMANDS})
"""Addresses that others write: two applications read the same ones, and each writes its own of all the rest."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything a worker can be told. Durations in seconds, sizes in bytes."""

    bootstrap_servers: str = "localhost:9092"
    policy: Path | None = None
    policy_poll: float = 5.0
    store: str = "memory"
    datadir: Path = Path(".oversight")
    app_id: str = "oversight"
    topic_prefix: str = ""
    output_prefix: str = ""
    partitions: int = 12
    replication: int = 3
    start: str = "earliest"
    mode: Mode = Mode.LIVE
    max_record_bytes: int = 1_048_576
    max_systems: int = 1_000
    default_system: str | None = None
    session_timeout: float = 30.0
    standings: str = "live"
    scorer: str = "none"
    scorer_model: str | None = None
    write_interval: float = 1.0
    tick_interval: float = 5.0
    start_timeout: float = 120.0
    stall_timeout: float = 180.0
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: str | None = None
    ssl_cafile: Path | None = None
    ssl_certfile: Path | None = None
    ssl_keyfile: Path | None = None
    metrics: str = "none"
    log_level: str = "INFO"

    def topic(self, address: str) -> str:
        """A topic's name on the cluster.

        >>> Settings(topic_prefix="eu.", output_prefix="candidate.").topic("oversight.breakers.v1")
        'eu.candidate.oversight.breakers.v1'
        >>> Settings(topic_prefix="eu.", output_prefix="candidate.").topic("oversight.interactions.v1")
        'eu.oversight.interactions.v1'
        """
        return self.topic_prefix + ("" if address in INPUTS else self.output_prefix) + address

    @property
    def group(self) -> str:
        """The consumer group, and the name of the store: with outputs of its own an application is one of its own."""
        return self.topic_prefix + self.output_prefix + self.app_id

    def __repr__(self) -> str:
        """Every field; of a secret only that it is set."""
        shown = {name: SHADOWED if name in SECRETS and value else value for name, value in asdict(self).items()}
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def _number(kind: Callable[[str], N], text: str, name: str) -> N:
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"must be {name}") from None


def _positive(text: str) -> float:
    number = _number(float, text, "a number")
    if not 0 < number < math.inf:
        raise ValueError("must be a number above 0")
    return number


def _count(text: str) -> int:
    number = _number(int, text, "a whole number")
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words and text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text if text in words else text.lower()

    return parse


def _start(text: str) -> str:
    if text.lower() in ("earliest", "latest"):
        return text.lower()
    datetime.fromisoformat(text)
    return text


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.exists():
        raise ValueError(f"{path} does not exist")
    return path


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings table."""

    name: str
    parse: Callable[[str], Any]
    meaning: str

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.name.upper()


SETTINGS = (
    Setting("bootstrap_servers", str, "Kafka brokers, `host:port`, comma-separated"),
    Setting("policy", _file, "policy file or directory; without it the shipped default"),
    Setting("policy_poll", _positive, "seconds between two looks at the policy's file; SIGHUP reads it at once"),
    Setting("store", _one_of("memory", "rocksdb"), "where states live between batches: `memory` or `rocksdb`"),
    Setting("datadir", Path, "directory of the RocksDB store; one worker a directory"),
    Setting("app_id", str, "consumer group and prefix of the changelog topics"),
    Setting("topic_prefix", str, "put before every topic name"),
    Setting(
        "output_prefix",
        str,
        "put, after the topic prefix, before the names of all topics but the input: a second application decides the "
        "same input beside the first one, in topics of its own",
    ),
    Setting("partitions", _count, "partitions of the input and the log, for `topics apply`"),
    Setting("replication", _count, "replication factor, for `topics apply`"),
    Setting("start", _start, "where a new application begins: `earliest`, `latest` or an ISO 8601 time"),
    Setting(
        "mode", lambda text: Mode(_one_of("live", "shadow")(text)), "`shadow`: decided and published, acts on nothing"
    ),
    Setting("max_record_bytes", _count, "larger input records are dead-lettered"),
    Setting(
        "max_systems",
        _count,
        "systems of one partition of the log; records of further ones that the policy does not name are dead-lettered",
    ),
    Setting("default_system", str, "system_id for records that carry none"),
    Setting("session_timeout", _positive, "the group's session timeout; two thirds of it are the lease"),
    Setting(
        "standings", _one_of("live", "pinned"), "`pinned`: sessions are decided without feedback from their system"
    ),
    Setting(
        "scorer",
        _one_of("none", "embeddings", "nli"),
        "reads how well sources carry an answer more closely than words do, at milliseconds a statement: `embeddings` "
        "or `nli`, each an extra of that name",
    ),
    Setting("scorer_model", str, "folder or hub id (`owner/name`) of the scorer's model; `nli` needs one"),
    Setting("write_interval", _positive, "least seconds between two state writes of the system stage"),
    Setting("tick_interval", _positive, "seconds between ticks, heartbeats and lease checks"),
    Setting("start_timeout", _positive, "give up when no broker answers for this long at the start (exit 75)"),
    Setting("stall_timeout", _positive, "lag without progress for this long ends the process (exit 70)"),
    Setting(
        "security_protocol", _one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"), "as the Kafka clients name it"
    ),
    Setting("sasl_mechanism", _one_of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"), "as the Kafka clients name it"),
    Setting("sasl_username", str, "SASL user"),
    Setting("sasl_password", str, "SASL password"),
    Setting("ssl_cafile", _file, "CA certificates"),
    Setting("ssl_certfile", _file, "client certificate"),
    Setting("ssl_keyfile", _file, "client key"),
    Setting("metrics", _one_of("none", "console", "otlp"), "OpenTelemetry metrics exporter"),
    Setting("log_level", _one_of("DEBUG", "INFO", "WARNING", "ERROR"), "least severe log line"),
)


def load_settings(environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """The settings in force.

    Args:
        environment: ``os.environ`` by default.
        overrides: values of command-line options; None means "not given".

    Raises:
        SettingsError: with every problem, each naming its variable.
    """
    environment = os.environ if environment is None else environment
    values, problems = _from_file(environment.get(PREFIX + "CONFIG"))
    values |= {row.name: environment[row.variable] for row in SETTINGS if environment.get(row.variable, "") != ""}
    values |= {name: value for name, value in overrides.items() if value is not None}
    parsed: dict[str, Any] = {}
    for row in SETTINGS:
        if row.name in values:
            try:
                parsed[row.name] = row.parse(str(values[row.name]))
            except ValueError as error:
                problems.append(f"{row.variable}: {str(values[row.name])!r}: {error}")
    if problems:
        raise SettingsError(problems)
    return Settings(**parsed)


def misspelt(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables that are read by nobody and look like one that is, each with that one.

    Others with our prefix are let be: an orchestrator sets some for every service, by the service's name.

    >>> misspelt({"OVERSIGHT_BOOTSTRAP_SERVER": "k:9092", "OVERSIGHT_SERVICE_HOST": "10.0.0.1"})
    [('OVERSIGHT_BOOTSTRAP_SERVER', 'OVERSIGHT_BOOTSTRAP_SERVERS')]
    """
    known = [PREFIX + "CONFIG", *(row.variable for row in SETTINGS)]
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    near = ((name, get_close_matches(name, known, n=1, cutoff=ALIKE)) for name in unknown)
    return [(name, found[0]) for name, found in near if found]


def _from_file(path: str | None) -> tuple[dict[str, object], list[str]]:
    if not path:
        return {}, []
    try:
        tree = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return {}, [f"{PREFIX}CONFIG: {path} cannot be read: {error}"]
    except yaml.YAMLError as error:  # its text quotes the file, which may hold a secret
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        return {}, [f"{PREFIX}CONFIG: {path}{line}: this is not YAML"]
    if not isinstance(tree, dict):
        return {}, [f"{PREFIX}CONFIG: {path} must be a mapping of settings"]
    names = {row.name for row in SETTINGS}
    problems = [f"{path}: {name}: unknown setting" for name in tree if name not in names]
    problems += [
        f"{path}: {name}: must be a single value"
        for name, value in tree.items()
        if name in names and isinstance(value, list | dict)
    ]
    kept = {name: value for name, value in tree.items() if name in names and not isinstance(value, list | dict)}
    return {name: value for name, value in kept.items() if value is not None}, problems
