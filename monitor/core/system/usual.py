"""What is usual for one system: how its users sound, how long its answers are and take, which words are everyday ones.

Slow means over its turns, handed over in the standing (DESIGN.md section 3, "one way back"), so that a session is held
against its own system and not against the world: where everybody speaks bluntly, blunt words alarm nobody.

A number is told once ENOUGH turns carried it, and told anew only when it has moved by its step: while nothing changes
the standing stays as it is. Words are word_shares.py's.
"""

from msgspec import Struct, field

from monitor.core.log import Observation
from monitor.core.signals.base import ANSWER_LATENCY, ANSWER_LENGTH, USER_VALENCE
from monitor.core.signals.combine import clamp
from monitor.core.system.word_shares import WordShares
from monitor.core.vocabulary import Role

ENOUGH = 200
"""Turns that carry a number before it is told: fewer are a few sessions, not a system."""
MEMORY = 2000
"""Turns over which the mean forgets: some hundred sessions."""


class Number(Struct, frozen=True):
    """A feature of one role's turns, and by how much its mean must move to be told anew.

    ``low``, ``high``: values beyond count as these, so that one odd turn moves no mean far. ``relative``: the step is
    a share of what was told, or of 1 where that is less.
    """

    role: Role
    feature: str
    step: float
    low: float = 0.0
    high: float = 1.0
    relative: bool = False


NUMBERS: dict[str, Number] = {
    USER_VALENCE: Number(Role.USER, "valence", 0.05, low=-1.0),
    ANSWER_LENGTH: Number(Role.ASSISTANT, "length", 0.1, high=400.0, relative=True),
    ANSWER_LATENCY: Number(Role.ASSISTANT, "latency_ms", 0.2, high=600_000.0, relative=True),
}
"""Name in the standing -> what it is the usual value of. A signal that reads one names it in its docstring."""
_OF_ROLE = {role: [(name, each) for name, each in NUMBERS.items() if each.role is role] for role in Role}


class Mean(Struct, array_like=True):
    """An exponentially weighted mean over ``n`` values; plain over the first MEMORY of them."""

    n: int = 0
    value: float = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self.n += 1
        self.value += (value - self.value) / min(self.n, MEMORY)


class Usual(Struct):
    """Means by name, and what was told of them; the words of its turns."""

    means: dict[str, Mean] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)
    words: WordShares = field(default_factory=WordShares)


def learn(usual: Usual, turn: Observation) -> bool:
    """Fold one turn in; answers whether there is something new to tell."""
    news = bool(turn.groups) and usual.words.add(turn.groups)
    for name, number in _OF_ROLE[turn.role]:
        value = turn.features.get(number.feature)
        if value is None:
            continue
        mean = usual.means.get(name)
        if mean is None:
            mean = usual.means[name] = Mean()
        mean.add(clamp(value, number.low, number.high))
        if mean.n >= ENOUGH and _has_moved(mean.value, usual.told.get(name), number):
            usual.told[name] = round(mean.value, 4)
            news = True
    return news


def _has_moved(value: float, told: float | None, number: Number) -> bool:
    if told is None:
        return True
    return abs(value - told) >= number.step * (max(1.0, told) if number.relative else 1.0)
