"""What must hold between the parts of a merged policy: order of bounds, cross-references, owners, independence.

Works on cleaned trees (see policy_shape), so that faults of shape and faults of reference are reported together. A part
that was reported already (FAULTY) is passed over. Paths are relative to the layer.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from monitor.core.policy import conditions
from monitor.core.policy.model import Tree
from monitor.core.policy.schema import EVALUATION, RATES, SESSION_SIGNALS, UNASSIGNED
from monitor.core.policy.shape import FAULTY, Fault, join, nearest
from monitor.core.policy.tool_checks import check_tools
from monitor.core.rules import BOTH, SESSION, SYSTEM, SYSTEM_SIGNALS
from monitor.core.signals import SIGNALS
from monitor.core.signals.combine import ranges
from monitor.core.told import MAX_RULES

REQUIRED = ("purpose", "owner", "granted", "bounds", "situations")
REQUIRED_OF_SITUATION = (
    "ai_may",
    "human_when",
    "human_adds",
    "human_role",
    "severity",
    "rung",
    "route",
    "next_step",
    "rules",
)
_RANGES = {"sentiment": (-1.0, 1.0)}
"""Ranges of values that are not [0, 1]."""
_WINDOW = {"window_seconds": (60.0, 31_622_400.0)}
"""What a rate takes: the seconds it may look back, from a minute to a year."""
_PARAMS = {signal.name: ranges(signal) for signal in SIGNALS}
"""What each signal takes, with ranges; an upstream evaluation takes nothing."""


def check_layer(tree: Tree, *, unassigned: bool) -> Iterator[Fault]:
    """Every fault between the parts of one merged layer. ``unassigned``: an owner may be missing."""
    yield from _missing(tree, REQUIRED, "")
    if not unassigned:
        yield from _owners(tree)
    for section in ("bounds", "rates"):
        for name, bound in _items(tree, section):
            yield from _bound(name, bound, f"{section}.{name}", rate=section == "rates")
            yield from _params(bound, f"{section}.{name}", _WINDOW if section == "rates" else _PARAMS.get(name, {}))
    yield from _weights(tree)
    yield from _drift(tree)
    yield from _breaker(tree)
    yield from _tools(tree)
    yield from check_tools(tree)
    yield from _many_rules(tree)
    for name, situation in _items(tree, "situations"):
        path = f"situations.{name}"
        yield from _missing(situation, REQUIRED_OF_SITUATION, path)
        yield from _route(situation, path, tree)
        for rule_id, rule in _items(situation, "rules"):
            yield from _rule(rule, f"{path}.rules.{rule_id}", situation.get("scope", SESSION), tree)


def _items(tree: Any, key: str) -> Iterable[tuple[str, Any]]:  # noqa: ANN401 - a node of a tree
    """The sound entries of a map inside a map."""
    found = tree.get(key, {})
    return [(name, item) for name, item in found.items() if item is not FAULTY] if isinstance(found, Mapping) else []


def _known(tree: Tree, key: str) -> Mapping[str, Any]:
    found = tree.get(key, {})
    return found if isinstance(found, Mapping) else {}


def _missing(tree: Tree, keys: Iterable[str], path: str) -> Iterator[Fault]:
    for key in keys:
        if key not in tree:
            yield Fault(join(path, key), "is missing")


def _owners(tree: Tree) -> Iterator[Fault]:
    if tree.get("owner") == UNASSIGNED:
        yield Fault("owner", "names nobody; name the team that answers escalations")
    for name, situation in _items(tree, "situations"):
        if situation.get("owner") == UNASSIGNED:
            yield Fault(
                f"situations.{name}.owner", "names nobody; name the team, or leave it out to inherit the system's"
            )


def _bound(name: str, bound: Tree, path: str, *, rate: bool) -> Iterator[Fault]:
    yield from _missing(bound, ("raise", "clear"), path)
    raise_at, clear_at = (bound.get(key, FAULTY) for key in ("raise", "clear"))
    if not name.startswith(EVALUATION):
        low, high = (0.0, 1.0) if rate else _RANGES.get(name, (0.0, 1.0))
        if raise_at is not FAULTY and not low <= raise_at <= high:
            yield Fault(f"{path}.raise", f"{raise_at:g} is outside {low:g} to {high:g}, the range of {name}")
    if FAULTY in (raise_at, clear_at):
        return
    if bound.get("below") is True and clear_at < raise_at:
        yield Fault(f"{path}.clear", f"{clear_at:g} is below raise ({raise_at:g}); with `below` it must lie above")
    elif bound.get("below") is not True and clear_at > raise_at:
        yield Fault(f"{path}.clear", f"{clear_at:g} is above raise ({raise_at:g}); it must lie below, or equal it")


def _params(bound: Tree, path: str, known: Mapping[str, tuple[float, float]]) -> Iterator[Fault]:
    for name, value in _items(bound, "params"):
        if name not in known:
            hint = nearest(name, known) if known else "it takes none"
            yield Fault(f"{path}.params.{name}", f"unknown parameter; {hint}")
        elif not known[name][0] <= value <= known[name][1]:
            least, most = known[name]
            yield Fault(f"{path}.params.{name}", f"{value:g} is outside {least:g} to {most:g}")


def _weights(tree: Tree) -> Iterator[Fault]:
    for name, _ in _items(tree, "risk_weights"):
        if name == "session_risk":
            yield Fault("risk_weights.session_risk", "the risk cannot weigh itself")


def _drift(tree: Tree) -> Iterator[Fault]:
    drift = _known(tree, "drift")
    features = drift.get("features", [])
    if not isinstance(features, list) or FAULTY in features:
        return
    for name, _ in _items(drift, "harmful"):
        if name not in features and not name.startswith(EVALUATION):
            yield Fault(f"drift.harmful.{name}", f"is not among drift.features; {nearest(name, features or ['none'])}")


def _breaker(tree: Tree) -> Iterator[Fault]:
    breaker = _known(tree, "breaker")
    for name, _ in _items(breaker, "trips"):
        if name in RATES and name not in _known(tree, "rates"):
            yield Fault(f"breaker.trips.{name}", f"has no bound; add rates.{name}")
    hold, cap = breaker.get("hold_seconds"), breaker.get("hold_cap_seconds")
    if isinstance(hold, int | float) and isinstance(cap, int | float) and cap < hold:
        yield Fault("breaker.hold_cap_seconds", f"{cap:g} is below hold_seconds ({hold:g})")


def _many_rules(tree: Tree) -> Iterator[Fault]:
    rules = sum(len(_known(situation, "rules")) for _, situation in _items(tree, "situations"))
    if rules > MAX_RULES:
        yield Fault("situations", f"{rules} rules, at most {MAX_RULES}; join some: a rule may name several signals")


def _route(situation: Tree, path: str, tree: Tree) -> Iterator[Fault]:
    route, known = situation.get("route", FAULTY), _known(tree, "routes")
    if isinstance(route, str) and route not in known:
        yield Fault(f"{path}.route", f'unknown route "{route}"; {nearest(route, list(known) or ["none"])}')


def _tools(tree: Tree) -> Iterator[Fault]:
    tools = _known(tree, "tools")
    allowed, forbidden = ([] if tools.get(key) in (None, FAULTY) else tools[key] for key in ("allowed", "forbidden"))
    for index, pattern in enumerate(forbidden):
        if pattern is not FAULTY and pattern in allowed:
            yield Fault(f"tools.forbidden[{index}]", f'"{pattern}" is also allowed; take it out of one list')


def _rule(rule: Tree, path: str, scope: Any, tree: Tree) -> Iterator[Fault]:  # noqa: ANN401 - a node of a tree
    yield from _missing(rule, ("text",), path)
    triggers, companions = (_names(rule, key) for key in ("signals", "with_signals"))
    if not triggers and "signals" not in rule and "when" not in rule:
        yield Fault(path, "can never fire; give it `signals` or a condition `when`")
    if companions and not triggers and "signals" not in rule:
        yield Fault(f"{path}.with_signals", "needs `signals` beside it")
    for key, names in (("signals", triggers), ("with_signals", companions)):
        for index, name in names:
            yield from _reference(name, f"{path}.{key}[{index}]", scope, tree)
    yield from _when(rule, path, scope, [name for _, name in triggers + companions])
    if rule.get("hard") and rule.get("unless_called"):
        yield Fault(f"{path}.unless_called", "a hard rule waits for no other; take one of the two out")
    if _rests_on_evaluations(rule, triggers, companions):
        yield Fault(path, "rests only on upstream evaluations; add a signal of ours or a stake: a score is no reason")


def _names(rule: Tree, key: str) -> list[tuple[int, str]]:
    found = rule.get(key, [])
    return [(i, name) for i, name in enumerate(found) if name is not FAULTY] if isinstance(found, list) else []


def _reference(name: str, path: str, scope: Any, tree: Tree) -> Iterator[Fault]:  # noqa: ANN401 - a node of a tree
    """A rule's signal is one of its scope's stage, and there is a bound for it."""
    of_session = name in SESSION_SIGNALS or name.startswith(EVALUATION)
    if scope == SYSTEM and name not in SYSTEM_SIGNALS:
        yield Fault(
            path, f'"{name}" is read per session, the situation has scope system; {nearest(name, SYSTEM_SIGNALS)}'
        )
    elif scope == SESSION and not of_session:
        yield Fault(path, f'"{name}" is read per system; give the situation scope system or both')
    elif name in RATES and name not in _known(tree, "rates"):
        yield Fault(path, f'"{name}" has no bound; add rates.{name}')
    elif scope != SYSTEM and of_session and name not in _known(tree, "bounds"):
        yield Fault(path, f'"{name}" has no bound; add bounds.{name}')


def _when(rule: Tree, path: str, scope: Any, names: list[str]) -> Iterator[Fault]:  # noqa: ANN401 - a node of a tree
    condition = rule.get("when")
    if "when_text" in rule and condition is None:
        yield Fault(f"{path}.when_text", "puts a condition into words; give the condition itself in `when`")
    systemic = [name for name in names if name in SYSTEM_SIGNALS and name != "autonomy_exceeded"]
    if scope == BOTH and systemic and len(systemic) < len(names):
        yield Fault(path, f"mixes what is read per session with what is read per system ({', '.join(systemic)})")
    if not isinstance(condition, str):
        return
    if scope == SYSTEM or systemic:
        yield Fault(f"{path}.when", "conditions look at one turn; a rule about the whole system has none")
    for problem in conditions.problems(condition):
        yield Fault(f"{path}.when", problem)


def _rests_on_evaluations(rule: Tree, triggers: list[tuple[int, str]], companions: list[tuple[int, str]]) -> bool:
    """Whether the rule could fire on an upstream evaluator's word alone: no signal of ours, no stake, no other fact."""
    if rule.get("stakes") or rule.get("any_stakes"):
        return False
    alone = not triggers or any(name.startswith(EVALUATION) for _, name in triggers)
    if not alone or any(not name.startswith(EVALUATION) for _, name in companions):
        return False
    condition = rule.get("when")
    if not isinstance(condition, str):
        return bool(triggers)
    try:
        return conditions.named(condition) <= conditions.EVALUATIONS
    except ValueError:
        return False
