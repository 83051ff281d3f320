"""Imports point inward, the core is pure, nothing gets long, nothing names a machine; and the checks see violations."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import (
    MAX_FUNCTION_LINES,
    MAX_LINES,
    PARTS,
    import_faults,
    part_of,
    purity_faults,
    size_faults,
    text_faults,
)

ROOT = Path(__file__).parents[1]
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".txt", ".cfg", ".sh", ".xml", ".ini", ""}
SKIPPED = {"__pycache__", "build", "dist", "node_modules"}

Check = Callable[[str, str], list[str]]


def files(folder: str) -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py"))


def tree() -> list[str]:
    """Files under version control; without git (an unpacked sdist) every file that is not a cache."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    paths = listed.stdout.splitlines() or [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*")
        if path.is_file() and not any(part.startswith(".") or part in SKIPPED for part in path.relative_to(ROOT).parts)
    ]
    return [path for path in paths if (ROOT / path).suffix in TEXT and (ROOT / path).is_file()]


def faults(check: Check, paths: list[str]) -> list[str]:
    return [fault for path in paths for fault in check(path, (ROOT / path).read_text("utf-8"))]


def test_package_imports_point_inward() -> None:
    assert faults(import_faults, files("monitor")) == []


def test_core_and_delivery_are_pure() -> None:
    assert faults(purity_faults, files("monitor")) == []


def test_package_and_tests_stay_short() -> None:
    assert faults(size_faults, files("monitor") + files("tests")) == []


def test_tree_names_no_machine_and_no_registry() -> None:
    assert faults(text_faults, tree()) == []


def test_package_parts_are_all_in_the_table() -> None:
    assert {part_of(path) for path in files("monitor")} <= PARTS.keys()


@pytest.mark.parametrize(
    ("path", "line", "allowed"),
    [
        ("monitor/core/session/reducer.py", "import msgspec", True),
        ("monitor/core/session/reducer.py", "from monitor.core.events import Output", True),
        ("monitor/core/session/reducer.py", "from monitor.ingest import decode", False),
        ("monitor/core/session/reducer.py", "from monitor import codec", False),
        ("monitor/core/session/reducer.py", "from monitor import __version__", True),
        ("monitor/core/session/reducer.py", "from .events import Output", False),
        ("monitor/core/session/reducer.py", "def f():\n    import yaml", False),
        ("monitor/core/session/reducer.py", "import river.drift", False),
        ("monitor/core/online/drift.py", "from river import drift", True),
        ("monitor/core/session/reducer.py", "from cel import Context", False),
        ("monitor/core/policy/conditions.py", "from cel import Context", True),
        ("monitor/ingest/native.py", "import river", False),
        ("monitor/ingest/native.py", "from monitor.core import corelike", True),
        ("monitor/ingest/native.py", "import orjson", False),
        ("monitor/delivery/lease.py", "from monitor.core.errors import InternalError", True),
        ("monitor/delivery/lease.py", "from monitor.core.errors_of_others import X", False),
        ("monitor/delivery/lease.py", "from monitor.core import events", False),
        ("monitor/delivery/lease.py", "import msgspec", False),
        ("monitor/client/gate.py", "import faust", False),
        ("monitor/client/gate.py", "from monitor.core.session.reducer import SessionState", False),
        ("monitor/client/gate.py", "import aiokafka", True),
        ("monitor/worker/app.py", "import faust", True),
        ("monitor/worker/app.py", "from monitor.client import BreakerGate", False),
        ("monitor/worker/app.py", "import river", False),
        ("monitor/replay/run.py", "from monitor.worker import app", False),
        ("monitor/cli/demo.py", "import faust", False),
        ("monitor/novelty/x.py", "import json", False),
    ],
)
def test_import_check_planted_line_is_judged(path: str, line: str, *, allowed: bool) -> None:
    assert (import_faults(path, line) == []) is allowed


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from time import monotonic",
        "import random",
        "from uuid import uuid4",
        "import os.path",
        "import asyncio",
        "import logging",
        "from pathlib import Path",
        "def f():\n    import importlib",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.utcnow()",
        "from datetime import date\nclock = date.today",
        "x = open('f')",
        "print('here')",
        "__import__('time')",
    ],
)
@pytest.mark.parametrize("path", ["monitor/core/x.py", "monitor/delivery/x.py"])
def test_purity_check_planted_violation_is_found(path: str, line: str) -> None:
    assert len(purity_faults(path, line)) == 1
    assert purity_faults("monitor/worker/x.py", line) == []


def test_purity_check_lookalikes_are_left_alone() -> None:
    assert (
        purity_faults("monitor/core/x.py", "from datetime import datetime\nx = state.open(now=1); y = turn.now") == []
    )


def test_size_check_planted_violations_are_found() -> None:
    long_function = "def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES
    assert size_faults("monitor/x.py", "x = 1\n" * MAX_LINES) == []
    assert len(size_faults("monitor/x.py", "x = 1\n" * (MAX_LINES + 1))) == 1
    assert len(size_faults("monitor/x.py", long_function)) == 1
    assert (
        size_faults(
            "monitor/x.py", long_function.replace("f():\n", 'f():\n    """Doc.\n\n    More.\n    """\n', 1)[:-10]
        )
        == []
    )
    assert len(size_faults("monitor/x.py", "def f(a, b, c, d, e, g): ...")) == 1
    assert size_faults("monitor/x.py", "class A:\n    def f(self, a, b, c, d, e, *, g): ...") == []


@pytest.mark.parametrize(
    "line",
    [
        "data = '/wo" + "rk/shared'",
        "see /ro" + "ot/.cache",
        "/ho" + "me/kim/src",
        "https://py" + "pi.org/simple",
        "https://repo.maven." + "apache.org/maven2",
        "pip install --index" + "-url x",
    ],
)
def test_text_check_planted_violation_is_found(line: str) -> None:
    assert len(text_faults("README.md", line)) == 1


@pytest.mark.parametrize(
    "line", ["../shared/work/x", "network/work/x", "tmp_path / 'work'", "POM namespace maven.apache.org"]
)
def test_text_check_lookalikes_are_left_alone(line: str) -> None:
    assert text_faults("README.md", line) == []
