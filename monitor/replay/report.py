"""What a replay found, in numbers: per situation and signal, per breaker, per reason for rejection, per field."""

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from monitor.core.events import BreakerTransition, Escalation, Standing
from monitor.core.ids import digest64
from monitor.core.system.spending import counts_interval, soft_calls
from monitor.core.vocabulary import EscalationStatus
from monitor.core.window import Z
from monitor.ingest.fields import OPTIONAL_FIELDS, carried
from monitor.replay.engine import Turn

DRIFT = "drift"


class Report(Struct):
    """Counts over one replay. A session is a (system, session) pair; it is counted once however often it restarts.

    ``escalations``: raised, by situation. ``signals``: raised escalations by the signals among their reasons; one
    escalation may count under several. ``escalated``: sessions with one raised or more. ``transitions``: breaker steps
    as ``system[/capability]: from > to``. ``first``: of each reason for rejection, where it was first and what it was
    about. ``drift``: changes noticed, as ``system: feature direction (harmful?)``. ``standings``, ``of_system``,
    ``soft``: of each system the last standing, its sessions, and the soft live escalations that people got from it;
    those that a storm merged are not among them.
    """

    turns: int = 0
    duplicates: int = 0
    skipped: int = 0
    escalations: Counter[str] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    transitions: Counter[str] = field(default_factory=Counter)
    drift: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    of_system: Counter[str] = field(default_factory=Counter)
    soft: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    sessions: set[int] = field(default_factory=set)
    escalated: set[int] = field(default_factory=set)

    def add(self, turn: Turn) -> None:
        """Count one record."""
        if turn.interaction is None:
            code, at = str(turn.rejected and turn.rejected.code), turn.record.at
            self.rejected[code] += 1
            self.first.setdefault(code, f"{at.partition}/{at.offset}: {turn.rejected}")
            return
        self.turns += 1
        session = digest64(f"{turn.interaction.system_id}/{turn.interaction.session_id}")
        self.of_system[turn.interaction.system_id] += session not in self.sessions
        self.sessions.add(session)
        self.fields.update(carried(turn.interaction, turn.record))
        if turn.observation is None:
            self.skipped += 1
        elif "duplicate" in turn.observation.flags:
            self.duplicates += 1
        if turn.observation is not None:
            self.soft[turn.observation.system_id] += soft_calls(turn.observation)
        for output in turn.outputs:
            self._output(output.data)
        for each in turn.system:
            if each.signal == DRIFT:
                harm = "harmful" if each.harmful else "for the better"
                self.drift[f"{turn.interaction.system_id}: {each.feature} {each.direction}, {harm}"] += 1

    def per_thousand(self, count: int) -> float:
        """A count per 1,000 sessions; 0 without sessions."""
        return 1000 * count / len(self.sessions) if self.sessions else 0.0

    def lines(self) -> Iterator[str]:
        """The report for a person."""
        yield f"turns       {self.turns:,} in {len(self.sessions):,} sessions"
        if self.duplicates:
            yield f"duplicates  {self.duplicates:,} (a producer's retry; not counted again)"
        if self.skipped:
            yield f"skipped     {self.skipped:,} (at or below an offset that was folded before)"
        yield from _block("rejected, first at partition/offset", self.rejected, self.first)
        share = self.per_thousand(len(self.escalated)) / 10
        yield f"escalated   {len(self.escalated):,} sessions ({share:.1f} %), {self.escalations.total():,} escalations"
        yield from self._rates("escalations per 1,000 sessions, by situation", self.escalations)
        yield from self._rates("escalations per 1,000 sessions, by signal", self.signals)
        yield from _block("escalation events", self.changes)
        yield from self._budgets()
        yield from _block("breaker steps", self.transitions)
        yield from _block("drift", self.drift)
        yield "turns that carried each optional field"
        for each in OPTIONAL_FIELDS:
            yield f"  {self.fields[each.name]:>9,}  {each.name}"

    def _output(self, data: object) -> None:
        if isinstance(data, Escalation):
            self._escalation(data)
        elif isinstance(data, BreakerTransition):
            self._transition(data)
        elif isinstance(data, Standing):
            self.standings[data.system_id] = data

    def _escalation(self, found: Escalation) -> None:
        self.changes[found.status] += 1
        if found.status is not EscalationStatus.RAISED:
            return
        self.escalations[found.situation] += 1
        self.signals.update({reason.signal for reason in found.reasons})
        if found.session_id is not None:
            self.escalated.add(digest64(f"{found.system_id}/{found.session_id}"))

    def _transition(self, step: BreakerTransition) -> None:
        place = f"{step.system_id}/{step.capability}" if step.capability else step.system_id
        before, after = f"{step.from_state} ({step.from_ceiling})", f"{step.to_state} ({step.to_ceiling})"
        self.transitions[f"{place}: {before} > {after}, {step.trigger}"] += 1

    def _budgets(self) -> Iterator[str]:
        """One line a system with a budget that was judged: the whole replay's rate beside it, and where bounds are."""
        for system_id, standing in sorted(self.standings.items()):
            if standing.realised is None or standing.realised.budget is None:
                continue
            sessions, soft = self.of_system[system_id], self.soft[system_id]
            low, high = (1000 * end for end in counts_interval(soft, sessions, Z))
            yield (
                f"budget      {system_id}: {1000 * soft / sessions:,.1f} soft escalations per 1,000 sessions "
                f"({low:,.1f} to {high:,.1f}), budget {standing.realised.budget:g}; "
                f"last {standing.realised.soft_per_1000:,.1f} over {standing.realised.sessions:,}, "
                f"soft bounds {standing.shift:.0%} of the way up"
            )

    def _rates(self, title: str, counts: Counter[str]) -> Iterator[str]:
        if counts:
            yield title
        for name, count in _ranked(counts):
            yield f"  {self.per_thousand(count):>9,.1f}  {name} ({count:,})"


def _block(title: str, counts: Counter[str], more: Mapping[str, str] | None = None) -> Iterator[str]:
    if counts:
        yield title
    for name, count in _ranked(counts):
        yield f"  {count:>9,}  {name}" + (f", {more[name]}" if more else "")


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """Most frequent first, equal ones by name: the same counts always read the same."""
    return sorted(((str(name), count) for name, count in counts.items()), key=lambda pair: (-pair[1], pair[0]))
