"""Storms of a system: one escalation in the place of many, raised, grown and cleared by the system stage.

It is a built-in reason and needs no rule in the policy: the situation's row says owner, role, rung and severity, and
``storm`` how many are too many. It counts soft live escalations of sessions. Hard rules, and everything about people
who are vulnerable, are never merged; a system in shadow has no storms.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from monitor.core.escalation import Scene, cleared, grown, raised
from monitor.core.events import Escalation, Evidence, Reason, SystemReading
from monitor.core.log import Observation
from monitor.core.policy.model import Rule, SituationPolicy, StormPolicy, SystemPolicy
from monitor.core.rules import STORM, Finding
from monitor.core.system.escalations import Occasion
from monitor.core.system.outputs import Changes
from monitor.core.system.spending import is_soft_call
from monitor.core.system.state import WHOLE, SystemState
from monitor.core.system.storm import Storm
from monitor.core.vocabulary import Mode, Situation

NEXT_STEP = "Find what these sessions have in common. Each is published as well, marked as merged into this one."
RULE = Rule(STORM, "many sessions call for the same", signals=(STORM,))
"""No policy's rule: it stands where an escalation needs one."""
_MINUTE = 60.0


def subject_of(system_id: str, situation: Situation) -> str:
    """The subject of a storm: neither a session's nor that of the system's own escalation of the same situation.

    >>> subject_of("bot", Situation.LOW_RISK_TASK)
    'bot#low_risk_task~storm'
    """
    return f"{system_id}#{situation}~{STORM}"


def count_storms(
    state: SystemState, record: Observation, evidence: Evidence, policy: SystemPolicy
) -> Iterator[SystemReading]:
    """Count the turn's soft calls by situation; a reading for each situation in which a storm begins.

    As a reading it is a signal like any other of the system: a breaker may trip on it.
    """
    called = [each.situation for each in record.escalations if is_soft_call(each)]
    for situation in dict.fromkeys(called):
        storm = state.storms.setdefault(situation, Storm())
        storm.resize(policy.storm.window_seconds)
        storm.add(state.now, called.count(situation), evidence)
        count = storm.within(state.now)
        if storm.escalation_id is None and count >= policy.storm.raised and policy.mode is Mode.LIVE:
            yield SystemReading(
                STORM, float(count), float(policy.storm.raised), count, feature=situation, evidence=storm.first
            )


def storms(state: SystemState, changes: Changes, occasion: Occasion) -> Iterator[Escalation]:
    """Every change of the system's storms on this record. Updates ``state.storms`` and ``state.opened``."""
    end_answered(state, changes)
    applied = occasion.policy.of(state.system_id)
    begun = {reading.feature for reading in state.noticed if reading.signal == STORM}
    for situation, storm in state.storms.items():
        row = next((each for each in applied.situations if each.name == situation), None)
        if storm.escalation_id is None:
            if row is not None and situation in begun:
                changes.restated = True
                yield _begin(state, row, storm, occasion)
            continue
        storm.resize(applied.storm.window_seconds)
        if row is None or applied.mode is Mode.SHADOW or storm.is_calm(state.now, applied.storm.raised / 2):
            changes.restated = True
            yield _clear(state, situation, storm, occasion)
        elif storm.total >= 2 * storm.told:
            yield _grow(state, row, storm, occasion)


def end_answered(state: SystemState, changes: Changes) -> None:
    """End the storms whose escalation a person resolved: nothing more is merged into what nobody looks at any more."""
    for situation, storm in state.storms.items():
        if storm.escalation_id is not None and subject_of(state.system_id, situation) not in state.opened:
            storm.end()
            changes.restated = True


def _begin(state: SystemState, row: SituationPolicy, storm: Storm, occasion: Occasion) -> Escalation:
    limits = occasion.policy.of(state.system_id).storm
    count = storm.within(state.now)
    finding = Finding(RULE, (_reason(storm, count, count, limits, row.human_when),))
    found = replace(
        raised(row, (finding,), _scene(state, row.name, occasion)),
        counterfactual=f"silent if fewer than {limits.raised} in {_span(limits.window_seconds)}",
        next_step=NEXT_STEP,
        user_notice=None,  # it is about no single user
    )
    storm.begin(found.escalation_id, count)
    state.opened[found.subject] = found
    return found


def _grow(state: SystemState, row: SituationPolicy, storm: Storm, occasion: Occasion) -> Escalation:
    limits = occasion.policy.of(state.system_id).storm
    opened = state.opened[subject_of(state.system_id, row.name)]
    reason = _reason(storm, storm.within(state.now), storm.total, limits, row.human_when)
    changed = grown(opened, row, (Finding(RULE, (reason,)),), _scene(state, row.name, occasion))
    storm.told = storm.total
    if changed is None:
        return opened
    found = state.opened[opened.subject] = replace(changed, reasons=(reason,), counterfactual=opened.counterfactual)
    return found


def _clear(state: SystemState, situation: Situation, storm: Storm, occasion: Occasion) -> Escalation:
    opened = state.opened.pop(subject_of(state.system_id, situation))
    text = f"{storm.total} sessions showed the same while it lasted"
    reasons = tuple(replace(each, n=storm.total, text=text) for each in opened.reasons)
    storm.end()
    return replace(cleared(opened, _scene(state, situation, occasion)), reasons=reasons)


def _reason(storm: Storm, count: int, total: int, limits: StormPolicy, what: str) -> Reason:
    """Why: how many in how short a time, and of what."""
    so_far = f", {total} since it began" if total > count else ""
    text = f"{count} sessions within {_span(limits.window_seconds)} show the same{so_far}: {what}"
    return Reason(STORM, RULE.id, text, float(count), float(limits.raised), total, evidence=storm.first)


def _span(seconds: float) -> str:
    """A stretch of time in words.

    >>> _span(600.0), _span(90.0)
    ('10 minutes', '90 seconds')
    """
    minutes, rest = divmod(seconds, _MINUTE)
    return f"{minutes:g} minutes" if not rest and minutes > 1 else f"{seconds:g} seconds"


def _scene(state: SystemState, situation: Situation, occasion: Occasion) -> Scene:
    return Scene(
        subject=subject_of(state.system_id, situation),
        system_id=state.system_id,
        at=occasion.at,
        now=occasion.now,
        ceiling=state.breakers[WHOLE].in_force,
        policy=occasion.policy.fingerprint,
        standing_version=state.version,
        lead=occasion.lead,
    )
