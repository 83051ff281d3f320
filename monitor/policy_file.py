"""Policy files: YAML with line numbers, one file or a directory with one file per system, over the shipped default.

A directory holds ``policy.yaml`` (the top level) and ``<system id>.yaml`` for each system; a key ``system`` in a file
names its system where the file's name cannot. Unreadable files, YAML faults and duplicate keys are reported together
with every fault of the policy itself, each with file and line.
"""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import yaml
from msgspec import Struct

from monitor.core.errors import PolicyError
from monitor.core.policy.model import Policy, Tree
from monitor.core.policy.shape import kind
from monitor.core.policy.tree import effective, parse_policy
from monitor.core.vocabulary import Mode

TOP_FILE = "policy.yaml"
SYSTEM_KEY = "system"
SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 1_000_000
"""Of one file; what is larger could not be published either."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Place(Struct, frozen=True):
    """Where a key stands: the file as the operator named it, and the line from 1."""

    file: str
    line: int


Places = dict[str, Place]
"""Policy path -> where it stands."""


class Document(Struct):
    """One file read: its tree, where each path stands, and what was wrong with the YAML itself."""

    tree: Tree
    places: Places
    problems: list[str]


def load_policy(path: Path | None) -> Policy:
    """The policy of a file or directory over the shipped default; None = the shipped default itself.

    Raises:
        PolicyError: with every problem, each ``file:line: path: what is wrong; what to do``.
    """
    if path is None:
        return parse_policy(shipped_tree(), text=_shipped_text(), unassigned=True)
    document = _directory(path) if path.is_dir() else _file(path)
    base = shipped_tree()
    text = yaml.safe_dump(effective(document.tree, base), sort_keys=False, allow_unicode=True, width=120)
    try:
        policy = parse_policy(document.tree, text=text, base=base)
    except PolicyError as error:
        problems = [_located(problem, document.places, str(path)) for problem in error.problems]
        raise PolicyError([*document.problems, *problems]) from None
    if document.problems:
        raise PolicyError(document.problems)
    return policy


def policy_from_text(text: str) -> Policy:
    """A published policy again from its text (``Policy.text``): complete, so no default stands below it.

    Raises:
        PolicyError: when the text is no policy of this version.
    """
    document = _parse(text, "policy")
    if document.problems:
        raise PolicyError(document.problems)
    return parse_policy(document.tree, text=text, unassigned=True)


def shadowed(policy: Policy) -> Policy:
    """The same policy with every rule in shadow: decided and published as such, acting on nothing (OVERSIGHT_MODE)."""
    tree = _parse(policy.text, policy.name).tree
    scopes = [tree, *tree.get("systems", {}).values()]
    scopes += [capability for scope in scopes for capability in scope.get("capabilities", {}).values()]
    for scope in scopes:
        scope["mode"] = Mode.SHADOW.value
    return policy_from_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=120))


def shipped_tree() -> Tree:
    """The shipped default as a tree."""
    return _parse(_shipped_text(), "default.yaml").tree


def _shipped_text() -> str:
    return files("monitor.policies").joinpath("default.yaml").read_text(encoding="utf-8")


def _directory(path: Path) -> Document:
    """Every YAML file of a directory as one tree."""
    whole = Document({}, {}, [])
    found = (entry for entry in path.iterdir() if entry.suffix in SUFFIXES)
    for file in sorted(found, key=lambda entry: (entry.name != TOP_FILE, entry.name)):
        document = _file(file)
        whole.problems.extend(document.problems)
        if file.name == TOP_FILE:
            whole.tree = dict(document.tree)
            whole.places.update(document.places)
        else:
            _add_system(whole, document, file)
    if not whole.tree and not whole.problems:
        raise PolicyError([f"{path}: no policy in this directory; put {TOP_FILE} and <system id>.yaml files there"])
    return whole


def _add_system(whole: Document, document: Document, file: Path) -> None:
    tree = dict(document.tree)
    system_id = str(tree.pop(SYSTEM_KEY, file.stem))
    systems = whole.tree.setdefault("systems", {})
    if not isinstance(systems, dict):
        return
    if system_id in systems:
        whole.problems.append(f"{file}:1: systems.{system_id}: is described twice; keep one file per system")
    systems[system_id] = tree
    prefix = f"systems.{system_id}"
    whole.places[prefix] = Place(str(file), 1)
    whole.places.update({f"{prefix}.{key}": place for key, place in document.places.items()})


def _file(path: Path) -> Document:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PolicyError([f"{path}: {path.stat().st_size} bytes, at most {MAX_BYTES}; is this the policy?"])
        return _parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise PolicyError([f"{path}: cannot be read: {error.strerror}; check the path and its permissions"]) from None
    except UnicodeDecodeError:
        raise PolicyError([f"{path}: is not UTF-8 text; save it as UTF-8"]) from None


def _parse(text: str, name: str) -> Document:
    loader, document = _LOADER(text), Document({}, {}, [])
    try:
        node = loader.get_single_node()
        if node is not None:
            _walk(node, "", name, document, ())  # before it is constructed: that writes merged keys into the nodes
        tree = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError([f"{name}:{line}: not valid YAML: {error.problem or error.context}"]) from None
    except yaml.YAMLError as error:
        raise PolicyError([f"{name}:1: not valid YAML: {error}"]) from None
    if not isinstance(tree, dict):
        return Document({}, {}, [f"{name}:1: a policy is a map of keys, this is {kind(tree)}"])
    document.tree = tree
    return document


def _walk(node: yaml.Node, path: str, name: str, document: Document, above: tuple[yaml.Node, ...]) -> None:
    """Note where every key stands; a key written twice is a problem, since YAML would keep the last one silently.

    Raises:
        PolicyError: a node contains itself.
    """
    if any(node is each for each in above):
        raise PolicyError([f"{name}:{node.start_mark.line + 1}: {path}: contains itself; write it out"])
    document.places.setdefault(path, Place(name, node.start_mark.line + 1))
    for key, place, child in _children(node, path):
        if key in document.places and isinstance(node, yaml.MappingNode):
            first = document.places[key].line
            document.problems.append(f"{name}:{place}: {key}: is written twice (first in line {first}); keep one")
            continue
        document.places[key] = Place(name, place)
        _walk(child, key, name, document, (*above, node))


def _children(node: yaml.Node, path: str) -> Iterable[tuple[str, int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            label = str(getattr(key, "value", "?"))
            yield (f"{path}.{label}" if path else label), key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield f"{path}[{index}]", item.start_mark.line + 1, item


def _located(problem: str, places: Places, fallback: str) -> str:
    """A problem with file and line of the nearest thing that stands in a file."""
    path = problem.partition(": ")[0]
    while path and path not in places:
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    place = places.get(path)
    return f"{place.file}:{place.line}: {problem}" if place else f"{fallback}: {problem}"
