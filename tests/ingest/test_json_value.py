"""Depth and cleanliness: what is accepted can always be walked and written again."""

import json

from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.json_value import MAX_DEPTH, nested_too_deep, plain


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


nested = st.recursive(
    st.text(alphabet='[]{}"\\a', max_size=5) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='[]{}"\\', max_size=3), inner),
    max_leaves=40,
)


@given(nested, st.integers(0, MAX_DEPTH + 4))
def test_nested_too_deep_agrees_with_a_walk_of_the_tree(value: object, more: int) -> None:
    for _ in range(more):
        value = [value]
    assert nested_too_deep(json.dumps(value).encode()) == (depth(value) > MAX_DEPTH)


def test_nested_too_deep_wide_value_is_not_deep() -> None:
    assert not nested_too_deep(json.dumps([{"a": [1]}] * 10_000).encode())


@given(st.recursive(st.integers() | st.floats() | st.text() | st.booleans(), st.lists))
def test_plain_twice_is_plain_once(value: object) -> None:
    once = plain(value)
    assert plain(once) == once
    json.dumps(once, allow_nan=False).encode()
