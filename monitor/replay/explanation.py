"""One escalation in words: why, why at this level, who owns it, what is not known, what would have kept it silent.

For people outside engineering: no signal, no identifier that a sentence can do without. The numbers, names and
positions behind the words are in measured.py, for those who look them up.
"""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from msgspec.structs import replace

from monitor.core.events import BreakerTransition, Escalation, Reason
from monitor.core.policy.model import Policy, Rule, SituationPolicy
from monitor.core.signals.describe import REASON_TEXT, SYSTEM_TEXT
from monitor.core.system.followed import UNKNOWN_REASON
from monitor.core.vocabulary import EscalationStatus, Mode
from monitor.replay.measured import measured
from monitor.replay.plain import GRANTED, STATES, STEPS, asked_of, by_rule, duration, moment, opened_small, title_of
from monitor.replay.silence import silences

UNASSIGNED = "unassigned"
_SAID = ("reviewer", "review_reason", "verdict", "outcome")
_GROWS = {
    "severity": "how bad it is went",
    "rung": "what is asked went",
    "human_role": "the person's part went",
    "owner": "who is asked went",
}


def explanation(
    life: Sequence[Escalation],
    policy: Policy | None,
    holds: Sequence[BreakerTransition] = (),
    *,
    technical: bool = False,
) -> Iterator[str]:
    """The explanation of an escalation as lines.

    Args:
        life: its events by revision and settlement, at least one; the last one says how it stands.
        policy: the policy it was decided under, or another one to look rules up in; None = not at hand.
        holds: the steps of its system's breaker, in their order, as far as they were read.
        technical: whether the measurements follow: signals, bounds, positions, fingerprints.
    """
    last = _as_it_stands(life)
    row = None if policy is None else _row(policy, last)
    sections: list[tuple[str, Iterator[str]]] = [
        ("why a person is needed", _why(last, row)),
        ("why at this level", _level(last, row)),
        ("who is asked", _who(last, life[0])),
        ("what would have kept it silent", silences(last.reasons, row)),
        ("what is not known", _unknown(last)),
        ("for the person who takes it", _handoff(last)),
        ("what became of it", _life(life)),
        ("what holds for this system", _in_force(last, policy, holds)),
    ]
    if technical:
        sections.append(("measured", measured(last, row)))
    yield from _head(last, policy)
    for title, found in sections:
        yield f"\n{title.upper()}"
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


def _head(it: Escalation, policy: Policy | None) -> Iterator[str]:
    if policy is not None and policy.fingerprint != it.policy:
        yield f"!! Rules are looked up in another policy ({policy.name}) than the one it was decided under."
    if it.mode is Mode.SHADOW:
        yield "!! In shadow: it was decided and published, and acts on nothing."
    yield f"{title_of(it.situation).capitalize()}: {it.severity}; {STATES[it.status]}"
    yield f"A person {asked_of(it.rung, it.human_role)}."
    place = f"system {it.system_id}" + (f", capability {it.capability}" if it.capability else "")
    session = "about the system itself" if it.session_id is None else f"session {it.session_id}, turn {it.lead}"
    yield f"In {place}, {session}, {moment(it.raised_at)}"
    yield f"escalation {it.escalation_id}"


def _why(it: Escalation, row: SituationPolicy | None) -> Iterator[str]:
    rules = {} if row is None else {rule.id: rule for rule in row.rules}
    for name, reasons in by_rule(it.reasons).items():
        rule = rules.get(name)
        said = list(dict.fromkeys(reason.text for reason in reasons))
        if rule is not None and all(rule.text not in text for text in said):
            yield rule.text
        yield from said
        yield from (f"  {_counted(reason)}" for reason in reasons if reason.low is not None)
        yield from _condition(rule)
        yield from _where(reasons, of_one_session=it.session_id is not None)
    if not any(reason.evidence for reason in it.reasons):
        yield "no single turn is the evidence: it lies in what was counted over many"


def _condition(rule: Rule | None) -> Iterator[str]:
    if rule is not None and rule.when_text is not None:
        yield f"  what also held: {rule.when_text}"


def _counted(it: Reason) -> str:
    """A share with what is sure of it.

    >>> _counted(Reason("overreach_rate", "r", "", 0.0465, 0.02, 129, 0.022, 0.1))
    '6 of 129 turns (4.7%), and surely 2.2% or more; a person is called from 2.0%'
    """
    seen = f"{it.value * it.n:.0f} of {it.n} turns ({it.value:.1%})"
    return f"{seen}, and surely {it.low:.1%} or more; a person is called from {it.bound:.1%}"


def _where(reasons: Sequence[Reason], *, of_one_session: bool) -> Iterator[str]:
    """Where to look: turns of the session, or records of the log where many sessions are meant."""
    found = [each for reason in reasons for each in reason.evidence]
    turns = sorted({each.turn for each in found})
    if turns and of_one_session:
        yield f"  look at turn{'s' if len(turns) > 1 else ''} {', '.join(map(str, turns))}"
    elif turns:
        yield f"  look at {', '.join(dict.fromkeys(f'session {each.session}, turn {each.turn}' for each in found))}"


def _level(it: Escalation, row: SituationPolicy | None) -> Iterator[str]:
    if row is None:
        yield f"the policy it was decided under ({it.policy}) is not at hand; name it with --policy"
        return
    said = (("severity", f"{it.severity}"), ("rung", f"a person {asked_of(it.rung, it.human_role)}"))
    for name, words in said:
        yield f"{words}: {_origin(it, row, name)}"
    yield "it never falls while it is open; the heaviest of its rules counts"


def _origin(it: Escalation, row: SituationPolicy, name: str) -> str:
    """Which rule gave a level: the heaviest among the rules that fired counts."""
    fired = {reason.rule for reason in it.reasons}
    rules = [rule for rule in row.rules if rule.id in fired]
    own = [rule for rule in rules if getattr(rule, name) == getattr(it, name)]
    if own:
        return f"so says {' and '.join(_named(rule) for rule in own)}"
    if getattr(row, name) == getattr(it, name) and any(getattr(rule, name) is None for rule in rules):
        return "the usual level of this kind of situation"
    return "not by the policy at hand: it was decided under another one"


def _named(rule: Rule) -> str:
    return f'the rule "{rule.text}"{", which acts at once" if rule.hard else ""}'


def _who(it: Escalation, first: Escalation) -> Iterator[str]:
    if it.merged_into is not None:
        yield f"nobody for this one alone: one escalation stands for many of its kind, {it.merged_into}"
    if it.owner == UNASSIGNED:
        yield "NOBODY: the owner is unassigned; name one in the policy (owner)"
    else:
        yield f"{it.owner}, within {duration(it.response_seconds)}"
    if first.owner != it.owner:
        yield f"before that {first.owner}, who did not answer in time"
    yield (
        f"after that {it.backup_owner}"
        if it.backup_owner
        else "no backup is named: it is said once more and stays open"
    )
    yield f"a person adds {', '.join(it.human_adds) or 'nothing named'}"
    if it.reviewer is not None:
        said = ", ".join(title_of(str(each)) for each in (it.verdict, it.outcome) if each is not None) or "is on it"
        yield f"{it.reviewer} answered: {said}" + (f" ({it.review_reason})" if it.review_reason else "")


def _unknown(it: Escalation) -> Iterator[str]:
    yield from map(_unknown_text, it.unknown)
    yield from (f"evidence missing: {each}" for each in it.missing_evidence)
    if not it.unknown and not it.missing_evidence:
        yield "nothing that its rules would have needed"


def _unknown_text(line: str) -> str:
    """What could not be known, with a signal in front as words.

    >>> _unknown_text("dispute: the language is not judged")
    'whether the user disputes the answer: the language is not judged'
    """
    signal, _, why = line.partition(": ")
    words = REASON_TEXT.get(signal)
    return line if words is None else f"whether {opened_small(words)}: {why}"


def _handoff(it: Escalation) -> Iterator[str]:
    yield f"first: {it.next_step}"
    yield f"the user is shown: {it.user_notice}" if it.user_notice else "the user is not told of this call"
    package = it.handoff
    told = (
        ("the user wants", package.intents),
        ("tools used", package.tools),
        ("amounts", package.amounts),
        ("at stake", package.stakes),
        ("open", package.open_questions),
        ("turns to read", tuple(map(str, package.turns))),
    )
    yield from (f"{name}: {', '.join(values)}" for name, values in told if values)


def _life(life: Sequence[Escalation]) -> Iterator[str]:
    if life[0].revision > 1:
        yield f"what came before revision {life[0].revision} is not among what was read"
    before: Escalation | None = None
    for each in life:
        yield f"{moment(each.at)}  {STEPS[each.status]}{_grown(before, each)}"
        before = each
    if life[-1].status in (EscalationStatus.RAISED, EscalationStatus.UPDATED):
        yield "still open as far as was read"


def _grown(before: Escalation | None, now: Escalation) -> str:
    """What is new in an event."""
    if before is None:
        return ""
    parts = [
        f"{_GROWS[name]} from {title_of(getattr(before, name))} to {title_of(getattr(now, name))}"
        for name in _GROWS
        if getattr(before, name) != getattr(now, name)
    ]
    known = {(reason.rule, reason.text) for reason in before.reasons}
    parts.extend(
        f"also {each.text}" for each in now.reasons if now.counterfactual and (each.rule, each.text) not in known
    )
    if now.settled_at is not None:
        parts.append(f"at {moment(now.settled_at)} by the clock")
    if now.duration_seconds is not None:
        parts.append(f"after {duration(now.duration_seconds)}")
    return f": {'; '.join(parts)}" if parts else ""


def _in_force(it: Escalation, policy: Policy | None, holds: Sequence[BreakerTransition]) -> Iterator[str]:
    same = policy is not None and policy.fingerprint == it.policy
    granted = policy.of(it.system_id, it.capability).granted if same and policy is not None else None
    if it.ceiling is granted:
        yield f"the AI may {GRANTED[it.ceiling]}, as a person granted it"
    else:
        yield "granted by a person: " + ("not known here" if granted is None else GRANTED[granted])
        yield f"held back at that moment: it could at the most {GRANTED[it.ceiling]}{_held_back(it, holds)}"
    yield "the call by itself stops nothing: whether the AI waits is up to the application"
    yield f"policy {policy.name}" if same and policy is not None else f"policy {it.policy}, which is not at hand"


def _held_back(it: Escalation, holds: Sequence[BreakerTransition]) -> str:
    """Since when and why all sessions of the system were held back, if the step that did it was read."""
    ours = (each for each in holds if each.to_ceiling is it.ceiling and each.at <= it.at and each.mode is Mode.LIVE)
    last = max(ours, key=attrgetter("at"), default=None)
    if last is None:
        return ""
    words = dict.fromkeys(SYSTEM_TEXT.get(each.signal, each.signal) for each in last.readings)
    found = ", ".join(map(opened_small, words)) or last.reason
    return f", since {moment(last.at)}, in all its sessions, because of this: {found}"
