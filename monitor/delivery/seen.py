"""Which source records the system stage has folded already (DESIGN.md 6.4).

Observations are re-emitted with new offsets of their own, so the stage keeps, per source partition, the highest source
offset and ordinal. The session stage emits in that order, and idempotent producers keep it, so at or below = seen.
An ordinal must not depend on what else is emitted for the record: a batch that was half written decides less again.
"""

from monitor.delivery.rules import ALL_RULES, Rule

Source = tuple[str, int]
Place = tuple[int, int]


class Seen:
    """Highest (offset, ordinal) per source (topic, partition).

    >>> seen = Seen()
    >>> [seen.admits(("t", 0), (7, 0)), seen.admits(("t", 0), (7, 0)), seen.admits(("t", 0), (7, 1))]
    [True, False, True]
    """

    def __init__(self, places: dict[Source, Place] | None = None, rules: frozenset[Rule] = ALL_RULES) -> None:
        self.places = dict(places or {})
        self._rules = rules

    def admits(self, source: Source, place: Place) -> bool:
        """Whether the record is new; a new one counts as seen from now on.

        Ask for every record and before any other guard, also for one that the state includes already: after a restart
        the places are as old as the control record, and reading on must fill them up again.
        """
        known = self.places.get(source)
        if known is not None and place <= known and Rule.SEEN in self._rules:
            return False
        self.places[source] = place if known is None else max(known, place)
        return True
