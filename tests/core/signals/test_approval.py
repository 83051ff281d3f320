"""Who said yes: explicit words of staff only."""

import pytest

from monitor.core.annotation import Annotation
from monitor.core.signals.approval import Approvals, covers, note, said
from tests.builders import call, staff, user


@pytest.mark.parametrize(
    ("turn", "verdict"),
    [
        (staff(decision_type="approval"), True),
        (staff(decision_type="Approved"), True),
        (staff(decision_type="denial"), False),
        (staff(decision_type="rejected", approval=0.9), False),
        (staff(approval=0.8), True),
        (staff(approval=0.8, denial=0.7), False),
        (staff(approval=0.2), None),
        (staff(satisfaction=0.9), None),
        (staff(), None),
    ],
)
def test_said_staff_turn_yes_no_or_neither(turn: Annotation, verdict: bool | None) -> None:  # noqa: FBT001 - a case
    assert said(turn) is verdict


def test_note_a_user_approves_nothing() -> None:
    approvals = Approvals()
    note(approvals, user(approval=1.0, decision_type="approval"))
    assert not covers(approvals, call("send_money"))


def test_covers_approval_of_one_capability_does_not_cover_another() -> None:
    approvals = Approvals()
    note(approvals, staff(approval=1.0, capability="refunds"))
    assert covers(approvals, call("pay", capability="refunds"))
    assert not covers(approvals, call("pay", capability="grants"))


def test_covers_a_later_no_takes_the_yes_back() -> None:
    approvals = Approvals()
    note(approvals, staff(approval=1.0))
    note(approvals, staff(decision_type="denied"))
    assert not covers(approvals, call("pay"))


def test_covers_a_name_on_the_call_itself_is_enough() -> None:
    assert covers(Approvals(), call("pay", use={"approved_by": "kim"}))
    assert not covers(Approvals(), call("pay", use={"approved_by": ""}))
