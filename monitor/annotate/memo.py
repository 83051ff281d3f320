"""A bounded memo whose look-up is a dict's own: no function is called for what is known."""

from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")

LONGEST_KEY = 64
"""Characters of a key that is kept; what is longer is hardly met again, and is worked out each time."""


class Memo(dict[str, V], Generic[V]):
    """``memo[key]`` is ``make(key)``, worked out once for keys in use.

    At most ``most`` keys are kept, in two halves: when the younger one is full the older one is dropped, and what is
    asked for again moves into the younger. A flood of keys that never return so costs no more than ``most`` places.

    >>> sizes = Memo(len, most=4)
    >>> [sizes[word] for word in ("a", "to", "two")], len(sizes) <= 4
    ([1, 2, 3], True)
    """

    def __init__(self, make: Callable[[str], V], *, most: int) -> None:
        super().__init__()
        self._make = make
        self._half = most // 2
        self._older: dict[str, V] = {}

    def __missing__(self, key: str) -> V:
        value = self._older.pop(key, None)
        if value is None:
            value = self._make(key)
        if len(key) <= LONGEST_KEY:
            if len(self) >= self._half:
                self._older = dict(self)
                self.clear()
            self[key] = value
        return value

    def kept(self) -> int:
        """How many keys are kept."""
        return len(self) + len(self._older)
