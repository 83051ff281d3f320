"""``oversight demo`` from end to end: the processes a newcomer starts with one command."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.core.vocabulary import Situation

LONGEST_SECONDS = 150.0
pytestmark = pytest.mark.cluster


def demo(*options: str) -> list[str]:
    return [sys.executable, "-m", "monitor", "demo", *options]


def played(*options: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    done = subprocess.run(demo("--json", *options), capture_output=True, timeout=LONGEST_SECONDS, check=False)
    assert done.returncode == 0, done.stderr.decode()
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[:-1], lines[-1]["summary"]


def test_demo_half_a_minute_shows_every_situation() -> None:
    events, summary = played("--minutes", "0.5", "--seed", "7")
    assert summary["complete"]
    assert summary["turns"] == summary["turns_sent"]
    assert summary["missing_situations"] == []
    assert set(summary["escalations"]) == {row.value for row in Situation}
    assert min(summary["escalations"].values()) >= 1
    assert {trip["breaker"].partition("/")[0] for trip in summary["breakers_tripped"]} >= {"retail-refunds"}
    assert {drift["system"].partition("/")[0] for drift in summary["drift"]} == {"knowledge-search"}
    assert {order["action"] for order in summary["commands"]} == {"request_autonomy", "force_open"}
    assert summary["rejected"] == {}
    assert {each["verdict"] for each in summary["answered"]} >= {"justified", "not_justified"}
    assert "h.lindqvist" in {each["by"] for each in summary["answered"]}
    assert {each["now_asked"] for each in summary["overdue"]} <= {"Dr. Y. Berg, duty physician"}
    raised = [event for event in events if event.get("type") == "oversight.escalation.raised.v1"]
    assert len({event["id"] for event in raised}) == sum(summary["escalations"].values())


def test_demo_own_data_is_played_and_bad_lines_are_rejected(tmp_path: Path) -> None:
    own = tmp_path / "turns.jsonl"
    said = {"session_id": "s-1", "role": "user", "text": "I can't cope anymore. I feel hopeless, I want to die."}
    own.write_text(json.dumps(said) + "\n{broken\n")
    _, summary = played("--data", str(own), "--system", "my-bot", "--minutes", "0.2")
    assert summary["turns"] == 1
    assert summary["escalations"]["vulnerable_context"] == 1
    assert sum(summary["rejected"].values()) == 1


def test_demo_interrupted_ends_cleanly_with_a_summary() -> None:
    running = subprocess.Popen(demo("--plain"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    assert running.stdout is not None
    assert running.stdout.readline()  # the first escalation: it plays
    os.killpg(running.pid, signal.SIGINT)
    told, noted = running.communicate(timeout=LONGEST_SECONDS)
    assert running.returncode == 0, noted.decode() + told.decode()[-2000:]
    assert b"interrupted" in noted
    assert b"Traceback" not in noted
    assert b"cut short" in told
    with pytest.raises(ProcessLookupError):  # nobody of its group is left
        os.killpg(running.pid, 0)
