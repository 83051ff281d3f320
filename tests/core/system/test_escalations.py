from typing import Any

import msgspec

from monitor.core.vocabulary import Autonomy, EscalationStatus, Mode
from tests.core.observed import escalations
from tests.core.systems import BAD, Folding, answer, order, policy, seen

RULES = policy()
COOLDOWN = next(each.cooldown_seconds for each in RULES.base.situations if each.name == "system_behaviour")


def bad(first: float, n: int, **given: Any) -> list[Any]:  # noqa: ANN401 - any field
    return [seen(first + at, readings=BAD, **given) for at in range(n)]


def clean(at: float, n: int, **given: Any) -> list[Any]:  # noqa: ANN401 - any field
    return [seen(at, **given) for _ in range(n)]


def test_rate_raises_once_however_long_it_stays_bad() -> None:
    folding = Folding(RULES)
    folding.run(bad(0.0, 200))
    assert [each.status for each in escalations(folding.said)] == [EscalationStatus.RAISED]


def test_rate_clears_by_evidence_and_says_how_long_it_took() -> None:
    folding = Folding(RULES)
    folding.run(bad(0.0, 20))
    folding.run(clean(5_000.0, 400))
    opened, cleared = escalations(folding.said)
    assert (cleared.status, cleared.escalation_id, cleared.revision) == (
        EscalationStatus.CLEARED,
        opened.escalation_id,
        2,
    )
    assert cleared.duration_seconds == 5_000.0 - 19.0
    assert folding.state.opened == {}


def test_rate_again_within_the_cooldown_is_silent_and_after_it_is_raised() -> None:
    for later, expected in ((10.0, 2), (COOLDOWN + 10.0, 3)):
        folding = Folding(RULES)
        folding.run(bad(0.0, 20) + clean(5_000.0, 400) + bad(5_000.0 + later, 200))
        assert len(escalations(folding.said)) == expected


def test_hard_reason_does_not_wait_for_the_cooldown() -> None:
    folding = Folding(RULES)
    folding.run([*bad(0.0, 20), *clean(5_000.0, 400), order("force_open", level=Autonomy.SUPPORT)])
    folding.run(seen(5_001.0 + at, autonomy=Autonomy.ACT) for at in (0.0, 60.0))
    assert escalations(folding.said)[-1].reasons[0].signal == "ceiling_ignored"


def test_second_reason_updates_the_open_escalation() -> None:
    folding = Folding(RULES)
    folding.run([*bad(0.0, 20), order("force_open", level=Autonomy.SUPPORT)])
    folding.run(seen(100.0 + at, autonomy=Autonomy.ACT) for at in (0.0, 60.0))
    first, second = escalations(folding.said)
    assert (second.status, second.escalation_id, second.severity) == ("updated", first.escalation_id, "critical")
    assert [reason.signal for reason in second.reasons] == ["contradiction_rate", "ceiling_ignored"]
    folding.run(clean(1e5, 500))
    assert len(escalations(folding.said)) == 2, "that it was told and went on is not over by itself"


def test_fault_of_one_capability_that_the_whole_system_shows_is_one_escalation() -> None:
    folding = Folding(RULES)
    folding.run(bad(0.0, 60, capability="refunds"))
    assert [each.subject for each in escalations(folding.said)] == ["bot#system_behaviour"]


def test_fault_of_one_capability_among_calm_ones_is_about_that_one() -> None:
    folding = Folding(RULES)
    folding.run(clean(0.0, 400, capability="calm") + bad(1.0, 20, capability="refunds"))
    (escalation,) = escalations(folding.said)
    assert (escalation.subject, escalation.capability) == ("bot@refunds#system_behaviour", "refunds")


def test_request_again_grows_nothing_and_after_an_answer_asks_anew() -> None:
    folding = Folding(policy(granted=Autonomy.SUPPORT))
    (asked,) = escalations(folding.add(order("request_autonomy", level=Autonomy.ACT)))
    assert escalations(folding.add(order("request_autonomy", level=Autonomy.ACT))) == []
    folding.add(answer(asked.escalation_id, verdict="not_justified"))
    (anew,) = escalations(folding.add(order("request_autonomy", level=Autonomy.ACT)))
    assert anew.escalation_id != asked.escalation_id


def test_shadow_rules_have_subjects_of_their_own() -> None:
    folding = Folding(policy(mode=Mode.SHADOW))
    folding.run(bad(0.0, 20))
    (escalation,) = escalations(folding.said)
    assert (escalation.mode, escalation.subject) == (Mode.SHADOW, "bot#system_behaviour~shadow")


def test_row_that_the_policy_took_away_can_still_be_answered_and_cleared() -> None:
    folding = Folding(RULES)
    folding.run(bad(0.0, 20))
    (opened,) = escalations(folding.said)
    kept = tuple(each for each in RULES.base.situations if each.name != "system_behaviour")
    folding.policy = msgspec.structs.replace(
        RULES, base=msgspec.structs.replace(RULES.base, situations=kept), fingerprint="0" * 16
    )
    (resolved,) = escalations(folding.add(answer(opened.escalation_id, verdict="justified")))
    assert resolved.status == "resolved"
