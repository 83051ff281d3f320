"""The demo's people: they hear of escalations as any consumer would, and answer some of them a little later.

Whom they answer, how and how soon the script says (``scripts/people.jsonl``). What nobody answers becomes overdue and
goes to the backup owner, as it does in earnest.
"""

import heapq
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from confluent_kafka import Producer
from msgspec import Struct

from monitor.core.channels import REVIEWS
from monitor.core.events import Escalation, Output
from monitor.core.vocabulary import EscalationStatus, Mode, Situation
from monitor.demo.tally import Heard

FLUSH_SECONDS = 5.0


class Answer(Struct, frozen=True, kw_only=True):
    """One habit of a person: answers the ``skip`` + 1st escalation of a system's situation, and ``times`` in all.

    ``after``: seconds of wall time. ``say``: the fields of the review.
    """

    system_id: str
    situation: Situation
    say: dict[str, Any]
    after: float
    skip: int = 0
    times: int = 1


class Desk:
    """Everybody who answers. ``hear`` and ``answer`` are called by the thread that listens."""

    def __init__(self, bootstrap_servers: str, answers: Sequence[Answer]) -> None:
        self._answers = answers
        self._heard: Counter[tuple[str, Situation]] = Counter()
        self._told: set[str] = set()
        self._due: list[tuple[float, int, bytes]] = []
        self._producer = Producer({"bootstrap.servers": bootstrap_servers, "linger.ms": 5, "log_level": 0})

    def hear(self, heard: Heard, now: float) -> None:
        """Take note of a raised escalation; ``now`` in monotonic seconds."""
        if not isinstance(heard, Output) or not isinstance(heard.data, Escalation):
            return
        it = heard.data
        if it.status is not EscalationStatus.RAISED or it.mode is not Mode.LIVE or it.escalation_id in self._told:
            return
        self._told.add(it.escalation_id)
        number = self._heard[it.system_id, it.situation]
        self._heard[it.system_id, it.situation] += 1
        for answer in self._answers:
            if (answer.system_id, answer.situation) == (it.system_id, it.situation) and (
                answer.skip <= number < answer.skip + answer.times
            ):
                review = {"escalation_id": it.escalation_id, "system_id": it.system_id, **answer.say}
                heapq.heappush(self._due, (now + answer.after, len(self._due), msgspec.json.encode(review)))

    def answer(self, now: float) -> None:
        """Send what is due."""
        while self._due and self._due[0][0] <= now:
            _, _, review = heapq.heappop(self._due)
            self._producer.produce(REVIEWS, value=review, timestamp=int(time.time() * 1000))
        self._producer.poll(0)

    def close(self) -> None:
        """What was said is sent."""
        self._producer.flush(FLUSH_SECONDS)
