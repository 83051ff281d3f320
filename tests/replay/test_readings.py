"""The line a turn is described by, in the form that evaluators read."""

import json
from typing import Any

import pytest

from monitor.core.signals import SIGNALS
from monitor.replay.readings import encode, readings_of
from tests.replay.talks import ANGRY, day, records, run, talk

NAMES = {"session_id", "turn", "scores", "readings", "evidence", "session_risk", "system_readings", "outputs"}


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    found = [readings_of(turn) for turn in run(records(day()))]
    return [json.loads(encode(each)) for each in found if each is not None]


def test_line_has_exactly_the_agreed_names(lines: list[dict[str, Any]]) -> None:
    assert lines
    assert {frozenset(each) for each in lines} == {frozenset(NAMES)}


def test_scores_name_every_signal_with_a_number_or_null(lines: list[dict[str, Any]]) -> None:
    for each in lines:
        assert set(each["scores"]) == {signal.name for signal in SIGNALS}
        assert all(value is None or isinstance(value, float) for value in each["scores"].values())


def test_reading_that_fires_has_its_bound_and_evidence(lines: list[dict[str, Any]]) -> None:
    fired = [reading for each in lines for reading in each["readings"]]
    assert fired
    for reading in fired:
        assert set(reading) == {"signal", "value", "bound", "n", "window", "evidence", "told", "unless"}
        assert all(isinstance(item["turn"], int) for item in reading["evidence"])


def test_evidence_points_at_turns_of_the_session_so_far(lines: list[dict[str, Any]]) -> None:
    found = [(each["turn"], item) for each in lines for items in each["evidence"].values() for item in items]
    assert found
    assert all(0 <= item["turn"] <= turn for turn, item in found)


def test_rejected_record_has_no_line() -> None:
    turns = run(records([b"{", *talk("a", ANGRY)]))
    assert [readings_of(turn) is None for turn in turns] == [True, *[False] * len(ANGRY)]


def test_outputs_are_the_ids_of_everything_decided_on_the_turn() -> None:
    for turn in run(records(talk("a", ANGRY))):
        found = readings_of(turn)
        assert found is not None
        assert found.outputs == tuple(output.id for output in turn.outputs)
        assert any(output.data is turn.observation for output in turn.outputs)
