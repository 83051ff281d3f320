"""What each group of signals costs, in CPU time, and how few of them are asked on a turn."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from monitor.annotate import annotate_batch
from monitor.core.annotation import Annotation
from monitor.core.events import Standing
from monitor.core.interaction import Interaction, Position
from monitor.core.session.reducer import SessionState, observe
from monitor.core.signals import SIGNALS, Context, Roster, Score, Signal
from monitor.core.step import Keep
from monitor.policy_file import load_policy

GROUPS = {
    "experience": ("experience", "tone", "sign", "waiting", "aftermath"),
    "evidence": ("evidence", "grounding", "ambiguity"),
    "consistency": ("consistency",),
    "stakes": ("stakes", "rising", "recourse"),
    "boundary": ("boundary", "role", "request", "limits", "orders", "provenance", "promise", "impersonation"),
    "course": ("course",),
    "risk": ("risk",),
}
"""Group -> the files of its signals."""
GROUP_OF = {file: group for group, files in GROUPS.items() for file in files}
POLICY = load_policy(None)
STANDING = Standing(system_id="bench")


class Timed:
    """A signal with a watch on its ``update``."""

    def __init__(self, signal: Signal, seconds: dict[str, float], asked: Counter[str]) -> None:
        self.name, self.State = signal.name, signal.State
        for name in ("roles", "tool_roles", "quiet", "rests"):
            if hasattr(signal, name):
                setattr(self, name, getattr(signal, name))
        self._signal, self._seconds, self._asked = signal, seconds, asked
        self._group = GROUP_OF[type(signal).__module__.rpartition(".")[2]]

    def update(self, state: Any, turn: Annotation, context: Context) -> Score:  # noqa: ANN401 - as in the protocol
        """The signal's own."""
        began = time.process_time()
        found = self._signal.update(state, turn, context)
        self._seconds[self._group] += time.process_time() - began
        self._asked[self._group] += 1
        return found


def measure(turns: Sequence[Interaction]) -> dict[str, float]:
    """One run over all turns: row id -> us per turn; of ``asked``, signals per turn.

    ``rest`` is what a fold without any watch takes beyond the signals: watches cost more than looking at them.
    """
    seconds, asked = dict.fromkeys(GROUPS, 0.0), Counter[str]()
    roster = Roster(Timed(each, seconds, asked) for each in SIGNALS)
    annotated, watch = annotate_batch(turns), _watch()
    _fold(annotated, roster)
    costs = {group: seconds[group] - watch * asked[group] for group in GROUPS}
    began = time.process_time()
    _fold(annotated, SIGNALS)
    costs["rest"] = time.process_time() - began - sum(costs.values())
    found = {f"signals.{name}": 1e6 * cost / len(turns) for name, cost in costs.items()}
    return {"signals.asked": asked.total() / len(turns), **found}


def _fold(turns: Sequence[Annotation], roster: Roster) -> None:
    states: dict[tuple[str, str], SessionState] = {}
    for number, turn in enumerate(turns):
        key, at = (turn.system_id, turn.session_id), Position("bench", 0, number)
        state = states.pop(key, None)
        step = observe(state, turn, at=at, now=turn.ts, policy=POLICY, standing=STANDING, signals=roster)
        if step.keep is Keep.RETAIN:
            states[key] = step.state


def _watch() -> float:
    """Seconds that looking at the watch takes."""
    return min(-(time.process_time() - time.process_time()) for _ in range(1000))
