"""One turn in, one annotation out: stateless, deterministic, in bounded work, without any call outside the process."""

from collections.abc import Iterator, Sequence
from typing import Any

from monitor.annotate.amounts import amounts_of
from monitor.annotate.claims import claims_of
from monitor.annotate.course import course_of
from monitor.annotate.cues import cues_of
from monitor.annotate.features import features_of
from monitor.annotate.instruction import instruction_score
from monitor.annotate.language import language_of
from monitor.annotate.lexicon import DIGIT
from monitor.annotate.mentions import mentions
from monitor.annotate.mood import heard, moods_of, toned
from monitor.annotate.ordinary import strange
from monitor.annotate.passages import bundle_of
from monitor.annotate.records import table_of_sources
from monitor.annotate.scorer import Scorer, scored
from monitor.annotate.sentences import own_words
from monitor.annotate.small_words import JUDGED
from monitor.annotate.spelling import respelt
from monitor.annotate.stakes import detected
from monitor.annotate.support import Judged, supported, without_support
from monitor.annotate.tokens import HEAD, TAIL, Tokens, content_terms, tokenise
from monitor.annotate.valence import valence_of
from monitor.annotate.values import argument_values, result_values
from monitor.core.annotation import Annotation, Fact, ToolUse, Value
from monitor.core.ids import digest64
from monitor.core.interaction import Interaction, Source, ToolCall
from monitor.core.table import Table
from monitor.core.vocabulary import Role, Stake

PEOPLE = (Role.USER, Role.STAFF)
"""Whose mood is heard; the models were taught by what people write."""
MAX_LEAVES = 200
"""Strings of a tool result that are read for instructions."""
MAX_ARGUMENT = 400
"""Characters kept of a text argument: the policy's conditions look at amounts and names, not at documents."""
MAX_ARGUMENTS = 32


def annotate(interaction: Interaction, scorer: Scorer | None = None) -> Annotation:
    """The facts of one turn. Never raises on any interaction. ``scorer``: reads the sources more closely, if given.

    >>> from monitor.core.vocabulary import Role
    >>> turn = Interaction(id="1", ts=0.0, system_id="bot", session_id="s", role=Role.USER, text="I want a human!")
    >>> annotate(turn).facts["human_request"].score > 0.5
    True
    """
    text = _bounded(interaction.text)
    tokens = tokenise(own_words(text))
    language = language_of(tokens)
    facts = _text_facts(interaction.role, tokens, language)
    values = _values(interaction)
    instruction = _instruction(interaction, values)
    if instruction is not None:
        facts["instruction"] = Fact(instruction)
    judged = _claims(interaction, tokens, language, scorer)
    table = _table(interaction)
    terms = content_terms(tokens)
    return Annotation(
        facts=facts,
        claims=judged.claims,
        support=judged.support,
        source_conflict=judged.conflict,
        table=table,
        strange=strange(tokens, table) if table and _only_records(interaction, table, language) else (),
        mentions=mentions(text) if text else (),
        values=values,
        stakes=_stakes(interaction, tokens),
        features=features_of(interaction, tokens, facts, claims=len(judged.claims), terms=terms),
        language=language,
        words=len(tokens.words),
        terms=terms,
        amounts=amounts_of(tokens.text) if tokens.kinds & DIGIT else (),
        tool=_tool_use(interaction.tool_call),
        **_carried(interaction),
    )


def annotate_batch(interactions: Sequence[Interaction], scorer: Scorer | None = None) -> list[Annotation]:
    """The annotations of several turns, each equal to what :func:`annotate` gives."""
    return [annotate(interaction, scorer) for interaction in interactions]


def _bounded(text: str) -> str:
    """The text as long as positions and spans may point into it; its middle is blanked, not read, when it is long."""
    if len(text) <= HEAD + TAIL:
        return text
    return text[:HEAD] + " " * (len(text) - HEAD - TAIL) + text[-TAIL:]


def _text_facts(role: Role, tokens: Tokens, language: str | None) -> dict[str, Fact]:
    judged = language == JUDGED if tokens.words else bool(tokens.text.strip())
    if not judged:
        return {}
    valence, cues = valence_of(tokens), cues_of(respelt(tokens), role)
    if role not in PEOPLE:
        return {"valence": valence, **cues}
    moods = moods_of(tokens)
    return {"valence": toned(moods, valence), **cues, **heard(moods)}


def _claims(interaction: Interaction, tokens: Tokens, language: str | None, scorer: Scorer | None) -> Judged:
    sources = interaction.sources
    if interaction.role is not Role.ASSISTANT:
        return Judged((), None, bundle_of(sources).conflict if sources else None)
    claims = claims_of(tokens)
    if not sources:
        return Judged(claims, None, None)
    judged = supported(claims, sources, tokens)
    if language not in {JUDGED, None}:
        return without_support(judged)
    return judged if scorer is None else scored(judged, sources, tokens, scorer)


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


def _stakes(interaction: Interaction, tokens: Tokens) -> tuple[Stake, ...]:
    declared = interaction.stakes
    tool = interaction.tool_call.name if interaction.tool_call else None
    found = detected(tokens, intent=interaction.intent, tool=tool)
    return (*declared, *(stake for stake in found if stake not in declared))


def _tool_use(call: ToolCall | None) -> ToolUse | None:
    if call is None:
        return None
    return ToolUse(
        name=call.name,
        signature=digest64(f"{call.name}\x1f{_canonical(call.arguments)}"),
        arguments=_clipped_map(call.arguments),
        error=call.error is not None,
        approved_by=call.approved_by,
    )


def _clipped_map(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _clipped(value) for name, value in list(values.items())[:MAX_ARGUMENTS]}


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
        return value[:MAX_ARGUMENT]
    if isinstance(value, dict):
        pairs = list(value.items())[:MAX_ARGUMENTS] if depth else []
        return {str(key): _clipped(item, depth - 1) for key, item in pairs}
    if isinstance(value, list | tuple):
        return [_clipped(item, depth - 1) for item in value[:MAX_ARGUMENTS]] if depth else []
    return value


def _carried(interaction: Interaction) -> dict[str, Any]:
    """What the annotation takes over from the turn as it is."""
    decision = interaction.decision
    return {
        "id": interaction.id,
        "ts": interaction.ts,
        "system_id": interaction.system_id,
        "session_id": interaction.session_id,
        "role": interaction.role,
        "turn": interaction.turn,
        "speaker": interaction.speaker,
        "capability": interaction.capability,
        "intent": interaction.intent,
        "course": course_of(interaction.role, interaction.intent),
        "autonomy": interaction.autonomy,
        "declared_stakes": interaction.stakes,
        "decision_type": decision.type if decision else None,
        "decision_final": bool(decision and decision.final),
        "decision_reversible": decision.reversible if decision else None,
        "delivery": interaction.delivery,
        "ends_session": interaction.ends_session,
        "model": interaction.model.name if interaction.model else None,
        "sources": len(interaction.sources),
        "evaluations": interaction.evaluations,
        "flags": interaction.flags,
        "attributes": _clipped_map(interaction.attributes),
    }
