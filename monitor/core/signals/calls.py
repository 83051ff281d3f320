"""Names of tools as signals read them: the words they are made of, and the policy's globs they match."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

READING = frozenset({"get", "list", "read", "search", "find", "lookup", "view", "show", "check", "fetch", "query"})
"""Verbs of tool names that change nothing."""
AT_NAME = "tool_call.name"
"""Where a tool's name stands in a turn: the path of evidence about the call as a whole."""
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def names(tool: str, globs: Iterable[str]) -> bool:
    """Whether a tool's name, or an intent's, matches one of the globs, without regard to case.

    There are few names and they come again and again, so the answer is remembered.

    >>> names("Send_Money", ("send_*",)), names("lookup", ())
    (True, False)
    """
    return _names(tool, tuple(globs))


def matches(text: str, globs: Iterable[str]) -> bool:
    """The same of a text that comes only once, such as an argument's: nothing of it is remembered."""
    folded = text.lower()
    return any(fnmatchcase(folded, glob.lower()) for glob in globs)


@lru_cache(maxsize=4096)
def _names(tool: str, globs: tuple[str, ...]) -> bool:
    return matches(tool, globs)


@lru_cache(maxsize=4096)
def split_name(name: str) -> tuple[str, ...]:
    """The words of a tool's name in snake, kebab, dotted or camel case, in lower case.

    >>> split_name("send_money"), split_name("GmailReadEmail"), split_name("HTTPGet.v2")
    (('send', 'money'), ('gmail', 'read', 'email'), ('http', 'get', 'v', '2'))
    """
    return tuple(piece.lower() for piece in _PIECES.findall(name))
