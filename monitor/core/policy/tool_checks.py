"""What must hold within limits and orders of tools: each says something, about an argument it names, in sound CEL."""

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.core.policy import conditions
from monitor.core.policy.model import Tree
from monitor.core.policy.shape import FAULTY, Fault

OF_ARGUMENT = ("min", "max", "max_total", "max_items", "allowed")
OF_LIMIT = (*OF_ARGUMENT, "max_calls", "when")
OF_SESSION = ("max_total", "max_calls")
MAX_SUMMED = 128
"""Limits over a session's calls that a session keeps sums for (signals/limits.py)."""


def check_tools(tree: Tree) -> Iterator[Fault]:
    """Every fault within the limits and orders of one merged layer. Parts reported before (FAULTY) are passed over."""
    tools = tree.get("tools", {})
    yield from _summed(tools)
    for section, check in (("limits", _limit), ("orders", _order)):
        found = tools.get(section, {}) if isinstance(tools, Mapping) else {}
        for name, item in found.items() if isinstance(found, Mapping) else ():
            if isinstance(item, Mapping):
                yield from check(item, f"tools.{section}.{name}")


def _summed(tools: Any) -> Iterator[Fault]:  # noqa: ANN401 - a node of a tree
    """A session keeps so many sums, and no more: a limit beyond them would never be reached."""
    found = tools.get("limits", {}) if isinstance(tools, Mapping) else {}
    limits = found.values() if isinstance(found, Mapping) else ()
    summed = sum(isinstance(each, Mapping) and any(key in each for key in OF_SESSION) for each in limits)
    if summed > MAX_SUMMED:
        yield Fault("tools.limits", f"{summed} of them count over a session, at most {MAX_SUMMED}; join some by a glob")


def _limit(limit: Mapping[str, Any], path: str) -> Iterator[Fault]:
    yield from _named(limit, ("text", "tools"), path)
    if not any(key in limit for key in OF_LIMIT):
        yield Fault(path, f"limits nothing; give it one of {', '.join(OF_LIMIT)}")
    if "argument" not in limit:
        for key in OF_ARGUMENT:
            if key in limit:
                yield Fault(f"{path}.{key}", "needs `argument`: the dotted path of what it is about")
    low, high = limit.get("min"), limit.get("max")
    if isinstance(low, float) and isinstance(high, float) and low > high:
        yield Fault(f"{path}.min", f"{low:g} is above max ({high:g})")
    yield from _when(limit, path)


def _order(order: Mapping[str, Any], path: str) -> Iterator[Fault]:
    yield from _named(order, ("text", "before"), path)
    if not order.get("after") and order.get("agreed") is not True:
        yield Fault(path, "asks for nothing; name tools in `after`, or say `agreed: true`")
    yield from _when(order, path)


def _named(item: Mapping[str, Any], keys: tuple[str, ...], path: str) -> Iterator[Fault]:
    for key in keys:
        if not item.get(key):
            yield Fault(f"{path}.{key}", "is missing")


def _when(item: Mapping[str, Any], path: str) -> Iterator[Fault]:
    condition = item.get("when", FAULTY)
    if isinstance(condition, str):
        for problem in conditions.problems(condition, conditions.CALL_VARIABLES):
            yield Fault(f"{path}.when", problem)
