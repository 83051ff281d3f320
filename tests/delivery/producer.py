"""The producer of one process: idempotent, one request in flight per partition, retries until acknowledged.

A request may be lost, its acknowledgement may be lost, it may land late, also when the sender is dead by then. What is
queued behind it goes down with the process.
"""

from collections import deque
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from tests.delivery.broker import TP

if TYPE_CHECKING:
    from tests.delivery.worker import Worker

REQUEST_TIMEOUT = 1.5
Items = tuple[tuple[str, object], ...]
Answer = Callable[[str | None], None]
"""Called with None when acknowledged, else with why it failed."""

_ids = count()


class Request:
    """One batch of one partition."""

    __slots__ = ("answer", "born", "items", "over", "sequence")

    def __init__(self, items: Items, answer: Answer, born: float, sequence: int) -> None:
        self.items = items
        self.answer = answer
        self.born = born
        self.sequence = sequence
        self.over = False


class Producer:
    """Sends for one worker."""

    def __init__(self, worker: "Worker") -> None:
        self._worker = worker
        self._world = worker.world
        self._id = next(_ids)
        self._sequence = 0
        self._queues: dict[TP, deque[Request]] = {}

    def send(self, tp: TP, items: Items, answer: Answer) -> None:
        """Queue one request."""
        queue = self._queues.setdefault(tp, deque())
        self._sequence += 1
        queue.append(Request(items, answer, self._world.clock.now, self._sequence))
        if len(queue) == 1:
            self._dispatch(tp, queue[0])

    def send_all(self, requests: list[tuple[TP, Items]], answer: Answer) -> None:
        """Queue several; the answer comes once, when all are acknowledged or the first has failed."""
        left = len(requests)

        def answered(failure: str | None) -> None:
            nonlocal left
            left = -1 if failure is not None else left - 1
            if left == 0 or failure is not None:
                answer(failure)

        for tp, items in requests:
            self.send(tp, items, answered)
        if not requests:
            answer(None)

    def _dispatch(self, tp: TP, request: Request) -> None:
        if request.over or not self._worker.may_send():
            return
        world = self._world
        if world.delivery_timeout and world.clock.now - request.born > world.delivery_timeout:
            self._fail(tp, request)
            return
        network, clock = world.network, world.clock
        if not network.loses():
            world.broker.under_way += 1
            clock.after(network.delay(), self._land, tp, request, self._id)
        clock.after(REQUEST_TIMEOUT, self._worker.deliver, "timer", self._dispatch, tp, request)

    def _land(self, tp: TP, request: Request, producer: int) -> None:
        world = self._world
        world.broker.under_way -= 1
        if not world.broker.is_up(tp):
            return
        world.broker.produce(producer, request.sequence, tp, request.items)
        if not world.network.loses():
            world.clock.after(world.network.quick(), self._worker.deliver, "ack", self._acknowledged, tp, request)

    def _acknowledged(self, tp: TP, request: Request) -> None:
        if request.over:
            return
        self._over(tp, request)
        request.answer(None)

    def _fail(self, tp: TP, request: Request) -> None:
        """Given up; whether it landed is unknown. The next one starts a new sequence, as the client does then."""
        self._id = next(_ids)
        self._over(tp, request)
        request.answer("delivery timed out")

    def _over(self, tp: TP, request: Request) -> None:
        request.over = True
        queue = self._queues[tp]
        if queue and queue[0] is request:
            queue.popleft()
        if queue:
            self._dispatch(tp, queue[0])
