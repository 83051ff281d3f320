"""The summary: its numbers are those of the events."""

from collections import Counter

from msgspec.structs import replace

from monitor.core.events import BreakerTransition, Escalation, SystemReading
from monitor.core.policy.model import BudgetPolicy
from monitor.core.vocabulary import EscalationStatus
from monitor.ingest import IngestOptions
from monitor.policy_file import load_policy
from monitor.replay.engine import Engine, Turn
from monitor.replay.report import Report
from tests.replay.talks import ANGRY, CALM, day, line, records, run, talk


def report(turns: list[Turn]) -> Report:
    found = Report()
    for turn in turns:
        found.add(turn)
    return found


def test_numbers_add_up_to_the_lines_and_events() -> None:
    lines = day(12)
    turns = run(records(lines))
    found = report(turns)
    data = [output.data for turn in turns for output in turn.outputs]
    raised = [each for each in data if isinstance(each, Escalation) and each.status is EscalationStatus.RAISED]
    assert found.turns + found.rejected.total() == len(lines)
    assert found.rejected == {"invalid_json": 1, "empty_turn": 1}
    assert len(found.sessions) == 12
    assert found.escalations == Counter(each.situation for each in raised)
    assert found.signals.total() == sum(len({reason.signal for reason in each.reasons}) for each in raised)
    assert found.changes.total() == sum(isinstance(each, Escalation) for each in data)
    assert found.transitions.total() == sum(isinstance(each, BreakerTransition) for each in data)
    assert len(found.escalated) == len({(each.system_id, each.session_id) for each in raised if each.session_id})


def test_rates_are_per_thousand_sessions() -> None:
    found = report(run(records(day(12))))
    assert found.per_thousand(3) == 250.0
    assert Report().per_thousand(3) == 0.0


def test_fields_count_the_turns_that_carried_them() -> None:
    lines = [*talk("a", CALM), line(session_id="b", role="assistant", text="Yes.", sources=["It is so."], id="x")]
    found = report(run(records(lines)))
    assert found.fields["ts"] == len(CALM)
    assert found.fields["sources"] == found.fields["id"] == 1
    assert found.fields["text"] == len(lines)
    assert found.fields["tool_call"] == 0


def test_retries_and_records_folded_before_are_told_apart() -> None:
    given = records([line(session_id="a", role="user", text="Hello", id="x")] * 2)
    found = report(run([*given, given[0]]))
    assert (found.turns, found.duplicates, found.skipped) == (3, 1, 1)


def test_drift_is_told_with_its_direction_and_whether_it_harms() -> None:
    turn = run(records(talk("a", CALM)))[0]
    noticed = SystemReading("drift", 1.0, 0.5, 40, feature="length", direction="up", harmful=False)
    found = report([Turn(turn.record, turn.interaction, observation=turn.observation, system=(noticed,))])
    assert found.drift == {"shop-bot: length up, for the better": 1}


def test_lines_read_the_same_for_the_same_counts_and_say_what_matters() -> None:
    given = records(day(12))
    text = "\n".join(report(run(given)).lines())
    assert text == "\n".join(report(run(given)).lines())
    assert "12 sessions" in text
    assert "invalid_json" in text
    assert "escalations per 1,000 sessions, by situation" in text
    assert "tool_call.approved_by" in text


def test_rejected_says_of_each_reason_where_it_was_first_and_what_it_was_about() -> None:
    lines = [line(session_id="a", role="user", text="Hello"), b'{"role": "user"}', b"{}", b"{"]
    told = [each.strip() for each in report(run(records(lines, partition=2))).lines() if "2/" in each]
    assert told[0].startswith("2  empty_turn, 2/1: text, tool_call")
    assert told[1].startswith("1  invalid_json, 2/3: value")


def test_empty_input_has_a_report() -> None:
    assert next(Report().lines()) == "turns       0 in 0 sessions"


def test_system_with_a_budget_has_a_line_that_says_what_was_spent() -> None:
    budget = BudgetPolicy(soft_per_1000=20.0, step_seconds=60.0, min_sessions=5)
    base = load_policy(None)
    policy = replace(base, base=replace(base.base, budget=budget))
    talks = [said for number in range(20) for said in talk(f"s{number}", ANGRY)]
    found = Report()
    for turn in Engine(policy, IngestOptions()).run(records(talks)):
        found.add(turn)
    (line_of_it,) = [each for each in found.lines() if each.startswith("budget")]
    assert f"shop-bot: {1000 * found.soft['shop-bot'] / 20:,.1f} soft escalations per 1,000 sessions" in line_of_it
    assert "budget 20;" in line_of_it
    assert f"soft bounds {found.standings['shop-bot'].shift:.0%} of the way up" in line_of_it
    assert not any(each.startswith("budget") for each in report(run(records(talks))).lines())
