"""What one session was like: the numbers of its turns folded into one value each, for drift over sessions.

Turns of one session resemble each other, so that a hundred of them prove less than they seem to; sessions do not. The
system stage keeps the sessions it hears of until they are over, and then takes each as one sample.
"""

from collections.abc import Mapping
from math import isfinite

from msgspec import Struct

from monitor.core.log import Observation
from monitor.core.online.baseline import UNIT, Scale
from monitor.core.signals.combine import clamp
from monitor.core.vocabulary import Role

MAX_OPEN = 64
"""Sessions kept at once; beyond, the one that was silent longest counts as it is."""
QUIET_SECONDS = 120.0
"""Event time without a turn after which a session, or this stretch of it, is over ..."""
QUIET_ANSWERS = 4.0
"""... or as long as so many answers usually take, where that is longer: a slow system's sessions are not cut up ..."""
MAX_QUIET = 3600.0
"""... but no longer than this ..."""
QUIET_SESSIONS = 6
"""... or so many sessions that began meanwhile: event time may stand still."""
STRETCH = 64
"""Turns after which a session that does not end counts as another one."""


class Number(Struct, frozen=True):
    """How a number of a session is measured.

    ``scale``: brings it to [0, 1]. ``spread``: its usual standard deviation between sessions, there. ``counts``: it is
    a number of turns, which only a session seen from its beginning has; else the mean over its turns. ``by_turn``: it
    is watched turn by turn as well: a session that never ends shows drift too.
    """

    scale: Scale
    spread: float
    counts: bool = False
    by_turn: bool = False


NUMBERS: dict[str, Number] = {
    "length": Number(Scale(0.0, 400.0, log=True), 0.14, by_turn=True),
    "latency_ms": Number(Scale(0.0, 60_000.0, log=True), 0.05, by_turn=True),
    "tokens": Number(Scale(0.0, 8_000.0, log=True), 0.08, by_turn=True),
    "questions": Number(Scale(0.0, 8.0, log=True), 0.1),
    "valence": Number(Scale(-1.0, 1.0), 0.15, by_turn=True),
    "hedging": Number(UNIT, 0.1),
    "refusal": Number(UNIT, 0.2, by_turn=True),
    "tool_error": Number(UNIT, 0.2, by_turn=True),
    "claims": Number(Scale(0.0, 50.0, log=True), 0.15),
    "layout": Number(Scale(0.0, 200.0, log=True), 0.2),
    "first_person": Number(Scale(0.0, 30.0, log=True), 0.2),
    "answers": Number(Scale(0.0, 64.0, log=True), 0.1, counts=True),
    "calls": Number(Scale(0.0, 64.0, log=True), 0.15, counts=True),
    "narration": Number(UNIT, 0.25),
    "unsupported": Number(UNIT, 0.2),
    "contradiction": Number(UNIT, 0.1),
    "tool_mix": Number(UNIT, 0.25),
    "topics": Number(UNIT, 0.15),
}
"""All numbers that are watched by session. The spreads are those of one agent's sessions in agentdojo, rounded up."""
PARTS: Mapping[str, int] = {"tool_mix": 8, "topics": 8}
"""Numbers that are shares of several parts, each watched: of the calls by tool, of the user's words by group."""
OF_TOOLS = frozenset({"tool_error"})
"""Numbers of tool turns; the others are the AI's own turns', a user's mood is no behaviour of the system."""
TOOL = "tool."
"""Prefix of the feature that names the tool called."""
TOPIC_PARTS = {f"topics.{part}": part for part in range(PARTS["topics"])}
MAX_TOOLS = 16
"""Tools of one session that are counted."""
JUDGED: Mapping[str, tuple[str, ...]] = {
    "unsupported": ("unsupported_claim",),
    "contradiction": ("self_contradiction", "source_contradiction"),
}
"""Number -> the signals whose scores it is made of, the highest of a turn."""


_SCALES: Mapping[Role, Mapping[str, Scale]] = {
    Role.TOOL: {name: number.scale for name, number in NUMBERS.items() if name in OF_TOOLS},
    Role.ASSISTANT: {name: number.scale for name, number in NUMBERS.items() if name not in OF_TOOLS},
}
"""Of each role, the numbers of its turns that are watched by session."""
_NOTHING = (0, 0.0)


class Profile(Struct, array_like=True):
    """A session so far.

    ``last``: event time of its latest turn; ``heard``: sessions of the system begun by then. ``whole``: seen from its
    first turn. ``calls``, ``narrated``: of its tool calls, and how many of them came right after words of the AI.
    ``spoke``: the latest turn was such words. ``sums``: number -> values and their sum, in [0, 1]. ``tools``: calls of
    each tool; ``topics``: the user's words by group.
    """

    last: float
    heard: int
    whole: bool
    turns: int = 0
    answers: int = 0
    calls: int = 0
    narrated: int = 0
    spoke: bool = False
    sums: dict[str, tuple[int, float]] = {}
    tools: dict[str, int] = {}
    topics: list[float] = []

    def add(self, turn: Observation) -> None:
        """Take a turn in."""
        self.turns += 1
        sums, known = self.sums, self.sums.get
        for name, value in measured(turn):
            n, total = known(name, _NOTHING)
            sums[name] = (n + 1, total + value)
        if turn.role is Role.USER:
            self._hear(turn.features)
        elif turn.role is Role.ASSISTANT:
            self._act(turn.features)

    def _act(self, features: Mapping[str, float]) -> None:
        called, spoke = bool(features.get("call")), "length" in features
        self.answers += spoke
        self.calls += called
        self.narrated += called and (spoke or self.spoke)
        self.spoke = spoke and not called
        if called:
            tool = next((name[len(TOOL) :] for name in features if name.startswith(TOOL)), "")
            if tool in self.tools or len(self.tools) < MAX_TOOLS:
                self.tools[tool] = self.tools.get(tool, 0) + 1

    def _hear(self, features: Mapping[str, float]) -> None:
        for name, words in features.items():
            part = TOPIC_PARTS.get(name)
            if part is not None:
                self.topics[part] += words

    def tool_mix(self, known: list[str]) -> list[float | None]:
        """Share of each tool in the session's calls; ``known`` grows by those not seen before, while there is room."""
        parts = [0.0] * PARTS["tool_mix"]
        calls = sum(self.tools.values())
        for tool, times in self.tools.items():
            if tool not in known and len(known) < len(parts):
                known.append(tool)
            parts[known.index(tool) if tool in known else -1] += times / calls
        return [*parts] if calls else [None] * len(parts)

    def topic_shares(self) -> list[float | None]:
        """Share of each group in the words of the user."""
        words = sum(self.topics)
        return [each / words if words else None for each in self.topics]

    def value(self, name: str) -> float | None:
        """The session's value of a number, in [0, 1]; None where it has none."""
        number = NUMBERS[name]
        if number.counts:
            return number.scale.to_unit(float(getattr(self, name))) if self.whole else None
        if name == "narration":
            return self.narrated / self.calls if self.calls else None
        found = self.sums.get(name)
        return found[1] / found[0] if found else None


def measured(turn: Observation) -> list[tuple[str, float]]:
    """The numbers of one turn that are watched by session, each in [0, 1]."""
    scales = _SCALES.get(turn.role)
    if scales is None:
        return []
    found = [
        (name, scales[name].to_unit(value))
        for name, value in turn.features.items()
        if name in scales and isfinite(value)
    ]
    if turn.role is Role.ASSISTANT:
        known = turn.scores
        for name, signals in JUDGED.items():
            scores = [score for score in map(known.get, signals) if score is not None]
            highest = max(scores) if scores else -1.0
            if highest >= 0.0:
                found.append((name, scales[name].to_unit(highest)))
    return found


def begun(turn: Observation, now: float, sessions: int) -> Profile:
    """The profile of a session that is heard of."""
    return Profile(now, sessions, turn.begins, sums={}, tools={}, topics=[0.0] * PARTS["topics"])


def quiet_seconds(latency_ms: float | None) -> float:
    """The silence that ends a session of a system whose turns usually take so long; None: not known.

    >>> quiet_seconds(None), quiet_seconds(900.0), quiet_seconds(90_000.0)
    (120.0, 120.0, 360.0)
    """
    return QUIET_SECONDS if latency_ms is None else clamp(QUIET_ANSWERS * latency_ms / 1000.0, QUIET_SECONDS, MAX_QUIET)


def is_over(profile: Profile, now: float, sessions: int, quiet: float = QUIET_SECONDS) -> bool:
    """Whether nothing more is waited for."""
    return now - profile.last >= quiet or sessions - profile.heard >= QUIET_SESSIONS
