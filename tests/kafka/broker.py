"""A real Apache Kafka for tests: KRaft mode, one process, from the jars that pom.xml names; no container.

The jars are copied once into the user's cache folder. ``OVERSIGHT_BOOTSTRAP_SERVERS`` names a running cluster to use
instead; faults (kill, pause) are then not possible.
"""

import base64
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from monitor.core.errors import OperatorError

__all__ = ["ApacheKafka", "available"]

VERSION = "4.3.1"
ADDRESS_VARIABLE = "OVERSIGHT_BOOTSTRAP_SERVERS"
STARTED_WITHIN_SECONDS = 60.0
POM = Path(__file__).with_name("pom.xml")

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={logs}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.backoff.ms=1000
group.min.session.timeout.ms=1000
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
"""


def available() -> tuple[bool, str]:
    """Whether a real Kafka can be had here, and why not."""
    if os.environ.get(ADDRESS_VARIABLE):
        return True, f"{ADDRESS_VARIABLE} is set"
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        return False, f"no {' and no '.join(missing)} on the path, and {ADDRESS_VARIABLE} is not set"
    return True, "java and mvn are here"


def cached_jars() -> Path:
    """Folder of Kafka's jars, filled at the first call.

    Raises:
        OperatorError: mvn could not bring them; its output is in the message.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oversight-monitor"
    jars = cache / f"kafka-{VERSION}"
    if any(jars.glob("kafka_2.13-*.jar")) and any(jars.glob("kafka-tools-*.jar")):
        return jars
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as fresh:  # moved as a whole: two test runs may fill it at once
        goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}/jars")
        run = subprocess.run(["mvn", "-q", "-B", "-f", str(POM), *goal], capture_output=True, text=True, check=False)
        if run.returncode:
            raise OperatorError(
                f"mvn could not copy Kafka's jars; set {ADDRESS_VARIABLE} instead.\n{run.stdout[-2000:]}"
            )
        if not jars.exists():
            Path(fresh, "jars").rename(jars)
    return jars


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


class ApacheKafka:
    """A real broker; a context manager. Data and ports stay the same over :meth:`kill` and :meth:`restart`.

    Attributes:
        bootstrap_servers: ``host:port`` once started.
        own: False when ``OVERSIGHT_BOOTSTRAP_SERVERS`` names a cluster that is not ours to stop.
    """

    def __init__(self) -> None:
        self.bootstrap_servers = os.environ.get(ADDRESS_VARIABLE, "")
        self.own = not self.bootstrap_servers
        self._process: subprocess.Popen[bytes] | None = None
        self._home: Path | None = None

    def start(self) -> Self:
        """Format a new data folder, start the broker and wait until it answers."""
        if self.own:
            self._home = Path(tempfile.mkdtemp(prefix="oversight-kafka-"))
            port, controller = free_ports(2)
            self.bootstrap_servers = f"127.0.0.1:{port}"
            (self._home / "server.properties").write_text(
                PROPERTIES.format(port=port, controller=controller, logs=self._home / "logs")
            )
            self._format()
            self._launch()
        return self

    def create_topic(self, name: str, partitions: int, *, compact: bool = False) -> None:
        """Create a topic and wait for it.

        Raises:
            KafkaException: the broker refused: the name is bad or taken.
        """
        config = {"cleanup.policy": "compact" if compact else "delete"}
        topic = NewTopic(name, partitions, 1 if self.own else -1, config=config)
        admin = self._admin()  # kept: the outcome fails when its client is collected
        for outcome in admin.create_topics([topic], request_timeout=30.0).values():
            outcome.result()

    def kill(self) -> None:
        """SIGKILL, as a power cut. :meth:`restart` brings it back with the same data and ports."""
        self._own_process().kill()
        self._own_process().wait()

    def restart(self) -> None:
        """Start again after :meth:`kill`, and wait until it answers."""
        self._own_process()
        self._launch()

    def pause(self) -> None:
        """SIGSTOP: connections stay open and nothing answers, until :meth:`resume`."""
        self._own_process().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT after :meth:`pause`."""
        self._own_process().send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop the broker and delete its data. Safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.kill()  # a clean stop takes seconds and would save data that nobody reads again
            process.wait()
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)

    def log(self) -> str:
        """The broker's own log so far."""
        return (self._home / "broker.log").read_text() if self._home else ""

    def _format(self) -> None:
        assert self._home is not None
        # a leading dash would read as an option
        cluster = "k" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        arguments = ["format", "-t", cluster, "-c", str(self._home / "server.properties"), "--ignore-formatted"]
        run = subprocess.run(
            ["java", "-cp", f"{cached_jars()}/*", "kafka.tools.StorageTool", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise OperatorError(f"Kafka's data folder could not be formatted:\n{run.stdout}{run.stderr}")

    def _launch(self) -> None:
        assert self._home is not None
        with (self._home / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["java", "-Xmx512m", "-cp", f"{cached_jars()}/*", "kafka.Kafka", str(self._home / "server.properties")],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + STARTED_WITHIN_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise OperatorError(f"Kafka did not start; the end of its log:\n{self.log()[-3000:]}")

    def _answers(self) -> bool:
        try:
            return bool(self._admin().list_topics(timeout=2.0).brokers)
        except KafkaException:
            return False

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.bootstrap_servers, "log_level": 2})

    def _own_process(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise OperatorError(f"faults need a broker of our own: unset {ADDRESS_VARIABLE} and call start().")
        return self._process

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
