"""What a session remembers of a talk from turn to turn: an earlier sign, fading, and whether the user was answered."""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.vocabulary import Role

KEEP = 0.9
"""What is left of an earlier sign after a user turn: half of it after about seven."""
FAINT = 0.2
"""A cue below this is noise and is lifted by nothing."""


class Held(Struct):
    """The strongest earlier sign, fading."""

    value: float = 0.0


class Exchange(Struct):
    """How far the talk is: the user spoke, and was answered since."""

    spoke: bool = False
    answered: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether both have spoken: from then on :meth:`follow` notes nothing new."""
        return self.spoke and self.answered

    def follow(self, turn: Annotation) -> None:
        """Note who spoke. A greeting before the user's first words is no answer."""
        if turn.words and turn.role is not Role.TOOL:
            self.answered = self.answered or (self.spoke and turn.role is not Role.USER)
            self.spoke = self.spoke or turn.role is Role.USER


class Talk(Exchange):
    """How far the talk is, and the strongest earlier sign, fading."""

    value: float = 0.0
