"""The autonomy and escalation map as rows of plain words, for people outside engineering; no format, no printing."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from monitor.cli.policy_boundaries import boundaries
from monitor.core.policy.model import Bound, Policy, Rule, SituationPolicy, SystemPolicy
from monitor.core.policy.schema import UNASSIGNED
from monitor.core.rules import SYSTEM_SIGNALS
from monitor.core.signals.describe import SYSTEM_TEXT, reason_text
from monitor.core.vocabulary import Mode, Situation
from monitor.replay.plain import GRANTED, ROLES, RUNGS, asked_of, duration, either, opened_small, title_of
from monitor.replay.reviewed import Reviewed

NO_OWNER = "UNASSIGNED: nobody"

_HIDDEN = {
    "intents": "what the user wants",
    "tools": "which tools were used",
    "amounts": "amounts",
    "stakes": "what is at stake",
    "open_questions": "what is open",
    "turns": "which turns to read",
}


class RuleRow(Struct, frozen=True):
    """One rule. ``text``: the reason; ``only``: what else must hold, part by part; ``acts``: how it acts.

    ``name``: "" where the reader did not ask for technical names; then ``only`` names no signal and no condition.
    """

    name: str
    text: str
    only: tuple[str, ...]
    acts: str
    hard: bool
    shadow: bool


class MapRow(Struct, frozen=True):
    """One situation of the map. ``owned``: somebody is named. ``told``: what the user may be told, a text a language.

    ``reviews``: what people said of its escalations, where events were given.
    """

    name: str
    title: str
    ai_may: str
    human_when: str
    person: str
    owner: str
    backup: str
    owned: bool
    how_soon: str
    adds: str
    told: tuple[str, ...]
    reviews: str | None
    rules: tuple[RuleRow, ...]


class PolicyMap(Struct, frozen=True):
    """The whole map. ``notes``: what a reader must know before anything else, the loudest first.

    ``boundaries``: label and text of what the system may do and what holds around it.
    """

    title: str
    subtitle: str
    notes: tuple[str, ...]
    boundaries: tuple[tuple[str, str], ...]
    rows: tuple[MapRow, ...]


def map_of(
    policy: Policy,
    system: str,
    capability: str,
    reviews: Mapping[Situation, Reviewed] | None = None,
    *,
    technical: bool = False,
) -> PolicyMap:
    """The map as it applies to a system ("" = every one without a policy of its own).

    ``reviews``: what people said of its escalations, by situation; None = not asked for. ``technical``: with names of
    rules and signals, bounds, conditions and the fingerprint.
    """
    applied = policy.of(system, capability)
    rows = tuple(_row(row, applied, reviews, technical=technical) for row in applied.situations)
    place = f"{system}/{capability}" if capability else system
    return PolicyMap(
        title=f"Who is called, when, and for what: {place or 'every system'}",
        subtitle=f"Policy {policy.name}{f', fingerprint {policy.fingerprint}' if technical else ''}. "
        f"The AI may {GRANTED[applied.granted]}. Purpose: {applied.purpose}.",
        notes=tuple(_notes(policy, applied, rows, system)),
        boundaries=tuple(boundaries(applied)),
        rows=rows,
    )


def _notes(policy: Policy, applied: SystemPolicy, rows: tuple[MapRow, ...], system: str) -> Iterator[str]:
    missing = sum(not row.owned for row in rows)
    if missing:
        yield (
            f"NO OWNER: {missing} of {len(rows)} situations are {UNASSIGNED}. Their escalations reach nobody until "
            "somebody is named (owner in the policy)."
        )
    if applied.mode is Mode.SHADOW:
        yield "SHADOW: everything is decided and published as such, and acts on nothing."
    if system and system not in policy.systems:
        yield f"{system} has no policy of its own: this is what applies to every such system."
    if not system and policy.systems:
        yield f"Systems with a policy of their own, not shown here: {', '.join(sorted(policy.systems))}."


def _row(
    row: SituationPolicy, applied: SystemPolicy, reviews: Mapping[Situation, Reviewed] | None, *, technical: bool
) -> MapRow:
    owned = row.owner != UNASSIGNED
    return MapRow(
        name=row.name,
        title=title_of(row.name),
        ai_may=row.ai_may,
        human_when=row.human_when,
        person=asked_of(row.rung, row.human_role) + _hidden(row, applied),
        owner=row.owner if owned else NO_OWNER,
        backup=f"backup {row.backup_owner}" if row.backup_owner else "no backup",
        owned=owned,
        how_soon=_how_soon(row),
        adds=", ".join(row.human_adds),
        told=tuple(f"{name}: {text}" if name else text for name, text in row.user_notice.items()),
        reviews=None if reviews is None else reviews.get(row.name, Reviewed()).words(),
        rules=tuple(_rule(rule, row, applied, technical=technical) for rule in row.rules),
    )


def _hidden(row: SituationPolicy, applied: SystemPolicy) -> str:
    """What whoever is asked does not get to see, as its route hides it."""
    route = applied.routes.get(row.route)
    hides = () if route is None else route.hides
    return f"; does not see {', '.join(_HIDDEN.get(each, each) for each in hides)}" if hides else ""


def _how_soon(row: SituationPolicy) -> str:
    after = f"then {row.backup_owner} is asked" if row.backup_owner else "then it is said once more and stays open"
    again = f", again every {duration(row.repeat_seconds)}" if row.repeat_seconds else ""
    quiet = f"; quiet for {duration(row.cooldown_seconds)} after it was over" if row.cooldown_seconds else ""
    return f"within {duration(row.response_seconds)}; {after}{again}{quiet}"


def _rule(rule: Rule, row: SituationPolicy, applied: SystemPolicy, *, technical: bool) -> RuleRow:
    acts = []
    if rule.rung is not None and rule.rung is not row.rung:
        acts.append(f"a person {RUNGS[rule.rung]}")
    if rule.human_role is not None and rule.human_role is not row.human_role:
        acts.append(f"a person {ROLES[rule.human_role]}")
    acts.append(f"severity {rule.severity or row.severity}")
    return RuleRow(
        name=rule.id if technical else "",
        text=rule.text,
        only=tuple(_bounds(rule, applied) if technical else _shares(rule, applied)) + tuple(_only(rule, technical)),
        acts=", ".join(acts),
        hard=rule.hard,
        shadow=Mode.SHADOW in (rule.mode, applied.mode),
    )


def _bounds(rule: Rule, applied: SystemPolicy) -> Iterator[str]:
    """Any of its signals, and all that it also needs, with their bounds."""
    if rule.signals:
        yield " or ".join(bound_words(name, applied) for name in rule.signals)
    yield from (bound_words(name, applied) for name in rule.with_signals)


def _shares(rule: Rule, applied: SystemPolicy) -> Iterator[str]:
    """How large the shares are that it rests on: the one number a reader has to know."""
    yield from (_share(applied.rates[name]) for name in rule.signals if name in applied.rates)


def _only(rule: Rule, technical: bool) -> Iterator[str]:  # noqa: FBT001 - passed on
    """What else must hold: what is at stake, a condition, no hard rule."""
    if rule.stakes:
        yield f"at stake is {either([stake.value for stake in rule.stakes])}"
    elif rule.any_stakes:
        yield "something is at stake"
    if rule.when is not None:
        yield rule.when_text or f"the condition holds: {rule.when}"
    if technical and rule.when is not None and rule.when_text:
        yield f"as a condition: {rule.when}"
    if rule.unless_called:
        yield "nobody was called in this session yet, or only for what is less severe"


def bound_words(signal: str, applied: SystemPolicy) -> str:
    """A signal with its bound, as a person reads it."""
    bound = applied.bounds.get(signal) if signal not in applied.rates else applied.rates[signal]
    words = opened_small(SYSTEM_TEXT.get(signal) or reason_text(signal))
    if bound is None:
        return f"{words} ({signal}{_drift_bound(applied) if signal == 'drift' else ''})"
    if signal in SYSTEM_SIGNALS and signal in applied.rates:
        return f"{words} is {_share(bound)} ({signal})"
    return f"{words} ({signal} {_bound(bound)})"


def _share(bound: Bound) -> str:
    return f"surely {bound.raise_at:.0%} or more of at least {bound.min_samples} turns"


def _bound(bound: Bound) -> str:
    """A bound in words.

    >>> _bound(Bound(-0.6, -0.2, below=True, persist=2)), _bound(Bound(0.45, 0.2, min_samples=3))
    ('at -0.6 or below, 2 turns in a row', 'at 0.45 or above, after 3 samples')
    """
    parts = [f"at {bound.raise_at:g} or {'below' if bound.below else 'above'}"]
    if bound.persist > 1:
        parts.append(f"{bound.persist} turns in a row")
    if bound.min_samples > 1:
        parts.append(f"after {bound.min_samples} samples")
    return ", ".join(parts)


def _drift_bound(applied: SystemPolicy) -> str:
    drift = applied.drift
    sessions = f"by {drift.bound:g} standard errors, after {drift.sessions} sessions"
    return f" {sessions}; an evaluation by {drift.min_change:.0%} of its range or more, after {drift.grace}"
