"""What verdicts do to rules: a soft rule that people surely find wrong too often falls back to shadow, and says so.

A verdict counts for every rule of its escalation that is not hard. Judged is the upper end of the interval: a rule is
taken out of service only where even the kindest reading of the verdicts is below the floor. Hard rules, and what is
about vulnerable people, stay whatever is said. A person restores a rule; a policy that changes it makes it another one.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from monitor.core.events import Reason, SystemReading
from monitor.core.ids import digest
from monitor.core.policy.model import Policy, Rule, SystemPolicy
from monitor.core.rules import rule_key
from monitor.core.system.outputs import Changes
from monitor.core.system.state import SystemState
from monitor.core.system.tally import Tally
from monitor.core.vocabulary import Outcome, Situation, Verdict

IMPRECISE = "rule_imprecise"
_UNNAMED = ""
"""No system's id: what holds for one that the policy does not name."""
_WORDS = ("text", "severity", "rung", "human_role")
"""Of a rule, what it says and how loudly: when it fires does not depend on it, so verdicts on it stay."""
READS = {
    "out_of_role": ("role",),
    "no_evidence": ("evidence_required",),
    "limit_exceeded": ("tools",),
    "sequence_violation": ("tools",),
    "tool_not_allowed": ("tools",),
    "approval_missing": ("tools", "stakes"),
    "injected_instruction": ("tools",),
    "handoff_missed": ("tools",),
    "beyond_policy": ("role", "tools"),
    "ambiguity": ("tools",),
    "irreversible_action": ("tools", "reversibility"),
    "final_decision": ("stakes",),
    "opaque_recommendation": ("stakes",),
}
"""Signals that read more of the policy than their bound: when a rule on one fires depends on these parts as well."""
PARTS = frozenset(part for parts in READS.values() for part in parts)


def judge(
    state: SystemState,
    rules: Iterable[str],
    said: tuple[Verdict, Outcome | None],
    policy: Policy,
    changes: Changes,
) -> tuple[SystemReading, ...]:
    """Count a verdict, and take out of service the rules that it brings down.

    Args:
        state: the system.
        rules: those of the escalation, as ``situation/rule``.
        said: the verdict, and what the person's judgement did.
        policy: in force.
        changes: notes that the standing changed.

    Returns:
        One reading a rule that fell: its precision, the floor, the interval, and its name as feature.
    """
    state.reviewed.add(*said)
    soft = meanings(policy, state.system_id)
    found: list[SystemReading] = []
    for key in rules:
        if key in soft:
            tally = state.tallies.setdefault(key, Tally(meaning=soft[key]))
            tally.add(*said)
            found.extend(_fall(state, key, tally, policy.of(state.system_id)))
    changes.restated = changes.restated or bool(found)
    return tuple(found)


def _fall(state: SystemState, key: str, tally: Tally, policy: SystemPolicy) -> Iterator[SystemReading]:
    precision, (share, low, high) = policy.precision, tally.precision()
    if key in state.shadowed or key.startswith(f"{Situation.VULNERABLE_CONTEXT}/"):
        return
    if tally.verdicts >= precision.min_verdicts and high < precision.floor:
        state.shadowed = (*state.shadowed, key)
        yield SystemReading(IMPRECISE, share, precision.floor, tally.verdicts, feature=key, low=low, high=high)


def restore(state: SystemState, key: str) -> None:
    """Put a rule back into service; its verdicts count from nothing."""
    state.shadowed = tuple(each for each in state.shadowed if each != key)
    state.tallies.pop(key, None)


def is_back(state: SystemState, reason: Reason) -> bool:
    """Whether a reason is about a rule that fell and is in service again: nothing of it is left to decide."""
    return reason.signal == IMPRECISE and not any(reason.text.endswith(f": {key}") for key in state.shadowed)


def forget_changed(state: SystemState, policy: Policy, changes: Changes) -> None:
    """Under another policy, forget the verdicts on rules that it changed or took away: they were about another rule."""
    if state.judged_under == policy.fingerprint:
        return
    state.judged_under = policy.fingerprint
    soft: Mapping[str, str] = meanings(policy, state.system_id) if state.tallies else {}
    for key in [key for key, tally in state.tallies.items() if soft.get(key) != tally.meaning]:
        changes.restated = changes.restated or key in state.shadowed
        restore(state, key)


def meanings(policy: Policy, system_id: str) -> Mapping[str, str]:
    """When each rule of a system that is not hard fires, as a digest: another digest, another rule.

    A rule that any of the system's capabilities has as a hard one is hard.
    """
    known = policy.once(_known_meanings)
    return known.get(system_id, known[_UNNAMED])


def _known_meanings(policy: Policy) -> dict[str, Mapping[str, str]]:
    """Of every system that the policy names, and of one that it does not."""
    named = {*policy.systems, *(name.partition("/")[0] for name in policy.capabilities)}
    return {system_id: _meanings(policy, system_id) for system_id in sorted({*named, _UNNAMED})}


def _meanings(policy: Policy, system_id: str) -> Mapping[str, str]:
    layers = [policy.of(system_id)]
    layers += [each for name, each in sorted(policy.capabilities.items()) if name.startswith(f"{system_id}/")]
    found: dict[str, list[bytes]] = {}
    hard: set[str] = set()
    for layer in layers:
        for situation in layer.situations:
            for rule in situation.rules:
                key = rule_key(situation, rule)
                found.setdefault(key, []).append(_meaning(rule, layer))
                hard.update({key} if rule.hard else ())
    return {key: digest(b"\n".join(parts).decode()) for key, parts in found.items() if key not in hard}


def _meaning(rule: Rule, policy: SystemPolicy) -> bytes:
    fields = {name: value for name, value in msgspec.structs.asdict(rule).items() if name not in _WORDS}
    names = rule.signals + rule.with_signals
    bounds = {name: policy.bounds.get(name) or policy.rates.get(name) for name in names}
    weights = policy.risk_weights if "session_risk" in names else {}
    parts = {part: getattr(policy, part) for name in names for part in READS.get(name, ())}
    return msgspec.json.encode([fields, bounds, weights, parts], order="deterministic")
