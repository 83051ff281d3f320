"""The signals that watch, in order, and which of them look at a turn of which kind: most have to look at few."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.signals.base import NOT_JUDGED, Score, Signal
from monitor.core.vocabulary import Role

EVERYBODY = tuple(Role)

Ear = tuple[str, Callable[..., Score], type[Struct]]
"""A signal as it is asked: its name, its ``update``, its ``State``."""


def hears(signal: Signal, role: Role, *, tool: bool) -> bool:
    """Whether a signal looks at turns of a role, with or without a tool use. One that does not say looks at all."""
    if role in getattr(signal, "roles", EVERYBODY):
        return True
    return tool and role in getattr(signal, "tool_roles", ())


class Roster(tuple[Signal, ...]):  # noqa: SLOT001 - keeps what is worked out
    """Signals in the order of evaluation. What follows from them alone is worked out once."""

    @cached_property
    def unjudged(self) -> dict[str, Score]:
        """Every signal with the answer of one that has nothing to say; to be copied."""
        return {signal.name: NOT_JUDGED for signal in self}

    @cached_property
    def _ears(self) -> dict[tuple[Role, bool], tuple[Ear, ...]]:
        kinds = [(role, tool) for role in Role for tool in (False, True)]
        return {(role, tool): tuple(self._hearing(role, tool=tool)) for role, tool in kinds}

    def _hearing(self, role: Role, *, tool: bool) -> Iterable[Ear]:
        return ((each.name, each.update, each.State) for each in self if hears(each, role, tool=tool))

    def ears(self, turn: Annotation) -> tuple[Ear, ...]:
        """The signals that look at such a turn, in order."""
        return self._ears[turn.role, turn.tool is not None]

    def fresh(self) -> dict[str, Any]:
        """Every signal's state at the beginning of a session."""
        return {signal.name: signal.State() for signal in self}
