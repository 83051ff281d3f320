"""The embedded broker: librdkafka's mock cluster, so that the demo and the tests need no Kafka.

It speaks the Kafka protocol on loopback and keeps everything in memory: 5 MB per partition, then the oldest records
go; no compaction, no ACLs, no disk. Never for production. The mock has no promise of a stable interface, which is why
``confluent-kafka`` (whose wheel carries the library) is pinned to a minor version.

It runs in a process of its own, so that killing a worker cannot hurt it. ``python -m monitor.demo.broker`` prints
``ready HOST:PORT`` and then answers one line per command on standard input with ``ok`` or ``error ...``::

    topic NAME PARTITIONS      create a topic
    down                       drop all connections and refuse new ones
    up                         accept connections again
    stop                       end (so does the end of standard input: the broker dies with its parent)
"""

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import confluent_kafka

import monitor
from monitor.core.errors import OperatorError

__all__ = ["EmbeddedBroker", "find_library"]

_BROKER_ID = 1
_PRODUCER = 0
_QUIET = b"2"  # syslog's critical: the mock logs every lost connection as an error
_HANDLES = {"rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new"}
_PLACES = ("../confluent_kafka.libs/librdkafka*.so*", ".dylibs/librdkafka*.dylib", "**/librdkafka*.so*")


def find_library() -> Path:
    """Path of the librdkafka inside the installed confluent-kafka wheel (Linux and macOS layouts).

    Raises:
        OperatorError: this confluent-kafka carries no library of its own, as when it was built from source.
    """
    package = Path(confluent_kafka.__file__).parent
    found = next((path for place in _PLACES for path in sorted(package.glob(place))), None)
    if found is None:
        raise OperatorError(
            f"no librdkafka inside {package}: the embedded broker needs the confluent-kafka wheel for Linux or macOS. "
            "Reinstall it with `pip install --force-reinstall --only-binary :all: confluent-kafka`, "
            "or give the address of a Kafka of your own."
        )
    return found


class MockCluster:
    """The mock cluster inside this process, by way of ctypes; one broker with id 1."""

    def __init__(self, library: Path) -> None:
        self._lib = ctypes.CDLL(str(library))
        for name in _HANDLES:
            getattr(self._lib, name).restype = ctypes.c_void_p
        self._lib.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
        self._cluster = ctypes.c_void_p(self._lib.rd_kafka_mock_cluster_new(self._new_client(), 1))
        # the default of 3 s exists to let many members gather; here every join would wait for it
        self._lib.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)

    def _new_client(self) -> ctypes.c_void_p:
        reason = ctypes.create_string_buffer(512)
        conf = ctypes.c_void_p(self._lib.rd_kafka_conf_new())
        self._lib.rd_kafka_conf_set(conf, b"log_level", _QUIET, reason, len(reason))
        client = self._lib.rd_kafka_new(_PRODUCER, conf, reason, len(reason))
        if not client:
            raise OperatorError(f"librdkafka did not start: {reason.value.decode()}. Reinstall confluent-kafka.")
        return ctypes.c_void_p(client)

    @property
    def bootstrap_servers(self) -> str:
        """``host:port`` on loopback."""
        bootstraps: bytes = self._lib.rd_kafka_mock_cluster_bootstraps(self._cluster)
        return bootstraps.decode()

    def create_topic(self, name: str, partitions: int) -> bool:
        """Whether the topic could be created: not with a bad name, nor twice."""
        return int(self._lib.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1)) == 0

    def set_down(self) -> bool:
        """Drop every connection and refuse new ones, keeping the data."""
        return int(self._lib.rd_kafka_mock_broker_set_down(self._cluster, _BROKER_ID)) == 0

    def set_up(self) -> bool:
        """Accept connections again."""
        return int(self._lib.rd_kafka_mock_broker_set_up(self._cluster, _BROKER_ID)) == 0


def answer(cluster: MockCluster, line: str) -> str:
    """Carry out one command of the line protocol; the answer is ``ok`` or ``error ...``."""
    match line.split():
        case ["topic", name, partitions] if partitions.isdecimal() and int(partitions) > 0:
            done = cluster.create_topic(name, int(partitions))
        case ["down"]:
            done = cluster.set_down()
        case ["up"]:
            done = cluster.set_up()
        case _:
            return f"error unknown command: {line}"
    return "ok" if done else f"error refused: {line}"


def main() -> None:
    """Serve the line protocol until ``stop`` or the end of standard input."""
    cluster = MockCluster(find_library())
    sys.stdout.write(f"ready {cluster.bootstrap_servers}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if line.strip() == "stop":
            break
        sys.stdout.write(answer(cluster, line.strip()) + "\n")
        sys.stdout.flush()
    os._exit(0)  # the client's threads have nothing to save, and joining them takes seconds


class EmbeddedBroker:
    """The embedded broker in a child process; a context manager.

    Attributes:
        bootstrap_servers: ``host:port`` once started.
    """

    def __init__(self) -> None:
        self.bootstrap_servers = ""
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Start the child and wait until it listens.

        Raises:
            OperatorError: the child did not start; its standard error says why.
        """
        root = str(Path(monitor.__file__).parents[1])
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "monitor.demo.broker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        word, _, address = self._read().partition(" ")
        if word != "ready":
            self.stop()
            raise OperatorError("the embedded broker did not start: see its message above, or use a Kafka of your own.")
        self.bootstrap_servers = address
        return self

    def create_topic(self, name: str, partitions: int, *, compact: bool = False) -> None:  # noqa: ARG002
        """Create a topic. ``compact`` is accepted for the sake of real brokers; the mock keeps every record.

        Raises:
            OperatorError: the broker refused: the name is bad or taken.
        """
        self._ask(f"topic {name} {partitions}")

    def broker_down(self) -> None:
        """Drop every connection and refuse new ones; the data stays."""
        self._ask("down")

    def broker_up(self) -> None:
        """Accept connections again after :meth:`broker_down`."""
        self._ask("up")

    def stop(self) -> None:
        """End the child; its data goes with it. Safe to call twice."""
        child, self._child = self._child, None
        if child is None:
            return
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                stream.close()
        child.wait()

    def _ask(self, command: str) -> None:
        if self._child is None or self._child.stdin is None:
            raise OperatorError("the embedded broker is not running: call start() first.")
        self._child.stdin.write(command + "\n")
        self._child.stdin.flush()
        reply = self._read()
        if reply != "ok":
            raise OperatorError(f"the embedded broker did not carry out {command!r}: {reply or 'it has ended'}.")

    def _read(self) -> str:
        assert self._child is not None
        assert self._child.stdout is not None
        return self._child.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


if __name__ == "__main__":
    main()
