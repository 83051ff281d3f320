"""The events of one escalation, gathered from a stream of events, and found again by any part of its id.

Memory grows with the escalations of the stream, not with its other events.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct, field

from monitor.core.errors import OperatorError
from monitor.core.events import BreakerTransition, Escalation, Output, PolicyText

MAX_NAMED = 5
"""Ids named where one is asked for that is not there, or that is not the only one."""


class Lives(Struct):
    """Escalations by id with their events, and policy texts by fingerprint.

    ``ids``: every event's id -> the escalation it is of. ``holds``: by system, the steps of its breakers.
    """

    lives: dict[str, list[Escalation]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    policies: dict[str, PolicyText] = field(default_factory=dict)
    holds: dict[str, list[BreakerTransition]] = field(default_factory=dict)

    def add(self, output: Output) -> None:
        """Keep what an explanation needs of an event; one delivered twice counts once."""
        if isinstance(output.data, PolicyText):
            self.policies[output.data.fingerprint] = output.data
        if isinstance(output.data, BreakerTransition):
            self.holds.setdefault(output.data.system_id, []).append(output.data)
        if isinstance(output.data, Escalation) and output.id not in self.ids:
            self.ids[output.id] = output.data.escalation_id
            self.lives.setdefault(output.data.escalation_id, []).append(output.data)

    def find(self, prefix: str, source: str) -> tuple[Escalation, ...]:
        """The life of the escalation whose id, or the id of one of whose events, begins so; in their order.

        Args:
            prefix: the beginning of an id, or a whole one.
            source: where the events came from, for what is said when there is none.

        Raises:
            OperatorError: there is none, or more than one.
        """
        known = {**{each: each for each in self.lives}, **self.ids}
        found = {prefix} if prefix in self.lives else {of for each, of in known.items() if each.startswith(prefix)}
        if not found or not prefix:
            raise OperatorError(self._unknown(prefix, source))
        if len(found) > 1:
            raise OperatorError(
                f"{prefix}: {len(found)} escalations begin so: {_named(sorted(found))}; give more of it"
            )
        return tuple(sorted(self.lives[found.pop()], key=lambda each: (each.revision, each.settlement)))

    def _unknown(self, prefix: str, source: str) -> str:
        if not self.lives:
            return (
                f"{source}: holds no escalation; name a file of `oversight replay --outputs`, or the escalations topic"
            )
        near = get_close_matches(prefix, self.lives, n=MAX_NAMED, cutoff=0.5)
        heads = {each[: max(len(prefix), 1)]: each for each in self.lives}
        near = near or [heads[each] for each in get_close_matches(prefix, heads, n=MAX_NAMED, cutoff=0.5)]
        told = f"near it are {_named(near)}" if near else f"there are {_named(list(self.lives))}"
        hint = (
            "its subject is the key and escalation_id stands in its data; give one of these, or another file or topic"
        )
        return f"{source}: no escalation {prefix!r} among {len(self.lives)}; {told}; {hint}"


def _named(ids: Iterable[str]) -> str:
    """A few ids.

    >>> _named("abcdefg")
    'a, b, c, d, e …'
    """
    every = list(ids)
    return ", ".join(every[:MAX_NAMED]) + (" …" if len(every) > MAX_NAMED else "")
