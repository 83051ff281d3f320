"""How much recorded turns can say about a policy at all: read this before any difference.

A rule whose signals could never be judged on the data stays silent whatever it says; that is no sign that it is calm.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field

from monitor.core.ids import digest64
from monitor.core.policy.model import Policy, Rule
from monitor.ingest.fields import carried
from monitor.replay.engine import Turn

SYSTEM_NEEDS: dict[str, tuple[str, ...]] = {
    "drift": ("features",),
    "contradiction_rate": ("self_contradiction", "source_contradiction"),
    "unsupported_rate": ("unsupported_claim",),
    "overreach_rate": ("autonomy_exceeded",),
    "ceiling_ignored": ("autonomy_exceeded",),
    "escalation_rate": ("turns",),
    "autonomy_requested": ("commands",),
}
"""System signal -> what of it must be on a turn for it to learn anything. Commands are not among recorded turns."""


class Coverage(Struct):
    """Counts over the turns that were decided. Rejected and repeated ones carry nothing.

    ``judged``: turns by signal that could be judged on them (its score is not null), with ``features`` and ``turns``.
    """

    turns: int = 0
    staked: int = 0
    duplicates: int = 0
    sessions: set[int] = field(default_factory=set)
    rejected: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)

    def add(self, turn: Turn) -> None:
        """Count one record."""
        seen = turn.observation
        if turn.interaction is None:
            self.rejected[str(turn.rejected and turn.rejected.code)] += 1
            return
        if seen is None or "duplicate" in seen.flags:
            self.duplicates += 1
            return
        self.turns += 1
        self.sessions.add(digest64(f"{seen.system_id}/{seen.session_id}"))
        self.fields.update(carried(turn.interaction, turn.record))
        self.staked += bool(seen.stakes)
        self.judged.update(name for name, value in seen.scores.items() if value is not None)
        self.judged.update(("turns", "features") if seen.features or seen.evaluations else ("turns",))

    def tried(self, rule: Rule) -> int:
        """On how many turns, at the most, the rule could have been tried.

        Any of its signals will do, and all that it needs besides. A condition (CEL) may narrow it further.
        """
        limits = [self._of(name) for name in rule.with_signals]
        if rule.signals:
            limits.append(max(self._of(name) for name in rule.signals))
        if rule.stakes or rule.any_stakes:
            limits.append(self.staked)
        return min(limits, default=self.turns)

    def _of(self, signal: str) -> int:
        names: Iterable[str] = SYSTEM_NEEDS.get(signal, (signal,))
        return max(self.judged[name] for name in names)


def rules_of(policy: Policy) -> dict[str, Rule]:
    """Every rule of a policy as ``situation/rule``; a system's own come after the top level's and keep its order."""
    found: dict[str, Rule] = {}
    for applied in (policy.base, *policy.systems.values(), *policy.capabilities.values()):
        for row in applied.situations:
            for rule in row.rules:
                found.setdefault(f"{row.name}/{rule.id}", rule)
    return found
