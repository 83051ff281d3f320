"""A plain tree becomes a Policy, or every fault in it at once with its path.

The tree's top level applies to every system; ``systems.<id>`` differs for one, ``systems.<id>.capabilities.<cap>`` for
one capability of it. Each layer is merged over the one above it and checked as a whole; what a layer inherits is
reported once, where it stands. Reading files is the work of ``monitor/policy_file.py``.
"""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from monitor.core.errors import PolicyError
from monitor.core.ids import digest
from monitor.core.policy.checks import check_layer
from monitor.core.policy.merge import build, merge, own
from monitor.core.policy.model import Policy, SystemPolicy, Tree
from monitor.core.policy.schema import POLICY
from monitor.core.policy.shape import FAULTY, Fault

FINGERPRINT_DIGITS = 16


class Layer(Struct, frozen=True):
    """One merged layer: its path, the system's id (None: the top level), the capability, and the whole tree."""

    path: str
    tree: Tree
    above: str = ""
    system: str | None = None
    capability: str | None = None


def parse_policy(tree: Tree, *, text: str = "", base: Tree | None = None, unassigned: bool = False) -> Policy:
    """A policy from a plain tree.

    Args:
        tree: what the operator wrote, as maps, lists, text and numbers.
        text: the source, kept for publishing under the fingerprint.
        base: a tree whose top level stands below it (the shipped default); None = the tree is complete.
        unassigned: accept the owner ``unassigned`` (only the shipped default may have it).

    Raises:
        PolicyError: with all problems, each ``path: what is wrong; what to do``.
    """
    faults: list[Fault] = []
    cleaned = POLICY.check(tree, "", faults)
    if cleaned is FAULTY:
        raise PolicyError([_line(fault) for fault in faults])
    whole = effective(cleaned, base)
    if "name" not in cleaned:
        faults.append(Fault("name", "is missing; every policy has a name"))
    layers = list(_layers(whole))
    faults.extend(_between(layers, unassigned=unassigned))
    if faults:
        raise PolicyError([_line(fault) for fault in sorted(set(faults), key=_order)])
    return _policy(whole["name"], layers, text)


def effective(tree: Tree, base: Tree | None = None) -> Tree:
    """The whole policy as one tree that needs no base: the base's top level and the tree's own, with its systems."""
    top = merge(own(base or {}), own(tree))
    return {"name": tree.get("name", ""), **top, "systems": tree.get("systems", {})}


def _order(fault: Fault) -> tuple[str, str]:
    return (fault.path, fault.message)


def _line(fault: Fault) -> str:
    return f"{fault.path or 'policy'}: {fault.message}"


def _layers(whole: Tree) -> Iterator[Layer]:
    """The top level, then each system and each of its capabilities, merged."""
    base = own(whole)
    yield Layer("", base)
    for system_id, layer in _maps(whole, "systems"):
        path = f"systems.{system_id}"
        merged = merge(base, own(layer))
        yield Layer(path, merged, system=system_id)
        for name, capability in _maps(layer, "capabilities"):
            yield Layer(f"{path}.capabilities.{name}", merge(merged, capability), path, system_id, name)


def _maps(tree: Tree, key: str) -> Iterator[tuple[str, Tree]]:
    found = tree.get(key, {})
    if isinstance(found, dict):
        yield from ((name, item) for name, item in found.items() if isinstance(item, dict))


def _between(layers: list[Layer], *, unassigned: bool) -> Iterator[Fault]:
    """Faults between the parts of each layer; one that stands in the layer above already is not repeated."""
    seen: dict[str, set[Fault]] = {}
    for layer in layers:
        found = set(check_layer(layer.tree, unassigned=unassigned))
        inherited = set() if layer.path == "" else seen[layer.above]
        seen[layer.path] = found | inherited
        for fault in found - inherited:
            path = ".".join(part for part in (layer.path, fault.path) if part)
            yield Fault(path, fault.message)


def _policy(name: str, layers: list[Layer], text: str) -> Policy:
    base = build(layers[0].tree)
    systems = {layer.system: build(layer.tree) for layer in layers if layer.system and layer.capability is None}
    capabilities = {f"{layer.system}/{layer.capability}": build(layer.tree) for layer in layers if layer.capability}
    return Policy(name, fingerprint(base, systems, capabilities), base, systems, capabilities, text)


def fingerprint(
    base: SystemPolicy, systems: Mapping[str, SystemPolicy], capabilities: Mapping[str, SystemPolicy]
) -> str:
    """16 hex digits over what a policy means: names, comments and the order of keys do not count."""
    meaning = msgspec.json.encode((base, dict(systems), dict(capabilities)), order="deterministic")
    return digest(meaning.decode())[:FINGERPRINT_DIGITS]
