"""The signals that watch, in order, and which of them are asked on a turn: most have nothing to say on most turns."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import fields

from monitor.core.annotation import Annotation
from monitor.core.signals.base import NOT_JUDGED, ZERO, Quiet, Score, Signal
from monitor.core.vocabulary import Delivery, Role

EVERYBODY = tuple(Role)
MAX_KINDS = 256
"""Kinds of turns remembered: annotators look for the same facts on all turns of a role and language."""
DEFAULTS = {field.name: field.default for field in fields(Annotation)}


class Ear(NamedTuple):
    """A signal as it is asked.

    ``bit``: its own in a mask of signals. ``rests``: whether its state lets it be quiet. ``unheard``: its state until
    it is first asked, the same for all sessions and never changed; from then on a session has a ``State`` of its own.
    """

    bit: int
    name: str
    update: Callable[..., Score]
    unheard: Struct
    State: type[Struct]
    rests: Callable[[Any], bool] | None


class Kind(NamedTuple):
    """Turns on which the same signals listen, and the same is known: ``ears`` in order, their ``scores`` while quiet.

    ``always``: the bits of those that are never quiet; ``by_fact``, ``by_field``: of those that a fact with a score, or
    a field unlike its default, has something to say about.
    """

    ears: tuple[Ear, ...]
    scores: Mapping[str, Score]
    values: Mapping[str, float | None]
    always: int
    by_fact: Mapping[str, int]
    by_field: tuple[tuple[str, Any, int], ...]

    def shown(self, turn: Annotation) -> int:
        """The bits of the signals that a turn of this kind shows something."""
        bits, by_fact = self.always, self.by_fact
        for name, fact in turn.facts.items():
            if fact.score and name in by_fact:
                bits |= by_fact[name]
        for name, default, own in self.by_field:
            if getattr(turn, name) != default:
                bits |= own
        return bits


def hears(signal: Signal, role: Role, *, tool: bool) -> bool:
    """Whether a signal looks at turns of a role, with or without a tool use. One that does not say looks at all."""
    if role in getattr(signal, "roles", EVERYBODY):
        return True
    return tool and role in getattr(signal, "tool_roles", ())


def is_ordinary(turn: Annotation) -> bool:
    """Whether signals may be quiet on a turn: it was delivered, in words, and is no tool use."""
    return turn.tool is None and turn.words > 0 and turn.delivery is Delivery.DELIVERED


def usual(quiet: Quiet, facts: tuple[str, ...]) -> Score:
    """The answer of a quiet signal where these facts were looked for."""
    return quiet.unknown if set(quiet.known).isdisjoint(facts) else ZERO


def _says(signal: Signal, role: Role) -> Iterator[Quiet]:
    return (quiet for quiet in getattr(signal, "quiet", ()) if quiet.role is role)


class Roster(tuple[Signal, ...]):  # noqa: SLOT001 - keeps what is worked out
    """Signals in the order of evaluation. What follows from them alone is worked out once."""

    @cached_property
    def _kinds(self) -> dict[tuple[Role, bool, tuple[str, ...] | None], Kind]:
        return {}

    def kind(self, turn: Annotation) -> Kind:
        """Who may be asked on such a turn, and what they answer else."""
        key = (turn.role, turn.tool is not None, tuple(turn.facts) if is_ordinary(turn) else None)
        found = self._kinds.get(key)
        if found is None:
            if len(self._kinds) >= MAX_KINDS:
                self._kinds.clear()
            found = self._kinds[key] = self._kind(*key)
        return found

    def _kind(self, role: Role, tool: bool, facts: tuple[str, ...] | None) -> Kind:  # noqa: FBT001 - a key's part
        ears = tuple(self._hearing(role, tool=tool))
        quiet = {} if facts is None else {each.name: says for each in self for says in _says(each, role)}
        scores = {each.name: NOT_JUDGED for each in self}
        scores |= {name: usual(says, facts or ()) for name, says in quiet.items()}
        by_fact: dict[str, int] = {}
        by_field: dict[str, int] = {}
        for ear in ears:
            says = quiet.get(ear.name, Quiet(role))
            for names, bits in ((says.facts, by_fact), (says.fields, by_field)):
                bits |= {name: bits.get(name, 0) | ear.bit for name in names}
        return Kind(
            ears,
            scores,
            {name: score.value for name, score in scores.items()},
            sum(ear.bit for ear in ears if ear.name not in quiet),
            by_fact,
            tuple((name, DEFAULTS[name], bits) for name, bits in by_field.items()),
        )

    def _hearing(self, role: Role, *, tool: bool) -> Iterator[Ear]:
        for place, each in enumerate(self):
            if hears(each, role, tool=tool):
                unheard, rests = self.unheard[each.name], getattr(each, "rests", None)
                yield Ear(1 << place, each.name, each.update, unheard, each.State, rests)

    @cached_property
    def unheard(self) -> dict[str, Struct]:
        """Every signal's state at the beginning of a session; to be copied, and each state left as it is."""
        return {signal.name: signal.State() for signal in self}
