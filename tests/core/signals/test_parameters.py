"""A signal's own parameters: what it reads is what it has, and what a policy may set."""

import ast
import inspect
import textwrap
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.annotation import Annotation
from monitor.core.policy.model import SystemPolicy, ToolPolicy
from monitor.core.signals import SIGNALS
from monitor.core.signals.base import Context, Signal
from monitor.core.signals.combine import parameter, ranges
from monitor.core.vocabulary import Autonomy
from tests.builders import Fold, bound, system_policy
from tests.strategies import annotations


def read_by(one: Signal) -> set[str]:
    """The names that a signal's class hands to ``parameter``, from its source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(type(one))))
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)]
    named = [call.args[2] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "parameter"]
    given = [node for name in named for node in _results(name)]
    assert all(isinstance(node, ast.Constant) for node in given), f"{one.name} reads a parameter whose name is computed"
    return {str(node.value) for node in given if isinstance(node, ast.Constant)}


def _results(node: ast.expr) -> list[ast.expr]:
    return [*_results(node.body), *_results(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def at_ends(end: Callable[[tuple[float, float]], float]) -> SystemPolicy:
    """A policy under which every parameter of every signal stands at one end of its range."""
    tuned = {one.name: bound(**{name: end(span) for name, span in ranges(one).items()}) for one in SIGNALS}
    return system_policy(bounds=tuned, evidence_required=("sources",), tools=ToolPolicy(approval=("*",)))


@pytest.mark.parametrize("one", SIGNALS, ids=lambda one: one.name)
def test_parameters_that_a_signal_reads_are_its_numbers_and_all_of_them(one: Signal) -> None:
    assert read_by(one) == set(ranges(one))


def test_some_signals_read_parameters() -> None:
    assert sum(bool(read_by(one)) for one in SIGNALS) > 20


def test_parameter_is_the_policys_else_the_signals_own() -> None:
    loop = next(one for one in SIGNALS if one.name == "stuck_loop")
    tuned = system_policy(bounds={"stuck_loop": bound(chance=0.25)})
    context = Context(policy=tuned, turn=0, ceiling=Autonomy.ACT, granted=Autonomy.ACT)
    assert parameter(context, loop, "chance") == 0.25
    assert parameter(context, loop, "due") == loop.due  # type: ignore[attr-defined]
    assert parameter(context, loop, "due") > 0.5


@pytest.mark.parametrize("one", SIGNALS, ids=lambda one: one.name)
def test_ranges_hold_what_a_signal_has_of_itself(one: Signal) -> None:
    for name, (least, most) in ranges(one).items():
        assert least <= getattr(one, name) <= most


@pytest.mark.parametrize("end", [min, max])
@given(turns=st.lists(annotations(), max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_signals_at_the_ends_of_their_ranges_answer_within_bounds(
    end: Callable[[tuple[float, float]], float], turns: list[Annotation]
) -> None:
    fold = Fold(policy=at_ends(end))
    for turn in turns:
        for name, score in fold.add(turn).items():
            assert score.value is None or (-1.0 if name == "sentiment" else 0.0) <= score.value <= 1.0
