"""The optional fields of a turn, and what each unlocks: one table for the README and for the replay's report."""

from collections.abc import Callable
from typing import NamedTuple

from monitor.core.ids import derived_interaction_id
from monitor.core.interaction import Interaction
from monitor.core.vocabulary import Delivery
from monitor.ingest.record import Record


class OptionalField(NamedTuple):
    """One optional field. ``found`` says whether a turn carried it; a value equal to the default counts as absent."""

    name: str
    unlocks: str
    found: Callable[[Interaction, Record | None], bool]


def _has_id(turn: Interaction, record: Record | None) -> bool:
    return record is not None and turn.id != derived_interaction_id(record.at)


def _has_ts(turn: Interaction, record: Record | None) -> bool:
    return record is not None and turn.ts != (record.timestamp or 0.0)


OPTIONAL_FIELDS: tuple[OptionalField, ...] = (
    OptionalField("id", "a producer's retry is recognised and not counted as a second turn", _has_id),
    OptionalField("ts", "event time: idle sessions, rates and replays follow the conversation's own clock", _has_ts),
    OptionalField("turn", "evidence points at your own turn numbers", lambda turn, _: turn.turn is not None),
    OptionalField(
        "speaker",
        "sentiment_shift compares each speaker with themselves where several share a role",
        lambda turn, _: turn.speaker is not None,
    ),
    OptionalField(
        "text", "everything that reads language: experience, evidence, consistency", lambda turn, _: bool(turn.text)
    ),
    OptionalField(
        "tool_call",
        "tool_not_allowed, limit_exceeded, sequence_violation, approval_missing, irreversible_action, stuck_loop, "
        "injected_instruction",
        lambda turn, _: turn.tool_call is not None,
    ),
    OptionalField(
        "tool_call.result",
        "injected_instruction: which argument came from an untrusted result alone",
        lambda turn, _: turn.tool_call is not None and turn.tool_call.result is not None,
    ),
    OptionalField(
        "tool_call.error",
        "failed calls count towards stuck_loop, not towards limits and orders, and are watched for drift",
        lambda turn, _: turn.tool_call is not None and turn.tool_call.error is not None,
    ),
    OptionalField(
        "tool_call.approved_by",
        "approval_missing stays silent where a person has approved the call",
        lambda turn, _: turn.tool_call is not None and turn.tool_call.approved_by is not None,
    ),
    OptionalField(
        "sources",
        "unsupported_claim, source_contradiction, sources_conflict, no_evidence",
        lambda turn, _: bool(turn.sources),
    ),
    OptionalField(
        "sources[].trusted",
        "injected_instruction also looks into passages marked as not trusted",
        lambda turn, _: any(not source.trusted for source in turn.sources),
    ),
    OptionalField(
        "intent",
        "hand-off packages name what the user wanted; out_of_role where the policy lists topics",
        lambda turn, _: turn.intent is not None,
    ),
    OptionalField(
        "capability",
        "policy, breakers and rates per capability, so that one fault does not hold back the whole system",
        lambda turn, _: bool(turn.capability),
    ),
    OptionalField(
        "autonomy",
        "autonomy_exceeded, overreach_rate and ceiling_ignored: what the turn did against what it may do",
        lambda turn, _: turn.autonomy is not None,
    ),
    OptionalField(
        "stakes",
        "rules bound to stakes fire on your knowledge, not only on words in the text",
        lambda turn, _: bool(turn.stakes),
    ),
    OptionalField(
        "decision",
        "final_decision and irreversible_action without reading the text for it",
        lambda turn, _: turn.decision is not None,
    ),
    OptionalField(
        "delivery",
        "drafts: a final decision or a publication can be reviewed before it becomes an answer",
        lambda turn, _: turn.delivery is Delivery.DRAFT,
    ),
    OptionalField(
        "ends_session", "the session is closed at once, not after its idle time", lambda turn, _: turn.ends_session
    ),
    OptionalField("model", "observations say which model a change came with", lambda turn, _: turn.model is not None),
    OptionalField("usage", "drift of token counts", lambda turn, _: bool(turn.usage)),
    OptionalField("latency_ms", "drift of latency", lambda turn, _: turn.latency_ms is not None),
    OptionalField(
        "evaluations",
        "each upstream score becomes a drift feature of its system",
        lambda turn, _: bool(turn.evaluations),
    ),
    OptionalField("attributes", "your own facts for policy conditions", lambda turn, _: bool(turn.attributes)),
)


def carried(turn: Interaction, record: Record | None = None) -> tuple[str, ...]:
    """Names of the optional fields this turn carried, in the table's order.

    Args:
        turn: the decoded turn.
        record: the record it came in; without it ``id`` and ``ts`` cannot be told from their defaults and are left out.
    """
    return tuple(field.name for field in OPTIONAL_FIELDS if field.found(turn, record))
