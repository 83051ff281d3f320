"""Tool calls of the wire become ours: arguments an object whatever they were written as, the error a text or None."""

import ast
import json
import warnings
from typing import Any

import msgspec

from monitor.core.errors import InvalidRecord, RejectCode
from monitor.core.interaction import ToolCall
from monitor.ingest.json_value import MAX_DEPTH, MAX_DIGITS, clean, plain
from monitor.ingest.wire import WireToolCall

MAX_LITERAL = 65_536
"""Longest argument text that is parsed; a Python literal takes some hundred times its length in memory."""
MAX_NAME = 256
"""Longest name of a tool, in characters: rules go by it, and a cut one could be another tool's."""
MAX_PERSON = 256
"""Where the name of who approved a call is cut."""
UNPARSED = "_"
"""Key under which arguments that are no object are kept."""


def tool_call(wire: WireToolCall) -> ToolCall:
    """The tool call; a missing name is "" (some traces name the tool on the request only).

    Raises:
        InvalidRecord: OUT_OF_RANGE; the name is too long to be kept whole.
    """
    if wire.name and len(wire.name) > MAX_NAME:
        raise InvalidRecord(RejectCode.OUT_OF_RANGE, f"tool_call.name: {len(wire.name)} characters, at most {MAX_NAME}")
    return ToolCall(
        name=wire.name or "",
        arguments=arguments(wire.arguments),
        result=plain(wire.result),
        error=error_text(wire.error),
        approved_by=wire.approved_by[:MAX_PERSON] if wire.approved_by else None,
    )


def arguments(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """The arguments as an object. Text is read as JSON, then as a Python literal; else it is kept under "_".

    >>> arguments("{'email_id': 'email001'}"), arguments("now"), arguments(None)
    ({'email_id': 'email001'}, {'_': 'now'}, {})
    """
    if isinstance(value, str) and value:
        value = _parsed(value)
    value = plain(value)
    if isinstance(value, dict):
        return value
    return {} if value is None or value == "" else {UNPARSED: value}


def error_text(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """The error as text: True is "error"; null, False and empty are no error; an object is kept as JSON.

    >>> error_text(True), error_text(""), error_text({"code": 7})
    ('error', None, '{"code":7}')
    """
    if not value:
        return None
    if isinstance(value, str):
        return value
    return "error" if value is True else msgspec.json.encode(plain(value), order="deterministic").decode()


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value the text spells, or the text itself."""
    if len(text) > MAX_LITERAL or text.lstrip()[:1] not in ("{", "["):
        return text
    if sum(map(text.count, "[{(")) > MAX_DEPTH:
        return text
    try:
        return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) <= MAX_DIGITS else digits)
    except ValueError:
        return _literal(text)


def _literal(text: str) -> Any:  # noqa: ANN401 - any Python literal
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a producer's text is no fault of ours to print
        try:
            return ast.literal_eval(clean(text).strip())
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return text
