"""From one turn's readings to the session's escalations: raise, grow, stay silent for a while, clear.

Live and shadow rules are decided apart, under subjects of their own, so that no shadow rule changes a live output.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from monitor.core.budget import is_exempt, tightened
from monitor.core.escalation import Scene, cleared, escalate, subject_of
from monitor.core.events import Escalation, Evidence, Handoff, Reading, Standing
from monitor.core.interaction import Position
from monitor.core.policy.model import Rule, SituationPolicy, SystemPolicy
from monitor.core.rules import SESSION, Finding, Noticed, match, mode_of, of_stage, rule_key
from monitor.core.session.handoff import package
from monitor.core.session.state import SessionState, pointed
from monitor.core.signals.base import Score
from monitor.core.vocabulary import Autonomy, Mode, Stake

INCOMPLETE = "a turn of this session is missing: what was not seen may have happened"
COOLING = "cooldown"
"""Flag of an observation on which soft reasons stayed silent because their subject was cleared just now."""
BUDGETED = "budget"
"""Flag of an observation on which a soft rule stayed silent only because the budget moved its bounds."""
MAX_UNKNOWN = 8


class Ruling(Struct, frozen=True, kw_only=True):
    """What was in force on this turn and what was noticed on it; the same for every situation."""

    at: Position
    now: float
    index: int
    capability: str
    policy: SystemPolicy
    fingerprint: str
    standing: Standing
    ceiling: Autonomy
    fired: Mapping[str, Reading]
    stakes: frozenset[Stake]
    scores: Mapping[str, Score]
    holds: Callable[[str], bool | None]


class Change(Struct, frozen=True):
    """One event to send about an escalation, or a flag: why there is none."""

    escalation: Escalation | None
    rule: str = ""
    flag: str | None = None


class Row(Struct, frozen=True):
    """What a situation's rules of the session stage rest on.

    ``signals``: one of these must have fired for any of them to matter. ``always``: one rests on none, so every turn
    may matter to it. ``rules``: the rules themselves; ``named``: of each, the signals that it rests on. ``soft``: the
    ids of the situation's rules that are not hard.
    """

    signals: frozenset[str]
    always: bool
    rules: tuple[Rule, ...] = ()
    named: tuple[frozenset[str], ...] = ()
    soft: frozenset[str] = frozenset()

    def concerns(self, fired: Mapping[str, Reading]) -> bool:
        """Whether a turn could matter to the situation at all: most turns fire nothing, and nothing is matched then."""
        return self.always or not (not fired or self.signals.isdisjoint(fired))

    def touched(self, fired: Mapping[str, Reading]) -> list[Rule]:
        """The rules that rest on something that fired, or on a condition alone; no other fires on this turn."""
        pairs = zip(self.rules, self.named, strict=True)
        return [rule for rule, names in pairs if not names or not names.isdisjoint(fired)]


def rows(policy: SystemPolicy) -> tuple[Row, ...]:
    """Of each situation, in the policy's order."""
    return tuple(_row(situation) for situation in policy.situations)


def _row(situation: SituationPolicy) -> Row:
    rules = of_stage(situation, SESSION)
    named = tuple(frozenset(rule.signals + rule.with_signals) for rule in rules)
    return Row(
        signals=frozenset[str]().union(*named),
        always=any(not rule.signals for rule in rules),
        rules=rules,
        named=named,
        soft=frozenset(rule.id for rule in situation.rules if not rule.hard),
    )


def any_row(policy: SystemPolicy) -> Row:
    """What the rules of all situations rest on."""
    found = policy.once(rows)
    return Row(frozenset[str]().union(*(row.signals for row in found)), any(row.always for row in found))


def may_change(state: SessionState, policy: SystemPolicy, fired: Mapping[str, Reading]) -> bool:
    """Whether a turn can change an escalation: something is open, or a rule is concerned."""
    return bool(state.opened) or policy.once(any_row).concerns(fired)


def decide(state: SessionState, ruling: Ruling) -> Iterator[Change]:
    """Every change of the session's escalations on this turn, in the order of the table. Updates ``state``."""
    noticed = Noticed(
        fired={name: (reading,) for name, reading in ruling.fired.items()},
        active={name: (reading,) for name, reading in state.active.items()},
        stakes=ruling.stakes,
        holds=ruling.holds,
        here=pointed(state, (Evidence(turn=ruling.index),)),
    )
    plain = tightened(noticed, ruling.policy.bounds, ruling.standing.shift)
    open_rows = {opened.situation for opened in state.opened.values()}
    for situation, row in zip(ruling.policy.situations, ruling.policy.once(rows), strict=True):
        concerned = row.concerns(ruling.fired)
        if not concerned and situation.name not in open_rows:
            continue
        findings = _findings(situation, row.touched(ruling.fired), noticed, plain) if concerned else ()
        if any(finding.rule.unless_called for finding in findings):
            findings = tuple(f for f in findings if not _stands_back(state, situation, f.rule, noticed, ruling))
        elif plain is not noticed and concerned and _is_spared(situation, row, noticed, findings, ruling):
            yield Change(None, flag=BUDGETED)
        for mode in Mode if findings or situation.name in open_rows else ():
            of_mode = [finding for finding in findings if _mode(situation, finding.rule, ruling) is mode]
            change = _settle(state, (situation, row), of_mode, mode, ruling)
            if change is not None:
                yield change


def _findings(
    situation: SituationPolicy, rules: Sequence[Rule], noticed: Noticed, plain: Noticed
) -> tuple[Finding, ...]:
    """The rules that fire, soft ones on what is ``plain`` enough for the budget."""
    if plain is noticed:
        return match(rules, noticed)
    heard = ((rule, noticed if is_exempt(situation, rule) else plain) for rule in rules)
    return tuple(finding for rule, part in heard for finding in match((rule,), part))


def _stands_back(state: SessionState, situation: SituationPolicy, rule: Rule, noticed: Noticed, ruling: Ruling) -> bool:
    """Whether a rule is silent because another one calls somebody, now or in what is still open.

    What acts stands back only for what acts; in shadow it is decided as it would be if all of it acted.
    """
    if not rule.unless_called:
        return False
    modes = (Mode.LIVE,) if _mode(situation, rule, ruling) is Mode.LIVE else tuple(Mode)
    least = (rule.severity or situation.severity).rank
    for other, row in zip(ruling.policy.situations, ruling.policy.once(rows), strict=True):
        heavy = [
            each
            for each in row.rules
            if each is not rule
            and _mode(other, each, ruling) in modes
            and (each.severity or other.severity).rank >= least
        ]
        subjects = [subject_of(state.system_id, state.session_id, "", other, mode) for mode in modes]
        opened = [state.opened[each] for each in subjects if each in state.opened]
        called = {reason.rule for each in opened for reason in each.reasons}
        if match(heavy, noticed) or not called.isdisjoint(each.id for each in heavy):
            return True
    return False


def _is_spared(
    situation: SituationPolicy, row: Row, noticed: Noticed, findings: tuple[Finding, ...], ruling: Ruling
) -> bool:
    """Whether a rule that acts would have fired at its bounds as written. One in shadow costs nobody anything."""
    fired = {finding.rule.id for finding in findings}
    written = match(row.touched(ruling.fired), noticed)
    return any(each.rule.id not in fired and _mode(situation, each.rule, ruling) is Mode.LIVE for each in written)


def _mode(situation: SituationPolicy, rule: Rule, ruling: Ruling) -> Mode:
    """Whether the rule acts here: shadow also where people's verdicts took it out of service. Hard rules stay."""
    demoted = not rule.hard and rule_key(situation, rule) in ruling.standing.shadowed
    return Mode.SHADOW if demoted else mode_of(rule, ruling.policy.mode)


def _settle(
    state: SessionState, about: tuple[SituationPolicy, Row], findings: list[Finding], mode: Mode, ruling: Ruling
) -> Change | None:
    """What happens to one subject: at most one change a turn, growth before clearing."""
    situation, row = about
    subject = subject_of(state.system_id, state.session_id, "", situation, mode)
    opened = state.opened.get(subject)
    if opened is None and findings and _cools(state, subject, findings, ruling.now):
        return Change(None, flag=COOLING if mode is Mode.LIVE else None)
    if not findings and (opened is None or not _is_over(state, row, opened)):
        return None
    scene = _scene(state, about, subject, mode, ruling)
    if mode is Mode.LIVE and not any(finding.rule.hard for finding in findings):
        scene = msgspec.structs.replace(scene, merged_into=ruling.standing.storms.get(situation.name))
    changed = escalate(situation, findings, scene, opened)
    if changed is not None:
        changed = _with_handoff(state, changed)
        state.opened[subject] = changed
        return Change(changed, findings[0].rule.id)
    if opened is not None and not findings:
        del state.opened[subject]
        state.cooling[subject] = ruling.now + situation.cooldown_seconds
        return Change(_with_handoff(state, cleared(opened, scene)), opened.reasons[0].rule)
    return None


def _cools(state: SessionState, subject: str, findings: list[Finding], now: float) -> bool:
    """Whether soft reasons stay silent: their subject was cleared less than its cooldown ago. Hard ones never do."""
    return now < state.cooling.get(subject, now) and not any(finding.rule.hard for finding in findings)


def _is_over(state: SessionState, row: Row, opened: Escalation) -> bool:
    """Whether every reason is soft and no longer active. What was hard, or a condition's, stays for a person."""
    return all(
        reason.rule in row.soft and reason.signal in state.watches and reason.signal not in state.active
        for reason in opened.reasons
    )


def _scene(state: SessionState, about: tuple[SituationPolicy, Row], subject: str, mode: Mode, ruling: Ruling) -> Scene:
    return Scene(
        subject=subject,
        system_id=state.system_id,
        session_id=state.session_id,
        capability=ruling.capability,
        at=ruling.at,
        now=ruling.now,
        ceiling=ruling.ceiling,
        policy=ruling.fingerprint,
        standing_version=ruling.standing.version,
        mode=mode,
        lead=ruling.index,
        unknown=_unknown(state, about, mode, ruling),
        handoff=Handoff(),
        language=state.language,
    )


def _with_handoff(state: SessionState, escalation: Escalation) -> Escalation:
    """The escalation with the package as it stands, pointing at the turns of its own reasons."""
    return msgspec.structs.replace(escalation, handoff=package(state.memory, state.stakes, escalation.reasons))


def _unknown(state: SessionState, about: tuple[SituationPolicy, Row], mode: Mode, ruling: Ruling) -> tuple[str, ...]:
    """What could not be known on this turn about the signals of the situation's rules of that mode."""
    situation, row = about
    rules = [rule for rule in row.rules if _mode(situation, rule, ruling) is mode]
    named = dict.fromkeys(name for rule in rules for name in rule.signals + rule.with_signals)
    scores = ruling.scores
    known = [f"{name}: {scores[name].unknown}" for name in named if name in scores and scores[name].unknown]
    return tuple(([INCOMPLETE] if state.incomplete else []) + known)[:MAX_UNKNOWN]
