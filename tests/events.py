"""Any event of ours, for property-based tests: a strategy read off the structs' own annotations."""

import types
import typing
from enum import Enum
from typing import Any

import msgspec
from hypothesis import strategies as st

from monitor.codec import KINDS
from monitor.core.events import Output
from monitor.core.vocabulary import Severity

LEAVES: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(max_size=12),
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any annotation
    """Values of an annotation as it stands in a struct: leaves, enums, unions, tuples, dictionaries, structs."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if kind in LEAVES:
        return LEAVES[kind]
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*map(values_of, parts))
    if origin is tuple:
        variable = parts[-1] is ...
        return st.lists(values_of(parts[0]), max_size=2).map(tuple) if variable else st.tuples(*map(values_of, parts))
    if origin is dict:
        return st.dictionaries(values_of(parts[0]), values_of(parts[1]), max_size=3)
    if origin is typing.Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return st.sampled_from(parts or list(kind))
    fields = msgspec.structs.fields(kind)
    return st.builds(kind, **{field.name: values_of(field.type) for field in fields})


def outputs() -> st.SearchStrategy[Output]:
    """Outputs of every type, some of them tombstones, with times on whole microseconds."""
    ids = st.text(min_size=1, max_size=12)
    return st.sampled_from(sorted(KINDS)).flatmap(
        lambda name: st.builds(
            Output,
            channel=st.just(KINDS[name].channel),
            key=ids,
            id=ids,
            type=st.just(name),
            source=ids.map(lambda text: "/oversight-monitor/" + text),
            subject=ids,
            time=st.integers(-62_000_000_000, 250_000_000_000).map(float),
            data=st.none() | values_of(KINDS[name].payload),
            severity=st.sampled_from(list(Severity)),
            extensions=st.dictionaries(st.sampled_from(["policy", "mode", "validuntil"]), ids, max_size=3),
        )
    )
