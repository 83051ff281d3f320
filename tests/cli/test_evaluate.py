"""``oversight evaluate``: what it prints and writes, and what it refuses."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.evaluate.markdown import written
from tests.evaluate.build import line
from tests.evaluate.build import written as file

SAMPLE = Path(__file__).parents[1] / "evaluate" / "sample.jsonl"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def test_prints_every_signal_beside_trivial_rules_and_says_what_it_folds() -> None:
    result = run(SAMPLE, "--signal", "dispute")
    assert result.exit_code == 0, result.output
    table = [text.split() for text in result.stdout.splitlines()]
    head = next(cells for cells in table if cells[:1] == ["signal"])
    assert head[-6:] == ["AUC", "AP", "F1", "precision", "recall", "fires"]
    assert [cells[0] for cells in table if cells[:1] in (["always"], ["never"], ["length"])] == [
        "always",
        "never",
        "length",
    ]
    assert "sample.jsonl: sample, 47 sessions" in result.stdout
    assert result.stderr == "folding sample\n"


def test_text_is_shown_only_where_it_is_asked_for() -> None:
    texts = {json.loads(each)["text"] for each in SAMPLE.read_text("utf-8").splitlines()}
    plain, shown = run(SAMPLE, "--signal", "confusion"), run(SAMPLE, "--signal", "confusion", "--show-text")
    assert not any(len(text) > 10 and text in plain.output for text in texts)
    assert any(len(text) > 10 and text in shown.output for text in texts)


def test_json_and_pages_are_written_and_the_same_again(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.json", "a.md", "a-calls.md", "b.json", "b.md", "b-calls.md")]
    for one, page, calls in (files[:3], files[3:]):
        result = run(SAMPLE, "--json", one, "--markdown", page, "--escalations", calls)
        assert result.exit_code == 0, result.output
    assert [path.read_bytes() for path in files[:3]] == [path.read_bytes() for path in files[3:]]
    rows = json.loads(files[0].read_bytes())["rows"]
    assert {"auc", "f1"} <= rows[0]["figures"].keys()
    assert {row["signal"] for row in rows} == {text[3:] for text in _heads(files[1])}
    assert _heads(files[2]) == ["## Calm where nothing went wrong", "## sample"]


def test_options_bear_on_what_is_measured() -> None:
    assert "5 sessions" in run(SAMPLE, "--sample", "5").stdout
    mapped = run(SAMPLE, "--label", "urgency=confused", "--half", "heldout").stdout
    assert "label.confused: true" in mapped
    assert "worst" not in mapped
    assert run(SAMPLE, "--policy", "airline", "--standings", "live").exit_code == 0


def test_series_are_measured_beside_turns_and_by_themselves(tmp_path: Path) -> None:
    values = [[0.1 * (index % 7) + 20.0 * (index >= 500)] for index in range(700)]
    series = file(tmp_path / "rig.jsonl", [{"series_id": "a", "values": values, "change_points": [500]}])
    unknown = file(tmp_path / "other.jsonl", [{"series_id": "a", "values": values}])
    alone, beside = run(series, unknown), run(SAMPLE, series, "--signal", "drift")
    for result in (alone, beside):
        assert result.exit_code == 0, result.output
        row = next(text.split() for text in result.stdout.splitlines() if text.startswith("series  both"))
        assert row[2:6] == ["1", "700", "1", "1.000"]
    assert f"{unknown}: left out" in alone.stderr
    assert "dispute" not in beside.stdout
    assert "series  both" not in run(SAMPLE, series, "--signal", "dispute").stdout


def test_errors_say_what_to_do_next(tmp_path: Path) -> None:
    unknown = file(tmp_path / "x.jsonl", [line("a", 0, "hi", label={"angry": True})])
    for arguments, says in (
        ((unknown,), "--label 'signal=FIELD'"),
        ((SAMPLE, "--label", "anger=angry"), "no signal 'anger'"),
        ((SAMPLE, "--scorer", "nli"), "OVERSIGHT_SCORER_MODEL"),
        ((SAMPLE, "--json", tmp_path / "no" / "x.json"), "name another file"),
        ((tmp_path / "none.jsonl",), "does not exist"),
        ((), "Missing argument"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, result.output
        assert says in result.stderr
        assert "Traceback" not in result.output


def _heads(path: Path) -> list[str]:
    return [text for text in written(path.read_text("utf-8")).splitlines() if text.startswith("## ")]
