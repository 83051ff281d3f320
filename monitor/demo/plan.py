"""What a demo plays, under which policy, how fast."""

import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from monitor.demo.player import recorded
from monitor.demo.traffic import TURNS, Event, traffic
from monitor.replay.reader import Inputs

DEMO_POLICY = Path(__file__).with_name("policy.yaml")
ENDED_SECONDS = 5.0
"""How long ago the scripted day ended: nothing lies in the future."""


class Plan(Struct, frozen=True, kw_only=True):
    """What to play.

    ``minutes``: wall time at the most. ``rate``: turns per second; None: as many as it takes to play all in that time.
    ``data``: a JSONL file (gzip allowed) instead of the script, with ``system`` for lines that name none. ``policy``:
    None is the demo's own for the script, the shipped default for data.
    """

    seed: int = 1
    minutes: float = 2.0
    rate: float | None = None
    data: Path | None = None
    system: str | None = None
    policy: Path | None = None

    @property
    def turns_per_second(self) -> float:
        """The rate as it is played."""
        if self.rate is not None:
            return self.rate
        total = TURNS if self.data is None else sum(1 for _ in Inputs([str(self.data)]).records())
        return max(1.0, total * SPARE / (self.minutes * 60))

    @property
    def policy_file(self) -> Path | None:
        """The policy in force."""
        return DEMO_POLICY if self.policy is None and self.data is None else self.policy


SPARE = 1.05
"""A little faster than needed, so that the last turn is inside the time."""


def played(plan: Plan) -> Iterator[Event]:
    """The events to play, in order; the scripted day ends just before now."""
    if plan.data is not None:
        lines = (record.value for record in Inputs([str(plan.data)]).records())
        return recorded(line for line in lines if line is not None)
    return traffic(plan.seed, ends_at=round(time.time() - ENDED_SECONDS, 3))
