"""Which rules of a situation fire on what was noticed, with a reason for each. Matching only: no state.

Both stages use it. The session stage matches the rules that rest on its own signals, the system stage those that rest
on the system's: :func:`of_stage` says which rule is whose.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from monitor.core.events import Evidence, Reading, Reason, SystemReading
from monitor.core.policy.model import Rule, SituationPolicy
from monitor.core.signals.describe import REASON_TEXT
from monitor.core.vocabulary import Mode, Stake

SESSION = "session"
SYSTEM = "system"
BOTH = "both"
SCOPES = (SESSION, SYSTEM, BOTH)

STORM = "storm"
"""The system signal of many sessions that call for the same within minutes; see system/storms.py."""

SYSTEM_SIGNALS = (
    "drift",
    "contradiction_rate",
    "unsupported_rate",
    "overreach_rate",
    "escalation_rate",
    "ceiling_ignored",
    "autonomy_requested",
    "autonomy_exceeded",
    "rule_imprecise",
    STORM,
)
"""What the system stage reads. ``autonomy_exceeded`` is also a session signal: there it is one turn's."""

CONDITION = "condition"
"""The signal name of a reason that rests on a CEL condition alone."""

AnyReading = Reading | SystemReading
Readings = Mapping[str, Sequence[AnyReading]]


class Noticed(Struct, frozen=True):
    """What rules are matched against.

    ``fired``: readings of this record by signal. ``active``: readings of earlier records that are not over yet.
    ``stakes``: of the turn and its session. ``holds``: evaluates a CEL condition; None = cannot know: never fires.
    ``here``: where a reason points that rests on a condition alone: at the record it was evaluated on.
    """

    fired: Readings
    active: Readings = {}
    stakes: frozenset[Stake] = frozenset()
    holds: Callable[[str], bool | None] | None = None
    here: tuple[Evidence, ...] = ()


class Finding(Struct, frozen=True):
    """A rule that fired, with its reasons (never empty)."""

    rule: Rule
    reasons: tuple[Reason, ...]


def of_stage(situation: SituationPolicy, stage: str) -> tuple[Rule, ...]:
    """The rules of a situation that a stage (:data:`SESSION` or :data:`SYSTEM`) decides."""
    return tuple(rule for rule in situation.rules if _stage(situation, rule) == stage)


def _stage(situation: SituationPolicy, rule: Rule) -> str:
    if situation.scope != BOTH:
        return situation.scope
    names = rule.signals + rule.with_signals
    return SYSTEM if any(name in SYSTEM_SIGNALS and name != "autonomy_exceeded" for name in names) else SESSION


def match(rules: Iterable[Rule], noticed: Noticed) -> tuple[Finding, ...]:
    """The rules that fire on this record, in the policy's order.

    A rule fires when one of its signals and all of its ``with_signals`` are in force and at least one of them fired on
    this very record; so the order in which two signs appear does not matter, and nothing fires twice without news.
    """
    return tuple(finding for rule in rules if (finding := _match(rule, noticed)) is not None)


def _match(rule: Rule, noticed: Noticed) -> Finding | None:
    readings = _in_force(rule, noticed)
    if readings is None or not _stakes_match(rule, noticed.stakes):
        return None
    if rule.when is not None and (noticed.holds is None or noticed.holds(rule.when) is not True):
        return None
    reasons = tuple(reason_of(rule, reading) for reading in readings)
    return Finding(rule, reasons or (Reason(CONDITION, rule.id, rule.text, 1.0, 1.0, evidence=noticed.here),))


def _in_force(rule: Rule, noticed: Noticed) -> list[AnyReading] | None:
    """The readings the rule rests on, or None when they are not all there or none is new."""
    named = rule.signals + rule.with_signals
    if not named:
        return []
    if noticed.fired.keys().isdisjoint(named):
        return None
    triggers = [reading for name in rule.signals for reading in _readings(noticed, name)]
    companions = [_readings(noticed, name) for name in rule.with_signals]
    if (rule.signals and not triggers) or not all(companions):
        return None
    return triggers + [reading for found in companions for reading in found]


def _readings(noticed: Noticed, name: str) -> Sequence[AnyReading]:
    return noticed.fired.get(name) or noticed.active.get(name) or ()


def _stakes_match(rule: Rule, stakes: frozenset[Stake]) -> bool:
    if rule.stakes and stakes.isdisjoint(rule.stakes):
        return False
    return bool(stakes) or not rule.any_stakes


def reason_of(rule: Rule, reading: AnyReading, evidence: tuple[Evidence, ...] = ()) -> Reason:
    """A reading as a reason of a rule, in the rule's words; where a rule rests on several signals, also in this one's.

    What the reading itself tells (which limit, which order) says more than the rule and stands in its place.

    Args:
        rule: the rule that fired.
        reading: a session's or a system's.
        evidence: pointers for a system reading, instead of its own.
    """
    if isinstance(reading, Reading):
        return Reason(
            reading.signal,
            rule.id,
            reading.told or _session_text(rule, reading.signal),
            reading.value,
            reading.bound,
            reading.n,
            evidence=reading.evidence,
            unless=reading.unless,
        )
    return Reason(
        reading.signal,
        rule.id,
        _system_text(rule, reading),
        reading.value,
        reading.bound,
        reading.n,
        reading.low,
        reading.high,
        evidence or reading.evidence,
    )


def _session_text(rule: Rule, signal: str) -> str:
    described = REASON_TEXT.get(signal)
    if described is None or len(rule.signals) + len(rule.with_signals) < 2:
        return rule.text
    return f"{rule.text} ({described[0].lower()}{described[1:]})"


def _system_text(rule: Rule, reading: SystemReading) -> str:
    """The rule's words with what moved where, or which level it is about.

    >>> _system_text(Rule("d", "behaviour drifts"), SystemReading("drift", 0.4, 0.1, 50, "length", "up"))
    'behaviour drifts: length went up from 0.1 to 0.4'
    """
    if reading.feature is None:
        return rule.text
    if reading.direction is None:
        return f"{rule.text}: {reading.feature}"
    moved = f"went {reading.direction} from {reading.bound:.3g} to {reading.value:.3g}"
    return f"{rule.text}: {reading.feature} {moved}"


def rule_key(situation: SituationPolicy, rule: Rule) -> str:
    """A rule's name within its system, as verdicts and standings say it: ``support_resolution/disputed``."""
    return f"{situation.name}/{rule.id}"


def mode_of(rule: Rule, otherwise: Mode) -> Mode:
    """Whether the rule acts; a shadow system has no live rules.

    >>> mode_of(Rule("r", "text", mode=Mode.LIVE), Mode.SHADOW)
    <Mode.SHADOW: 'shadow'>
    """
    return Mode.SHADOW if Mode.SHADOW in (rule.mode, otherwise) else Mode.LIVE
