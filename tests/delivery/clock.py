"""Virtual time: what happens when, in one order that depends on nothing but the seed."""

from collections.abc import Callable
from heapq import heappop, heappush

Call = Callable[..., None]


class Clock:
    """A heap of calls."""

    def __init__(self) -> None:
        self.now = 0.0
        self._tie = 0
        self._heap: list[tuple[float, int, Call, tuple[object, ...]]] = []

    def after(self, delay: float, call: Call, *arguments: object) -> None:
        """Call it later; equal times run in the order they were asked for."""
        self._tie += 1
        heappush(self._heap, (self.now + delay, self._tie, call, arguments))

    def run_until(self, end: float) -> None:
        """Run everything up to ``end``."""
        heap = self._heap
        while heap and heap[0][0] <= end:
            self.now, _, call, arguments = heappop(heap)
            call(*arguments)
        self.now = end
