"""Tool calls as the boundary signals see them: each call judged once, names matched against the policy's globs."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

from msgspec import Struct

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.signals.combine import keep_last
from monitor.core.vocabulary import Delivery, Role

MAX_PENDING = 16
READING = frozenset({"get", "list", "read", "search", "find", "lookup", "view", "show", "check", "fetch", "query"})
"""Verbs of tool names that change nothing."""
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Calls(Struct):
    """Names of the tools called by the assistant whose results have not come yet."""

    pending: list[str] = []


def first_sight(calls: Calls, turn: Annotation) -> ToolUse | None:
    """The tool use that this turn shows for the first time, or None.

    Usually the assistant's call; where an application sends only results, the result. So nothing is judged twice.
    A drafted call is not pending: if it is made after all, its result shows it.
    """
    if turn.role is Role.USER:
        calls.pending.clear()
    if turn.tool is None:
        return None
    if turn.role is Role.ASSISTANT:
        if turn.delivery is Delivery.DELIVERED:
            calls.pending.append(turn.tool.name)
            keep_last(calls.pending, MAX_PENDING)
        return turn.tool
    if turn.role is Role.TOOL and turn.tool.name not in calls.pending:
        return turn.tool
    if turn.role is Role.TOOL:
        calls.pending.remove(turn.tool.name)
    return None


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
