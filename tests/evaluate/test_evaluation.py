"""From files to a report: labels never reach the engine, every row has the data it needs, errors say what to do."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import OperatorError
from monitor.evaluate.cards import cards
from monitor.evaluate.evaluation import Request, evaluate
from monitor.evaluate.fields import mapped
from monitor.evaluate.inputs import inputs_of
from monitor.evaluate.markdown import written
from monitor.evaluate.report import Report, Row
from monitor.policy_file import load_policy
from tests.evaluate.build import line
from tests.evaluate.build import written as file

SAMPLE = Path(__file__).parent / "sample.jsonl"
PAGE = Path(__file__).parents[2] / "docs" / "quality-sample.md"
COMMAND = "oversight evaluate tests/evaluate/sample.jsonl --markdown docs/quality-sample.md"

Lines = list[dict[str, Any]]


def report(*paths: Path, **fields: Any) -> Report:  # noqa: ANN401
    return evaluate(inputs_of(paths), Request(load_policy(None), **fields))


@cache
def of_sample() -> Report:
    return report(SAMPLE)


def changed(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Path:
    """The sample with every line changed."""
    return file(path, [change(json.loads(text)) for text in SAMPLE.read_text("utf-8").splitlines()])


def known(source: str) -> Lines:
    return [
        line("a", 0, "I am completely lost.", source=source, label={"confused": True, "dissatisfied": False}),
        line("b", 0, "Fine, thanks.", source=source, label={"confused": False, "dissatisfied": True}),
    ]


def test_page_of_the_sample_is_what_the_code_measures() -> None:
    assert written(PAGE.read_text("utf-8")) == f"{cards(of_sample()).strip()}\n", f"out of step: {COMMAND}"


def test_labels_turned_round_turn_the_figures_round(tmp_path: Path) -> None:
    def turned(line: dict[str, Any]) -> dict[str, Any]:
        label = line["label"]
        return line | {"label": {name: not found for name, found in label.items() if isinstance(found, bool)}}

    rows = {row.signal: row for row in of_sample().rows}
    other = {row.signal: row for row in report(changed(tmp_path / "turned.jsonl", turned)).rows}
    for signal in ("dispute", "human_request", "confusion"):
        one, two = rows[signal].figures["auc"], other[signal].figures["auc"]
        assert one is not None
        assert two is not None
        assert two.value == pytest.approx(1 - one.value)


def test_engine_is_given_no_label(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    run = evaluate.__globals__["Folding"].judged.__globals__["records"]

    def watched(lines: Any) -> Any:  # noqa: ANN401
        for record in run(lines):
            seen.append(record.value)
            yield record

    monkeypatch.setattr("monitor.evaluate.fold.records", watched)
    report(SAMPLE, sample=5)
    assert seen
    assert all("label" not in json.loads(value) for value in seen)


def test_sessions_may_lie_across_one_another(tmp_path: Path) -> None:
    def at_once(line: dict[str, Any]) -> dict[str, Any]:
        return line | {"ts": f"2025-03-01T08:00:{line['turn']:02d}Z"}

    apart = changed(tmp_path / "apart.jsonl", at_once)
    lines = [json.loads(text) for text in apart.read_text("utf-8").splitlines()]
    mixed = file(tmp_path / "mixed.jsonl", sorted(lines, key=lambda each: each["turn"]))
    one, other = report(apart), report(mixed)
    for name in ("auc", "f1"):
        assert [_value(row, name) for row in one.rows] == [_value(row, name) for row in other.rows]


def test_known_data_has_its_own_rows_and_those_of_two_files_need_both(tmp_path: Path) -> None:
    maia = file(tmp_path / "support.jsonl", known("maia_dqe"))
    esconv = file(tmp_path / "talks.jsonl", [line("c", 0, "I feel hopeless.", source="esconv_failed")])
    alone = {(row.signal, row.data) for row in report(maia).rows}
    assert {("confusion", ("maia_dqe",)), ("distress", ("maia_dqe",))} <= alone
    pair = ("distress", ("esconv_failed", "maia_dqe"))
    assert pair not in alone
    assert pair in {(row.signal, row.data) for row in report(maia, esconv).rows}


def test_file_called_like_known_data_is_not_taken_for_it(tmp_path: Path) -> None:
    rows = report(file(tmp_path / "maia_dqe.jsonl", known("our_support"))).rows
    assert {(row.signal, row.data) for row in rows} == {
        ("confusion", ("our_support",)),
        ("dissatisfaction", ("our_support",)),
    }


def test_files_of_one_source_are_one_data(tmp_path: Path) -> None:
    files = [file(tmp_path / f"{name}.jsonl", [each | {"session_id": name} for each in known("ours")]) for name in "xy"]
    assert {row.n for row in report(*files).rows} == {4}


def test_sessions_of_two_files_are_apart_though_they_are_called_the_same(tmp_path: Path) -> None:
    lines = [line("a", 0, "hello", source="ours", label={"session": {"distress": False}})]
    files = [file(tmp_path / f"{name}.jsonl", lines) for name in "xy"]
    assert [(row.n, row.sessions) for row in report(*files).rows] == [(2, 2)]


def test_mapped_label_is_measured_beside_what_is_understood(tmp_path: Path) -> None:
    lines = [line(f"s{index}", 0, "Where am I?", label={"lost": index < 2, "confused": True}) for index in range(4)]
    rows = report(file(tmp_path / "x.jsonl", lines), fields=(mapped("confusion=lost"),)).rows
    assert {row.what for row in rows} == {"label.lost: true", "label.confused: true"}
    assert {row.base for row in rows} == {0.5, 1.0}


def test_signal_asked_for_is_the_only_one(tmp_path: Path) -> None:
    assert {row.signal for row in report(SAMPLE, signals=("dispute",)).rows} == {"dispute"}
    assert {row.signal for row in report(SAMPLE, signals=("boundary",)).rows} == {"any boundary signal"}
    with pytest.raises(OperatorError, match="no row for stuck_loop on these files; signals are boundary"):
        report(SAMPLE, signals=("stuck_loop",))


def test_halves_add_up_to_the_whole() -> None:
    sessions = [
        sum(each.sessions for each in report(SAMPLE, half=half, signals=("dispute",)).files)
        for half in (None, "tuned", "heldout")
    ]
    assert sessions[0] == sessions[1] + sessions[2]
    assert sessions[1]
    assert sessions[2]


def test_rejected_turn_is_counted_and_its_case_is_not_judged(tmp_path: Path) -> None:
    lines = [line("a", 0, "x", role="robot", label={"dispute": True}), line("b", 0, "No!", label={"dispute": False})]
    found = report(file(tmp_path / "x.jsonl", lines))
    assert (found.files[0].rejected, found.rows[0].n) == (1, 2)
    assert found.files[0].first.startswith("role")


def test_data_whose_name_is_no_system_id_is_judged_all_the_same(tmp_path: Path) -> None:
    lines = [line("a", 0, "I disagree, that is wrong.", source="our söurce, 2", label={"dispute": True})]
    assert report(file(tmp_path / "x.jsonl", lines)).files[0].rejected == 0


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([line("a", 0, "x")], r"no label in it is understood \(it has: none\). Understood: "),
        ([line("a", 0, "x", label={"angry": 1})], r"it has: angry\).*dissatisfied \(true\).*--label 'signal=FIELD'"),
        ([line("a", 0, "x", label={"session": {"csat": 1}})], r"it has: session\.csat"),
        ([line("a", 0, "x", label={"dispute": None})], "nothing is judged"),
    ],
)
def test_labels_that_say_nothing_are_refused_with_what_to_do(tmp_path: Path, lines: Lines, says: str) -> None:
    with pytest.raises(OperatorError, match=says):
        report(file(tmp_path / "x.jsonl", lines))


def _value(row: Row, name: str) -> float | None:
    found = row.figures[name]
    return None if found is None else round(found.value, 9)
