"""Tool calls as agent frameworks write them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.tool_call import MAX_LITERAL, arguments, error_text, tool_call
from monitor.ingest.wire import WireToolCall


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ("{'a': None, 'b': (1, 2), 3: True}", {"a": None, "b": [1, 2], "3": True}),
        ("[1, 2]", {"_": [1, 2]}),
        ("SELECT 1", {"_": "SELECT 1"}),
        ("42", {"_": "42"}),
        ("{'a': open('x')}", {"_": "{'a': open('x')}"}),
        ("{" * 200, {"_": "{" * 200}),
        ("{'a': " + "-" * 9000 + "1}", {"_": "{'a': " + "-" * 9000 + "1}"}),
        ("{'a': '\\d'}", {"a": "\\d"}),
        ('{"a": NaN}', {"a": None}),
        ('{"a": "\\ud800"}', {"a": "\ufffd"}),
        (["x"], {"_": ["x"]}),
        (7, {"_": 7}),
        (False, {"_": False}),
        ("", {}),
        (None, {}),
    ],
)
def test_arguments_in_any_form_are_an_object(written: object, read: dict[str, Any]) -> None:
    assert arguments(written) == read


def test_arguments_too_long_to_parse_are_kept_as_text() -> None:
    text = '{"a": "' + "x" * MAX_LITERAL + '"}'
    assert arguments(text) == {"_": text}


def test_arguments_set_literal_has_one_order() -> None:
    assert arguments("{'v': {'b', 'a', 'c'}}") == {"v": ["a", "b", "c"]}


def test_arguments_huge_hexadecimal_literal_can_be_written() -> None:
    msgspec.msgpack.encode(arguments("{'n': 0x" + "f" * 60_000 + "}"))


@given(st.text(alphabet="{}[]()'\"\\:,0123456789abcdefx-+.Nonetru \n\ud800é", max_size=60))
def test_arguments_any_text_can_be_written(text: str) -> None:
    found = arguments("{" + text)
    msgspec.msgpack.encode(found)
    msgspec.json.encode(found)


@pytest.mark.parametrize(
    ("written", "read"),
    [(True, "error"), (False, None), (None, None), ("", None), ("boom", "boom"), ({"code": 7}, '{"code":7}'), (3, "3")],
)
def test_error_in_any_form_is_text_or_none(written: object, read: str | None) -> None:
    assert error_text(written) == read


def test_tool_call_without_name_is_kept() -> None:
    found = tool_call(WireToolCall(result="ok"))
    assert (found.name, found.result, found.arguments) == ("", "ok", {})
