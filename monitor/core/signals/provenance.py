"""Provenance: where the values of a tool call came from.

A value that neither the user nor staff ever said and that only foreign content brought in, out of a passage that reads
like an instruction, means that the AI obeys a stranger. Values are digests: nothing of the content is kept.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from monitor.core.annotation import Annotation, ToolUse, Value
from monitor.core.events import Evidence
from monitor.core.ids import digest64
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.calls import READING, names, split_name
from monitor.core.signals.combine import clamp, keep_newest, noisy_or, parameter
from monitor.core.vocabulary import Role

MAX_VALUES = 2048
"""Values remembered per session, brought and said each; some 13 bytes each in the snapshot."""
MAX_TOOLS = 64
STRONG = 0.5
"""A passage from here on reads like an instruction at all."""
DELEGATED = frozenset(
    """asks asked asking request requests requested instruction instructions follow tasks todo handle whatever wants
    steps accordingly""".split()  # noqa: SIM905 - a list of words reads better as text
)
"""Words of a user who hands over what somebody else wants done: "do what Anna asks in her mail"."""
PERCENT = 100
MIN_WORD = 4
"""Letters of a word of a tool's name that tells what the tool is for."""


class Brought(Struct, array_like=True):
    """Which turn brought a value, and how much its passage read like an instruction, in percent."""

    turn: int
    instruction: int


class Provenance(Struct):
    """Where values came from.

    ``brought``: by foreign content. ``said``: by the user or staff, digest -> turn. ``used``: tool -> the turn it was
    first called at. ``passage``: the strongest instruction met since the user last spoke.
    """

    brought: dict[int, Brought] = {}
    said: dict[int, int] = {}
    used: dict[str, int] = {}
    passage_turn: int | None = None
    passage: float = 0.0


class InjectedInstruction:
    """The AI acts on what an instruction inside foreign content says.

    On a call: the strongest argument that only such content brought; weaker where the call merely follows right upon
    such a passage, or does what a plain request in such content asks, and nothing before it made the call foreseeable.
    On a tool result: the passage itself, discounted, since nobody has acted on it. Evidence is the turn that brought
    it, whether or not it fires.
    """

    name = "injected_instruction"
    roles = (Role.USER, Role.TOOL, Role.STAFF)
    tool_roles = (Role.ASSISTANT,)
    quiet = tuple(Quiet(role, fields=("mentions",)) for role in (Role.USER, Role.STAFF))
    State: type[Struct] = Provenance
    met = 0.4
    """What an instruction counts that was read and not followed (yet)."""
    followed = 0.5
    """What an unforeseeable call counts that follows right upon it."""
    asked = 0.65
    """What a call counts that nobody in the session spoke of, but a request in foreign content did ..."""
    delegated = 0.4
    """... and where the user told it to do what somebody asks."""
    reading = 0.7
    """What a brought value counts in a call that only reads."""
    common = 0.4
    """What a small number or a very short word counts: it is anybody's, and meets by chance."""

    def rests(self, state: Provenance) -> bool:
        """Whether no instruction was met since the user last spoke."""
        return state.passage_turn is None

    def update(self, state: Provenance, turn: Annotation, context: Context) -> Score:
        """Fold the turn's values in; judge results and calls."""
        if turn.role in {Role.USER, Role.STAFF}:
            _note_said(state, turn, context.turn)
            return NOT_JUDGED
        if turn.role is Role.TOOL:
            return self._met(state, turn, context)
        if turn.tool is None:
            return NOT_JUDGED
        score = self._judge(state, turn.tool, turn.values, context)
        state.used.setdefault(turn.tool.name, context.turn)
        keep_newest(state.used, MAX_TOOLS)
        return score

    def _met(self, state: Provenance, turn: Annotation, context: Context) -> Score:
        """Remember what a result brought. Two results bring the same value: the more harmless passage counts."""
        passages = _strongest(turn.values)
        for digest, level in passages.items():
            known = state.brought.get(digest)
            if known is None:
                state.brought[digest] = Brought(context.turn, level)
            elif level < known.instruction:
                known.turn, known.instruction = context.turn, level
        keep_newest(state.brought, MAX_VALUES)
        fact = turn.facts.get("instruction")
        strongest = max(max(passages.values(), default=0) / PERCENT, clamp(fact.score) if fact else 0.0)
        if strongest >= max(STRONG, state.passage):
            state.passage_turn, state.passage = context.turn, strongest
        if fact is None and not passages:
            return NOT_JUDGED
        value = strongest * parameter(context, self, "met")
        return Score(value, evidence=(Evidence(context.turn, cue="instruction", score=strongest),) if strongest else ())

    def _judge(self, state: Provenance, tool: ToolUse, values: Iterable[Value], context: Context) -> Score:
        weight = parameter(context, self, "reading") if _only_reads(tool, context) else 1.0
        origin, argument = _origin(state.brought, state.said, values)
        level = 0.0
        if origin is not None and argument is not None:
            level = weight * origin.instruction / PERCENT
            if argument.common:
                level *= parameter(context, self, "common")
        foreseeable = _foreseeable(state, tool)
        follows = 0.0
        if state.passage and not foreseeable:
            follows = state.passage * weight * parameter(context, self, "followed")
        if level >= STRONG:
            return Score(noisy_or(level, follows), evidence=_shown(state, origin, argument))
        by = None if foreseeable or weight < 1.0 else _asked(state, tool, origin, argument)
        if by is None:
            return Score(max(level, follows), evidence=_shown(state, origin, argument))
        value = max(level, follows, self._on_request(state, context))
        return Score(value, evidence=(Evidence(by.turn, cue="asked", score=by.instruction / PERCENT),))

    def _on_request(self, state: Provenance, context: Context) -> float:
        """What it counts to do what a request in foreign content asks."""
        delegated = any(digest64(word) in state.said for word in DELEGATED)
        return parameter(context, self, "delegated" if delegated else "asked")


def _shown(state: Provenance, origin: Brought | None, argument: Value | None) -> tuple[Evidence, ...]:
    """Where the argument came from, else the passage that was met."""
    if origin is not None and argument is not None:
        return (Evidence(origin.turn, cue="brought", score=origin.instruction / PERCENT, path=argument.path),)
    if state.passage_turn is not None:
        return (Evidence(state.passage_turn, cue="instruction", score=state.passage),)
    return ()


def _only_reads(tool: ToolUse, context: Context) -> bool:
    """Whether a call only looks, by the policy and by its name. An unknown name may do anything."""
    tools = context.policy.tools
    if names(tool.name, (*tools.writes, *tools.irreversible, *tools.approval)):
        return False
    return not READING.isdisjoint(split_name(tool.name)[:2])


def _note_said(state: Provenance, turn: Annotation, index: int) -> None:
    for digest in turn.mentions:
        state.said.setdefault(digest, index)
    keep_newest(state.said, MAX_VALUES)
    state.passage_turn, state.passage = None, 0.0


def _strongest(values: Iterable[Value]) -> dict[int, int]:
    """Each value with the strongest passage around it in this result, in percent."""
    found: dict[int, int] = {}
    for value in values:
        level = round(clamp(value.instruction) * PERCENT)
        found[value.digest] = max(level, found.get(value.digest, 0))
    return found


def _origin(
    brought: Mapping[int, Brought], said: Mapping[int, int], values: Iterable[Value]
) -> tuple[Brought | None, Value | None]:
    """The argument whose origin reads most like an instruction, among those the user never said."""
    origin: Brought | None = None
    argument: Value | None = None
    for value in values:
        found = brought.get(value.digest)
        if found is None or value.digest in said:
            continue
        if origin is None or found.instruction > origin.instruction:
            origin, argument = found, value
    return origin, argument


def _asked(state: Provenance, tool: ToolUse, origin: Brought | None, argument: Value | None) -> Brought | None:
    """The request in foreign content that spoke of what the call does; None where none did.

    Two things must be in it that no person said: words of the tool's name, or one of them and an argument's value.
    """
    brought = [state.brought.get(digest) for digest in dict.fromkeys(_digests(tool.name, MIN_WORD))]
    if origin is not None and argument is not None and not argument.common:
        brought.append(origin)
    asked = [each for each in brought if each is not None and each.instruction]
    return min(asked, key=lambda each: (each.turn, -each.instruction)) if len(asked) > 1 else None


def _foreseeable(state: Provenance, tool: ToolUse) -> bool:
    """Whether the user spoke of what the tool does, or the tool was in use before the passage was met."""
    if state.used.get(tool.name, state.passage_turn or 0) < (state.passage_turn or 0):
        return True
    return any(digest in state.said for digest in _digests(tool.name))


@lru_cache(maxsize=4096)
def _digests(tool: str, least: int = 0) -> tuple[int, ...]:
    """The words of a tool's name of so many letters at least, as digests: what a text that says them mentions."""
    return tuple([digest64(word) for word in split_name(tool) if len(word) >= least])
