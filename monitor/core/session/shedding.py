"""The byte cap on one session's state: the oldest of what its signals remember goes first, in the same order always.

Shedding is part of the fold, not of storing: it depends on the turns alone, so a state that was stored and loaded in
between is the same as one that was not. Between two measurements the growth is over-estimated from the turn's size.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from monitor.core.annotation import Annotation
from monitor.core.session.state import SessionState

MAX_STATE_BYTES = 65_536
"""A changelog record per touched session and batch: 64 KiB keeps ten thousand live sessions under a gigabyte."""
_PER_TURN = 1024
_PER_CLAIM = 96
_PER_ITEM = 48
"""Bytes a turn, a claim's frame, a term or a digest can add at the most, over all signals that keep it."""
_PER_LETTER = 48
"""Bytes a letter of a tool's name can add: a dozen places keep the name, in up to four bytes a letter."""


def keep_small(state: SessionState, turn: Annotation, cap: int = MAX_STATE_BYTES) -> bool:
    """Keep the state under the cap after a turn; True when something was dropped just now. Mutates ``state``."""
    state.weight += _growth(turn)
    if state.weight <= cap:
        return False
    before = state.weight = size(state)
    if before > cap * 3 // 4:
        shed(state, cap // 2)
    return before != state.weight


def _growth(turn: Annotation) -> int:
    terms = 0
    for claim in turn.claims:
        words = (*claim.terms, *claim.numbers)
        terms += len("".join(words)) + 8 * len(words)
    items = len(turn.mentions) + len(turn.values) + len(turn.terms)
    names = _PER_LETTER * len(turn.tool.name) if turn.tool is not None else 0
    return _PER_TURN + _PER_CLAIM * len(turn.claims) + 2 * terms + _PER_ITEM * items + names


def size(state: SessionState) -> int:
    """Bytes of the state's snapshot, without its frame."""
    return len(msgspec.msgpack.encode(msgspec.structs.replace(state, noticed={})))


def shed(state: SessionState, target: int) -> None:
    """Drop the older half of the largest collection until the state fits ``target`` bytes or nothing is left to drop.

    What signals remember, what a package would name, the places of old turns. Open escalations and their package stay.
    """
    while (now := size(state)) > target:
        largest = max(_collections(state), key=_weight, default=None)
        if largest is None:
            break
        _drop_older_half(*largest)
        state.truncated = True
        if size(state) >= now:
            break
    state.weight = size(state)


def _collections(state: SessionState) -> Iterator[tuple[Any, str]]:
    """(owner, field) of every collection that may lose its older half."""
    for own in state.signals.values():
        yield from _within(own)
    yield from _within(state.ledger)
    yield from _within(state.memory)
    if state.offsets:
        yield state, "offsets"


def _within(owner: msgspec.Struct) -> Iterator[tuple[Any, str]]:
    """The collections of a signal's state and of the structs it is made of."""
    for name in owner.__struct_fields__:
        value = getattr(owner, name)
        if isinstance(value, list | dict | tuple) and value:
            yield owner, name
        elif isinstance(value, msgspec.Struct):
            yield from _within(value)


def _weight(place: tuple[Any, str]) -> int:
    owner, name = place
    return len(msgspec.msgpack.encode(getattr(owner, name)))


def _drop_older_half(owner: Any, name: str) -> None:  # noqa: ANN401 - a signal's own State
    """Collections stand in the order they grew: the first half is the older."""
    value = getattr(owner, name)
    half = (len(value) + 1) // 2
    if isinstance(value, dict):
        setattr(owner, name, dict(list(value.items())[half:]))
    else:
        setattr(owner, name, value[half:])
