"""What a label says: truths as functions of a judged turn, built from the names of fields.

A field is a name in ``label``, or ``session.NAME`` for what is said of the whole session. Every truth answers None
where the label says nothing; such turns and sessions are in no row.
"""

from collections.abc import Callable
from typing import Any

from monitor.evaluate.fold import Judged

Truth = Callable[[Judged], int | None]
"""1 and 0, for the moods also -1; None: not judged."""


def field(turn: Judged, name: str) -> Any:  # noqa: ANN401 - labels are anybody's JSON
    """The value of a label's field; None where it is missing."""
    found: Any = turn.label
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


YES_OR_NO = (True, False)
"""Also as 1 and 0."""


def holds(name: str) -> Truth:
    """The field is true, or 1; anything but yes and no is not judged."""
    return _of(name, lambda found: found == 1 if found in YES_OR_NO else None)


def fails(name: str) -> Truth:
    """The field is false, or 0; anything but yes and no is not judged."""
    return _of(name, lambda found: found == 0 if found in YES_OR_NO else None)


def equals(name: str, value: object) -> Truth:
    """The field has this value; a list has it among its values."""
    return _of(name, lambda found: value in found if isinstance(found, list) else found == value)


def at_most(name: str, limit: float) -> Truth:
    """The field is a number and no higher than that; anything but a number is not judged."""
    return _number(name, lambda found: found <= limit)


def at_least(name: str, limit: float) -> Truth:
    """The field is a number and no lower than that."""
    return _number(name, lambda found: found >= limit)


def where(condition: Truth, then: Truth) -> Truth:
    """``then``, for the turns of which ``condition`` holds."""
    return lambda turn: then(turn) if condition(turn) else None


def kind(name: str) -> Truth:
    """One of the answer's ``kinds`` of contradiction is this one; all answers count of which it is known."""

    def truth(turn: Judged) -> int | None:
        if turn.label.get("contradiction") is None:
            return None
        return name in (turn.label.get("kinds") or ())

    return truth


def mood(turn: Judged) -> int | None:
    """-1, 0 or 1 for a sentiment in words; of several, the only one."""
    found = turn.label.get("sentiment")
    if isinstance(found, list):
        found = found[0] if len(found) == 1 else None
    return MOODS.get(found) if isinstance(found, str) else None


MOODS = {"negative": -1, "neutral": 0, "positive": 1}


def mooded(name: str) -> Truth:
    """The sentiment is this one of the three."""

    def truth(turn: Judged) -> int | None:
        found = mood(turn)
        return None if found is None else found == MOODS[name]

    return truth


def comes_from(data: str) -> Truth:
    """The turn lies in this data: every session of it is a true case, every other one is not."""
    return lambda turn: turn.data == data


def plain(_turn: Judged) -> int:
    """Nothing is wrong here, as far as anybody knows: whatever fires is a false alarm."""
    return 0


def said(turn: Judged) -> int | None:
    """As :func:`plain`, for turns with text alone: what is only a call contradicts nothing."""
    return 0 if turn.spoken else None


def _of(name: str, test: Callable[[Any], bool | None]) -> Truth:
    def truth(turn: Judged) -> int | None:
        found = field(turn, name)
        return None if found is None else test(found)

    return truth


def _number(name: str, test: Callable[[float], bool]) -> Truth:
    def truth(turn: Judged) -> int | None:
        found = field(turn, name)
        return test(found) if isinstance(found, int | float) and not isinstance(found, bool) else None

    return truth
