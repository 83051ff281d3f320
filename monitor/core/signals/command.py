"""What a call does by its arguments, where its name only says that it runs something: a command line, an action."""

import re
from collections.abc import Iterator

from monitor.core.annotation import ToolUse

NAMES = frozenset({"command", "cmd", "action", "operation", "method", "query", "sql", "statement"})
"""Arguments that say what is to be done."""
READS = frozenset(
    """cat head tail less more ls dir pwd grep find wc list get read view show search stat du df ps who whoami date
    file diff sort uniq cut select describe explain status history which retrieve fetch check""".split()  # noqa: SIM905
)
"""First words that change nothing."""
LASTING = frozenset(
    """rm rmdir del erase shred dd mkfs fdisk wipefs format truncate drop delete kill killall pkill shutdown reboot
    halt userdel""".split()  # noqa: SIM905 - a list of words reads better as text
)
"""First words whose effect is seldom taken back."""
_CUT = re.compile(r"&&|\|\||[;|\n]")
_WORD = re.compile(r"[A-Za-z]\w*")
MAX_COMMANDS = 32


def commands(tool: ToolUse) -> Iterator[str]:
    """The first word of each command in the call's arguments, in lower case, without its path.

    >>> list(commands(ToolUse("Terminal", 0, {"command": "cd /tmp && sudo rm -rf build | /usr/bin/wc"})))
    ['cd', 'rm', 'wc']
    """
    for name, value in tool.arguments.items():
        if name.lower() in NAMES and isinstance(value, str):
            for part in _CUT.split(value, maxsplit=MAX_COMMANDS):
                words = [word.rpartition("/")[2] for word in part.split() if word != "sudo"]
                if words and _WORD.match(words[0]):
                    yield words[0].lower()


def only_reads(tool: ToolUse) -> bool:
    """Whether every command of the call only looks; False where it gives none, or writes what it saw into a file.

    >>> only_reads(ToolUse("Terminal", 0, {"command": "cat a.txt | head"})), only_reads(ToolUse("Terminal", 0, {}))
    (True, False)
    """
    found = list(commands(tool))
    return bool(found) and READS.issuperset(found) and not any(">" in str(each) for each in tool.arguments.values())


def lasts(tool: ToolUse) -> bool:
    """Whether a command of the call is seldom taken back.

    >>> lasts(ToolUse("Terminal", 0, {"command": "rm -r notes"})), lasts(ToolUse("Terminal", 0, {"command": "ls"}))
    (True, False)
    """
    return not LASTING.isdisjoint(commands(tool))
