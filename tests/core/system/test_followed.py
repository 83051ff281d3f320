"""Who is let go when too many escalations are open, and what is said about it."""

from typing import Any

import pytest

from monitor.core.log import Observation, Tick
from monitor.core.system.autonomy import gaps
from monitor.core.system.followed import LET_GO, UNKNOWN_REASON
from monitor.core.system.snapshot import dump_system
from monitor.core.system.state import MAX_FOLLOWED
from monitor.core.vocabulary import EscalationStatus, Mode, Severity
from tests.core.observed import escalations
from tests.core.systems import BAD, Folding, answer, brief, policy, seen

RULES = policy()
CLEARED = EscalationStatus.CLEARED


def told(name: str, **given: Any) -> Observation:  # noqa: ANN401 - any field of the brief
    return seen(1_000.0, turn=1, escalations=(brief(name, **given),))


def full(*first: Observation | Any) -> Folding:  # noqa: ANN401 - any record
    """As many escalations as are followed, these first, the rest critical."""
    folding = Folding(RULES)
    folding.run([Tick(wall=100.0), seen(900.0), *first])
    missing = MAX_FOLLOWED - len(folding.state.followed)
    folding.run(told(f"more {number}", severity=Severity.CRITICAL) for number in range(missing))
    return folding


ROWS: list[tuple[str, dict[str, Any]]] = [
    ("cleared", {"status": CLEARED, "revision": 2, "severity": Severity.CRITICAL}),
    ("merged", {"merged_into": "storm", "severity": Severity.CRITICAL}),
    ("info", {"severity": Severity.INFO}),
    ("warning", {"severity": Severity.WARNING}),
]


def test_first_to_go_is_what_is_over_then_merged_then_the_least_severe_then_the_oldest() -> None:
    folding = full(*(told(name, **given) for name, given in reversed(ROWS)))
    gone = []
    for number in range(len(ROWS) + 2):
        before = set(folding.state.followed)
        folding.add(told(f"new {number}", severity=Severity.CRITICAL))
        gone += sorted(before - set(folding.state.followed))
    assert gone == ["cleared", "merged", "info", "warning", "more 0", "more 1"]


def test_first_to_go_of_one_weight_is_the_oldest() -> None:
    folding = full(told("a"), told("b"))
    folding.run([told("c"), told("d")])
    assert "a" not in folding.state.followed
    assert {"c", "d"} <= set(folding.state.followed)


def test_let_go_while_open_is_counted_and_said_in_its_last_event() -> None:
    folding = full(told("e1"))
    (last,) = escalations(folding.add(told("new")))
    assert (last.escalation_id, last.status, last.revision, last.settlement) == ("e1", "updated", 1, 1)
    assert last.unknown == (UNKNOWN_REASON, LET_GO)
    assert (folding.state.dropped, "e1" in folding.state.due) == (1, False)
    assert any("1 open escalations were too many" in gap for gap in gaps(folding.state, "", RULES.base))
    folding.add(answer("e1"))
    assert [error.code for error in folding.refused] == ["unknown_escalation"]


def test_let_go_after_an_answer_still_names_who_answered() -> None:
    folding = full(told("e1"), answer("e1"))
    (last,) = escalations(folding.add(told("new")))
    assert (last.status, last.reviewer, last.settlement) == ("acknowledged", "lee", 2)


@pytest.mark.parametrize("given", [{"status": CLEARED, "revision": 2}])
def test_let_go_when_over_is_no_news(given: dict[str, Any]) -> None:
    folding = full(told("e1", **given))
    assert escalations(folding.add(told("new"))) == []
    assert folding.state.dropped == 0


def test_let_go_in_shadow_is_counted_and_said_in_shadow() -> None:
    folding = full(told("e1", mode=Mode.SHADOW, severity=Severity.CRITICAL))
    (last,) = escalations(folding.add(told("new")))
    assert (last.mode, folding.state.dropped) == (Mode.SHADOW, 1)


def test_let_go_and_told_again_by_its_session_is_followed_again() -> None:
    folding = full(told("e1"))
    folding.run([told("new"), told("e1", severity=Severity.CRITICAL, revision=2)])
    assert folding.state.followed["e1"].brief.revision == 2
    assert "e1" in folding.state.due


def test_snapshot_that_must_shed_counts_what_was_open_and_waits_for_nobody_it_forgot() -> None:
    folding = full(told("e1", status=CLEARED, revision=2))
    folding.run(seen(2_000.0 + at, readings=BAD) for at in range(20))
    state = folding.state
    own = [each.escalation_id for each in state.opened.values()]
    dump_system(state, cap=len(dump_system(state)) - 1)
    assert state.dropped == MAX_FOLLOWED // 2 - 1
    assert set(state.due) == set(state.followed) | set(own)


def test_system_own_that_is_over_is_followed_among_the_others() -> None:
    folding = full()
    folding.run(seen(2_000.0 + at, readings=BAD) for at in range(80))
    opened = next(each for each in escalations(folding.said) if each.reasons[0].signal == "contradiction_rate")
    folding.run(seen(300_000.0) for _ in range(100))
    assert opened.escalation_id in folding.state.followed
    assert (len(folding.state.followed), folding.state.dropped) == (MAX_FOLLOWED, 1)
