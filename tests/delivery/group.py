"""The consumer group's coordinator: members, sessions, generations. It knows a member only by what reaches it."""

from random import Random
from typing import TYPE_CHECKING

from tests.delivery.broker import TP

if TYPE_CHECKING:
    from tests.delivery.world import World

SESSION_TIMEOUT = 10.0
REBALANCE_TIMEOUT = 15.0


class Member:
    """What the coordinator remembers of a member."""

    __slots__ = ("attempt", "deadline", "joined")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.joined = False
        self.attempt = 0


class Group:
    """One group over both stages' topics."""

    def __init__(self, world: "World", rng: Random) -> None:
        self._world = world
        self._rng = rng
        self.members: dict[int, Member] = {}
        self.generation = 0
        self.preparing = False
        self._until = 0.0
        self._assignment: dict[int, list[TP]] = {}
        world.clock.after(1.0, self._tick)

    def join(self, member: int, attempt: int) -> None:
        """A member asks to take part; the answer comes when all have, or when their time is over."""
        known = self.members.setdefault(member, Member(0.0))
        known.attempt = attempt
        self._hear(known)
        if not self.preparing:
            self._prepare()
        known.joined = True
        self._complete()

    def leave(self, member: int) -> None:
        """A member says goodbye."""
        if self.members.pop(member, None) is not None:
            self._prepare()

    def sync(self, member: int, generation: int) -> list[TP] | None:
        """What the member owns in that generation; None: it must join again."""
        known = self.members.get(member)
        if known is None or self.preparing or generation != self.generation:
            return None
        self._hear(known)
        return self._assignment.get(member, [])

    def heartbeat(self, member: int, generation: int) -> str:
        """Answers ok, rejoin, or unknown."""
        known = self.members.get(member)
        if known is None:
            return "unknown"
        self._hear(known)
        return "rejoin" if self.preparing or generation != self.generation else "ok"

    def _hear(self, member: Member) -> None:
        member.deadline = self._world.clock.now + SESSION_TIMEOUT

    def _prepare(self) -> None:
        self.preparing = True
        self._until = self._world.clock.now + REBALANCE_TIMEOUT
        for member in self.members.values():
            member.joined = False

    def _tick(self) -> None:
        now = self._world.clock.now
        self._world.clock.after(1.0, self._tick)
        if not self._world.broker.coordinator_up:
            for member in self.members.values():
                member.deadline = now + SESSION_TIMEOUT  # a new coordinator starts every session anew
            return
        silent = [number for number, member in self.members.items() if member.deadline < now and not member.joined]
        if self.preparing and now > self._until:
            silent += [number for number, member in self.members.items() if not member.joined]
        for number in silent:
            self.members.pop(number, None)
        if silent and not self.preparing:
            self._prepare()
        self._complete()

    def _complete(self) -> None:
        if not self.preparing or not self.members or not all(each.joined for each in self.members.values()):
            return
        self.preparing = False
        self.generation += 1
        numbers = list(self.members)
        self._rng.shuffle(numbers)
        self._assignment = {number: [] for number in numbers}
        for index, tp in enumerate(self._world.sources):
            self._assignment[numbers[index % len(numbers)]].append(tp)
        for number, member in self.members.items():
            member.joined = False
            self._hear(member)
            self._world.joined(number, self.generation, member.attempt)
