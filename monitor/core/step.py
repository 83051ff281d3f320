"""What a reducer answers: the next state, what to send, and whether the state is still needed."""

from enum import Enum
from typing import Generic, TypeVar

from msgspec import Struct

from monitor.core.events import Output

S = TypeVar("S")


class Keep(Enum):
    """Whether the state outlives this event. FORGET: the store may drop it; no outcome depends on when."""

    RETAIN = "retain"
    FORGET = "forget"


class Step(Struct, Generic[S], frozen=True):
    """One transition of one state: ``outputs`` in the order they are to be sent."""

    state: S
    outputs: tuple[Output, ...] = ()
    keep: Keep = Keep.RETAIN
