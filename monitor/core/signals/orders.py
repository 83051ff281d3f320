"""Orders of the policy: what must have come before a call, a step that succeeded or the user's yes.

A step has succeeded when its result came without an error. Where an application shows no results at all, the call
itself is taken for it. Where it shows results, and others came or the user spoke without any of this step, nobody
knows how it ended: unknown, and no violation. A call that did not even wait for it is one.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.events import Evidence
from monitor.core.policy.conditions import call_context, evaluate
from monitor.core.policy.model import Order
from monitor.core.signals.approval import UNPROVEN
from monitor.core.signals.base import MAX_TOLD, NOT_JUDGED, Context, Score
from monitor.core.signals.calls import AT_NAME, names
from monitor.core.signals.combine import keep_last, parameter
from monitor.core.signals.cue import level
from monitor.core.vocabulary import Delivery, Role

MAX_TOOLS = 64
"""Names of tools remembered as done: more than most systems have."""
STEP_MAY_BE_MISSING = "a turn is missing; what had to come first may lie in it"


class Steps(Struct):
    """What was done in the session, and the user's last words.

    ``done``: tools that succeeded, in order; ``called``: tools called whose result may still come; ``unreported``:
    whose result did not come although others did; ``count``: how many of all three there were, so that what was
    forgotten shows. ``results``: a result was seen. ``agreed``: how plainly the last user turn says yes, None where it
    cannot be read; ``asked``: which turn that was, None before the first.
    """

    done: list[str] = []
    called: list[str] = []
    unreported: list[str] = []
    count: int = 0
    results: bool = False
    agreed: float | None = None
    asked: int | None = None


class Breach(Struct, frozen=True):
    """An order that a call breaks, in words; without ``unless`` one that it cannot be held against."""

    order: Order
    told: str
    unless: str = ""
    evidence: tuple[Evidence, ...] = ()


class SequenceViolation:
    """A call before what the policy puts first: 1, else 0. A draft is not made yet: 0.

    With a turn missing nothing is proven, and the value stays below one half. Where the order's condition or the
    user's words cannot be read: None, and ``unknown`` says so.
    """

    name = "sequence_violation"
    roles = (Role.USER,)
    tool_roles = (Role.ASSISTANT, Role.TOOL, Role.STAFF)
    State: type[Struct] = Steps
    plain = 0.5
    """How plainly the user must say yes."""

    def update(self, state: Steps, turn: Annotation, context: Context) -> Score:
        """Note the user's words and what succeeds; judge each call where it is first seen."""
        if turn.role is Role.USER:
            _give_up(state)
            state.asked, state.agreed = context.turn, level(turn, "agreement") if turn.words else None
        if turn.tool is None:
            return NOT_JUDGED
        begun = context.entry.begun
        score = NOT_JUDGED if begun is None else self._judge(state, begun, turn, context)
        _note(state, turn)
        return score

    def _judge(self, state: Steps, use: ToolUse, turn: Annotation, context: Context) -> Score:
        orders = [order for order in context.policy.tools.orders if names(use.name, order.before)]
        if not orders:
            return NOT_JUDGED
        if turn.delivery is Delivery.DRAFT:
            return Score(0.0)
        plain = parameter(context, self, "plain")
        found = [breach for order in orders for breach in _breaches(order, use, turn, state=state, plain=plain)]
        return _score(found, context)


def _score(found: Sequence[Breach], context: Context) -> Score:
    broken = [each for each in found if each.unless][:MAX_TOLD]
    if not broken:
        unknown = "; ".join(each.told for each in found[:MAX_TOLD])
        return Score(None, unknown=unknown) if unknown else Score(0.0)
    return Score(
        UNPROVEN if context.incomplete else 1.0,
        evidence=tuple(
            pointer
            for each in broken
            for pointer in (Evidence(context.turn, cue=each.order.id, path=AT_NAME), *each.evidence)
        ),
        unknown=STEP_MAY_BE_MISSING if context.incomplete else None,
        told="; ".join(f"{each.told} (the rule: {each.order.text})" for each in broken),
        unless=" and ".join(dict.fromkeys(each.unless for each in broken)),
    )


def _breaches(order: Order, use: ToolUse, turn: Annotation, *, state: Steps, plain: float) -> Iterator[Breach]:
    """What a call misses under one order."""
    binds = True if order.when is None else evaluate(order.when, call_context(turn))
    if binds is None:
        yield Breach(order, f"the condition of order {order.id} cannot be judged on this call of {use.name}")
    if not binds:
        return
    done = state.done if state.results else state.done + state.unreported + state.called
    if order.after and not any(names(tool, order.after) for tool in done):
        yield _unprepared(order, use, state)
    if order.agreed and (state.agreed is None or state.agreed < plain):
        yield _unagreed(order, use, state)


def _unprepared(order: Order, use: ToolUse, state: Steps) -> Breach:
    if len(state.done) + len(state.called) + len(state.unreported) < state.count:
        return Breach(order, f"what came before this call of {use.name} is no longer remembered")
    unreported = next((tool for tool in state.unreported if names(tool, order.after)), None)
    if unreported is not None:
        return Breach(order, f"{unreported} was called before {use.name}, and no result of it was seen")
    first = " or ".join(order.after)
    return Breach(order, f"{use.name} was called and no {first} had succeeded before", f"{first} had come first")


def _unagreed(order: Order, use: ToolUse, state: Steps) -> Breach:
    if state.asked is not None and state.agreed is None:
        return Breach(order, "the user's last turn cannot be read for a yes")
    asked = () if state.asked is None else (Evidence(state.asked, cue="agreement", score=state.agreed),)
    return Breach(order, f"{use.name} was called without the user's plain yes", "the user had plainly said yes", asked)


def _note(state: Steps, turn: Annotation) -> None:
    """Remember a step: by its result, which says whether it is done, or by its call, which waits for one."""
    tool = turn.tool
    if tool is None or turn.role is Role.USER or turn.delivery is Delivery.DRAFT:
        return
    for steps in (state.called, state.unreported):
        if tool.name in steps:
            steps.remove(tool.name)
            state.count -= 1
    if turn.role is Role.TOOL:
        state.results = True
        _give_up(state)
    steps = state.done if turn.role is Role.TOOL else state.called
    if tool.error or tool.name in state.done:
        return
    steps.append(tool.name)
    state.count += 1
    keep_last(steps, MAX_TOOLS)


def _give_up(state: Steps) -> None:
    """Something else came: the results that were awaited are not shown."""
    state.unreported += state.called
    state.called = []
    keep_last(state.unreported, MAX_TOOLS)
