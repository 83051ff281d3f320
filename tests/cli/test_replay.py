"""``oversight replay``: same input, same bytes; files in every form; what it refuses."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.codec import decode_structured
from tests.contracts.schemas import assert_valid
from tests.replay.talks import ANGRY, day, line, talk


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["replay", *map(str, arguments)], input=stdin)


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    return written(tmp_path / "turns.jsonl", day())


def written(path: Path, lines: Sequence[bytes]) -> Path:
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def test_same_input_gives_the_same_bytes(turns: Path, tmp_path: Path) -> None:
    outcomes = []
    for name in ("one", "two"):
        files = [tmp_path / f"{name}.outputs", tmp_path / f"{name}.readings"]
        result = run(turns, "--outputs", files[0], "--readings", files[1])
        assert result.exit_code == 0, result.output
        outcomes.append((result.stdout, *(file.read_bytes() for file in files)))
    assert outcomes[0] == outcomes[1]
    assert all(outcomes[0])


def test_outputs_are_valid_events_in_structured_form(turns: Path) -> None:
    lines = run(turns, "--outputs", "-").stdout.splitlines()
    assert lines
    for text in lines:
        event = json.loads(text)
        assert event["specversion"] == "1.0"
        assert event["topic"].startswith("oversight.")
        output = decode_structured(text.encode())
        assert (output.channel, output.key, output.id) == (event["topic"], event["key"], event["id"])
        assert_valid(output)


def test_outputs_on_standard_output_leave_the_report_to_standard_error(turns: Path) -> None:
    result = run(turns, "--readings", "-")
    assert all(json.loads(text) for text in result.stdout.splitlines())
    assert "12 sessions" in result.stderr


def test_compressed_file_and_standard_input_give_what_the_file_gives(turns: Path, tmp_path: Path) -> None:
    data = turns.read_bytes()
    zipped = tmp_path / "turns.gz"
    zipped.write_bytes(gzip.compress(data))
    plain = run(turns, "--readings", "-").stdout
    assert run(zipped, "--readings", "-").stdout == plain
    assert run("-", "--readings", "-", stdin=data).stdout == plain
    assert run("-", "--readings", "-", stdin=gzip.compress(data)).stdout == plain


def test_system_is_supplied_to_lines_without_one_alone(tmp_path: Path) -> None:
    lines = [line(session_id="a", role="user", text="Hi", system_id=None), *talk("b", [("user", "Hi")])]
    path = written(tmp_path / "t", lines)
    keys = [json.loads(text)["key"] for text in run(path, "--system", "mine", "--outputs", "-").stdout.splitlines()]
    assert {"mine", "shop-bot"} <= set(keys)
    assert "missing_field" in run(path).stdout


def test_positions_give_the_ids_a_worker_gave(tmp_path: Path) -> None:
    path = written(tmp_path / "t", talk("s", ANGRY))
    places = [json.dumps({"partition": 4, "offset": 50 + index}).encode() for index in range(len(ANGRY))]
    positions = written(tmp_path / "p", places)
    placed = [json.loads(text) for text in run(path, "--positions", positions, "--outputs", "-").stdout.splitlines()]
    sources = [event["data"]["source"] for event in placed if event["type"] == "oversight.observation.v1"]
    assert [(each["partition"], each["offset"]) for each in sources] == [(4, 50 + index) for index in range(len(ANGRY))]
    free = {json.loads(text)["id"] for text in run(path, "--outputs", "-").stdout.splitlines()}
    assert not free & {event["id"] for event in placed if event["type"] == "oversight.observation.v1"}


def test_rejected_lines_are_counted_by_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    bad = [b"{", b"\xff", b"[]", line(session_id="s", role="user"), line(role="user", text="x"), b"x" * 400]
    path = written(tmp_path / "t", [*bad, *talk("s", ANGRY)])
    text = run(path, "--max-bytes", "300").stdout
    assert f"turns       {len(ANGRY)} in 1 sessions" in text
    for reason in ("invalid_json", "wrong_type", "empty_turn", "missing_field", "too_large"):
        assert reason in text


def test_schedule_is_adopted(tmp_path: Path) -> None:
    path = written(tmp_path / "t", talk("s", ANGRY))
    standing = {"system_id": "shop-bot", "version": 3, "ceilings": {"": "support"}}
    adoption = {"partition": 0, "system_id": "shop-bot", "from_offset": 2, "standing": standing}
    schedule = written(tmp_path / "s", [json.dumps(adoption).encode()])
    events = [json.loads(text) for text in run(path, "--schedule", schedule, "--outputs", "-").stdout.splitlines()]
    ceilings = [event["data"]["ceiling"] for event in events if event["type"] == "oversight.observation.v1"]
    assert ceilings == ["act", "act", "support", "support", "support"]


def test_bad_policy_is_refused_with_every_problem(turns: Path, tmp_path: Path) -> None:
    policy = tmp_path / "p.yaml"
    policy.write_text("nonsense: 1\nbounds: {dispute: {raise_at: high}}\n")
    result = run(turns, "--policy", policy)
    assert result.exit_code == 2
    assert result.stderr.count("error: ") >= 2


def test_output_that_cannot_be_written_is_the_operators_error(turns: Path, tmp_path: Path) -> None:
    result = run(turns, "--outputs", tmp_path / "no" / "where")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_file_that_is_not_there_is_named() -> None:
    result = run("nowhere.jsonl")
    assert result.exit_code == 2
    assert "nowhere.jsonl" in result.stderr
