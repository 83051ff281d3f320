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
RUNS = frozenset({"sudo", "env", "xargs", "nohup", "time", "nice", "exec", "doas", "sh", "bash", "zsh"})
"""First words that run what follows them, behind flags and assignments of their own."""
ACTS = ("-delete", "-exec", ">")
"""What makes a command that looks do more than that."""
_CUT = re.compile(r"&&|\|\||[;|\n]")
_WORD = re.compile(r"[A-Za-z]\w*")
MAX_COMMANDS = 32


def commands(tool: ToolUse) -> Iterator[str]:
    """The first word of each command in the call's arguments, in lower case, without its path; a flag tells nothing.

    >>> list(commands(ToolUse("Terminal", 0, {"command": "cd /tmp && sudo -u ann rm -rf build | /usr/bin/wc"})))
    ['cd', 'ann', 'rm', 'wc']
    """
    for line in _lines(tool):
        for part in _CUT.split(line, maxsplit=MAX_COMMANDS):
            yield from _runs([word.strip("\"'").rpartition("/")[2].lower() for word in part.split()])


def _lines(tool: ToolUse) -> Iterator[str]:
    return (value for name, value in tool.arguments.items() if name.lower() in NAMES and isinstance(value, str))


def _runs(words: list[str]) -> Iterator[str]:
    """The command; behind one that runs another all words that may be it, for its own flags may take a word."""
    behind = False
    for word in words:
        if word in RUNS:
            behind = True
        elif _WORD.match(word) and "=" not in word:
            yield word
            if not behind or word in READS or word in LASTING:
                return


def only_reads(tool: ToolUse) -> bool:
    """Whether every command of the call only looks; False where it gives none, or does something with what it saw.

    >>> lines = ("cat a | head", "find . -delete", "cat a > b")
    >>> [only_reads(ToolUse("Terminal", 0, {"command": line})) for line in lines]
    [True, False, False]
    """
    found = list(commands(tool))
    return bool(found) and READS.issuperset(found) and not any(act in line for line in _lines(tool) for act in ACTS)


def lasts(tool: ToolUse) -> bool:
    """Whether a command of the call is seldom taken back.

    >>> [lasts(ToolUse("Terminal", 0, {"command": line})) for line in ("env A=1 rm -r notes", "sh -c 'rm x'", "ls rm")]
    [True, True, False]
    """
    found = list(commands(tool))
    if "find" in found:  # it deletes, or runs another command, by its flags
        found += [word.lstrip("-") for line in _lines(tool) for word in line.split()]
    return not LASTING.isdisjoint(found)
