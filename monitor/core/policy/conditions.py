"""CEL conditions of a policy: compiled once, evaluated over a documented context, never a crash.

This is the only file of the core that knows CEL. A condition that does not compile, or names what the context does not
have, is a fault of the policy. One that fails while it runs (a key that this turn lacks, text where a number is
expected) answers None: cannot know. A rule does not fire on None.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import cel

from monitor.core.annotation import Annotation
from monitor.core.policy.shape import nearest
from monitor.core.vocabulary import Autonomy, Stake

VARIABLES: dict[str, str] = {
    "role": 'who produced the turn: "user", "assistant", "tool" or "staff"',
    "turn": "index of the turn in its session, from 0",
    "capability": 'the capability, "" for the whole system',
    "intent": 'the declared intent, "" where none',
    "language": 'ISO 639-1, "" where it cannot be told',
    "words": "words in the turn's text",
    "sources": "passages the turn came with",
    "delivery": '"draft" or "delivered"',
    "autonomy": 'the level the turn used: "support", "recommend", "act", "" where not declared',
    "ceiling": "the highest level in force now",
    "granted": "the level a person granted",
    "stakes": "list of the session's stakes so far",
    "turn_stakes": "list of this turn's stakes",
    "decision": "map: type, final, reversible (keys that the turn does not have are absent)",
    "tool": "map: name, arguments, error, approved_by (empty where the turn is no tool use)",
    "scores": "map from signal to its score on this turn; a signal that cannot know is absent",
    "facts": "map from fact to its score on this turn; what could not be judged is absent",
    "evaluations": "map of the scores an upstream evaluator gave",
    "attributes": "map of the facts the producer sent along with the turn",
    "incomplete": "true where a turn of the session is known to be missing",
}
"""What a condition of a rule may name."""

OF_CALL = (
    "role",
    "capability",
    "intent",
    "delivery",
    "autonomy",
    "turn_stakes",
    "decision",
    "tool",
    "facts",
    "attributes",
)
CALL_VARIABLES = {name: VARIABLES[name] for name in OF_CALL}
"""What a condition on one tool call (a limit's, an order's) may name."""

_TIME_PARTS = ("FullYear", "Month", "Date", "DayOfMonth", "DayOfWeek", "DayOfYear", "Hours", "Minutes", "Seconds")
FUNCTIONS = frozenset(
    (
        *("size", "contains", "startsWith", "endsWith", "matches", "min", "max"),
        *("int", "uint", "double", "string", "bool", "bytes", "type", "duration", "timestamp"),
        *(f"get{part}" for part in _TIME_PARTS),
    )
)
"""Functions a condition may call, beside CEL's operators and macros."""

_COMPREHENSION = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_WORD = re.compile(r"\w+")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_PLAIN_STRING = re.compile(r"\"[^\"\\]*\"|'[^'\\]*'")
_LONG_MARKS = ("'''", '"""')
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_FLOOR = re.compile(r"scores\.([a-z_]+)\s*>=\s*(\d+(?:\.\d+)?)")
EVALUATIONS = frozenset({"evaluations"})
BY_NAME = ("scores", "facts")
"""Variables of some dozens of entries, of which a condition looks up one or two by name."""


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:  # noqa: ANN401 - the package ships no types
    return cel.compile(expression)


class Reads(NamedTuple):
    """What a condition reads of its context. ``entries``: of a variable in BY_NAME, where it only looks up these."""

    variables: tuple[str, ...]
    entries: Mapping[str, frozenset[str]]

    def of(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The part of a context that is read: the library copies whatever it is given, entry by entry."""
        part = {name: context[name] for name in self.variables if name in context}
        for name, read in self.entries.items():
            if name in part:
                part[name] = {key: part[name][key] for key in read if key in part[name]}
        return part


@lru_cache(maxsize=1024)
def reads(expression: str) -> Reads:
    """What a condition that compiles reads.

    >>> reads("scores.dispute > 0.5 && 'unclear' in facts && words > 3").entries["facts"] >= {"unclear"}
    True
    >>> reads("size(facts) > 3 && facts.unclear > 0.0").entries
    {}
    """
    words, bare = frozenset(_WORD.findall(expression)), _PLAIN_STRING.sub("''", expression)
    variables = tuple(_compiled(expression).variables())
    return Reads(variables, {name: words for name in BY_NAME if name in variables and _only_looked_up(name, bare)})


def _only_looked_up(name: str, bare: str) -> bool:
    """Whether each mention of a map, in a condition without its texts, asks for one entry by its name."""
    looked_up = rf"\b{name}\s*\.\s*[A-Za-z_]\w*\b(?!\s*\()|(?:^|[(!&|?:])\s*''\s+in\s+{name}\b(?!\s*[.\[])"
    return "\\" not in bare and len(re.findall(looked_up, bare)) == len(re.findall(rf"\b{name}\b", bare))


@lru_cache(maxsize=1024)
def floors(expression: str) -> Mapping[str, float]:
    """Scores that must be at least so high for the condition to hold: of its parts joined by ``&&``, the plain ones.

    Most conditions of a policy are such: where a score falls short nothing else of them need be looked at.

    >>> floors("scores.dispute >= 0.8 && (facts.dispute > 0.5 || words > 3) && scores.urgency >= 0.5")
    {'dispute': 0.8, 'urgency': 0.5}
    >>> floors("scores.dispute >= 0.8 || words > 3"), floors("!(words > 3 && scores.dispute >= 0.8 && turn > 0)")
    ({}, {})
    """
    bare, inner = "", _PLAIN_STRING.sub("''", expression)
    while bare != inner:
        bare, inner = inner, _BRACKETS.sub("''", inner)
    if any(sign in bare for sign in ("||", "?", "//", "\\")) or any(mark in expression for mark in _LONG_MARKS):
        return {}  # a choice, a comment, a text that may hold either
    parts = (_FLOOR.fullmatch(part.strip()) for part in bare.split("&&"))
    return {part[1]: float(part[2]) for part in parts if part is not None}


def named(expression: str) -> frozenset[str]:
    """The context variables a condition names. Raises ValueError when it does not compile.

    >>> sorted(named('tool.arguments.amount > 500 && stakes.exists(s, s == "money")'))
    ['stakes', 'tool']
    """
    bound = set(_COMPREHENSION.findall(_STRING.sub("''", expression)))
    return frozenset(set(_compiled(expression).variables()) - bound)


def problems(expression: str, known: Mapping[str, str] = VARIABLES) -> list[str]:
    """What is wrong with a condition: syntax, unknown names, unknown functions. Empty when nothing is.

    >>> problems('tol.name == "refund"')
    ['unknown name "tol" in the condition; did you mean "tool"?']
    """
    try:
        names = named(expression)
        called = {name for name in _compiled(expression).functions() if name.isidentifier()}
    except ValueError as error:
        return [f"the condition does not compile: {_first_line(error)}"]
    found = [f'unknown name "{name}" in the condition; {nearest(name, known)}' for name in sorted(names - set(known))]
    found.extend(
        f'unknown function "{name}" in the condition; {nearest(name, FUNCTIONS)}' for name in sorted(called - FUNCTIONS)
    )
    return found


def _first_line(error: Exception) -> str:
    text = str(error).splitlines()[0]
    return text.partition("ERROR: <input>:")[2] or text


def evaluate(expression: str, context: Mapping[str, Any]) -> bool | None:
    """Whether the condition holds; None when that cannot be known on this context.

    >>> evaluate("tool.arguments.amount > 500", {"tool": {"arguments": {"amount": 600}}})
    True
    >>> evaluate("tool.arguments.amount > 500", {"tool": {}}) is None
    True
    """
    try:
        answer = _compiled(expression).execute(reads(expression).of(context))
    except Exception:  # noqa: BLE001 - the library raises many types; every one means "cannot know"
        return None
    return answer if isinstance(answer, bool) else None


def context_of(
    turn: Annotation,
    *,
    index: int,
    ceiling: Autonomy,
    granted: Autonomy,
    stakes: frozenset[Stake],
    scores: Mapping[str, float | None],
    incomplete: bool,
) -> dict[str, Any]:
    """The context of one turn, as :data:`VARIABLES` documents it."""
    return {
        **call_context(turn),
        "turn": index,
        "language": turn.language or "",
        "words": turn.words,
        "sources": turn.sources,
        "ceiling": str(ceiling),
        "granted": str(granted),
        "stakes": sorted(str(stake) for stake in stakes),
        "scores": {name: value for name, value in scores.items() if value is not None},
        "evaluations": dict(turn.evaluations),
        "incomplete": incomplete,
    }


def call_context(turn: Annotation) -> dict[str, Any]:
    """The context of one tool call, as :data:`CALL_VARIABLES` documents it."""
    return {
        "role": str(turn.role),
        "capability": turn.capability,
        "intent": turn.intent or "",
        "delivery": str(turn.delivery),
        "autonomy": str(turn.autonomy or ""),
        "turn_stakes": [str(stake) for stake in turn.stakes],
        "decision": _decision(turn),
        "tool": _tool(turn),
        "facts": {name: fact.score for name, fact in turn.facts.items()},
        "attributes": turn.attributes,
    }


def _decision(turn: Annotation) -> dict[str, Any]:
    fields = {"type": turn.decision_type, "reversible": turn.decision_reversible}
    return {"final": turn.decision_final, **{name: value for name, value in fields.items() if value is not None}}


def _tool(turn: Annotation) -> dict[str, Any]:
    if turn.tool is None:
        return {}
    return {
        "name": turn.tool.name,
        "arguments": turn.tool.arguments,
        "error": turn.tool.error,
        "approved_by": turn.tool.approved_by or "",
    }
