"""What becomes of an escalation: answers by people, and what nobody answers."""

from typing import Any

import msgspec
import pytest

from monitor.core.events import Escalation
from monitor.core.log import Observation, Tick
from monitor.core.policy.model import Policy
from monitor.core.policy.tree import parse_policy
from monitor.core.system.followed import NO_BACKUP, UNKNOWN_REASON
from monitor.core.system.settlement import admit
from monitor.core.system.snapshot import dump_system
from monitor.core.vocabulary import Autonomy, EscalationStatus, Mode, Outcome, Verdict
from monitor.policy_file import shipped_tree
from tests.core.fakes import fold, make, observation
from tests.core.observed import escalations
from tests.core.systems import BAD, Folding, answer, brief, order, policy, seen

RULES = policy()
CLEARED, UPDATED = EscalationStatus.CLEARED, EscalationStatus.UPDATED


def told(escalation_id: str = "e1", at: float = 1_000.0, **given: Any) -> Observation:  # noqa: ANN401 - any field
    """A turn with what its session says of an escalation."""
    return seen(at, session_id="s9", turn=4, capability="refunds", escalations=(brief(escalation_id, **given),))


def ticked(*walls: float, lag: int = 0) -> list[Tick]:
    return [Tick(wall=wall, lag=lag) for wall in walls]


def places(found: list[Escalation]) -> list[tuple[str, int, int, str]]:
    return [(str(each.status), each.revision, each.settlement, each.owner) for each in found]


def repeating(seconds: int) -> Policy:
    rows = tuple(msgspec.structs.replace(each, repeat_seconds=seconds) for each in RULES.base.situations)
    return policy(situations=rows)


# answers --------------------------------------------------------------------------------------------------------------


def test_review_without_a_verdict_acknowledges_and_with_one_resolves_at_the_revision_it_speaks_of() -> None:
    folding = Folding(RULES)
    folding.add(told())
    (acknowledged,) = escalations(folding.add(answer("e1", reason="on it")))
    (resolved,) = escalations(folding.add(answer("e1", verdict="justified", outcome="changed", reviewer="ada")))
    assert places([acknowledged, resolved]) == [("acknowledged", 1, 1, "care"), ("resolved", 1, 2, "care")]
    assert (acknowledged.reviewer, acknowledged.review_reason, acknowledged.verdict) == ("lee", "on it", None)
    assert (resolved.verdict, resolved.outcome) == (Verdict.JUSTIFIED, Outcome.CHANGED)
    assert (resolved.reviewer, resolved.review_reason) == ("ada", "looked into it")
    assert (resolved.session_id, resolved.lead, resolved.capability, resolved.escalation_id) == (
        "s9",
        4,
        "refunds",
        "e1",
    )
    assert (folding.state.reviewed.justified, folding.state.reviewed.changed) == (1, 1)


def test_review_of_a_users_escalation_says_the_notice_in_the_users_language() -> None:
    owned = parse_policy({"name": "mine", "owner": "care"}, base=shipped_tree())
    for language in ("de", "en"):
        turn = fold(None, make(0, {"dispute": 0.9}, language=language), 0, policy=owned).outputs
        (raised,) = escalations(turn)
        folding = Folding(owned)
        folding.add(observation(turn))
        (answered,) = escalations(folding.add(answer(raised.escalation_id)))
        row = next(each for each in RULES.base.situations if each.name == raised.situation)
        assert answered.user_notice == raised.user_notice == row.user_notice[language]


def test_review_settles_the_systems_own_escalation_and_leaves_its_revision() -> None:
    folding = Folding(RULES)
    folding.run(seen(float(at), readings=BAD) for at in range(20))
    (opened,) = escalations(folding.said)
    found = escalations(folding.run([answer(opened.escalation_id), answer(opened.escalation_id, verdict="justified")]))
    assert places(found) == [("acknowledged", 1, 1, "unassigned"), ("resolved", 1, 2, "unassigned")]
    assert found[1].reasons == opened.reasons
    assert (folding.state.opened, folding.state.due) == ({}, {})


@pytest.mark.parametrize(
    ("given", "code", "names"),
    [
        ({"escalation_id": "no such"}, "unknown_escalation", "escalation_id"),
        ({"escalation_id": ""}, "unknown_escalation", "escalation_id"),
        ({"escalation_id": "resolved", "verdict": "justified"}, "invalid_review", "resolved already"),
        ({"escalation_id": "resolved"}, "invalid_review", "resolved already"),
        ({"escalation_id": "cleared"}, "invalid_review", "cleared already"),
        ({"reviewer": " "}, "invalid_review", "reviewer"),
        ({"verdict": "justified", "reason": None}, "invalid_review", "reason"),
        ({"verdict": "justified", "reason": " "}, "invalid_review", "reason"),
        ({"verdict": "right"}, "invalid_review", "verdict: none of justified"),
        ({"verdict": ""}, "invalid_review", "verdict"),
        ({"verdict": "justified", "outcome": "better"}, "invalid_review", "outcome: none of changed"),
        ({"outcome": "changed"}, "invalid_review", "outcome: needs a verdict"),
    ],
)
def test_review_refused_changes_nothing_and_says_why(given: dict[str, Any], code: str, names: str) -> None:
    folding = Folding(RULES)
    folding.run([told(), told("resolved"), answer("resolved", verdict="justified")])
    folding.run([told("cleared"), told("cleared", status=CLEARED, revision=2)])
    before = dump_system(folding.state)
    assert folding.add(answer(**{"escalation_id": "e1", **given})) == ()
    (error,) = folding.refused
    assert (error.code, names in str(error)) == (code, True)
    assert dump_system(folding.state) == before


def test_review_of_a_system_never_seen_makes_none() -> None:
    folding = Folding(RULES)
    folding.add(answer("e1"))
    assert ([error.code for error in folding.refused], folding.said) == (["unknown_escalation"], [])


def test_review_never_quotes_what_was_said() -> None:
    secret = "my card is 4111"
    folding = Folding(RULES)
    folding.run(
        [told(), answer("e1", verdict=secret), answer(secret), answer("e1", verdict="justified", outcome=secret)]
    )
    assert [secret in str(error) for error in folding.refused] == [False] * 3


def test_review_verdict_on_what_was_cleared_still_counts() -> None:
    folding = Folding(RULES)
    folding.run([told(), told(status=CLEARED, revision=2)])
    (resolved,) = escalations(folding.add(answer("e1", verdict="not_justified")))
    assert places([resolved]) == [("resolved", 2, 1, "care")]
    assert folding.state.tallies["support_resolution/disputed"].not_justified == 1


def test_review_verdict_on_the_systems_own_that_was_cleared_still_counts() -> None:
    folding = Folding(RULES)
    folding.run(seen(float(at), readings=BAD) for at in range(20))
    folding.run(seen(5_000.0) for _ in range(400))
    opened, _ = escalations(folding.said)
    (resolved,) = escalations(folding.add(answer(opened.escalation_id, verdict="too_late")))
    assert places([resolved]) == [("resolved", 2, 1, "unassigned")]
    assert (resolved.session_id, resolved.subject, resolved.situation) == (None, opened.subject, opened.situation)
    assert folding.state.tallies["system_behaviour/contradiction_rate"].too_late == 1
    folding.add(answer(opened.escalation_id, verdict="too_late"))
    assert [error.code for error in folding.refused] == ["invalid_review"]


def test_review_admitted_or_not_is_decided_on_the_state_alone() -> None:
    folding = Folding(RULES)
    folding.add(told())
    admit(folding.state, answer("e1"))
    admit(folding.state, answer("e1", verdict="too_late", outcome="no_effect"))


# silence --------------------------------------------------------------------------------------------------------------


def test_silence_past_the_response_time_goes_to_the_backup_owner_once() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told(backup_owner="duty")])
    assert folding.run(ticked(159.9)) == []
    (late,) = escalations(folding.run(ticked(160.0)))
    assert places([late]) == [("overdue", 1, 1, "duty")]
    assert (late.at, late.duration_seconds, late.unknown) == (1_000.0, None, (UNKNOWN_REASON,))
    assert folding.run(ticked(500.0, 9_000.0)) == [], "without repeat_seconds it is said once"


def test_silence_without_a_backup_owner_asks_the_same_one_and_says_so() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told()])
    (late,) = escalations(folding.run(ticked(160.0)))
    assert (late.owner, late.backup_owner, NO_BACKUP in late.unknown) == ("care", None, True)


def test_silence_is_told_again_until_somebody_answers() -> None:
    folding = Folding(repeating(30))
    folding.run([*ticked(100.0), told(backup_owner="duty")])
    found = escalations(folding.run(ticked(160.0, 170.0, 190.0, 220.0)))
    assert [each.settlement for each in found] == [1, 2, 3]
    (acknowledged,) = escalations(folding.add(answer("e1")))
    assert places([acknowledged]) == [("acknowledged", 1, 4, "duty")]
    assert folding.run(ticked(1_000.0, 2_000.0)) == []


def test_silence_before_any_tick_starts_at_the_next_one() -> None:
    folding = Folding(RULES)
    folding.add(told())
    assert folding.run(ticked(5_000.0, 5_059.0)) == []
    assert len(escalations(folding.run(ticked(5_060.0)))) == 1


def test_silence_about_the_systems_own_escalation_goes_to_its_backup_owner() -> None:
    rows = tuple(
        msgspec.structs.replace(each, backup_owner="duty", response_seconds=60) for each in RULES.base.situations
    )
    folding = Folding(policy(situations=rows))
    folding.run([*ticked(100.0), *(seen(float(at), readings=BAD) for at in range(20))])
    (late,) = escalations(folding.run(ticked(160.0)))
    assert places([late]) == [("overdue", 1, 1, "duty")]
    assert folding.state.opened[late.subject] == late
    folding.run(seen(5_000.0) for _ in range(400))
    cleared = escalations(folding.said)[-1]
    assert (cleared.status, cleared.revision, cleared.settlement) == (CLEARED, 2, 1)


@pytest.mark.parametrize(
    "given",
    [
        {"mode": Mode.SHADOW},
        {"merged_into": "the storm's"},
        {"status": CLEARED, "revision": 2},
    ],
)
def test_silence_is_nobodys_fault_where_nobody_is_asked(given: dict[str, Any]) -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told(**given)])
    assert folding.run(ticked(10_000.0)) == []


def test_silence_counts_once_one_of_many_stands_alone_again() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told(merged_into="storm"), *ticked(1_000.0), told(status=UPDATED, revision=2)])
    assert folding.run(ticked(1_059.0)) == []
    assert places(escalations(folding.run(ticked(1_060.0)))) == [("overdue", 2, 1, "care")]


def test_silence_of_a_forgotten_session_is_overdue_as_any_other() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told()])
    final = msgspec.structs.replace(told(at=9_000.0, rule="open", rules=("disputed",)), final=True, scores={})
    assert escalations(folding.add(final)) == []
    (late,) = escalations(folding.run(ticked(160.0)))
    assert (late.status, late.at, late.reasons[0].rule) == (EscalationStatus.OVERDUE, 9_000.0, "disputed")


def test_silence_of_a_session_first_heard_of_at_its_end_counts_from_there() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), msgspec.structs.replace(told(), final=True, scores={})])
    assert len(escalations(folding.run(ticked(160.0)))) == 1


def test_settled_at_is_the_clock_of_the_answer_or_of_the_tick_that_found_none() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told()])
    (silent,) = escalations(folding.add(Tick(wall=160.0)))
    (answered,) = escalations(folding.add(answer("e1", verdict="justified", at=175.5)))
    assert (silent.status, silent.settled_at, answered.status, answered.settled_at) == (
        "overdue",
        160.0,
        "resolved",
        175.5,
    )
    assert answered.at == silent.at, "event time stands still while nothing is said"


# growth ---------------------------------------------------------------------------------------------------------------


def test_growth_after_an_answer_tells_the_answer_again_for_the_new_revision() -> None:
    folding = Folding(RULES)
    folding.run([told(), answer("e1", reason="on it")])
    (again,) = escalations(folding.add(told(status=UPDATED, revision=2)))
    assert places([again]) == [("acknowledged", 2, 2, "care")]
    assert (again.reviewer, again.review_reason) == ("lee", "on it")
    assert escalations(folding.add(told(status=UPDATED, revision=2))) == [], "the same again is no news"
    assert folding.run(ticked(100.0, 1e6)) == [], "it stays answered"


def test_growth_after_it_was_overdue_keeps_its_new_owner() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told(backup_owner="duty"), *ticked(160.0)])
    (again,) = escalations(folding.add(told(status=UPDATED, revision=2, backup_owner="duty")))
    assert places([again]) == [("overdue", 2, 2, "duty")]


def test_growth_after_a_verdict_is_open_again_and_waits_anew() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told(), answer("e1", verdict="justified"), *ticked(1_000.0)])
    assert escalations(folding.add(told(status=UPDATED, revision=2))) == []
    assert places(escalations(folding.run(ticked(1_060.0)))) == [("overdue", 2, 2, "care")]
    assert places(escalations(folding.add(answer("e1", verdict="justified")))) == [("resolved", 2, 3, "care")]


def test_clearing_after_a_verdict_keeps_what_the_person_said_as_the_last_word() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told(), answer("e1", verdict="justified", outcome="changed")])
    (last,) = escalations(folding.add(told(status=CLEARED, revision=2)))
    assert places([last]) == [("resolved", 2, 2, "care")]
    assert (last.verdict, last.outcome, last.reviewer) == (Verdict.JUSTIFIED, Outcome.CHANGED, "lee")
    assert folding.run(ticked(1_000.0)) == []
    assert folding.state.reviewed.justified == 1, "told twice, counted once"


def test_end_of_the_session_after_a_verdict_opens_nothing() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), told(), answer("e1", verdict="justified"), told(rule="open")])
    assert folding.run(ticked(1_000.0)) == []


def test_own_escalation_that_grows_keeps_who_answered_and_is_not_overdue() -> None:
    folding = Folding(RULES)
    folding.run([*ticked(100.0), *(seen(float(at), readings=BAD) for at in range(20))])
    (opened,) = escalations(folding.said)
    folding.run([answer(opened.escalation_id), order("force_open", level=Autonomy.SUPPORT)])
    grown = escalations(folding.run(seen(100.0 + at, autonomy=Autonomy.ACT) for at in (0.0, 60.0)))[-1]
    assert (grown.status, grown.revision, grown.settlement, grown.reviewer) == (UPDATED, 2, 1, "lee")
    assert folding.run(ticked(1e6)) == []
