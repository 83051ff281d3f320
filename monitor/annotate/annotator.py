"""One turn in, one annotation out: stateless, deterministic, in bounded work, without any call outside the process."""

from collections.abc import Iterator, Sequence
from typing import Any

from monitor.annotate.course import course_of
from monitor.annotate.features import features_of
from monitor.annotate.instruction import instruction_score
from monitor.annotate.ordinary import strange
from monitor.annotate.passages import bundle_of
from monitor.annotate.records import table_of_sources
from monitor.annotate.scorer import Scorer, scored
from monitor.annotate.small_words import JUDGED
from monitor.annotate.stakes import Weights, detected
from monitor.annotate.support import Judged, supported, without_support
from monitor.annotate.text_facts import TextFacts, text_facts_of
from monitor.annotate.values import argument_values, result_values
from monitor.core.annotation import Annotation, Fact, ToolUse, Value
from monitor.core.ids import digest64
from monitor.core.interaction import Interaction, Source, ToolCall
from monitor.core.signals.figures import CUT_ITEMS, CUT_TEXT
from monitor.core.table import Table
from monitor.core.vocabulary import Role, Stake

MAX_LEAVES = 200
"""Strings of a tool result that are read for instructions."""


def annotate(interaction: Interaction, scorer: Scorer | None = None) -> Annotation:
    """The facts of one turn. Never raises on any interaction. ``scorer``: reads the sources more closely, if given.

    >>> from monitor.core.vocabulary import Role
    >>> turn = Interaction(id="1", ts=0.0, system_id="bot", session_id="s", role=Role.USER, text="I want a human!")
    >>> annotate(turn).facts["human_request"].score > 0.5
    True
    """
    read = text_facts_of(interaction.text, interaction.role)
    values = _values(interaction)
    instruction = _instruction(interaction, values)
    facts = read.facts if instruction is None else {**read.facts, "instruction": Fact(instruction)}
    judged = _claims(interaction, read, scorer)
    table = _table(interaction)
    decision, model = interaction.decision, interaction.model
    return Annotation(
        id=interaction.id,
        ts=interaction.ts,
        system_id=interaction.system_id,
        session_id=interaction.session_id,
        role=interaction.role,
        turn=interaction.turn,
        speaker=interaction.speaker,
        capability=interaction.capability,
        intent=interaction.intent,
        course=course_of(interaction.role, interaction.intent),
        autonomy=interaction.autonomy,
        stakes=_stakes(interaction, read.stakes),
        declared_stakes=interaction.stakes,
        decision_type=decision.type if decision else None,
        decision_final=bool(decision and decision.final),
        decision_reversible=decision.reversible if decision else None,
        delivery=interaction.delivery,
        ends_session=interaction.ends_session,
        model=model.name if model else None,
        tool=_tool_use(interaction),
        facts=facts,
        claims=judged.claims,
        mentions=read.mentions,
        values=values,
        sources=len(interaction.sources),
        support=judged.support,
        source_conflict=judged.conflict,
        table=table,
        strange=strange(read.tokens, table) if table and _only_records(interaction, table, read.language) else (),
        features=features_of(interaction, read.tokens, facts, read.features),
        evaluations=interaction.evaluations,
        language=read.language,
        words=len(read.tokens.words),
        terms=read.terms,
        amounts=read.amounts,
        flags=interaction.flags,
        attributes=_clipped_map(interaction.attributes) if interaction.attributes else {},
    )


def annotate_batch(interactions: Sequence[Interaction], scorer: Scorer | None = None) -> list[Annotation]:
    """The annotations of several turns, each equal to what :func:`annotate` gives."""
    return [annotate(interaction, scorer) for interaction in interactions]


def _claims(interaction: Interaction, read: TextFacts, scorer: Scorer | None) -> Judged:
    sources = interaction.sources
    if not sources:
        return Judged(read.claims, None, None)
    if interaction.role is not Role.ASSISTANT:
        return Judged((), None, bundle_of(sources).conflict)
    judged = supported(read.claims, sources, read.tokens)
    if read.language not in {JUDGED, None}:
        return without_support(judged)
    return judged if scorer is None else scored(judged, sources, read.tokens, scorer)


def _table(interaction: Interaction) -> Table | None:
    """The sources of an answer side by side, where they are records."""
    if interaction.role is not Role.ASSISTANT or len(interaction.sources) < 2:
        return None
    return table_of_sources(interaction.sources)


def _only_records(interaction: Interaction, table: Table, language: str | None) -> bool:
    """Whether every source of an English answer is a record: a name found in none of them came from elsewhere."""
    return language == JUDGED and len(table.records) == len(interaction.sources)


def _values(interaction: Interaction) -> tuple[Value, ...]:
    call = interaction.tool_call
    if interaction.role is Role.ASSISTANT:
        return argument_values(call.arguments) if call else ()
    if call is None and not interaction.sources:
        return ()
    return result_values(call.result if call else None, interaction.sources)


def _instruction(interaction: Interaction, values: tuple[Value, ...]) -> float | None:
    """How much the turn's data, not its speaker, reads like an instruction; None where the turn brought no data."""
    passages = [*_leaves(interaction), *(source.text for source in _untrusted(interaction.sources))]
    if interaction.role is Role.TOOL and interaction.text:
        passages.append(interaction.text)
    if not passages:
        return 0.0 if interaction.role is Role.TOOL else None
    read = max(instruction_score(passage) for passage in passages)
    return max([read, *(value.instruction for value in values)])


def _untrusted(sources: tuple[Source, ...]) -> Iterator[Source]:
    return (source for source in sources if not source.trusted)


def _leaves(interaction: Interaction) -> list[str]:
    """The strings of a tool result, at most MAX_LEAVES; short ones cannot hold an instruction."""
    call = interaction.tool_call
    if call is None or interaction.role is Role.ASSISTANT:
        return []
    leaves: list[str] = []
    stack: list[Any] = [call.error, call.result]
    while stack and len(leaves) < MAX_LEAVES:
        item = stack.pop()
        if isinstance(item, str):
            if " " in item:
                leaves.append(item)
        elif isinstance(item, dict):
            stack += list(item.values())[:MAX_LEAVES]
        elif isinstance(item, list | tuple):
            stack += item[:MAX_LEAVES]
    return leaves


def _stakes(interaction: Interaction, said: Weights) -> tuple[Stake, ...]:
    declared = interaction.stakes
    tool = interaction.tool_call.name if interaction.tool_call else None
    found = detected(said, intent=interaction.intent, tool=tool)
    return (*declared, *(stake for stake in found if stake not in declared))


def _tool_use(interaction: Interaction) -> ToolUse | None:
    call = interaction.tool_call
    if call is None:
        return None
    return ToolUse(
        name=call.name,
        signature=digest64(f"{call.name}\x1f{_canonical(call.arguments)}"),
        arguments=_clipped_map(call.arguments),
        error=call.error is not None,
        approved_by=call.approved_by,
        outcome=_outcome(call, interaction.text) if interaction.role is Role.TOOL else 0,
    )


def _outcome(call: ToolCall, text: str) -> int:
    """What a call came to: its error, else its result, else what is written beside it."""
    came = call.error if call.error is not None else text if call.result is None else _canonical(call.result)
    return digest64(came) if came else 0


def _clipped_map(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _clipped(value) for name, value in list(values.items())[:CUT_ITEMS]}


def _canonical(value: object, depth: int = 8) -> str:
    """A text equal for equal arguments, whatever their order."""
    if isinstance(value, dict) and depth:
        items = sorted((str(key), _canonical(item, depth - 1)) for key, item in value.items())
        return "{" + ",".join(f"{key!r}:{item}" for key, item in items) + "}"
    if isinstance(value, list | tuple) and depth:
        return "[" + ",".join(_canonical(item, depth - 1) for item in value) + "]"
    return repr(value) if depth else "..."


def _clipped(value: object, depth: int = 3) -> object:
    if isinstance(value, str):
        return value[:CUT_TEXT]
    if isinstance(value, dict):
        pairs = list(value.items())[:CUT_ITEMS] if depth else []
        return {str(key): _clipped(item, depth - 1) for key, item in pairs}
    if isinstance(value, list | tuple):
        return [_clipped(item, depth - 1) for item in value[:CUT_ITEMS]] if depth else []
    return value
