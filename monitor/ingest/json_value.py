"""Bytes of a producer become typed wire structs, or a rejection that says where and never quotes the text.

The fast way is one typed msgspec decode. Only when that refuses is the value read again with the standard library,
which takes what Python producers write (NaN, lone surrogates, a byte order mark): those become null or U+FFFD. The
rules for what is accepted do not depend on which way was taken, nor on how deep the caller's stack is.
"""

import json
import re
from hashlib import sha256
from math import isfinite
from typing import Any, TypeVar

import msgspec

from monitor.core.errors import InvalidRecord, RejectCode

MAX_DEPTH = 64
"""Nesting accepted in one record. Deeper ones would reach the interpreter's recursion limit here or in a reader."""
MAX_DIGITS = 4000
"""Longest integer read as a number; Python refuses to convert more than 4300 digits."""
MAX_MEMBER = 128
"""Longest name of an object's member, in characters; see :func:`member`."""

T = TypeVar("T")
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_STRING = re.compile(rb'"[^"]*"')
_ONE_BRACKET = bytes.maketrans(b"{}", b"[]")
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}'))
_PATH = re.compile(r"at `\$\.?([^`]*)`$")


def read(value: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The value as the decoder's type.

    Raises:
        InvalidRecord: INVALID_UTF8, INVALID_JSON (also nested too deep), or WRONG_TYPE with the field's path.
    """
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise InvalidRecord(RejectCode.INVALID_UTF8, f"value: not UTF-8 at byte {error.start}") from error
    if nested_too_deep(value):
        raise InvalidRecord(RejectCode.INVALID_JSON, f"value: not JSON, or nested deeper than {MAX_DEPTH}")
    try:
        return decoder.decode(value)
    except msgspec.MsgspecError:
        return convert(_tree(text), decoder.type)


def convert(tree: Any, kind: type[T]) -> T:  # noqa: ANN401 - a JSON tree
    """A JSON tree as a typed struct. Raises InvalidRecord (WRONG_TYPE) with the field's path."""
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise InvalidRecord(RejectCode.WRONG_TYPE, f"{field_path(error)}: wrong type") from error


def field_path(error: msgspec.ValidationError) -> str:
    """The path of the field a msgspec error is about ("value" for the whole), without what stood there.

    >>> field_path(msgspec.ValidationError("Expected `str`, got `int` - at `$.tool_call.name`"))
    'tool_call.name'
    """
    found = _PATH.search(str(error))
    return (found and found.group(1)) or "value"


def nested_too_deep(value: bytes) -> bool:
    """Whether brackets nest deeper than MAX_DEPTH (true also for some values whose brackets do not match).

    >>> nested_too_deep(b"[" * 65 + b"]" * 65), nested_too_deep(b'["' + b"[" * 65 + b'"]')
    (True, False)
    """
    if value.count(b"[") + value.count(b"{") <= MAX_DEPTH:
        return False
    if b"\\" in value:
        value = _ESCAPE.sub(b"", value)
    rest = _STRING.sub(b"", value.translate(_ONE_BRACKET, _NOT_STRUCTURE))
    for _ in range(MAX_DEPTH):
        if not rest:
            return False
        rest = rest.replace(b"[]", b"")  # the innermost level goes
    return bool(rest)


def plain(value: Any) -> Any:  # noqa: ANN401 - a JSON tree
    """The tree with nothing in it that a JSON or msgpack writer refuses.

    NaN and infinity become None, integers beyond 64 bits text, lone surrogates U+FFFD; what only Python literals have
    (tuples, sets, bytes, keys that are not text) takes the nearest JSON form.

    >>> plain({"a": (1, float("nan")), 2: 10**20})
    {'a': [1, None], '2': '100000000000000000000'}
    """
    reader = _PLAIN.get(type(value))
    return reader(value) if reader is not None else clean(str(value))


def clean(text: str) -> str:
    """The text with lone surrogates replaced, so that it can be written as UTF-8."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def member(name: str) -> str:
    """A member's name as it is kept: of a longer one the beginning, and a digest so that two names stay two.

    >>> member("amount"), len(member("a" * 1000)), member("a" * 1000) == member("a" * 999 + "b")
    ('amount', 128, False)
    """
    name = clean(name)
    if len(name) <= MAX_MEMBER:
        return name
    return f"{name[: MAX_MEMBER - 17]}~{sha256(name.encode()).hexdigest()[:16]}"


def _integer(value: int) -> int | str:
    if -(2**63) <= value < 2**64:
        return value
    return str(value) if value.bit_length() < MAX_DIGITS * 3 else hex(value)


def _mapping(value: dict[Any, Any]) -> dict[str, Any]:
    return {member(key if type(key) is str else str(plain(key))): plain(item) for key, item in value.items()}


_PLAIN: dict[type, Any] = {
    str: clean,
    bool: bool,
    type(None): lambda _: None,
    int: _integer,
    float: lambda value: value if isfinite(value) else None,
    dict: _mapping,
    list: lambda value: [plain(item) for item in value],
    tuple: lambda value: [plain(item) for item in value],
    set: lambda value: [plain(item) for item in sorted(value, key=repr)],  # the order of a set differs between runs
    bytes: lambda value: value.decode("utf-8", "replace"),
}


def _tree(text: str) -> Any:  # noqa: ANN401 - a JSON tree
    try:
        tree = json.loads(text.removeprefix("\ufeff"), parse_int=_parse_int)
    except json.JSONDecodeError as error:
        raise InvalidRecord(RejectCode.INVALID_JSON, f"value: not JSON at character {error.pos}") from error
    return plain(tree)


def _parse_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits
