"""What is usual for one system: so far, how its users sound.

A slow mean over its turns, handed over in the standing (DESIGN.md section 3, "one way back"), so that a session is held
against its own system and not against the world: where everybody speaks bluntly, blunt words alarm nobody.

A number is told once ENOUGH turns carried it, and told anew only when it has moved by its step: while nothing changes
the standing stays as it is.
"""

from msgspec import Struct, field

from monitor.core.log import Observation
from monitor.core.signals.base import USER_VALENCE
from monitor.core.vocabulary import Role

ENOUGH = 200
"""Turns that carry a number before it is told: fewer are a few sessions, not a system."""
MEMORY = 2000
"""Turns over which the mean forgets: some hundred sessions."""


class Number(Struct, frozen=True):
    """A feature of one role's turns, and by how much its mean must move to be told anew."""

    role: Role
    feature: str
    step: float


NUMBERS: dict[str, Number] = {USER_VALENCE: Number(Role.USER, "valence", 0.05)}
"""Name in the standing -> what it is the usual value of. A signal that reads one names it in its docstring."""


class Mean(Struct, array_like=True):
    """An exponentially weighted mean over ``n`` values; plain over the first MEMORY of them."""

    n: int = 0
    value: float = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self.n += 1
        self.value += (value - self.value) / min(self.n, MEMORY)


class Usual(Struct):
    """Means by name, and what was told of them."""

    means: dict[str, Mean] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)


def learn(usual: Usual, turn: Observation) -> bool:
    """Fold one turn in; answers whether there is something new to tell."""
    news = False
    for name, number in NUMBERS.items():
        value = turn.features.get(number.feature) if turn.role is number.role else None
        if value is None:
            continue
        mean = usual.means.setdefault(name, Mean())
        mean.add(value)
        if mean.n >= ENOUGH and abs(mean.value - usual.told.get(name, float("inf"))) >= number.step:
            usual.told[name] = round(mean.value, 4)
            news = True
    return news
