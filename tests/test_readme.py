"""The README's tables and commands are those of the code."""

import ast
import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from monitor.cli import main
from monitor.codec import binary, decode_command, decode_review
from monitor.core.channels import BREAKERS, ESCALATIONS
from monitor.core.errors import RejectCode
from monitor.core.events import Escalation, Output
from monitor.core.interaction import Position
from monitor.core.vocabulary import Stake
from monitor.demo.broker import EmbeddedBroker
from monitor.ingest import IngestOptions, Record, decode
from monitor.ingest.fields import OPTIONAL_FIELDS
from monitor.policy_file import load_policy
from tests.brokers import embedded_broker
from tests.replay.talks import line, records, run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
STRANGE = (ROOT / "docs" / "strange-input.md").read_text("utf-8")
ADDRESS = "kafka-1:9092"
PATIENCE_SECONDS = 60.0


def test_readme_says_of_every_optional_field_what_it_unlocks() -> None:
    for field in OPTIONAL_FIELDS:
        assert f"| `{field.name}` | {field.unlocks} |" in README


def test_readme_names_only_commands_that_exist() -> None:
    named = set(re.findall(r"\boversight (demo|[a-z]+)\b(?= |\n|`)", README)) - {"monitor"}
    assert named <= set(main.list_commands(None)) | {"worker"}  # type: ignore[arg-type]


def test_ci_runs_the_readmes_test_command_word_for_word() -> None:
    command = next(line.strip() for line in README.splitlines() if line.strip().endswith("-m pytest"))
    assert command in (ROOT / ".ci" / "run").read_text("utf-8")


# what it shows runs --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """A broker with what the monitor says of somebody in distress; its topics have their own names."""
    said = [line(session_id="s", role="user", text="I can't cope anymore. I feel hopeless, I want to die.", ts=1.7e9)]
    with embedded_broker() as running:
        for address in (ESCALATIONS, BREAKERS):
            running.create_topic(address, 3)
        send(running, [output for turn in run(records(said)) for output in turn.outputs])
        yield running


def send(to: EmbeddedBroker, events: list[Output]) -> None:
    producer = Producer({"bootstrap.servers": to.bootstrap_servers})
    for event in events:
        if event.channel in (ESCALATIONS, BREAKERS):
            headers, value = binary(event)
            producer.produce(event.channel, value, event.key, headers=headers)
    producer.flush()


def snippet(name: str, to: EmbeddedBroker) -> Any:  # noqa: ANN401 - whatever the README defines
    """A function of one of the README's Python blocks, word for word but for the broker's address."""
    block = next(code for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if f"async def {name}(" in code)
    assert ADDRESS in block
    space: dict[str, Any] = {}
    exec(compile(ast.parse(block.replace(ADDRESS, to.bootstrap_servers)), "README.md", "exec"), space)
    return space[name]


class Held(dict[bytes, dict[str, Any]]):
    """Ends the reading once a breaker is in it."""

    def __setitem__(self, key: bytes, breaker: dict[str, Any]) -> None:
        super().__setitem__(key, breaker)
        raise TimeoutError


async def for_a_while(work: Any) -> None:  # noqa: ANN401 - a coroutine
    with suppress(TimeoutError):
        await asyncio.wait_for(work, PATIENCE_SECONDS)


def test_python_of_escalations_prints_who_must_act(broker: EmbeddedBroker, capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        out for turn in run(records([line(session_id="t", role="user", text="I want to die.")])) for out in turn.outputs
    ]
    raised = [each for each in found if isinstance(each.data, Escalation)]
    assert raised

    async def read() -> None:
        reading = asyncio.create_task(for_a_while(snippet("escalations", broker)()))
        while (
            not reading.done() and not capsys.readouterr().out
        ):  # a new group begins at the end: send until it is there
            send(broker, raised)
            await asyncio.sleep(0.5)
        assert not reading.done(), "nothing was printed"
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading

    asyncio.run(read())


def test_python_of_breakers_holds_the_highest_epoch(broker: EmbeddedBroker) -> None:
    held = Held()
    asyncio.run(for_a_while(snippet("ceilings", broker)(held)))
    assert set(held) == {b"shop-bot"}
    assert held[b"shop-bot"]["ceiling"] == "act"


def test_records_it_sends_are_read() -> None:
    turn, review, command = (text.encode() for text in re.findall(r"echo '(\{.*?\})'", README))
    assert decode(Record(Position("t", 0, 0), turn), IngestOptions()).session_id == "s-81"
    assert decode_review(turn_kind(review, "review")).reviewer == "ada"
    assert decode_command(turn_kind(command, "command")).action == "force_open"


def turn_kind(value: bytes, kind: str) -> bytes:
    return json.dumps(json.loads(value) | {"kind": kind}).encode()


def test_policy_it_shows_loads(tmp_path: Path) -> None:
    block = README[README.index("       name: acme") : README.index("   `oversight policy check acme.yaml`")]
    file = tmp_path / "acme.yaml"
    file.write_text("".join(text.removeprefix("       ") + "\n" for text in block.splitlines()))
    assert load_policy(file).base.owner == "support-lead"


# docs/strange-input.md ----------------------------------------------------------------------------------------------


def test_strange_input_names_every_code_and_stake() -> None:
    assert [code for code in RejectCode if f"`{code}`" not in STRANGE] == []
    assert [stake for stake in Stake if str(stake) not in STRANGE] == []


def test_strange_input_names_tests_that_exist() -> None:
    written = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in re.findall(r"`(test_\w+)`", STRANGE) if f"def {name}(" not in written] == []
