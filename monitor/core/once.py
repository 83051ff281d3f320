"""Answers that are worked out once: what follows from an immutable value is kept with the value, not beside it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Self, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Once(Struct, frozen=True, dict=True):
    """A struct that remembers what was worked out of it. That is no part of it: not compared, not copied, not written.

    >>> class Word(Once, frozen=True):
    ...     text: str
    >>> def length(word: Word) -> int:
    ...     print("counting")
    ...     return len(word.text)
    >>> word = Word("four")
    >>> word.once(length), word.once(length)
    counting
    (4, 4)
    """

    @cached_property
    def _answers(self) -> dict[Any, Any]:
        return {}

    def once(self, question: Callable[[Self], T]) -> T:
        """The answer to a question about this value, asked the first time only; so it must depend on nothing else."""
        if question not in self._answers:
            self._answers[question] = question(self)
        found: T = self._answers[question]
        return found
