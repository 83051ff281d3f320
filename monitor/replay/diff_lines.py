"""A comparison of two policies in words and as one JSON value: coverage first, then what would be different."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from monitor.core.vocabulary import Rung
from monitor.ingest.fields import OPTIONAL_FIELDS
from monitor.replay.decisions import Decision
from monitor.replay.diff import Change, Comparison

FEW_SESSIONS = 100
"""Below it one session more or less moves a rate by ten or more per 1,000, which is said."""
_NAME = 40
_MINUTES = 60


def lines(it: Comparison, minutes: Mapping[Rung, float]) -> Iterator[str]:
    """The comparison for a person."""
    for letter, policy in zip("AB", it.policies, strict=True):
        yield f"{letter}  {policy.name}, fingerprint {policy.fingerprint}"
    yield from _coverage(it)
    yield from _rates(it)
    yield from _load(it, minutes)
    yield from _trips(it)
    yield from _leads(it)
    yield from _changes(it)


def result(it: Comparison, minutes: Mapping[Rung, float]) -> dict[str, Any]:
    """The comparison as plain values, the same numbers as :func:`lines`."""
    return {
        "coverage": {
            "turns": it.coverage.turns,
            "sessions": len(it.coverage.sessions),
            "rejected": dict(it.coverage.rejected),
            "duplicates": it.coverage.duplicates,
            "carried": {each.name: it.coverage.fields[each.name] for each in OPTIONAL_FIELDS},
            "rules": {name: dict(zip("ab", pair, strict=True)) for name, pair in tried(it).items()},
        },
        "a": _side(it, 0, minutes),
        "b": _side(it, 1, minutes),
        "minutes_per_rung": {rung.value: value for rung, value in minutes.items()},
        "differs": it.differs,
        "sessions_changed": it.sessions_changed,
        "systems_changed": it.systems_changed,
        "only_owner_differs": it.reowned,
        "turns_under_another_ceiling": it.other_ceiling,
        "how": dict(it.how),
        "changes": [msgspec.to_builtins(change) for change in it.changes],
    }


def tried(it: Comparison) -> dict[str, tuple[int | None, int | None]]:
    """Rule -> on how many turns each policy could have tried it at the most; None where a policy has no such rule."""
    a, b = it.rules
    of_a, of_b = (cover.tried for cover in it.covers)
    return {name: (of_a(a[name]) if name in a else None, of_b(b[name]) if name in b else None) for name in {**a, **b}}


def _side(it: Comparison, index: int, minutes: Mapping[Rung, float]) -> dict[str, Any]:
    side, policy = it.sides[index], it.policies[index]
    return {
        "policy": policy.name,
        "fingerprint": policy.fingerprint,
        "escalations": dict(side.raised),
        "per_thousand_sessions": {name: it.per_thousand(count) for name, count in side.raised.items()},
        "escalated_sessions": len(side.escalated),
        "reviewer_minutes": side.minutes(minutes),
        "breaker_trips": dict(side.trips),
        "median_lead": {name: side.lead(name) for name in side.leads},
    }


def _coverage(it: Comparison) -> Iterator[str]:
    seen = it.coverage
    yield f"\ncoverage: {seen.turns:,} turns in {len(seen.sessions):,} sessions"
    if seen.duplicates:
        yield f"  {seen.duplicates:>9,}  turns more were repeats"
    for code, count in sorted(seen.rejected.items()):
        yield f"  {count:>9,}  lines more were rejected: {code}"
    if 0 < len(seen.sessions) < FEW_SESSIONS:
        yield f"  few sessions: each one is {it.per_thousand(1):.1f} per 1,000, small differences mean nothing"
    yield "  turns that carried"
    yield from (f"  {seen.fields[each.name]:>9,}  {each.name}" for each in OPTIONAL_FIELDS)
    yield "  turns on which a rule could be tried, at the most"
    for name, counts in tried(it).items():
        a, b = ("no rule" if count is None else f"{count:,}" for count in counts)
        beside = f"{a:>9}" if a == b else f"A {a}, B {b}"
        blind = "   NEVER TRIED: its silence says nothing" if not any(counts) else ""
        yield f"  {beside}  {name}{blind}"


def _rates(it: Comparison) -> Iterator[str]:
    a, b = (side.raised for side in it.sides)
    yield _header("escalations per 1,000 sessions")
    for name in _names(a, b):
        yield _row(name, it.per_thousand(a[name]), it.per_thousand(b[name]))
    live = [sum(count for name, count in raised.items() if "(shadow)" not in name) for raised in (a, b)]
    yield _row("all that act", *map(it.per_thousand, live))
    yield _row("sessions with one or more", *(it.per_thousand(len(side.escalated)) for side in it.sides))


def _load(it: Comparison, minutes: Mapping[Rung, float]) -> Iterator[str]:
    hours = [side.minutes(minutes) / _MINUTES for side in it.sides]
    yield _header("reviewer hours")
    yield _row("on this data", *hours)
    yield _row("per 1,000 sessions", *map(it.per_thousand, hours))
    table = ", ".join(f"{rung} {value:g}" for rung, value in minutes.items())
    yield f"  assumed minutes of a person for each escalation by its rung: {table} (--minutes)"


def _trips(it: Comparison) -> Iterator[str]:
    a, b = (side.trips for side in it.sides)
    if not a and not b:
        yield "\nno breaker would trip under either"
        return
    yield _header("breaker trips", "times")
    for name in _names(a, b):
        yield _row(name, a[name], b[name], digits=0)


def _leads(it: Comparison) -> Iterator[str]:
    a, b = it.sides
    names = _names(a.leads, b.leads)
    if not names:
        return
    yield _header("lead: median turn at which it is raised")
    for name in names:
        yield _row(name, a.lead(name), b.lead(name))


def _changes(it: Comparison) -> Iterator[str]:
    total = len(it.coverage.sessions)
    if it.other_ceiling:
        yield f"\n{it.other_ceiling:,} turns were decided under another ceiling (what the system may do)"
    if it.reowned:
        yield f"\n{it.reowned:,} sessions or systems are the same but for the owner: other people are called"
    if not it.sessions_changed and not it.systems_changed:
        yield "\nno session changes: both decide the same on this data"
        return
    how = "; ".join(f"{count:,} {name}" for name, count in sorted(it.how.items(), key=lambda each: (-each[1], each[0])))
    yield f"\nsessions that change: {it.sessions_changed:,} of {total:,}" + (f" (at first: {how})" if how else "")
    if it.systems_changed:
        yield f"systems that change: {it.systems_changed:,}"
    for change in it.changes:
        yield from _change(change)
    left = it.sessions_changed + it.systems_changed - len(it.changes)
    if left:
        yield f"  … and {left:,} more (--all)"


def _change(it: Change) -> Iterator[str]:
    yield f"  {it.subject.text}, first at turn {it.turn} ({it.at.topic}/{it.at.partition}/{it.at.offset}): {it.how}"
    for letter, decided in (("A", it.a), ("B", it.b)):
        yield from _decided(letter, decided)


def _decided(letter: str, decided: tuple[Decision, ...]) -> Iterator[str]:
    if not decided:
        yield f"    {letter}  nothing"
    for index, each in enumerate(decided):
        yield f"    {letter if not index else ' '}  {each.text}"


def _header(title: str, unit: str = "") -> str:
    return f"\n{title + (f' ({unit})' if unit else ''):<{_NAME + 2}}{'A':>10}{'B':>10}{'B - A':>10}"


def _row(name: str, a: float | None, b: float | None, *, digits: int = 1) -> str:
    one, other = ("-" if value is None else f"{value:,.{digits}f}" for value in (a, b))
    change = "" if a is None or b is None else f"{b - a:+,.{digits}f}"
    return f"  {name:<{_NAME}}{one:>10}{other:>10}{change:>10}".rstrip()


def _names(a: Iterable[str], b: Iterable[str]) -> list[str]:
    return sorted({*a, *b})
