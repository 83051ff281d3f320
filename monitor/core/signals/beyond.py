"""One call against one limit: what it is beyond, or why that cannot be known, each in words."""

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.policy.conditions import call_context, evaluate
from monitor.core.policy.model import Limit
from monitor.core.signals.calls import AT_NAME, matches
from monitor.core.signals.figures import CUT_ITEMS, Found, at_path, figure, leaves, number, text

AT_ARGUMENTS = "tool_call.arguments"
ROUNDING = 1e-9
"""Relative slack of a sum: 0.1 + 0.2 is not above 0.3."""


class Sum(Struct, array_like=True):
    """What calls of a limit's tools came to."""

    total: float = 0.0
    calls: int = 0


class Crossing(Struct, frozen=True):
    """A limit that a call is beyond, or, without ``unless``, one it cannot be held against.

    ``told``: what was found, in words. ``unless``: what would have kept within it. ``path``: where it was found.
    """

    told: str
    unless: str = ""
    path: str = AT_ARGUMENTS


class Case(Struct, frozen=True):
    """A call to be held against a limit. ``found``: the limit's argument; ``before``: what earlier calls came to."""

    limit: Limit
    use: ToolUse
    turn: Annotation
    found: list[Found]
    before: Sum


def crossings(limit: Limit, use: ToolUse, turn: Annotation, before: Sum) -> list[Crossing]:
    """What a call is beyond, and what could not be known; empty where it keeps within the limit.

    Args:
        limit: the policy's.
        use: the call.
        turn: the turn it stands on, for the limit's condition.
        before: what earlier calls of the session came to under this limit.
    """
    found = [] if limit.argument is None else at_path(use.arguments, limit.argument)
    case = Case(limit, use, turn, found, before)
    asked = [name for name in CHECKS if getattr(limit, name) not in (None, ())]
    of_argument = [name for name in asked if name not in OF_CALL]
    crossed = [each for name in asked if found or name in OF_CALL for each in CHECKS[name](case)]
    if of_argument and not found:
        crossed.append(Crossing(f"{use.name} has no argument {limit.argument}"))
    elif of_argument and _cut(found):
        crossed.append(Crossing(f"argument {limit.argument} of {use.name} is too long to be read whole"))
    if limit.must_be_known:
        known = f"{limit.argument or 'what its condition looks at'} had been known"
        crossed = [each if each.unless else replace(each, unless=known) for each in crossed]
    return list(dict.fromkeys(crossed))


def amount_of(limit: Limit, use: ToolUse) -> float | None:
    """What a call adds to the limit's sum; 0 where it only counts calls, None where that cannot be known."""
    if limit.max_total is None or limit.argument is None:
        return 0.0
    found = at_path(use.arguments, limit.argument)
    numbers = [number(leaf.value) for leaf in leaves(found)]
    known = [each for each in numbers if each is not None]
    return sum(known) if found and len(known) == len(numbers) else None


def _least(case: Case) -> Iterator[Crossing]:
    return _numbers(case, "below", ">=", case.limit.min or 0.0)


def _most(case: Case) -> Iterator[Crossing]:
    return _numbers(case, "above", "<=", case.limit.max or 0.0)


def _numbers(case: Case, side: str, within: str, limit: float) -> Iterator[Crossing]:
    for leaf in leaves(case.found):
        value = number(leaf.value)
        if value is None:
            yield Crossing(f"argument {leaf.path} of {case.use.name} is no number")
        elif value > limit if side == "above" else value < limit:
            yield Crossing(
                f"{case.use.name} with {leaf.path} {figure(value)} is {side} the limit of {figure(limit)}",
                f"{case.limit.argument} {within} {figure(limit)}",
                f"{AT_ARGUMENTS}.{leaf.path}",
            )


def _total(case: Case) -> Iterator[Crossing]:
    limit, name = case.limit.max_total or 0.0, case.limit.argument
    amount = amount_of(case.limit, case.use)
    if amount is None:
        yield Crossing(f"argument {name} of {case.use.name} is no number")
        return
    total = case.before.total + amount
    if total > limit + ROUNDING * max(1.0, abs(limit)):
        yield Crossing(
            f"{case.use.name} brings {name} to {figure(total)} in this session, above the limit of {figure(limit)}",
            f"{name} <= {figure(limit)} in all",
            f"{AT_ARGUMENTS}.{name}",
        )


def _items(case: Case) -> Iterator[Crossing]:
    limit = case.limit.max_items or 0
    for each in case.found:
        if not isinstance(each.value, list | tuple):
            yield Crossing(f"argument {each.path} of {case.use.name} is no list")
        elif len(each.value) > limit:
            yield Crossing(
                f"{case.use.name} with {len(each.value)} {each.path} is above the limit of {limit}",
                f"at most {limit} {case.limit.argument}",
                f"{AT_ARGUMENTS}.{each.path}",
            )


def _allowed(case: Case) -> Iterator[Crossing]:
    for leaf in leaves(case.found):
        value = text(leaf.value)
        if value is None:
            yield Crossing(f"argument {leaf.path} of {case.use.name} is no text")
        elif not matches(value, case.limit.allowed):
            yield Crossing(
                f"{leaf.path} of {case.use.name} is not among what is allowed",
                f"{case.limit.argument} among {', '.join(case.limit.allowed)}",
                f"{AT_ARGUMENTS}.{leaf.path}",
            )


def _calls(case: Case) -> Iterator[Crossing]:
    limit, count = case.limit.max_calls or 0, case.before.calls + 1
    if count > limit:
        tools = ", ".join(case.limit.tools)
        yield Crossing(f"{count} calls of {tools} are above the limit of {limit}", f"at most {limit} calls", AT_NAME)


def _condition(case: Case) -> Iterator[Crossing]:
    condition = case.limit.when or ""
    holds = evaluate(condition, call_context(case.turn))
    if holds is None:
        yield Crossing(f"the condition of limit {case.limit.id} cannot be judged on this call of {case.use.name}")
    elif holds:
        yield Crossing(f"{case.use.name} is beyond the limit", f"not ({condition})")


CHECKS: dict[str, Callable[[Case], Iterator[Crossing]]] = {
    "min": _least,
    "max": _most,
    "max_total": _total,
    "max_items": _items,
    "allowed": _allowed,
    "max_calls": _calls,
    "when": _condition,
}
"""Field of a limit -> the check it asks for; in this order they are told."""
OF_CALL = frozenset(("max_calls", "when"))
"""Those that look at the call, not at the limit's argument."""


def _cut(found: list[Found]) -> bool:
    """Whether there may have been more than what the annotation keeps."""
    return max([len(found), *(len(each.value) for each in found if isinstance(each.value, list))]) >= CUT_ITEMS
