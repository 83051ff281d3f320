"""Is everything decided that was sent? Told by offsets: of the input, of the log, of the system stage's heartbeats."""

from monitor.core.channels import COMMANDS, INTERACTIONS
from monitor.core.events import Heartbeat
from monitor.core.interaction import Position
from monitor.core.log import Command, Observation
from monitor.demo.tally import DeadLetter, Heard

Place = tuple[str, int, int]


class Progress:
    """What is still under way. Topics are addresses without prefix.

    >>> progress = Progress()
    >>> progress.sent((COMMANDS, 0, 0)); progress.drained
    False
    """

    def __init__(self) -> None:
        self._waiting: set[Place] = set()
        self._early: set[Place] = set()
        self._logged: dict[int, int] = {}
        self._decided: dict[int, int] = {}

    def sent(self, place: Place) -> None:
        """A record was acknowledged by the broker; its decision may have been heard already."""
        if place in self._early:
            self._early.remove(place)
        else:
            self._waiting.add(place)

    def heard(self, record: Heard, partition: int, offset: int) -> None:
        """A record of an output topic arrived, which lies there."""
        match record:
            case Observation() | Command():
                self._logged[partition] = max(offset, self._logged.get(partition, -1))
                self._came(_source(record))
            case DeadLetter():
                self._came((INTERACTIONS, record.partition, record.offset))
            case Heartbeat():
                self._decided[record.partition] = record.progress

    def _came(self, place: Place | None) -> None:
        if place in self._waiting:
            self._waiting.remove(place)
        elif place is not None:
            self._early.add(place)

    @property
    def waiting(self) -> int:
        """Records sent of which nothing was heard yet."""
        return len(self._waiting)

    @property
    def drained(self) -> bool:
        """Whether every record sent is on the log, and all of the log that was heard is decided."""
        behind = any(self._decided.get(partition, -1) < offset for partition, offset in self._logged.items())
        return not self._waiting and not behind


def _source(record: Observation | Command) -> Place | None:
    at: Position | None = record.source
    if at is None or (isinstance(record, Observation) and record.ordinal):
        return None
    topic = COMMANDS if at.topic.endswith(COMMANDS) else INTERACTIONS
    return topic, at.partition, at.offset
