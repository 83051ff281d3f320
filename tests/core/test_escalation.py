import msgspec
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.escalation import MAX_REASONS, Scene, cleared, counterfactual, escalate, subject_of
from monitor.core.events import Escalation, Reason
from monitor.core.interaction import Position
from monitor.core.policy.model import Rule
from monitor.core.rules import Finding
from monitor.core.vocabulary import Autonomy, EscalationStatus, HumanRole, Mode, Rung, Severity, Situation, Stake
from tests.core.fakes import POLICY, TOPIC

ROW = next(row for row in POLICY.base.situations if row.name is Situation.SYSTEM_BEHAVIOUR)


def scene(offset: int = 0, now: float = 100.0, merged_into: str | None = None) -> Scene:
    return Scene(
        subject="bot#system_behaviour",
        system_id="bot",
        at=Position(TOPIC, 0, offset),
        now=now,
        ceiling=Autonomy.RECOMMEND,
        policy="f",
        standing_version=3,
        missing_evidence=("no approvals seen",),
        merged_into=merged_into,
    )


def finding(name: str, severity: Severity | None = None, rung: Rung | None = None) -> Finding:
    rule = Rule(name, f"text of {name}", signals=(name,), severity=severity, rung=rung)
    return Finding(rule, (Reason(name, name, rule.text, 0.8, 0.5),))


def test_escalate_nothing_found_says_nothing() -> None:
    assert escalate(ROW, (), scene()) is None


def test_escalate_first_finding_raises_with_the_situations_weight_and_no_session() -> None:
    raised = escalate(ROW, (finding("drift"),), scene())
    assert raised is not None
    assert (raised.status, raised.session_id, raised.severity, raised.human_role) == (
        EscalationStatus.RAISED,
        None,
        ROW.severity,
        HumanRole.CORRECT,
    )
    assert raised.missing_evidence == ("no approvals seen",)


def test_escalate_heaviest_rule_decides_the_weight() -> None:
    findings = (finding("drift"), finding("ceiling_ignored", Severity.CRITICAL, Rung.TAKE_OVER))
    raised = escalate(ROW, findings, scene())
    assert raised is not None
    assert (raised.severity, raised.rung) == (Severity.CRITICAL, Rung.TAKE_OVER)


def test_cleared_keeps_what_was_said_and_adds_the_duration() -> None:
    raised = escalate(ROW, (finding("drift"),), scene())
    assert raised is not None
    last = cleared(raised, scene(9, 160.0))
    assert (last.status, last.revision, last.duration_seconds) == (EscalationStatus.CLEARED, 2, 60.0)
    assert last.reasons == raised.reasons


def test_escalate_one_of_many_stands_alone_again_once_its_storm_is_over() -> None:
    merged = escalate(ROW, (finding("drift"),), scene(merged_into="storm"))
    assert merged is not None
    assert escalate(ROW, (finding("drift"),), scene(merged_into="storm"), merged) is None
    alone = escalate(ROW, (finding("drift"),), scene(), merged)
    assert alone is not None
    assert (alone.status, alone.revision, alone.merged_into) == (EscalationStatus.UPDATED, 2, None)
    assert escalate(ROW, (finding("drift"),), scene(merged_into="another"), alone) is None


def test_subject_of_names_session_capability_or_system_and_keeps_shadow_apart() -> None:
    assert subject_of("bot", "s", "pay", ROW, Mode.LIVE) == "bot/s#system_behaviour"
    assert subject_of("bot", None, "pay", ROW, Mode.LIVE) == "bot@pay#system_behaviour"
    assert subject_of("bot", None, "", ROW, Mode.SHADOW) == "bot#system_behaviour~shadow"


def test_counterfactual_says_all_rules_and_any_way_of_each() -> None:
    rule = Rule("r", "t", signals=("dispute",), with_signals=("urgency",), stakes=(Stake.MONEY,))
    row = msgspec.structs.replace(ROW, rules=(rule, *ROW.rules))
    reasons = (
        Reason("dispute", "r", "t", 0.9, 0.6),
        Reason("urgency", "r", "t", 0.9, 0.5),
        Reason("sentiment", "other", "t", -0.9, -0.6),
    )
    assert counterfactual(row, reasons) == (
        "silent if (dispute < 0.6 or urgency < 0.5 or no stake of money) and sentiment > -0.6"
    )


names = st.lists(st.sampled_from([f"s{n}" for n in range(30)]), min_size=1, max_size=4)
steps = st.lists(st.tuples(names, st.sampled_from([None, *Severity]), st.sampled_from([None, *Rung])), min_size=1)


@given(steps)
def test_escalate_weight_and_reasons_only_grow(
    history: list[tuple[list[str], Severity | None, Rung | None]],
) -> None:
    opened: Escalation | None = None
    for offset, (signals, severity, rung) in enumerate(history):
        changed = escalate(ROW, tuple(finding(name, severity, rung) for name in signals), scene(offset), opened)
        if opened is not None and changed is not None:
            assert changed.severity.rank >= opened.severity.rank
            assert changed.rung.rank >= opened.rung.rank
            assert changed.reasons[: len(opened.reasons)] == opened.reasons
            assert (changed.severity, changed.rung, changed.reasons) != (
                opened.severity,
                opened.rung,
                opened.reasons,
            )
        opened = changed or opened
        assert opened is not None
        assert len(opened.reasons) <= MAX_REASONS
