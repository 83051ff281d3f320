import gzip
import json
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.core.errors import OperatorError
from monitor.evaluate.series import (
    PAUSE_SECONDS,
    TURN_SECONDS,
    Played,
    alarmed,
    distances,
    found,
    measured,
    observed,
    played_in_order,
    rows,
    told,
)
from monitor.policy_file import load_policy

SHIPPED = load_policy(None)
ASKS = {"role": "user", "text": "Where is my parcel?"}
SHORT = "It left the depot this morning and arrives tomorrow before noon."
LONG = " ".join([SHORT, "I looked at each of the steps it went through."] * 6)


def series(name: str, length: int, changes: tuple[int, ...], alarms: tuple[int, ...], window: int = 40) -> Played:
    return Played("swap", name, length, changes, alarms, window)


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))
    return path


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    """Sixty sessions of a terse system and sixty of a wordy one, labelled."""
    draw = Random(4)
    lines = []
    for system, answer in (("terse", SHORT), ("wordy", LONG)):
        for number in range(60):
            words = answer.split()
            said = " ".join(words[: max(4, round(len(words) * draw.uniform(0.6, 1.0)))])
            for turn, what in enumerate((ASKS, {"role": "assistant", "text": said})):
                lines.append({"session_id": f"{system}/{number}", "turn": turn, "label": {"truth": system}, **what})
    return write(tmp_path / "sessions.jsonl.gz", *lines)


def stream(name: str, *systems: str) -> dict[str, Any]:
    ids = [f"{system}/{number}" for system in systems for number in range(60)]
    changes = [60 * index for index in range(1, len(systems)) if systems[index] != systems[index - 1]]
    return {"series_id": name, "kind": "swap", "sessions": ids, "change_points": changes}


# counting -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "alarms", "delays"),
    [
        ((100,), (103,), [3]),
        ((100,), (140,), [40]),
        ((100,), (141,), [None]),
        ((100,), (99,), [None]),
        ((100,), (103, 120, 142), [3]),
        ((100,), (103, 143), [3, None]),
        ((100, 120), (121, 165), [21, None]),
        ((), (5,), [None]),
        ((100,), (), []),
    ],
)
def test_found_counts_an_alarm_within_a_window_once(
    changes: tuple[int, ...], alarms: tuple[int, ...], delays: list[int | None]
) -> None:
    assert found(series("a", 300, changes, alarms)) == delays


def test_told_compares_with_the_last_alarm_that_counted() -> None:
    assert told([0, 30, 60, 90], 40) == [0, 60]


def test_rows_give_the_figures_over_all_series_of_a_kind() -> None:
    whole = next(iter(rows([series("a", 300, (100,), (110,)), series("b", 700, (100, 400), (120, 600))])))
    assert (whole.name, whole.half, whole.series, whole.n, whole.changes) == ("swap", "both", 2, 1_000, 3)
    assert whole.f1 == pytest.approx(2 * 2 / (3 + 3))
    assert whole.precision == pytest.approx(2 / 3)
    assert whole.recall == pytest.approx(2 / 3)
    assert (whole.false_alarms, whole.delay) == (10.0, 15.0)
    assert whole.always == pytest.approx(2 * 3 / (8 + 18 + 3))
    assert whole.never == 0.0


def test_rows_of_halves_add_up_to_the_whole() -> None:
    both, *halves = rows([series(f"s{number}", 100, (50,), (55,)) for number in range(12)])
    assert {each.half for each in halves} == {"tuned", "heldout"}
    assert sum(each.n for each in halves) == both.n
    assert sum(each.changes for each in halves) == both.changes


def test_rows_without_alarms_score_nothing_and_have_no_delay() -> None:
    row = next(iter(rows([series("a", 300, (100,), ())])))
    assert (row.f1, row.precision, row.recall, row.delay) == (0.0, 0.0, 0.0, None)


# streams of sessions --------------------------------------------------------------------------------------------------


def test_measured_finds_another_system_and_stays_silent_over_the_same_one(tmp_path: Path, sessions: Path) -> None:
    same = {**stream("same", "terse", "terse"), "kind": "none"}
    path = write(tmp_path / "streams.jsonl.gz", stream("swap", "terse", "wordy"), same)
    by_kind = {row.name: row for row in measured([path], SHIPPED, sessions) if row.half == "both"}
    assert by_kind["swap"].f1 == 1.0
    assert by_kind["swap"].n == 120
    assert by_kind["none"].false_alarms == 0.0


def test_alarmed_names_what_moved(sessions: Path) -> None:
    turns = played_in_order(stream("swap", "terse", "wordy")["sessions"], observed(sessions, SHIPPED))
    ((place, names),) = alarmed(turns, SHIPPED)
    assert 60 <= place < 100
    assert "length" in names


def test_observed_sees_no_label(sessions: Path) -> None:
    for turns in observed(sessions, SHIPPED).values():
        assert all("truth" not in repr(turn) for turn in turns)


def test_played_in_order_gives_each_session_a_name_and_time_of_its_own(sessions: Path) -> None:
    turns = list(played_in_order(["terse/0", "terse/0"], observed(sessions, SHIPPED)))
    assert [place for place, _ in turns] == [0, 0, 1, 1]
    assert len({turn.session_id for _, turn in turns}) == 2
    steps = [later.at - earlier.at for (_, earlier), (_, later) in pairwise(turns)]
    assert steps == [TURN_SECONDS, TURN_SECONDS + PAUSE_SECONDS, TURN_SECONDS]


def test_measured_streams_without_their_sessions_say_what_is_missing(tmp_path: Path, sessions: Path) -> None:
    path = write(tmp_path / "streams.jsonl.gz", stream("swap", "terse", "unheard"))
    with pytest.raises(OperatorError, match="give the file they are in"):
        measured([path], SHIPPED)
    with pytest.raises(OperatorError, match="unheard/0 is not in the file"):
        measured([path], SHIPPED, sessions)


# series of values -----------------------------------------------------------------------------------------------------


def sensors(seed: int, *levels: float) -> list[list[float]]:
    """Two sensors, 500 points at each level of the first."""
    draw = Random(seed)
    return [[draw.gauss(level, 1.0), draw.gauss(0.0, 1.0)] for level in levels for _ in range(500)]


def test_measured_finds_a_step_in_a_sensor_and_nothing_in_noise(tmp_path: Path) -> None:
    rig: list[dict[str, Any]] = [
        {"source": "rig", "series_id": "step", "values": sensors(1, 0.0, 8.0), "change_points": [500]},
        {"source": "calm", "series_id": "calm", "values": sensors(2, 0.0, 0.0), "change_points": []},
    ]
    by_name = {
        row.name: row for row in measured([write(tmp_path / "rig.jsonl.gz", *rig)], SHIPPED) if row.half == "both"
    }
    assert by_name["rig"].f1 == 1.0
    assert by_name["calm"].false_alarms == 0.0


def test_distances_of_a_sensor_that_stood_still_are_in_its_own_unit() -> None:
    assert distances([[5.0], [5.0], [7.0]], usual=2) == [0.0, 0.0, 2.0]
