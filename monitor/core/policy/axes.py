"""The axes every decision is weighed on (DESIGN.md section 2), and what feeds each: fields of turns, policy, signals.

This is the table the policy reference is generated from; a test holds it complete: no signal without an axis, no axis
without a field and a signal.
"""

from msgspec import Struct


class Axis(Struct, frozen=True):
    """One axis. ``question``: what it asks, in a reader's words. ``turn``: fields of turns that feed it, dotted.

    ``policy``: keys of the policy that feed it, dotted. ``signals``: of either stage.
    """

    name: str
    question: str
    turn: tuple[str, ...]
    policy: tuple[str, ...]
    signals: tuple[str, ...]


AXES: tuple[Axis, ...] = (
    Axis(
        "risk",
        "What can it cost somebody: money, health, eligibility, access, identity, commitment, privacy, safety?",
        ("stakes", "decision.final", "tool_call"),
        ("stakes", "tools.approval", "tools.limits"),
        (
            "final_decision",
            "stakes_rising",
            "no_recourse",
            "unauthorised_promise",
            "approval_missing",
            "limit_exceeded",
            "session_risk",
        ),
    ),
    Axis(
        "ambiguity",
        "Can the request, or what is known about it, be read in two ways?",
        ("text", "sources"),
        ("bounds.ambiguity", "bounds.confusion", "bounds.sources_conflict"),
        ("ambiguity", "confusion", "sources_conflict"),
    ),
    Axis(
        "reversibility",
        "Can it be undone?",
        ("decision.reversible", "delivery", "tool_call"),
        ("reversibility", "tools.writes", "tools.irreversible"),
        ("irreversible_action", "publish_without_review"),
    ),
    Axis(
        "evidence quality",
        "Does what it says rest on something, and does that agree with it?",
        ("sources", "sources[].trusted", "tool_call.result", "evaluations"),
        ("evidence_required", "rates.unsupported_rate"),
        ("unsupported_claim", "no_evidence", "sources_conflict", "source_contradiction", "unsupported_rate"),
    ),
    Axis(
        "user vulnerability",
        "Is somebody in distress, in a hurry, or losing control of their own matter?",
        ("text", "stakes"),
        ("bounds.distress", "routes"),
        ("distress", "urgency", "loss_of_control"),
    ),
    Axis(
        "brand judgement",
        "Does it ask for taste, or speak in public in the organisation's name?",
        ("text", "delivery", "tool_call"),
        ("role.leaves_alone", "situations"),
        ("judgement_call", "publish_without_review", "out_of_role", "human_impersonation"),
    ),
    Axis(
        "domain expertise",
        "Does it take somebody who knows the field?",
        ("capability", "stakes", "decision.type"),
        ("role.topics", "situations"),
        ("opaque_recommendation", "final_decision", "judgement_call", "out_of_role", "beyond_policy"),
    ),
    Axis(
        "system behaviour",
        "Does it keep to its role, its grant and its own words?",
        ("tool_call", "autonomy", "latency_ms", "usage", "model"),
        ("granted", "tools.allowed", "tools.forbidden", "tools.orders", "drift", "breaker"),
        (
            "self_contradiction",
            "source_contradiction",
            "tool_not_allowed",
            "limit_exceeded",
            "sequence_violation",
            "approval_missing",
            "autonomy_exceeded",
            "injected_instruction",
            "unauthorised_promise",
            "human_impersonation",
            "out_of_role",
            "stuck_loop",
            "drift",
            "contradiction_rate",
            "unsupported_rate",
            "overreach_rate",
            "escalation_rate",
            "ceiling_ignored",
            "autonomy_requested",
            "storm",
            "rule_imprecise",
        ),
    ),
    Axis(
        "customer experience",
        "How is it for the user?",
        ("text", "speaker", "intent"),
        ("bounds.dissatisfaction", "bounds.dispute", "risk_weights"),
        (
            "sentiment",
            "sentiment_shift",
            "dissatisfaction",
            "confusion",
            "dispute",
            "accountability_request",
            "human_request",
            "handoff_missed",
            "repeated_request",
            "new_problem",
            "loss_of_control",
            "no_recourse",
            "session_risk",
        ),
    ),
)
"""All nine, in the order of the source document."""
