"""A believable day of eight AI systems: seeded, interleaved, mostly calm, with every row of the decision table in it.

The day is ten hours of event time that end shortly before the demo starts; how fast it is played is the player's
matter. Everything is drawn from one seed: the same seed, number of turns and end give the same events.
"""

from collections.abc import Iterator
from heapq import merge
from itertools import chain
from operator import attrgetter
from random import Random
from typing import Any, NamedTuple

from msgspec import Struct

from monitor.core.channels import COMMANDS, INTERACTIONS
from monitor.core.vocabulary import Role
from monitor.demo.script import Line, Scene, orders, role_of, scenes
from monitor.demo.slots import drawn, filled

DAY_SECONDS = 36_000.0
MIDDAY = 0.5
"""Share of the day at which the models change."""
PARTS = {"day": (0.0, 0.96), "morning": (0.0, 0.46), "afternoon": (0.56, 0.94)}
"""When a scene may begin, as shares of the day. The afternoon begins a little after the change."""
TURNS = 1_800
"""A whole day."""
PAUSE = {Role.USER: (15.0, 90.0), Role.ASSISTANT: (2.0, 12.0), Role.TOOL: (0.2, 3.0), Role.STAFF: (30.0, 150.0)}
"""Seconds before a turn, lowest and highest."""
JITTER = 0.18
"""Spread of latencies and upstream evaluations, as a share."""


class Event(NamedTuple):
    """One record to produce. ``topic``: its address without prefix; ``at``: event time, epoch seconds."""

    topic: str
    key: str
    value: dict[str, Any] | bytes
    at: float


class Session(Struct, frozen=True):
    """One session of the day with the scene it plays."""

    scene: Scene
    session_id: str
    events: tuple[Event, ...]


def day(seed: int, *, turns: int = TURNS, ends_at: float) -> list[Session]:
    """The day's sessions. Troubled scenes always occur; calm ones fill the day up to ``turns``."""
    random = Random(seed)  # noqa: S311 - a repeatable play, no secret
    cast = [scene for scene in scenes() if scene.expects for _ in range(scene.times)]
    calm = [scene for scene in scenes() if not scene.expects]
    cast += [scene for scene in calm if scene.near]
    missing = turns - sum(len(scene.turns) for scene in cast)
    while missing > 0:
        cast.append(random.choices(calm, [scene.weight for scene in calm])[0])
        missing -= len(cast[-1].turns)
    random.shuffle(cast)
    return [_play(scene, number, random, ends_at) for number, scene in enumerate(cast)]


def traffic(seed: int, *, turns: int = TURNS, ends_at: float) -> Iterator[Event]:
    """The day's events in order of their time: the turns of all sessions interleaved, and what people ordered."""
    turned = chain.from_iterable(session.events for session in day(seed, turns=turns, ends_at=ends_at))
    return merge(sorted(turned, key=attrgetter("at")), _orders(ends_at), key=attrgetter("at"))


def _orders(ends_at: float) -> Iterator[Event]:
    for order in orders():
        at = round(ends_at - (1 - order["at"]) * DAY_SECONDS, 3)
        yield Event(COMMANDS, order["command"]["system_id"], order["command"] | {"at": at}, at)


def _play(scene: Scene, number: int, random: Random, ends_at: float) -> Session:
    """One session: its slots, its start, and the pauses between its turns."""
    slots, session_id = drawn(random), f"{scene.system['system'].split('-')[0]}-{number:04d}"
    share = random.uniform(*PARTS[scene.part])
    at = ends_at - (1 - share) * DAY_SECONDS
    events = []
    for turn, line in enumerate(scene.turns):
        at += random.uniform(*PAUSE[role_of(line)])
        fields = filled({name: value for name, value in line.items() if name not in PAUSE}, slots, random)
        said = filled(line[role_of(line)], slots, random)
        value = _carried(scene.system, role_of(line), share, random) | {
            "id": f"{session_id}/{turn}",
            "ts": round(at, 3),
            "session_id": session_id,
            "turn": turn,
            "role": role_of(line).value,
            "text": said,
        }
        events.append(Event(INTERACTIONS, session_id, value | fields, round(at, 3)))
    return Session(scene, session_id, tuple(events))


def _carried(system: Line, role: Role, share: float, random: Random) -> Line:
    """What every turn of the system carries, and every assistant turn besides; other values once its model changed."""
    value = {"system_id": system["system"], "capability": system["capability"]}
    if role is not Role.ASSISTANT:
        return value
    now = system | (system.get("changed", {}) if share > MIDDAY else {})
    value |= {name: now[name] for name in ("autonomy", "model", "stakes") if name in now}
    value["latency_ms"] = round(now["latency_ms"] * random.lognormvariate(0.0, JITTER), 1)
    if "evaluations" in now:
        spread = {name: random.gauss(score, JITTER / 4) for name, score in now["evaluations"].items()}
        value["evaluations"] = {name: round(min(1.0, max(0.0, score)), 3) for name, score in spread.items()}
    return value
