"""Two policies on the same recorded turns: how often each calls people, what that costs, and whom it concerns.

Fed turn beside turn; counts only, no files and no printing. ``diff_lines`` says it in words.
"""

from collections import Counter
from collections.abc import Mapping
from statistics import median

import msgspec
from msgspec import Struct, field

from monitor.core.events import Escalation, Output
from monitor.core.ids import digest64
from monitor.core.interaction import Position
from monitor.core.policy.model import Policy
from monitor.core.vocabulary import EscalationStatus, Mode, Rung
from monitor.replay.coverage import Coverage, rules_of
from monitor.replay.decisions import Call, Decision, Move, Subject, decisions, unowned
from monitor.replay.engine import Turn

MINUTES: Mapping[Rung, float] = {Rung.INFORM: 1, Rung.REVIEW_AFTER: 5, Rung.REVIEW_BEFORE: 10, Rung.TAKE_OVER: 20}
"""An assumption, to be replaced by your own: a person's minutes for one escalation that ends on this rung."""
ONE_ALONE = ("only A", "only B")


class Change(Struct, frozen=True):
    """The first turn on which a subject's decisions differ. ``how``: only A, only B, or which parts differ."""

    subject: Subject
    turn: int
    at: Position
    how: str
    a: tuple[Decision, ...]
    b: tuple[Decision, ...]


class Side(Struct):
    """What one policy decided.

    ``raised``: by situation, in shadow apart. ``leads``: turn indices of the raises of sessions. ``trips``: steps that
    narrow a breaker, by system and capability. ``rungs``: the highest rung of each live escalation by id.
    """

    raised: Counter[str] = field(default_factory=Counter)
    leads: dict[str, list[int]] = field(default_factory=dict)
    trips: Counter[str] = field(default_factory=Counter)
    rungs: dict[int, Rung] = field(default_factory=dict)
    escalated: set[int] = field(default_factory=set)

    def add(self, output: Output) -> None:
        """Count one event that calls a person."""
        data = output.data
        if not isinstance(data, Escalation):
            return
        live = data.mode is Mode.LIVE
        if live and data.status in (EscalationStatus.RAISED, EscalationStatus.UPDATED):
            self.rungs[digest64(data.escalation_id)] = data.rung
        if data.status is not EscalationStatus.RAISED:
            return
        name = data.situation.value if live else f"{data.situation} (shadow)"
        self.raised[name] += 1
        if data.session_id is not None:
            self.leads.setdefault(name, []).append(data.lead)
            if live:
                self.escalated.add(digest64(f"{data.system_id}/{data.session_id}"))

    def trip(self, subject: Subject, move: Move) -> None:
        """Count a breaker's step that narrows."""
        place = f"{subject.system_id}/{move.capability}" if move.capability else subject.system_id
        self.trips[place if move.mode is Mode.LIVE else f"{place} (shadow)"] += 1

    def minutes(self, table: Mapping[Rung, float]) -> float:
        """A reviewer's minutes for all live escalations."""
        return sum(table[rung] * count for rung, count in Counter(self.rungs.values()).items())

    def lead(self, name: str) -> float | None:
        """The median turn index of a situation's raises in sessions; None without any."""
        found = self.leads.get(name)
        return None if not found else float(median(found))


class Comparison:
    """Everything counted over two policies side by side.

    Args:
        a: the one in force, say.
        b: the one to try.
        keep: examples kept of subjects that change, None = all of them.
    """

    def __init__(self, a: Policy, b: Policy, *, keep: int | None = None) -> None:
        self.policies = (a, b)
        self.rules = (rules_of(a), rules_of(b))
        self.covers = (Coverage(), Coverage())
        self.sides = (Side(), Side())
        self.changes: list[Change] = []
        self.how: Counter[str] = Counter()
        self.other_ceiling = 0
        self._keep = keep
        self._changed: set[int] = set()
        self._reowned: set[int] = set()
        self._sessions_changed = 0

    @property
    def coverage(self) -> Coverage:
        """What the data holds. What could be judged on it is each policy's own: :attr:`covers`."""
        return self.covers[0]

    @property
    def sessions_changed(self) -> int:
        """Sessions of which at least one decision differs."""
        return self._sessions_changed

    @property
    def systems_changed(self) -> int:
        """Systems of which at least one decision about the system itself differs."""
        return len(self._changed) - self._sessions_changed

    @property
    def differs(self) -> bool:
        """Whether the two policies decided anything differently."""
        return bool(self._changed or self._reowned or self.other_ceiling)

    @property
    def reowned(self) -> int:
        """Sessions and systems whose escalations go to another owner, and are the same otherwise."""
        return len(self._reowned - self._changed)

    def add(self, a: Turn, b: Turn) -> None:
        """Count what both made of the same record."""
        for cover, turn in zip(self.covers, (a, b), strict=True):
            cover.add(turn)
        found = (decisions(a.outputs), decisions(b.outputs))
        for side, turn, decided in zip(self.sides, (a, b), found, strict=True):
            for output in turn.outputs:
                side.add(output)
            for subject, each in decided.items():
                for move in each:
                    if isinstance(move, Move) and move.narrows:
                        side.trip(subject, move)
        if a.observation is not None and b.observation is not None:
            self.other_ceiling += a.observation.ceiling is not b.observation.ceiling
        for subject in {**found[0], **found[1]}:
            self._compare(subject, a, found[0].get(subject, ()), found[1].get(subject, ()))

    def per_thousand(self, count: float) -> float:
        """A count per 1,000 sessions; 0 without sessions."""
        sessions = len(self.coverage.sessions)
        return 1000 * count / sessions if sessions else 0.0

    def _compare(self, subject: Subject, turn: Turn, a: tuple[Decision, ...], b: tuple[Decision, ...]) -> None:
        key = digest64(subject.text if subject.session_id is not None else f"{subject.system_id}\0")
        if a == b or key in self._changed:
            return
        if unowned(a) == unowned(b):
            self._reowned.add(key)
            return
        self._changed.add(key)
        how = _how(a, b)
        if subject.session_id is not None:
            self._sessions_changed += 1
            self.how[how] += 1
        if self._keep is None or len(self.changes) < self._keep:
            index = turn.observation.turn if turn.observation is not None else 0
            self.changes.append(Change(subject, index, turn.record.at, how, a, b))


def _how(a: tuple[Decision, ...], b: tuple[Decision, ...]) -> str:
    """In what the decisions of a turn differ.

    >>> from monitor.core.vocabulary import Autonomy
    >>> _how((), (Move("", Autonomy.ACT, Autonomy.SUPPORT, "trip", Mode.LIVE),))
    'only B'
    """
    if not a or not b:
        return ONE_ALONE[not a]
    parts = dict.fromkeys(name for one, other in zip(a, b, strict=False) for name in _parts(one, other))
    if len(a) != len(b):
        parts["number of decisions"] = None
    return "other " + ", ".join(parts)


def _parts(a: Decision, b: Decision) -> list[str]:
    if type(a) is not type(b):
        return ["kind"]
    kind = Call if isinstance(a, Call) else Move
    return [name for name in kind.__struct_fields__ if getattr(a, name) != getattr(b, name)]


def encoded(value: object) -> bytes:
    """A result as JSON, names sorted."""
    return msgspec.json.encode(value, order="deterministic")
