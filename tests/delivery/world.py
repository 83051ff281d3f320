"""A seeded world: broker, group, workers, input, and the faults that befall them."""

from random import Random

from monitor.delivery.rules import ALL_RULES, Rule
from tests.delivery.application import Turn
from tests.delivery.broker import TP, Broker
from tests.delivery.clock import Clock
from tests.delivery.group import Group
from tests.delivery.worker import Worker

ACTIVE = 60.0
"""Virtual seconds with input and faults."""
PATIENCE = 240.0
"""Virtual seconds after that in which everything must be done."""
HORIZON = 30.0
"""The changelogs' compaction lag where keys are refreshed."""


class Network:
    """How long a request takes, and whether it arrives."""

    def __init__(self, rng: Random) -> None:
        self._random = rng.random
        self.loss = rng.choice((0.0, 0.0, 0.02, 0.1))
        self.slow = rng.choice((0.0, 0.05, 0.2))
        self.late = rng.choice((0.0, 0.005, 0.03))

    def quick(self) -> float:
        """An answer, or a small request."""
        return 0.002 + self._random() * 0.02

    def delay(self) -> float:
        """A produce request: mostly quick, at times slow, seldom far too late."""
        chance = self._random()
        if chance < self.late:
            return 2 + self._random() * 30
        if chance < self.late + self.slow:
            return 0.1 + self._random() * 2
        return self.quick()

    def loses(self) -> bool:
        """Whether this one gets lost."""
        return self.loss > 0 and self._random() < self.loss

    def heal(self) -> None:
        """No more trouble."""
        self.loss = self.slow = self.late = 0.0


class World:
    """Everything, from one seed. ``faults`` False: the caller makes them (hypothesis)."""

    def __init__(
        self, seed: int, *, rules: frozenset[Rule] = ALL_RULES, trace: bool = False, faults: bool = True
    ) -> None:
        self.seed, self.rules, self.trace = seed, rules, trace
        self.rng = rng = Random(seed)
        self.clock = Clock()
        self.network = Network(rng)
        self.broker = Broker(self.clock, 2)
        self.sources: list[TP] = [(topic, p) for topic in ("in", "obs") for p in range(2)]
        self.notes: list[str] = []
        self.began: dict[TP, int] = {}
        self.commits: dict[TP, int] = {}
        self.rewritten: dict[TP, float] = {}
        self.write_every = rng.choice((0.0, 1.0, 3.0))
        self.refresh_every = rng.choice((float("inf"), float("inf"), 8.0))
        self.delivery_timeout = rng.choice((0.0, 0.0, 6.0))
        self.from_latest = rng.random() < 0.3
        self.max_batch = rng.choice((1, 3, 8))
        self.disorder = rng.choice((0.0, 0.1, 0.5))
        self.bump_on_revoke = rng.randrange(2)
        self.healed = False
        self.group = Group(self, rng)
        self.workers: list[Worker] = []
        self._numbers = 0
        for _ in range(rng.randint(1, 3)):
            self.start_worker()
        self._plan_input()
        if faults:
            self._plan_faults()

    def note(self, text: str) -> None:
        """For the reader of a failure."""
        self.notes.append(f"{self.clock.now:8.3f} {text}")

    # Input.

    def _plan_input(self) -> None:
        sessions = self.rng.randint(2, 5)
        for partition in range(2):
            at, ts = 0.0, 0
            for _ in range(self.rng.randint(8, 24)):
                at = min(at + self.rng.expovariate(0.4), ACTIVE)
                ts += self.rng.choice((1, 1, 2, 3, 12))
                session = self.rng.randrange(sessions)
                turn = Turn(session, (session + partition) % 3, ts - self.rng.choice((0, 0, 0, 9)))
                self.clock.after(at, self._produce, partition, turn)

    def _produce(self, partition: int, turn: Turn) -> None:
        self.broker.produce(-1, self.broker.logs["in", partition].end, ("in", partition), ((str(turn.session), turn),))

    # Workers.

    def start_worker(self) -> None:
        """Another process joins."""
        self._numbers += 1
        self.note(f"worker {self._numbers} starts")
        self.workers.append(Worker(self, self._numbers))

    def joined(self, member: int, generation: int, attempt: int) -> None:
        """The group answers a join."""
        for worker in self.workers:
            worker.joined(member, generation, attempt)

    def ended(self, worker: Worker) -> None:
        """A process is gone; its supervisor starts another, unless somebody else lives."""
        self.workers.remove(worker)
        if not self.workers or self.rng.random() < 0.7:
            self.clock.after(0.1 + self.rng.random() * 3, self.start_worker)

    # Faults.

    def _plan_faults(self) -> None:
        rng = self.rng
        kinds = [kind for kind in FAULTS if rng.random() < 0.6] or ["crash"]
        for _ in range(rng.randint(1, 14)):
            self.clock.after(rng.random() * ACTIVE, self.fault, rng.choice(kinds))

    def fault(self, kind: str) -> None:
        """Something goes wrong."""
        if self.healed:
            return
        self.note(f"fault: {kind}")
        FAULTS[kind](self)

    def _victim(self) -> Worker | None:
        return self.rng.choice(self.workers) if self.workers else None

    def crash(self) -> None:
        """SIGKILL."""
        if victim := self._victim():
            victim.end("killed")

    def stop(self) -> None:
        """SIGTERM."""
        victim = self._victim()
        if victim and not victim.frozen and not victim.stopping:
            victim.stop()

    def join(self) -> None:
        """Scale out."""
        if len(self.workers) < 4:
            self.start_worker()

    def freeze(self) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        victim = self._victim()
        if victim and not victim.frozen:
            victim.frozen = True
            self.note(f"worker {victim.number} stands still")
            self.clock.after(self.rng.choice((1.0, 5.0, 12.0, 25.0)) * (0.5 + self.rng.random()), self._thaw, victim)

    def _thaw(self, victim: Worker) -> None:
        if victim.alive and victim.frozen:
            self.note(f"worker {victim.number} goes on")
            victim.thaw()

    def isolate(self) -> None:
        """Cut off from the coordinator, not from the partitions' leaders."""
        if victim := self._victim():
            victim.isolated_until = self.clock.now + self.rng.choice((3.0, 15.0, 30.0))
            self.note(f"worker {victim.number} is cut off until {victim.isolated_until:.1f}")

    def outage(self) -> None:
        """A node is down."""
        node = self.rng.randrange(2)
        self.broker.down_until[node] = self.clock.now + self.rng.choice((1.0, 5.0, 14.0))

    def compact(self) -> None:
        """The changelogs are compacted as far as the rule 'every key is rewritten sooner' allows."""
        now = self.clock.now
        for topic in ("session", "system"):
            for partition in range(self.broker.partitions):
                tp = (topic, partition)
                before = self.rewritten.get(tp, 0.0)
                if self.refresh_every < HORIZON and (Rule.REFRESH not in self.rules or before > now - HORIZON):
                    before = now - HORIZON
                removed = self.broker.logs[tp].compact(before, now)
                if removed:
                    self.note(f"compaction of {tp} before {before:.1f}: {removed} removed")

    def policy(self) -> None:
        """One worker loads another policy."""
        if victim := self._victim():
            victim.policy = (self.rng.randrange(3), 7)

    # The end.

    def run(self) -> None:
        """The whole life of this world."""
        self.clock.run_until(ACTIVE)
        self.settle()

    def settle(self) -> bool:
        """No more faults, until all is done; answers whether it is."""
        self.healed = True
        self.network.heal()
        self.broker.down_until = [0.0, 0.0]
        for worker in list(self.workers):
            worker.isolated_until = 0.0
            self._thaw(worker)
        end = self.clock.now + PATIENCE
        while self.clock.now < end and not self.is_done():
            self.clock.run_until(self.clock.now + 5.0)
        return self.is_done()

    def grow_old(self) -> None:
        """Time passes, nothing happens but refreshes, and compaction reaches everything."""
        if self.refresh_every < HORIZON:
            self.clock.run_until(self.clock.now + HORIZON + self.refresh_every)
        self.healed = False
        self.fault("compact")
        self.healed = True

    def places(self) -> str:
        """Who is where, for the reader of a failure."""
        ends = {tp: self.broker.logs[tp].end for tp in self.sources}
        tasks = [(worker.number, task) for worker in self.workers for task in worker.tasks.values()]
        return f"{ends}: {[(n, t.source, t.protocol.phase.value, t.protocol.progress) for n, t in tasks]}"

    def is_done(self) -> bool:
        """Every record is in the progress of an owner, and nothing is under way."""
        owned = {
            task.source: task.protocol
            for worker in self.workers
            for task in worker.tasks.values()
            if task.protocol.phase.value == "ready"
        }
        return self.broker.under_way == 0 and all(
            tp in owned and owned[tp].progress + 1 >= self.broker.logs[tp].end for tp in self.sources
        )


FAULTS = {
    "crash": World.crash,
    "stop": World.stop,
    "join": World.join,
    "freeze": World.freeze,
    "isolate": World.isolate,
    "outage": World.outage,
    "compact": World.compact,
    "policy": World.policy,
}
