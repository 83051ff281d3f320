"""Limits of the policy over the calls of a session: each call judged once, sums followed to the results."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.events import Evidence
from monitor.core.policy.model import Limit
from monitor.core.signals.base import MAX_TOLD, NOT_JUDGED, Context, Score
from monitor.core.signals.beyond import Crossing, Sum, amount_of, crossings
from monitor.core.signals.calls import names
from monitor.core.signals.combine import keep_newest, parameter
from monitor.core.signals.ledger import MAX_OPEN, Call
from monitor.core.vocabulary import Delivery, Role

MAX_LIMITS = 128
"""Limits whose sums are remembered."""


class Spent(Struct):
    """By limit, what calls came to; and of each call under way, by its number, what it adds to each limit that sums."""

    awaited: dict[int, dict[str, float]] = {}
    sums: dict[str, Sum] = {}


class LimitExceeded:
    """A call beyond a limit of the policy: 1, else 0. A drafted call counts less: it is not made yet.

    A sum counts each call once, from its beginning on, unless its result says that it failed. Where an argument is
    missing or of another kind nothing is proven: None, and ``unknown`` names it, unless the limit says that it
    ``must_be_known``.
    """

    name = "limit_exceeded"
    roles = ()
    tool_roles = (Role.ASSISTANT, Role.TOOL, Role.STAFF)
    State: type[Struct] = Spent
    drafted = 0.4
    """What a drafted call beyond a limit counts."""

    def update(self, state: Spent, turn: Annotation, context: Context) -> Score:
        """Judge each call where it is first seen; follow it to its result."""
        if turn.tool is None:
            return NOT_JUDGED
        entry = context.entry
        for over in entry.settled:
            _add(state, state.awaited.pop(over.number, {}))
        if entry.ended is not None:
            amounts = state.awaited.pop(entry.ended.number, {})
            _add(state, {} if turn.tool.error else amounts)
        if entry.begun is None:
            return NOT_JUDGED
        limits = [limit for limit in context.policy.tools.limits if names(entry.begun.name, limit.tools)]
        if not limits:
            return NOT_JUDGED
        found = [
            (limit, each) for limit in limits for each in crossings(limit, entry.begun, turn, _before(state, limit))
        ]
        _count(state, entry.begun, limits, turn, entry.opened)
        return self._score(found, turn, context)

    def _score(self, found: Sequence[tuple[Limit, Crossing]], turn: Annotation, context: Context) -> Score:
        over = [(limit, each) for limit, each in found if each.unless][:MAX_TOLD]
        if not over:
            unknown = "; ".join(each.told for _, each in found[:MAX_TOLD])
            return Score(None, unknown=unknown) if unknown else Score(0.0)
        drafted = turn.delivery is Delivery.DRAFT
        return Score(
            parameter(context, self, "drafted") if drafted else 1.0,
            evidence=tuple(Evidence(context.turn, cue=limit.id, path=each.path) for limit, each in over),
            told="; ".join(f"{each.told} (the rule: {limit.text})" for limit, each in over),
            unless=" and ".join(dict.fromkeys(each.unless for _, each in over)),
        )


def _before(state: Spent, limit: Limit) -> Sum:
    """What earlier calls came to under a limit: those that came out well, and those under way."""
    settled = state.sums.get(limit.id, Sum())
    awaited = [amounts[limit.id] for amounts in state.awaited.values() if limit.id in amounts]
    return Sum(settled.total + sum(awaited), settled.calls + len(awaited))


def _count(state: Spent, use: ToolUse, limits: Iterable[Limit], turn: Annotation, opened: Call | None) -> None:
    """Let a call count from now on. One that only its result shows is over already, and counts unless it failed."""
    if turn.delivery is Delivery.DRAFT:
        return
    counting = [limit for limit in limits if limit.max_total is not None or limit.max_calls is not None]
    amounts = {limit.id: amount_of(limit, use) or 0.0 for limit in counting}
    if opened is not None and amounts:
        state.awaited[opened.number] = amounts
        keep_newest(state.awaited, MAX_OPEN)
    elif opened is None and not use.error:
        _add(state, amounts)


def _add(state: Spent, amounts: Mapping[str, float]) -> None:
    """Add a call that came out well to the sums."""
    for name, amount in amounts.items():
        before = state.sums.pop(name, Sum())
        state.sums[name] = Sum(before.total + amount, before.calls + 1)
    keep_newest(state.sums, MAX_LIMITS)
