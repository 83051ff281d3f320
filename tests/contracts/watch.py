"""Every event that the core builds in any test is held against its schema, where it is built.

``tests/conftest.py`` calls :func:`watch` before any module of the core takes a builder of ``core/outputs.py`` by name.
A payload that was seen is not looked at again, and of each type the first ``FIRST`` are, then one in ``EVERY``:
validation takes most of a millisecond, and property tests make many events.
"""

import functools
import inspect
from collections import Counter
from collections.abc import Callable
from typing import ParamSpec

import msgspec

from monitor.core import outputs
from monitor.core.events import Output
from tests.contracts.schemas import assert_valid

__all__ = ["watch", "watched"]

FIRST = 300
EVERY = 50

P = ParamSpec("P")

_built: Counter[str] = Counter()
_seen: set[int] = set()


def watch() -> None:
    """Put the check around every function of ``core/outputs.py`` that makes an output."""
    for name, builder in vars(outputs).copy().items():
        if inspect.isfunction(builder) and builder.__annotations__.get("return") is Output:
            setattr(outputs, name, _checked(builder))


def watched() -> tuple[str, ...]:
    """The builders under watch."""
    return tuple(name for name, each in vars(outputs).items() if hasattr(each, "__wrapped__"))


def _checked(builder: Callable[P, Output]) -> Callable[P, Output]:
    @functools.wraps(builder)
    def build(*args: P.args, **kwargs: P.kwargs) -> Output:
        output = builder(*args, **kwargs)
        if _due(output):
            assert_valid(output)
        return output

    return build


def _due(output: Output) -> bool:
    """Whether this one is looked at."""
    content = hash((output.type, output.channel, output.key, msgspec.msgpack.encode(output.data)))
    if content in _seen:
        return False
    _seen.add(content)
    _built[output.type] += 1
    return _built[output.type] <= FIRST or _built[output.type] % EVERY == 0
