"""Rows: where a figure stands against its bar, and which mistakes are shown."""

import pytest

from monitor.evaluate.cases import cases
from monitor.evaluate.failures import WORST, reason
from monitor.evaluate.fold import Judged
from monitor.evaluate.lines import lines
from monitor.evaluate.report import AIM, MUST, SHORT, UNKNOWN, Report, Row, row_of
from monitor.evaluate.task import DECIDED, FIRES, Bar, Task
from monitor.evaluate.trained import trained_by
from monitor.evaluate.truth import holds, plain
from monitor.evaluate.words import verdict
from tests.evaluate.build import HELD_OUT_ID, SIGNAL, TUNED_ID, judged

LOST, WELL = {"lost": True}, {"lost": False}


def row(turns: list[Judged], *bars: Bar, **fields: object) -> Row:
    told: dict[str, object] = {"truth": holds("lost"), "bars": bars, **fields}
    task = Task((SIGNAL,), ("data",), "lost", **told)  # type: ignore[arg-type]
    found = row_of(task, cases(task, turns))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("bar", "reached", "says"),
    [
        (Bar("recall", 0.4, 0.45), AIM, "aim reached"),
        (Bar("recall", 0.4, 0.6), MUST, "must reached"),
        (Bar("recall", 0.5, 0.6), MUST, "must reached"),
        (Bar("recall", 0.75, 0.8), SHORT, "short by .250"),
        (Bar("fires", 0.5, 0.4), MUST, "must reached"),
        (Bar("fires", 0.3, 0.2), SHORT, "short by .200"),
        (Bar("fires", 0.6, 0.5), AIM, "aim reached"),
    ],
)
def test_bar_says_where_the_figure_stands(bar: Bar, reached: str, says: str) -> None:
    found = row([judged(score=1.0, label=LOST), judged(number=1, score=0.0, label=LOST)], bar, figures=DECIDED)
    assert [(each.reached, verdict(each)) for each in found.bars] == [(reached, says)]


def test_bar_of_an_undefined_figure_is_not_known() -> None:
    found = row([judged(score=1.0, label=LOST)], Bar("auc", 0.5, 0.6))
    assert found.bars[0].reached == UNKNOWN


def test_row_without_a_judged_case_is_none() -> None:
    task = Task((SIGNAL,), ("data",), "lost", holds("lost"))
    assert row_of(task, cases(task, [judged()])) is None


def test_row_figures_of_halves_are_counted_apart() -> None:
    turns = [judged(TUNED_ID, 0, 1.0, label=LOST), judged(HELD_OUT_ID, 0, 0.0, label=LOST)]
    assert {half: figures["recall"] for half, figures in row(turns).halves.items()} == {"tuned": 1.0, "heldout": 0.0}


def test_mistakes_are_of_the_tuned_half_worst_first_and_at_most_ten() -> None:
    missed = [judged(TUNED_ID, number, number / 100, label=LOST) for number in range(20, 8, -1)]
    false = [judged(TUNED_ID, number, 0.6 + number / 100, label=WELL) for number in range(3)]
    unseen = [judged(HELD_OUT_ID, 0, 0.0, label=LOST), judged(HELD_OUT_ID, 1, 1.0, label=WELL)]
    found = row([*missed, *false, *unseen, judged(TUNED_ID, 99, None, label=LOST)])
    assert [each.turn for each in found.misses] == [99, *range(9, 9 + WORST - 1)]
    assert [each.turn for each in found.false_alarms] == [2, 1, 0]
    assert {each.session for each in (*found.misses, *found.false_alarms)} == {TUNED_ID}


def test_plain_row_shows_what_fired() -> None:
    found = row([judged(score=0.9), judged(number=1, score=0.1)], truth=plain, figures=FIRES)
    assert [each.turn for each in found.false_alarms] == [0]
    assert found.misses == ()


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        (judged(score=None), "not judged"),
        (judged(score=0.0), "nothing found"),
        (judged(number=3, score=0.4, evidence=(1,)), "evidence at turn 1"),
        (judged(number=3, score=0.4, evidence=(3,)), "evidence"),
        (judged(rejected="text: missing"), "the turn was rejected: text: missing"),
    ],
)
def test_reason_says_what_the_signal_had_to_go_by(turn: Judged, says: str) -> None:
    assert reason(Task((SIGNAL,), ("data",), "", plain), turn) == says


def test_reason_of_several_signals_names_the_one_that_was_highest() -> None:
    task = Task(("urgency", SIGNAL), ("data",), "", plain)
    assert reason(task, judged(score=0.4)) == f"{SIGNAL}, nothing found"


def test_trained_row_is_marked_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.evaluate.trained.IN_SAMPLE", {(SIGNAL, "data"): "python -m training.x"})
    assert trained_by(("urgency", SIGNAL), ("other", "data")) == ("python -m training.x",)
    marked = row([judged(score=1.0, label=LOST)], Bar("recall", 0.5, 0.6))
    told = "\n".join(lines(Report(policy="", half="both", files=(), rows=(marked,))))
    assert f"{SIGNAL} †" in told
    assert "aim reached, in-sample" in told
    assert "cross-validated over sessions: python -m training.x" in told


def test_row_set_by_hand_is_marked_with_what_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.evaluate.trained.SET_BY_HAND", {(SIGNAL, "data"): "five weights, by looking"})
    marked = row([judged(score=1.0, label=LOST)], Bar("recall", 0.5, 0.6))
    told = "\n".join(lines(Report(policy="", half="both", files=(), rows=(marked,))))
    assert f"{SIGNAL} ‡" in told
    assert f"‡ {SIGNAL} on data: five weights, by looking" in told
    assert "in-sample" not in told


def test_lines_show_text_where_it_was_kept_and_only_there() -> None:
    for text in ("", "where am I"):
        found = row([judged(TUNED_ID, 0, 0.0, label=LOST, text=text)])
        told = "\n".join(lines(Report(policy="", half="both", files=(), rows=(found,))))
        assert ("where am I" in told) is bool(text)
