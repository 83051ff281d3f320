"""The shape of the tree as data and as checks on source text: who may import what, what is banned, how long things get.

DESIGN.md section 4 in code. Every check takes a path and its text and answers faults as lines, so that the tests can
also ask it about a planted violation.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

MAX_LINES = 300
MAX_TEST_LINES = 400
MAX_FUNCTION_LINES = 50
"""Of a function, its docstring apart."""
MAX_POSITIONAL = 5
"""``self`` and ``cls`` apart."""


class Part(NamedTuple):
    """What one part of the package may import: parts of ours (by prefix below ``monitor``) and packages of others."""

    ours: tuple[str, ...]
    packages: tuple[str, ...] = ("msgspec",)
    pure: bool = False


SHELL = ("core", "ingest", "annotate", "codec", "delivery", "stages", "config", "policy_file", "dead_letter", "topics")

PARTS: dict[str, Part] = {
    "core": Part(("core",), pure=True),
    "delivery": Part(("delivery", "core.errors"), (), pure=True),
    "annotate": Part(("annotate", "core"), ("msgspec", "numpy", "ahocorasick_rs")),
    "ingest": Part(("ingest", "core")),
    "codec": Part(("core",)),
    "dead_letter": Part(("core", "ingest")),
    "stages": Part(("stages", "core", "ingest", "annotate", "codec", "delivery")),
    "config": Part(("core",), ("msgspec", "yaml")),
    "policy_file": Part(("core",), ("msgspec", "yaml")),
    "policy_names": Part(("core", "policy_file"), ()),
    "topics": Part(("core", "config"), ("msgspec", "yaml")),
    "telemetry": Part(("core", "config"), ("msgspec", "opentelemetry")),
    "client": Part(
        ("client", "core.events", "core.errors", "core.vocabulary", "core.channels", "codec"), ("msgspec", "aiokafka")
    ),
    "replay": Part(
        ("replay", "core", "ingest", "annotate", "codec", "stages", "policy_file", "config"), ("msgspec", "orjson")
    ),
    "evaluate": Part(
        ("evaluate", "replay", "core", "ingest", "annotate", "codec", "stages", "policy_file"), ("msgspec", "numpy")
    ),
    "worker": Part(
        ("worker", "telemetry", *SHELL),
        ("msgspec", "orjson", "faust", "mode", "aiokafka", "confluent_kafka", "rocksdict", "opentelemetry", "uvloop"),
    ),
    "demo": Part(
        ("demo", "worker", "replay", "cli", "client", "telemetry", *SHELL),
        ("msgspec", "orjson", "confluent_kafka", "aiokafka", "rich", "click"),
    ),
    "cli": Part(
        ("cli", "demo", "worker", "replay", "evaluate", "client", "telemetry", "policy_names", *SHELL),
        ("msgspec", "orjson", "yaml", "click", "rich", "aiokafka", "confluent_kafka"),
    ),
    "policies": Part((), ()),
    "__main__": Part(("cli",), ()),
    "__init__": Part((), ()),
}

ONLY_IN = {"cel": "monitor/core/policy/conditions.py", "river": "monitor/core/online/"}
"""Packages that exactly one place of the core may import."""

BANNED_MODULES = frozenset(
    {
        *("time", "random", "uuid", "secrets"),
        *("os", "io", "pathlib", "shutil", "tempfile", "socket", "ssl", "selectors", "subprocess", "logging"),
        *("asyncio", "threading", "multiprocessing", "concurrent", "signal", "importlib"),
    }
)
"""Of the standard library, in pure parts: clocks, chance, input and output, and doors to them."""
BANNED_CALLS = frozenset({"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"})
BANNED_CLOCKS = frozenset({"now", "utcnow", "today"})
"""Methods of ``datetime`` and ``date`` that read the clock."""

_STDLIB = sys.stdlib_module_names
_HOSTS = (
    "pypi" + r"\.org",
    "pythonhosted" + r"\.org",
    "npmjs" + r"\.(?:org|com)",
    "repo1?" + r"\.maven\.(?:apache\.)?org",
    "proxy" + r"\.golang\.org",
    "(?:extra-)?index" + "-url",
    "PIP_INDEX" + "_URL",
)
FORBIDDEN_TEXT = re.compile("|".join((r"(?<![\w.\-/])/(?:work|root|home)/", "/tmp" + "/venv", *_HOSTS)))
"""Paths of a developer's machine and hosts of package registries."""


def part_of(path: str) -> str:
    """The part a file of the package belongs to.

    >>> part_of("monitor/core/signals/base.py"), part_of("monitor/codec.py")
    ('core', 'codec')
    """
    return PurePosixPath(path).parts[1].removesuffix(".py")


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, at the top or inside functions. A relative import is ``.name``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def import_faults(path: str, text: str) -> list[str]:
    """Imports that point outward, or at a package this part has no business with."""
    name = part_of(path)
    part = PARTS.get(name)
    if part is None:
        return [f"{path}: part {name!r} is not in the table of tests/architecture.py"]
    return [
        f"{path}:{line}: {name} imports {module}"
        for line, module in imports(ast.parse(text))
        if not _may_import(path, part, module)
    ]


def purity_faults(path: str, text: str) -> list[str]:
    """Clocks, chance and I/O in a pure part."""
    part = PARTS.get(part_of(path))
    if part is None or not part.pure:
        return []
    tree = ast.parse(text)
    faults = [(line, f"imports {name}") for line, name in imports(tree) if name.partition(".")[0] in BANNED_MODULES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_CALLS:
            faults.append((node.lineno, f"calls {node.func.id}"))
        elif isinstance(node, ast.Attribute) and node.attr in BANNED_CLOCKS and _is_clock(node.value):
            faults.append((node.lineno, f"reads the clock: {node.attr}"))
    return [f"{path}:{line}: {fault}" for line, fault in faults]


def size_faults(path: str, text: str) -> list[str]:
    """Files and functions that are too long, and functions with too many positional parameters."""
    limit = MAX_LINES if path.startswith("monitor/") else MAX_TEST_LINES
    lines = text.count("\n")
    faults = [f"{path}: {lines} lines, at most {limit}"] if lines > limit else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            faults += [f"{path}:{node.lineno}: {node.name} {fault}" for fault in _function_faults(node)]
    return faults


def text_faults(path: str, text: str) -> list[str]:
    """Paths of somebody's machine, hosts of package registries."""
    return [
        f"{path}:{number}: {found.group()}"
        for number, line in enumerate(text.splitlines(), 1)
        if (found := FORBIDDEN_TEXT.search(line))
    ]


def _may_import(path: str, part: Part, module: str) -> bool:
    root, _, rest = module.partition(".")
    if root == "monitor":
        return rest in ("", "__version__") or any(f"{rest}.".startswith(f"{prefix}.") for prefix in part.ours)
    if root in ONLY_IN:
        return path.startswith(ONLY_IN[root])
    return bool(root) and (root in part.packages or root in _STDLIB)


def _is_clock(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name in ("datetime", "date")


def _function_faults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    if length > MAX_FUNCTION_LINES:
        yield f"has {length} lines, at most {MAX_FUNCTION_LINES}"
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
    positional = len(names) - (names[:1] in (["self"], ["cls"]))
    if positional > MAX_POSITIONAL:
        yield f"takes {positional} positional parameters, at most {MAX_POSITIONAL}"
