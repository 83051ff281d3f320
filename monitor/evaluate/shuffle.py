"""Sessions told in another order, to ask which earlier turn an answer contradicts.

In chatprotect it is always the turn before, so that a rule without understanding names it too. Here the turns before
the judged one are put in an order made by a hash of the session's id; the label names the turn where it lies now.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter

from monitor.evaluate.labelled import Line

SHUFFLED = "chatprotect_shuffled"
DERIVED = {"chatprotect": SHUFFLED}
"""Data -> the data made of it here, which is folded as well."""


def shuffled(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of each session, all but the last in another order; times and numbers stay where they are."""
    for session, members in groupby(lines, attrgetter("session")):
        *earlier, last = members
        order = sorted(range(len(earlier)), key=partial(_digest, session))
        for place, old in enumerate(order):
            yield _moved(earlier[old], earlier[place], place)
        against = last.label.get("against_turn")
        against = next((place for place, old in enumerate(order) if earlier[old].number == against), None)
        label = {**last.label, "against_turn": against}
        yield Line(session, len(earlier), {**last.body, "turn": len(earlier)}, label)


def _moved(line: Line, to: Line, place: int) -> Line:
    body = {**line.body, "turn": place}
    if "ts" in to.body:
        body["ts"] = to.body["ts"]
    return Line(line.session, place, body, line.label)


def _digest(session: str, place: int) -> bytes:
    return hashlib.sha256(f"shuffle {session} {place}".encode()).digest()
