"""Turns for tests, as short as they can be written."""

from monitor.annotate import annotate
from monitor.core.annotation import Annotation
from monitor.core.interaction import Interaction
from monitor.core.vocabulary import Role


def turn(text: str, role: Role = Role.USER, **more: object) -> Interaction:
    """An interaction with this text; ``more`` are further fields."""
    fields = {"id": "t1", "ts": 0.0, "system_id": "bot", "session_id": "s1", "role": role, "text": text, **more}
    return Interaction(**fields)  # type: ignore[arg-type]


def read(text: str, role: Role = Role.USER, **more: object) -> Annotation:
    """The annotation of such a turn."""
    return annotate(turn(text, role, **more))


def score(text: str, fact: str, role: Role = Role.USER) -> float:
    """One fact's score for this text."""
    return read(text, role).facts[fact].score
