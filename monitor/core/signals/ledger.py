"""Calls from their beginning to their result: what is under way, and which of it came to what.

Folded once per turn by the session stage, which hands signals the turn's :class:`Entry` in their context. It outlives
the user's next words: a call is judged once, and counts once in a session's sums, however late its result comes.
"""

from msgspec import Struct

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.vocabulary import Delivery, Role

MAX_OPEN = 32
"""Calls under way at once; the oldest of more is taken to have come out well, and its result for a call of its own."""


class Call(Struct, array_like=True, frozen=True):
    """A call whose result has not come. ``number``: which of the session's calls it is, from 0."""

    name: str
    signature: int = 0
    number: int = 0


class Ledger(Struct):
    """Calls under way, oldest first. ``count``: how many there were in all."""

    open: list[Call] = []
    count: int = 0


class Entry(Struct, frozen=True):
    """What a turn means for the ledger.

    ``begun``: a call of the AI that this turn shows for the first time, to be judged: usually the call, its result
    where an application sends only those. ``opened``: the call that is under way from this turn on. ``ended``: the call
    whose result this turn is. ``settled``: calls that no result is awaited for any more.
    """

    begun: ToolUse | None = None
    opened: Call | None = None
    ended: Call | None = None
    settled: tuple[Call, ...] = ()


NOTHING = Entry()


def enter(ledger: Ledger, turn: Annotation) -> Entry:
    """Fold a turn in. A draft is not made yet: if it is made after all, its result shows it.

    A call of staff is a person's, so it is not judged; its result is recognised all the same.
    """
    if turn.tool is None or turn.role is Role.USER:
        return NOTHING
    if turn.role is Role.TOOL:
        ended = _end(ledger, turn.tool)
        return Entry(begun=turn.tool if ended is None else None, ended=ended)
    begun = turn.tool if turn.role is Role.ASSISTANT else None
    if turn.delivery is Delivery.DRAFT:
        return Entry(begun=begun)
    opened = Call(turn.tool.name, turn.tool.signature, ledger.count)
    ledger.count += 1
    ledger.open.append(opened)
    settled = tuple(ledger.open[:-MAX_OPEN])
    del ledger.open[:-MAX_OPEN]
    return Entry(begun=begun, opened=opened, settled=settled)


def _end(ledger: Ledger, tool: ToolUse) -> Call | None:
    """Take the call off that this result belongs to: the one with equal arguments, else the oldest of its name."""
    found = [index for index, call in enumerate(ledger.open) if call.name == tool.name]
    if not found:
        return None
    equal = (index for index in found if ledger.open[index].signature == tool.signature)
    return ledger.open.pop(next(equal, found[0]))
