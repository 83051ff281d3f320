"""The measuring itself, and a small look at real turns where they are beside this checkout."""

import pytest

from tests.quality.__main__ import row_of
from tests.quality.data import TUNED, available, half_of, judged, lines_of
from tests.quality.measures import Case
from tests.quality.tasks import TASKS, cases

needs_data = pytest.mark.skipif(not available(), reason="the labelled conversations are not beside this checkout")
SESSIONS = 8


def test_row_of_perfect_signal_shows_ones() -> None:
    found = [Case(truth, float(truth), truth, 1.0, 0.0) for truth in (True, False)]
    row = row_of(TASKS[3], TUNED, found)
    assert row[6:10] == ("1.000",) * 4


@needs_data
def test_lines_of_half_has_whole_sessions_of_that_half() -> None:
    sessions = {line["session_id"] for line in lines_of("maia_dqe", TUNED, SESSIONS)}
    assert len(sessions) == SESSIONS
    assert {half_of(session) for session in sessions} == {TUNED}


@needs_data
def test_judged_turns_have_scores_and_every_task_its_cases() -> None:
    turns = judged("maia_dqe", TUNED, SESSIONS)
    assert sum(turn.final for turn in turns) == SESSIONS
    assert all(turn.scores for turn in turns)
    assert all(list(cases(task, turns)) for task in TASKS if task.files == ("maia_dqe",))
