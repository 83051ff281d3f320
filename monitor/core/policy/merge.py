"""Inheritance of policies: a layer over the one below, by keys; and a merged tree as the struct it means."""

from collections.abc import Mapping
from typing import Any

import msgspec

from monitor.core.policy.model import SystemPolicy, Tree
from monitor.core.policy.schema import EVALUATION, FIELD_NAMES
from monitor.core.vocabulary import Situation

_OF_A_LAYER_ALONE = ("name", "systems", "capabilities")
_SITUATION_ORDER = {name: order for order, name in enumerate(Situation)}


def merge(below: Any, above: Any) -> Any:  # noqa: ANN401 - nodes of a tree
    """The tree ``above`` over the tree ``below``: maps by key, all else replaced, null removes.

    >>> merge({"a": {"x": 1, "y": 2}, "b": [1]}, {"a": {"x": None, "z": 3}, "b": []})
    {'a': {'y': 2, 'z': 3}, 'b': []}
    """
    if not isinstance(above, Mapping):
        return above
    result = dict(below) if isinstance(below, Mapping) else {}
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def own(layer: Tree) -> Tree:
    """A layer's own keys, without its name and the layers above it."""
    return {key: value for key, value in layer.items() if key not in _OF_A_LAYER_ALONE}


def build(tree: Tree) -> SystemPolicy:
    """A merged and checked tree as a SystemPolicy.

    Equal trees build equal policies whatever the order of their keys, down to the order of what is decided: situations
    stand in the table's order, rules with the hard ones first and then by id, all other keys by the alphabet.
    """
    tree = _sorted(tree)
    fields = dict(tree)
    fields["bounds"] = {name: _bound(name, bound) for name, bound in tree.get("bounds", {}).items()}
    fields["rates"] = {name: _bound(name, bound) for name, bound in tree.get("rates", {}).items()}
    fields["situations"] = [
        _situation(name, row, owner=tree["owner"])
        for name, row in sorted(tree.get("situations", {}).items(), key=lambda item: _SITUATION_ORDER[item[0]])
    ]
    for part in ("drift", "breaker"):
        fields.setdefault(part, {})
    fields["tools"] = {name: _listed(part) for name, part in tree.get("tools", {}).items()}
    return msgspec.convert(fields, SystemPolicy)


def _sorted(node: Any) -> Any:  # noqa: ANN401 - a node of a tree
    if not isinstance(node, Mapping):
        return node
    return {key: _sorted(node[key]) for key in sorted(node)}


def _listed(part: Any) -> Any:  # noqa: ANN401 - a node of a tree
    """Limits and orders by name, in the order of their names; lists of globs as they are."""
    if not isinstance(part, Mapping):
        return part
    return [{"id": name, **each} for name, each in sorted(part.items())]


def _bound(name: str, bound: Tree) -> Tree:
    fields = {FIELD_NAMES.get(key, key): value for key, value in bound.items()}
    return {**fields, "upstream": name.startswith(EVALUATION)}


def _situation(name: str, row: Tree, *, owner: str) -> Tree:
    rules = [{"id": rule_id, **rule} for rule_id, rule in row.get("rules", {}).items()]
    rules.sort(key=lambda rule: (not rule.get("hard", False), rule["id"]))
    notice = row.get("user_notice") or {}
    notices = {"": notice} if isinstance(notice, str) else notice
    return {"owner": owner, **row, "user_notice": notices, "name": name, "rules": rules}
