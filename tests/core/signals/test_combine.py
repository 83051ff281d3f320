import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import signals
from monitor.core.signals.combine import repeated

SOURCES = sorted(Path(signals.__file__).parent.glob("*.py"))


@given(st.floats(0.0, 1.0), st.integers(0, 200))
def test_repeated_is_the_power(chance: float, times: int) -> None:
    assert repeated(chance, times) == pytest.approx(chance**times, rel=1e-12, abs=1e-300)


@given(st.floats(0.0, 1.0), st.integers(0, 10**12), st.integers(0, 10**12))
def test_repeated_more_often_is_no_likelier(chance: float, times: int, more: int) -> None:
    assert 0.0 <= repeated(chance, times + more) <= repeated(chance, times) + 1e-9


def powers(tree: ast.AST) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)]


def test_signals_use_no_powers_which_differ_from_one_machine_to_another() -> None:
    assert powers(ast.parse("x = 1.0 - p ** n")) == [1]
    assert {path.name: found for path in SOURCES if (found := powers(ast.parse(path.read_text())))} == {}
