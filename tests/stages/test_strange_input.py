"""What arrives and is strange, through ingest, annotation and the session stage: the rows of docs/strange-input.md."""

import json
from typing import Any

import pytest

from monitor.core.errors import RejectCode
from monitor.core.events import Escalation
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy
from monitor.replay.engine import Turn
from monitor.stages.decision import MemoryStates
from monitor.stages.session import SessionStage
from tests.replay.talks import run
from tests.stages.feed import INPUT, codes, turn

PERSON = "I want to speak to a human agent now."
NOW = 1_700_000_000.0
DAY = 86_400.0


def fresh_stage() -> SessionStage:
    return SessionStage(0, MemoryStates(), policy=load_policy(None), options=IngestOptions())


def seen(*records: Record) -> list[Observation]:
    """The observation of every record, in order; each must have one."""
    found = [each.observation for each in run(records)]
    assert None not in found
    return [each for each in found if each is not None]


def stamped(offset: int, ts: float | None, **fields: Any) -> Record:  # noqa: ANN401 - JSON
    """A turn whose record the broker wrote at ``NOW``."""
    plain = turn(offset, at=ts, **fields)
    told = json.loads(plain.value or b"")
    told["ts"] = ts
    return Record(plain.at, json.dumps(told).encode(), plain.key, (), NOW)


def raised(turns: list[Turn]) -> list[Escalation]:
    return [out.data for each in turns for out in each.outputs if isinstance(out.data, Escalation)]


def test_values_of_every_broken_kind_are_rejected_each_under_its_code() -> None:
    whole = turn(0).value or b""
    values: dict[RejectCode, bytes | None] = {
        RejectCode.NULL_VALUE: None,
        RejectCode.TOO_LARGE: b" " * 1_048_577,
        RejectCode.INVALID_UTF8: whole.replace(b"Good", b"\xff"),
        RejectCode.INVALID_JSON: whole[:-1],
        RejectCode.MISSING_FIELD: b'{"system_id": "bot", "role": "user", "text": "x"}',
        RejectCode.WRONG_TYPE: whole.replace(b'"user"', b"7"),
        RejectCode.OUT_OF_RANGE: whole.replace(b'"user"', b'"robot"'),
        RejectCode.EMPTY_TURN: b'{"system_id": "bot", "session_id": "s", "role": "user"}',
    }
    stage = fresh_stage()
    records = [Record(Position(INPUT, 0, offset), value, b"s") for offset, value in enumerate(values.values())]
    decisions = stage.decide(stage.prepare([*records, turn(len(records))]))
    assert codes(decisions.rejected) == list(enumerate(values))
    assert decisions.folded == 1


def test_unknown_fields_change_no_decision() -> None:
    plain, odd = seen(turn(0, text=PERSON)), seen(turn(0, text=PERSON, colour="blue", nested={"a": [1]}))
    assert plain == odd


@pytest.mark.parametrize(
    ("ts", "at", "flags"),
    [
        (NOW + 200, NOW + 200, ()),
        (NOW + DAY, NOW + 300, ("ts_future",)),
        (NOW - 40 * DAY, NOW - 40 * DAY, ("ts_past",)),
        (None, NOW, ()),
    ],
    ids=["a little ahead", "future", "far past", "missing"],
)
def test_time_strange_is_bounded_and_flagged(ts: float | None, at: float, flags: tuple[str, ...]) -> None:
    (found,) = seen(stamped(0, ts))
    assert (found.at, found.flags) == (at, flags)


def test_turns_out_of_order_are_scored_and_flagged() -> None:
    found = seen(*(turn(offset, turn=number) for offset, number in enumerate((0, 2, 1))))
    assert [each.flags for each in found] == [(), (), ("out_of_order",)]
    assert all(each.scores for each in found)


def test_gap_in_turn_numbers_makes_what_follows_incomplete() -> None:
    found = seen(*(turn(offset, turn=number) for offset, number in enumerate((0, 1, 5, 6))))
    assert [each.incomplete for each in found] == [False, False, True, True]


def test_duplicate_turn_raises_nothing_again() -> None:
    turns = run([turn(0, id="a", text=PERSON), turn(1, id="a", text=PERSON)])
    assert [each.status for each in raised(turns)] == ["raised"]
    assert turns[1].observation is not None
    assert turns[1].observation.flags == ("duplicate",)


def test_duplicate_turn_without_an_id_is_a_turn_of_its_own() -> None:
    assert [each.turn for each in seen(turn(0), turn(1))] == [0, 1]


def test_key_null_changes_no_decision() -> None:
    keyed = turn(0, text=PERSON)
    assert seen(keyed) == seen(Record(keyed.at, keyed.value, None))


def test_session_on_two_partitions_is_two_sessions_told_apart_by_place() -> None:
    one = turn(0, text=PERSON)
    turns = run([one, Record(Position(INPUT, 1, 0), one.value, one.key)])
    first, second = raised(turns)
    assert first.subject == second.subject
    assert first.escalation_id != second.escalation_id
    assert [each.observation and each.observation.turn for each in turns] == [0, 0]


def test_dead_turn_of_a_session_shows_as_unknown_on_its_next_escalation() -> None:
    stage = fresh_stage()
    outputs = stage.decide(
        stage.prepare([turn(0), Record(Position(INPUT, 0, 1), b"{", b"s"), turn(2, text=PERSON)])
    ).outputs
    (escalation,) = [each.data for each in outputs if isinstance(each.data, Escalation)]
    assert any("missing" in line for line in escalation.unknown)


@pytest.mark.parametrize("text", ["Ich möchte sofort mit einem Menschen sprechen.", "我要投诉,请转人工客服。"])
def test_language_other_than_english_has_no_score_not_zero(text: str) -> None:
    (found,) = seen(turn(0, text=text))
    assert found.scores
    assert found.scores.keys().isdisjoint(("human_request", "dissatisfaction"))


def test_score_nan_is_left_out_and_others_count() -> None:
    value = (turn(0).value or b"")[:-1] + b', "evaluations": {"f": NaN, "g": "high", "h": 0.4}}'
    (found,) = seen(Record(Position(INPUT, 0, 0), value))
    assert found.evaluations == {"h": 0.4}


def test_stakes_unknown_word_is_left_out_and_known_ones_count() -> None:
    (found,) = seen(turn(0, stakes=["luck", "Health", 3]))
    assert found.stakes == ("health",)
    assert "unknown_stake" in found.flags


def test_huge_text_and_tool_result_are_read_in_part_and_kept_small() -> None:
    stage = fresh_stage()
    call = {"name": "fetch", "arguments": {"a": "x" * 100_000}, "result": {"rows": ["word " * 100] * 1_500}}
    records = [
        turn(0, text=PERSON + " word" * 150_000),
        turn(1, role="assistant", text="Here it is.", tool_call=call),
    ]
    decisions = stage.decide(stage.prepare(records))
    assert (decisions.folded, decisions.rejected) == (2, [])
    assert any(isinstance(each.data, Escalation) for each in decisions.outputs)
    assert all(len(write.value or b"") < 100_000 for write in stage.writes())
