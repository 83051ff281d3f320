"""The equivalence check of DESIGN.md section 6: what a fleet of workers left in Kafka against a fold of its own input.

Session decisions must equal a fold of the recorded interactions under the recorded schedule of standings and policies;
system decisions the fold of the recorded observations without its duplicates; states the states of that fold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from monitor.codec import decode_event
from monitor.core.channels import (
    BREAKER_TRANSITIONS,
    BREAKERS,
    ESCALATIONS,
    INTERACTIONS,
    OBSERVATIONS,
    SESSION_CHANGELOG,
    STANDINGS,
    SYSTEM_CHANGELOG,
)
from monitor.core.events import Output
from monitor.core.log import Tick
from monitor.core.session.snapshot import load_session
from monitor.core.system.reducer import breakers_of
from monitor.core.system.snapshot import load_system
from monitor.delivery.recovery import Entry, Merge
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy
from monitor.stages import session, system
from monitor.stages.decision import MemoryStates
from monitor.stages.session import SessionStage
from monitor.stages.system import SystemStage
from monitor.worker.store import CONTROL_KEY
from tests.contracts.schemas import assert_record_valid
from tests.integration.relayed import Refused, dead_letters, refused_by_relay, refused_in
from tests.integration.schedules import changelog, policy_schedule, put_in_force, schedule
from tests.integration.site import Site

LOOKED_AT = 100
"""Records of a topic that are held against their schema: validation takes most of a millisecond."""
Decided = dict[str, bytes]
"""Event id -> payload."""


def merged(entries: Iterable[Entry[bytes]]) -> Merge[bytes]:
    merge: Merge[bytes] = Merge()
    for entry in entries:
        merge.add(entry)
    return merge


def session_progress(site: Site) -> dict[int, int]:
    """Next offset to fold, per input partition."""
    found = {}
    for partition, entries in changelog(site, SESSION_CHANGELOG).items():
        control = session.load_control(merged(entries).states().get(CONTROL_KEY))
        found[partition] = control.progress + 1 if control else 0
    return found


def system_progress(site: Site) -> dict[int, int]:
    """The last offset folded, per partition of the log."""
    found = {}
    for partition, entries in changelog(site, SYSTEM_CHANGELOG).items():
        control = system.load_control(merged(entries).states().get(CONTROL_KEY))
        found[partition] = control.progress if control else -1
    return found


def folded_sources(site: Site) -> bool:
    """Whether the system stage has folded every observation that lies in the log now."""
    progress = system_progress(site)
    for record in site.records(OBSERVATIONS):
        if (
            b'"kind":"tick"' not in (record.value or b"")[:40]
            and progress.get(record.at.partition, -1) < record.at.offset
        ):
            return False
    return True


def recorded(site: Site, *addresses: str) -> tuple[Decided, list[str]]:
    """Every event of these topics by id, and the ids that stand there with two payloads."""
    decided: Decided = {}
    conflicts = []
    for address in addresses:
        looked_at = 0
        for record in site.records(address):
            output = _event(record)
            if output is None:
                continue
            if looked_at < LOOKED_AT:
                assert_record_valid(address, record.headers, record.value)
                looked_at += 1
            payload = record.value or b""
            if decided.setdefault(output.id, payload) != payload:
                conflicts.append(output.id)
    return decided, conflicts


def _event(record: Record) -> Output | None:
    """The event of a record; None for ticks and relayed records, which are no decisions."""
    if not any(name == "ce_id" for name, _ in record.headers):
        return None
    return decode_event(record.headers, record.value)


def fold_sessions(site: Site, default_system: str | None = None) -> tuple[Decided, dict[int, MemoryStates], Refused]:
    """What the session stage decides on the recorded interactions, the states it is left with, and what it refuses."""
    options = IngestOptions(max_bytes=site.max_record_bytes, default_system=default_system)
    by_partition: dict[int, list[Record]] = defaultdict(list)
    for record in site.records(INTERACTIONS):
        by_partition[record.at.partition].append(record)
    decided: Decided = {}
    states: dict[int, MemoryStates] = {}
    refused: Refused = set()
    due, policies_due = schedule(site), policy_schedule(site, SESSION_CHANGELOG)
    for partition, records in by_partition.items():
        states[partition] = MemoryStates()
        stage = SessionStage(partition, states[partition], policy=load_policy(None), options=options)
        for record in records:
            put_in_force(stage, policies_due.get(partition, []), record.at.offset)
            for offset, standing in due.get(partition, ()):
                if offset <= record.at.offset:
                    stage.standings[standing.system_id] = standing
            due[partition] = [each for each in due.get(partition, ()) if each[0] > record.at.offset]
            decisions = stage.decide(stage.prepare([record]))
            decided |= {output.id: _payload(output) for output in decisions.outputs}
            refused |= refused_in(decisions)
        _settle(stage, states[partition])
    return decided, states, refused


def fold_systems(site: Site) -> tuple[Decided, dict[int, MemoryStates], Decided, Refused]:
    """What the system stage decides on the recorded log, its states, breakers it may repeat, and what it refuses.

    A lease is renewed under the policy in force, whether the system was seen under it or not.
    """
    by_partition: dict[int, list[Record]] = defaultdict(list)
    for record in site.records(OBSERVATIONS):
        by_partition[record.at.partition].append(record)
    decided: Decided = {}
    renewed: Decided = {}
    states: dict[int, MemoryStates] = {}
    refused: Refused = set()
    due, reached = policy_schedule(site, SYSTEM_CHANGELOG), system_progress(site)
    for partition, records in by_partition.items():
        states[partition] = MemoryStates()
        stage = SystemStage(partition, states[partition], policy=load_policy(None))
        for record in records:
            if record.at.offset > reached.get(partition, -1):
                break  # a tick that nobody has folded yet
            if put_in_force(stage, due.get(partition, []), record.at.offset):
                breakers = (each for state in stage.states() for each in breakers_of(state, stage.policy))
                renewed |= {breaker.id: _payload(breaker) for breaker in breakers}
            decisions = stage.decide([record])
            decided |= {output.id: _payload(output) for output in decisions.outputs}
            refused |= refused_in(decisions)
        _settle(stage, states[partition])
    return decided, states, renewed, refused


def _settle(stage: SessionStage | SystemStage, states: MemoryStates) -> None:
    states.store(stage.writes())
    stage.settled()


def _payload(output: Output) -> bytes:
    from monitor.codec import binary  # noqa: PLC0415 - one name of a module that is imported above for another

    return binary(output)[1] or b""


def assert_equivalent(site: Site, default_system: str | None = None) -> dict[str, int]:
    """The whole check. Answers how much was compared, for the record."""
    of_sessions, conflicts = recorded(site, ESCALATIONS, OBSERVATIONS)
    of_systems, more = recorded(site, BREAKERS, BREAKER_TRANSITIONS, STANDINGS)
    assert conflicts == []
    assert more == []
    expected, session_states, of_turns = fold_sessions(site, default_system)
    expected_system, system_states, renewed, of_log = fold_systems(site)
    assert dead_letters(site) == of_turns | of_log | refused_by_relay(site)
    found = of_sessions | of_systems
    wanted = expected | {event: renewed[event] for event in renewed.keys() & found.keys()} | expected_system
    assert_same(found, wanted)
    assert_states(changelog(site, SESSION_CHANGELOG), session_states, load_session)
    assert_states(changelog(site, SYSTEM_CHANGELOG), system_states, _comparable_system)
    return {"session events": len(expected), "system events": len(expected_system), "states": _count(session_states)}


def assert_same(found: Decided, wanted: Decided) -> None:
    lost = wanted.keys() - found.keys()
    invented = found.keys() - wanted.keys()
    differing = [event for event in found.keys() & wanted.keys() if found[event] != wanted[event]]
    examples = [(found[event], wanted[event]) for event in differing[:1]]
    assert not lost, f"{len(lost)} lost, such as {[wanted[event][:300] for event in list(lost)[:2]]}"
    assert not invented, f"{len(invented)} invented, such as {[found[event][:300] for event in list(invented)[:2]]}"
    assert not differing, f"{len(differing)} differ, such as {examples}"


def assert_states(entries: Mapping[int, list[Entry[bytes]]], states: Mapping[int, MemoryStates], load: object) -> None:
    """States recovered from the changelog equal the fold's; a key's highest offset is never lost."""
    assert callable(load)
    for partition, expected in states.items():
        found = {key: value for key, value in merged(entries[partition]).states().items() if key[0] != "~"}
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            assert load(found[key]) == load(value), key


def _comparable_system(data: bytes) -> object:
    state = load_system(data)
    state.detectors = {name: detector.dump() for name, detector in state.detectors.items()}
    return state


def _count(states: Mapping[int, MemoryStates]) -> int:
    return sum(len(each) for each in states.values())


__all__ = ["Tick", "assert_equivalent"]
