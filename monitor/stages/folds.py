"""One record of the session stage as a fold of its session's state, so that it can be folded again after a failure."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from monitor.core.annotation import Annotation
from monitor.core.events import Standing
from monitor.core.session import reducer
from monitor.core.session.reducer import SessionState
from monitor.core.step import Keep, Step

Fold = Callable[[SessionState | None], Step[SessionState]]


def seen(state: SessionState | None, *, turn: Annotation, seen_at: float, **in_force: Any) -> Step[SessionState]:  # noqa: ANN401 - as the reducer's
    """A turn folded in, with the partition time it was seen at. ``in_force``: the reducer's other arguments."""
    step = reducer.observe(state, turn, **in_force)
    if step.keep is Keep.RETAIN:
        step.state.seen_at = seen_at
    return step


def missed(state: SessionState | None, *, turn: Annotation, offset: int, seen_at: float) -> Step[SessionState]:
    """A turn passed over: its session is incomplete from now on."""
    state = state or SessionState(system_id=turn.system_id, session_id=turn.session_id)
    state.incomplete, state.included, state.seen_at = True, offset, seen_at
    return Step(state)


def kept(step: Step[SessionState]) -> SessionState | None:
    """The state that outlives a fold."""
    return step.state if step.keep is Keep.RETAIN else None


@lru_cache(maxsize=1024)
def unheard_of(system_id: str) -> Standing:
    """The standing of a system of which the system stage has said nothing yet."""
    return Standing(system_id=system_id)
