"""One process: its place in the group, its lease, its tasks. It can stand still, be cut off, and die at any moment."""

from collections import deque
from typing import TYPE_CHECKING

from monitor.delivery.lease import Lease
from tests.delivery.application import NOTHING, POLICY, Force, Standing
from tests.delivery.broker import TP
from tests.delivery.clock import Call
from tests.delivery.group import SESSION_TIMEOUT
from tests.delivery.producer import Producer
from tests.delivery.task import Task

if TYPE_CHECKING:
    from tests.delivery.world import World

HEARTBEAT = 2.0
JOIN_AGAIN = 4.0


class Worker:
    """A process. What reaches it goes through :meth:`deliver`, in lanes; only within a lane does order hold."""

    def __init__(self, world: "World", number: int) -> None:
        self.world = world
        self.number = number
        self.member = number
        self.alive = True
        self.frozen = False
        self.isolated_until = 0.0
        self.epoch = 0
        self.generation = -1
        self.stopping = False
        self.policy: Force = (world.rng.randrange(3), 7)
        self.producer = Producer(self)
        self.lease = Lease(session_timeout=SESSION_TIMEOUT, now=world.clock.now, rules=world.rules)
        self.tasks: dict[TP, Task] = {tp: Task(self, tp) for tp in world.sources}
        self.known: dict[str, Force] = {}
        self._read_standings = 0
        self._attempt = 0
        self._joining_since: float | None = None
        self._backlog: dict[str, deque[tuple[Call, tuple[object, ...]]]] = {}
        self._join()
        self.later(world.rng.random() * HEARTBEAT, self._beat)
        self.later(world.rng.random(), self._wake)

    # Standing still.

    def deliver(self, lane: str, call: Call, *arguments: object) -> None:
        """Something happened for this process."""
        if not self.alive:
            return
        if self.frozen:
            self._backlog.setdefault(lane, deque()).append((call, arguments))
            return
        call(*arguments)

    def later(self, delay: float, call: Call, *arguments: object) -> None:
        """A timer of this process."""
        self.world.clock.after(delay, self.deliver, "timer", call, *arguments)

    def thaw(self) -> None:
        """Go on: what waited runs in any order between lanes."""
        self.frozen = False
        rng = self.world.rng
        while self._backlog and self.alive and not self.frozen:
            lane = rng.choice(list(self._backlog))
            call, arguments = self._backlog[lane].popleft()
            if not self._backlog[lane]:
                del self._backlog[lane]
            call(*arguments)

    def may_send(self) -> bool:
        """The lease, inside the producer's send and before every step."""
        if not self.alive:
            return False
        reason = self.lease.expired(self.world.clock.now)
        if reason:
            self.end(reason)
        return self.alive

    def end(self, reason: str) -> None:
        """The process is gone; somebody starts another."""
        if self.alive:
            self.alive = False
            self.world.note(f"worker {self.number} ends: {reason}")
            self.world.ended(self)

    # The group.

    def _ask(self, call: Call, *arguments: object) -> None:
        """A request to the coordinator: lost when it is down or we are cut off."""
        self.world.clock.after(self.world.network.quick(), self._reach, call, arguments)

    def _reach(self, call: Call, arguments: tuple[object, ...]) -> None:
        if self._connected():
            call(*arguments)

    def _reply(self, call: Call, *arguments: object) -> None:
        if self._connected():
            self.world.clock.after(self.world.network.quick(), self.deliver, "group", call, *arguments)

    def _connected(self) -> bool:
        return self.world.broker.coordinator_up and self.world.clock.now >= self.isolated_until

    def _join(self) -> None:
        if not self.stopping:
            self._joining_since = self.world.clock.now
            self._attempt += 1  # the connection of an earlier attempt is closed: its answer never comes
            self._ask(self.world.group.join, self.member, self._attempt)

    def joined(self, member: int, generation: int, attempt: int) -> None:
        """The coordinator's answer to a join, on its way back."""
        if member == self.member:
            self._reply(self._sync, generation, attempt)

    def _sync(self, generation: int, attempt: int) -> None:
        if attempt == self._attempt:
            self._ask(self._synced_there, generation, attempt, self.world.clock.now)

    def _synced_there(self, generation: int, attempt: int, asked: float) -> None:
        self._reply(self._synced, generation, attempt, asked, self.world.group.sync(self.member, generation))

    def _synced(self, generation: int, attempt: int, asked: float, owned: list[TP] | None) -> None:
        if attempt != self._attempt or self._joining_since is None:
            return
        if owned is None:
            self._join()
            return
        self._joining_since, self.generation = None, generation
        self.lease.renew(asked)
        self.epoch += 1
        for tp in owned:
            self.tasks[tp].assigned()

    def _beat(self) -> None:
        self.later(HEARTBEAT, self._beat)
        now = self.world.clock.now
        if self.lease.beat(now):
            self.may_send()
        elif self._joining_since is None:
            self._ask(self._beaten_there, now)
        elif now - self._joining_since > JOIN_AGAIN:
            self._join()

    def _beaten_there(self, asked: float) -> None:
        self._reply(self._beaten, asked, self.generation, self.world.group.heartbeat(self.member, self.generation))

    def _beaten(self, asked: float, generation: int, answer: str) -> None:
        if self._joining_since is not None or generation != self.generation:
            return
        if answer == "ok":
            self.lease.renew(asked)
            return
        if answer == "unknown":
            self.member += 1000
        self._revoke()
        self._join()

    def _revoke(self) -> None:
        self.lease.release()
        self.epoch += self.world.bump_on_revoke
        for task in self.tasks.values():
            task.revoked()

    # Time and what is in force.

    def _wake(self) -> None:
        self.later(0.5, self._wake)
        for task in self.tasks.values():
            task.wake(flush=False)

    def stop(self) -> None:
        """SIGTERM: write what is applied, wait a moment, leave."""
        self.stopping = True
        for task in self.tasks.values():
            task.wake(flush=True)
        self.later(self.world.rng.random() * 2, self._leave)

    def _leave(self) -> None:
        self.world.clock.after(self.world.network.quick(), self._reach, self.world.group.leave, (self.member,))
        self.end("stopped")

    def changes(self, stage: str, partition: int, force: dict[str, Force]) -> dict[str, Force]:
        """What this process knows and the partition does not have in force yet."""
        rng = self.world.rng
        if rng.random() < 0.7:
            self._read(rng.random() < 0.7)
        found = {POLICY: self.policy} if force.get(POLICY, NOTHING) != self.policy else {}
        if stage == "session":
            found |= {key: known for key, known in self.known.items() if known[0] > force.get(key, NOTHING)[0]}
        return found

    def _read(self, to_end: bool) -> None:  # noqa: FBT001 - a coin
        records = self.world.broker.logs["standings", 0].records
        end = len(records) if to_end else min(len(records), self._read_standings + 2)
        for record in records[self._read_standings : end]:
            standing = record.value
            assert isinstance(standing, Standing)
            key = str(standing.system)
            if standing.force[0] > self.known.get(key, NOTHING)[0]:
                self.known[key] = standing.force
        self._read_standings = end
