import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import confluent_kafka
import pytest
from confluent_kafka.admin import AdminClient

from monitor.core.errors import OperatorError
from monitor.demo.broker import EmbeddedBroker, find_library

LOOK_SECONDS = 10.0


def partitions_of(bootstrap_servers: str, topic: str) -> int:
    admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 2})
    return len(admin.list_topics(topic, timeout=LOOK_SECONDS).topics[topic].partitions)


def answers(bootstrap_servers: str) -> bool:
    admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 2})
    try:
        admin.list_topics(timeout=1.0)
    except confluent_kafka.KafkaException:
        return False
    return True


def test_created_topic_has_the_partitions_asked_for() -> None:
    with EmbeddedBroker() as embedded:
        embedded.create_topic("a.v1", 3)
        embedded.create_topic("b.v1", 1, compact=True)
        assert partitions_of(embedded.bootstrap_servers, "a.v1") == 3
        assert partitions_of(embedded.bootstrap_servers, "b.v1") == 1


def test_broker_down_refuses_and_up_answers_again() -> None:
    with EmbeddedBroker() as embedded:
        embedded.broker_down()
        assert not answers(embedded.bootstrap_servers)
        embedded.broker_up()
        assert answers(embedded.bootstrap_servers)


def test_refused_topic_names_the_command() -> None:
    with EmbeddedBroker() as embedded:
        embedded.create_topic("a.v1", 1)
        with pytest.raises(OperatorError, match="topic"):
            embedded.create_topic("a.v1", 1)


def test_command_before_start_names_the_next_action() -> None:
    with pytest.raises(OperatorError, match="start"):
        EmbeddedBroker().broker_down()


def test_stop_twice_is_harmless() -> None:
    embedded = EmbeddedBroker().start()
    embedded.stop()
    embedded.stop()


def test_broker_dies_with_a_killed_parent() -> None:
    script = (
        "import time\n"
        "from monitor.demo.broker import EmbeddedBroker\n"
        "embedded = EmbeddedBroker().start()\n"
        "print(embedded._child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(200):
        if not is_running(child):
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the embedded broker outlived its parent")


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_missing_library_names_the_next_action(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(confluent_kafka, "__file__", str(tmp_path / "confluent_kafka" / "__init__.py"))
    with pytest.raises(OperatorError, match="pip install"):
        find_library()


@pytest.mark.parametrize(
    "place", ["confluent_kafka.libs/librdkafka-0cb94173.so.1", "confluent_kafka/.dylibs/librdkafka.1.dylib"]
)
def test_library_is_found_in_the_wheel_of_each_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    (tmp_path / "confluent_kafka").mkdir()
    library = tmp_path / place
    library.parent.mkdir(exist_ok=True)
    library.touch()
    monkeypatch.setattr(confluent_kafka, "__file__", str(tmp_path / "confluent_kafka" / "__init__.py"))
    assert find_library().samefile(library)
