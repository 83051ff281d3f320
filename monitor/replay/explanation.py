"""One escalation in words: why, why at this level, who owns it, what is not known, what would have kept it silent.

For people outside engineering first; signal names and positions stand behind the words, for those who look them up.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from monitor.core.events import Escalation, Evidence, Reason
from monitor.core.followed import UNKNOWN_REASON
from monitor.core.policy import Policy, Rule, SituationPolicy
from monitor.core.signals.describe import COUNTERFACTUAL_TEXT
from monitor.core.vocabulary import EscalationStatus, Mode

UNASSIGNED = "unassigned"
_SAID = ("reviewer", "review_reason", "verdict", "outcome")
_LEVELS = (("severity", "how bad"), ("rung", "how far"), ("human_role", "what the person does"))


def explanation(life: Sequence[Escalation], policy: Policy | None) -> Iterator[str]:
    """The explanation of an escalation as lines.

    Args:
        life: its events by revision and settlement, at least one; the last one says how it stands.
        policy: the policy it was decided under, or another one to look rules up in; None = not at hand.
    """
    last = _as_it_stands(life)
    row = None if policy is None else _row(policy, last)
    sections: tuple[tuple[str, Iterator[str]], ...] = (
        ("why this", _why(last, row)),
        ("why this level", _level(last, row)),
        ("who", _who(last)),
        ("what would have kept it silent", _silent(last)),
        ("what is not known", _unknown(last)),
        ("for the person who takes it", _handoff(last)),
        ("its life", _life(life)),
        ("in force", _in_force(last, policy)),
    )
    yield from _head(last)
    for title, found in sections:
        yield f"\n{title}"
        yield from (f"  {line}" for line in found)


def _as_it_stands(life: Sequence[Escalation]) -> Escalation:
    """How it stands: the last event that knows why it was raised, with what became of it since.

    Events about a session's escalation that the system stage writes (acknowledged, overdue, resolved) do not know why.
    """
    last = life[-1]
    known = next((each for each in reversed(life) if each.counterfactual), last)
    news = (each for each in last.unknown if each != UNKNOWN_REASON)
    fate = {name: getattr(last, name) for name in ("status", "owner", *_SAID)}
    return replace(known, **fate, unknown=tuple(dict.fromkeys((*known.unknown, *news))))


def _row(policy: Policy, it: Escalation) -> SituationPolicy | None:
    rows = policy.of(it.system_id, it.capability).situations
    return next((row for row in rows if row.name is it.situation), None)


def _head(it: Escalation) -> Iterator[str]:
    yield f"escalation {it.escalation_id}"
    shadow = " IN SHADOW: it was decided and acted on nothing" if it.mode is Mode.SHADOW else ""
    yield f"{it.situation}, {it.status}: {it.severity}, {it.rung}.{shadow}"
    place = f"system {it.system_id}" + (f", capability {it.capability}" if it.capability else "")
    session = "about the system itself" if it.session_id is None else f"session {it.session_id}, turn {it.lead}"
    yield f"{place}, {session}, {_time(it.raised_at)}"


def _why(it: Escalation, row: SituationPolicy | None) -> Iterator[str]:
    rules = {} if row is None else {rule.id: rule for rule in row.rules}
    for reason in it.reasons:
        yield reason.text
        yield f"  {_measured(reason)}; rule {reason.rule}"
        if reason.rule in rules and rules[reason.rule].text not in reason.text:
            yield f"  the policy says: {rules[reason.rule].text}"
        yield from (f"  seen at {_pointer(each)}" for each in reason.evidence)
    if not any(reason.evidence for reason in it.reasons):
        yield "no single turn is the evidence: it lies in the numbers above"


def _measured(reason: Reason) -> str:
    interval = "" if reason.low is None or reason.high is None else f", between {reason.low:.2f} and {reason.high:.2f}"
    over = f" over {reason.n} samples" if reason.n > 1 else ""
    return f"{reason.signal} was {reason.value:.2f}{interval}{over}, its bound is {reason.bound:g}"


def _pointer(it: Evidence) -> str:
    parts = [f"turn {it.turn}"]
    if it.cue is not None:
        parts.append(f"cue {it.cue}")
    if it.path is not None:
        parts.append(f"argument {it.path}")
    if it.source is not None:
        parts.append(f"source {it.source}")
    if it.start is not None and it.end is not None:
        parts.append(f"characters {it.start} to {it.end}")
    if it.topic is not None:
        parts.append(f"{it.topic}/{it.partition}/{it.offset}")
    return ", ".join(parts)


def _level(it: Escalation, row: SituationPolicy | None) -> Iterator[str]:
    for name, meaning in _LEVELS:
        value = getattr(it, name)
        yield f"{name} {value} ({meaning}): {_origin(it, row, name)}"


def _origin(it: Escalation, row: SituationPolicy | None, name: str) -> str:
    """Which rule gave a level: the heaviest among the rules that fired counts, and it never falls while open."""
    if row is None:
        return f"the heaviest of its rules; --policy with the text of {it.policy} says which"
    fired = {reason.rule for reason in it.reasons}
    rules = [rule for rule in row.rules if rule.id in fired]
    own = [rule for rule in rules if getattr(rule, name) == getattr(it, name)]
    if own:
        return f"{' and '.join(_named(rule) for rule in own)} of {it.situation} says so"
    if getattr(row, name) == getattr(it, name) and any(getattr(rule, name) is None for rule in rules):
        return f"what {it.situation} has for every rule that says nothing else"
    return "not from this policy: it was decided under another one"


def _named(rule: Rule) -> str:
    return f"{'hard rule' if rule.hard else 'rule'} {rule.id}"


def _who(it: Escalation) -> Iterator[str]:
    if it.merged_into is not None:
        yield f"one of many: {it.merged_into} stands for them all, and nobody is called for this one alone"
    if it.owner == UNASSIGNED:
        yield "owner UNASSIGNED: nobody has been told to look at this; name an owner in the policy"
    else:
        yield f"owner {it.owner}"
    yield f"backup {it.backup_owner or 'none'}; route {it.route}"
    yield f"asked to {it.human_role}; a person adds {', '.join(it.human_adds) or 'nothing named'}"
    yield f"within {duration(it.response_seconds)}"
    if it.reviewer is not None:
        said = ", ".join(str(each) for each in (it.verdict, it.outcome) if each is not None) or "is on it"
        yield f"{it.reviewer} answered: {said}" + (f" ({it.review_reason})" if it.review_reason else "")


def _silent(it: Escalation) -> Iterator[str]:
    yield it.counterfactual
    words = dict.fromkeys(COUNTERFACTUAL_TEXT.get(reason.signal, "") for reason in it.reasons)
    yield from (each for each in words if each)


def _unknown(it: Escalation) -> Iterator[str]:
    yield from it.unknown
    yield from (f"evidence missing: {each}" for each in it.missing_evidence)
    if not it.unknown and not it.missing_evidence:
        yield "nothing that its signals would have needed"


def _handoff(it: Escalation) -> Iterator[str]:
    yield f"next: {it.next_step}"
    yield f"the user may be told: {it.user_notice}" if it.user_notice else "the user is told nothing"
    package = it.handoff
    told = (
        ("the user wants", package.intents),
        ("tools used", package.tools),
        ("amounts", package.amounts),
        ("at stake", package.stakes),
        ("open questions", package.open_questions),
        ("turns to read", tuple(map(str, package.turns))),
    )
    yield from (f"{name}: {', '.join(values)}" for name, values in told if values)


def _life(life: Sequence[Escalation]) -> Iterator[str]:
    if life[0].revision > 1:
        yield f"revisions before {life[0].revision} are not among what was read"
    before: Escalation | None = None
    for each in life:
        place = f"{each.revision}.{each.settlement}" if each.settlement else str(each.revision)
        yield f"{place}  {_time(each.at)}  {each.status}{_grown(before, each)}"
        before = each
    if life[-1].status in (EscalationStatus.RAISED, EscalationStatus.UPDATED):
        yield "open: no end of it is among what was read"


def _grown(before: Escalation | None, now: Escalation) -> str:
    """What is new in a revision."""
    if before is None:
        return f": {now.severity}, {now.rung}, {now.human_role}"
    parts = [
        f"{name} {getattr(before, name)} > {getattr(now, name)}"
        for name in ("severity", "rung", "human_role", "owner")
        if getattr(before, name) != getattr(now, name)
    ]
    known = {(reason.rule, reason.text) for reason in before.reasons}
    parts.extend(
        f"also {each.text}" for each in now.reasons if now.counterfactual and (each.rule, each.text) not in known
    )
    if now.settled_at is not None:
        parts.append(f"at {_time(now.settled_at)} by the clock")
    if now.duration_seconds is not None:
        parts.append(f"after {duration(now.duration_seconds)}")
    return f": {'; '.join(parts)}" if parts else ""


def _in_force(it: Escalation, policy: Policy | None) -> Iterator[str]:
    yield f"the system may {it.ceiling} at the most; standing version {it.standing_version}"
    yield f"policy {it.policy}"
    if policy is not None and policy.fingerprint != it.policy:
        yield f"the rules above are looked up in another policy: {policy.name}, {policy.fingerprint}"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration(seconds: float) -> str:
    """A length of time in the largest unit that keeps it whole or nearly so.

    >>> duration(14400), duration(300), duration(5400), duration(0.5)
    ('4 hours', '5 minutes', '90 minutes', '0.5 seconds')
    """
    units: tuple[tuple[float, str, Callable[[float], bool]], ...] = (
        (timedelta(days=1).total_seconds(), "day", _whole),
        (timedelta(hours=1).total_seconds(), "hour", _whole),
        (timedelta(minutes=1).total_seconds(), "minute", lambda count: count >= 1),
    )
    size, name = next(((size, name) for size, name, fits in units if fits(seconds / size)), (1.0, "second"))
    count = round(seconds / size, 1)
    return f"{count:g} {name}{'' if count == 1 else 's'}"


def _whole(count: float) -> bool:
    return count >= 1 and count == int(count)
