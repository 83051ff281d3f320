"""The bench runs; how fast is not a test's matter."""

import json
from pathlib import Path

from click.testing import CliRunner

from monitor.core.signals import SIGNALS
from tests.bench.__main__ import main
from tests.bench.data import turns
from tests.bench.table import ROWS, figures
from tests.bench.typical import TOGETHER, WARM


def test_bench_from_memory_measures_every_part(tmp_path: Path) -> None:
    file = tmp_path / "turns.jsonl"
    file.write_bytes(b"\n".join(value for _, value in turns(20)))
    result = CliRunner().invoke(
        main, ["--turns", "20", "--runs", "1", "--only", "memory", "--json", "--data", str(file)]
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["turns"] == 20
    assert {row["id"] for row in found["rows"]} == {row.id for row in ROWS if row.id.startswith("memory.")}


def test_bench_of_annotating_measures_every_part() -> None:
    result = CliRunner().invoke(main, ["--turns", "20", "--runs", "1", "--only", "annotate", "--json"])
    assert result.exit_code == 0, result.output
    found = {row["id"] for row in json.loads(result.stdout)["rows"]}
    assert found == {row.id for row in ROWS if row.id.startswith("annotate.")}


def test_bench_of_signals_measures_every_group() -> None:
    result = CliRunner().invoke(main, ["--turns", "20", "--runs", "1", "--only", "signals", "--json"])
    assert result.exit_code == 0, result.output
    rows = {row["id"]: row["median"] for row in json.loads(result.stdout)["rows"]}
    assert set(rows) == {row.id for row in ROWS if row.id.startswith("signals.")}
    assert 1.0 < rows["signals.asked"] < len(SIGNALS)


def test_bench_of_typical_turns_measures_labelled_files_without_their_labels(tmp_path: Path) -> None:
    lines = [
        {"session_id": f"s{number // 4}", "turn": number % 4, "role": "user", "text": "Is it open?", "label": {"x": 1}}
        for number in range(WARM * TOGETHER + TOGETHER)
    ]
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    result = CliRunner().invoke(main, ["--runs", "1", "--only", "typical", "--typical", str(file), "--json"])
    assert result.exit_code == 0, result.output
    found = {row["id"] for row in json.loads(result.stdout)["rows"]} - {"typical.vader"}
    assert found == {row.id for row in ROWS if row.id.startswith("typical.")} - {"typical.vader"}


def test_figures_of_several_runs_are_medians_with_their_ratio_to_the_yardstick() -> None:
    runs = [{"noop.stock": 100.0, "worker.pipeline": rate, "memory.decode": 5.0} for rate in (50.0, 400.0, 200.0)]
    found = {figure.row.id: figure for figure in figures(runs)}
    assert found["worker.pipeline"].median == 200.0
    assert found["worker.pipeline"].ratio == 2.0
    assert found["memory.decode"].ratio is None
