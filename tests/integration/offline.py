"""The equivalence check of DESIGN.md section 6: what a fleet of workers left in Kafka against a fold of its own input.

Session decisions must equal a fold of the recorded interactions under the recorded schedule of standings and policies;
system decisions the fold of the recorded observations without its duplicates; states the states of that fold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from monitor.codec import decode_event
from monitor.core.channels import (
    BREAKER_TRANSITIONS,
    BREAKERS,
    ESCALATIONS,
    INTERACTIONS,
    OBSERVATIONS,
    POLICIES,
    SESSION_CHANGELOG,
    STANDINGS,
    SYSTEM_CHANGELOG,
)
from monitor.core.events import Output, PolicyText, Standing
from monitor.core.log import Tick
from monitor.core.policy import Policy
from monitor.core.snapshot import load_session
from monitor.core.system import breakers_of
from monitor.core.system_snapshot import load_system
from monitor.delivery.recovery import Entry, Merge
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy, policy_from_text
from monitor.stages import session, system
from monitor.stages.decision import MemoryStates
from monitor.stages.session import SessionStage
from monitor.stages.system import SystemStage
from monitor.worker.store import CONTROL_KEY
from monitor.worker.work import POLICY_KEY, STANDING_PREFIX
from tests.contracts.schemas import assert_record_valid
from tests.integration.site import Site

LOOKED_AT = 100
"""Records of a topic that are held against their schema: validation takes most of a millisecond."""
Decided = dict[str, bytes]
"""Event id -> payload."""


def changelog(site: Site, suffix: str) -> dict[int, list[Entry[bytes]]]:
    """The entries of a changelog by partition, in log order."""
    found: dict[int, list[Entry[bytes]]] = defaultdict(list)
    for record in site.records(f"{site.app_id}-{suffix}"):
        headers = dict(record.headers)
        assert record.key is not None
        entry = Entry(record.key.decode(), record.value, int(headers["included"]), int(headers["tenure"]))
        found[record.at.partition].append(entry)
    return found


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


def schedule(site: Site) -> dict[int, list[tuple[int, Standing]]]:
    """Per partition: from which offset on which standing was in force, by the adoption records."""
    found: dict[int, list[tuple[int, Standing]]] = defaultdict(list)
    for partition, entries in changelog(site, SESSION_CHANGELOG).items():
        known: dict[str, int] = {}
        for entry in sorted(
            (each for each in entries if each.key.startswith(STANDING_PREFIX)), key=lambda each: each.place
        ):
            assert entry.value is not None
            standing = msgspec.json.decode(entry.value, type=Standing)
            if standing.version > known.get(standing.system_id, -1):
                known[standing.system_id] = standing.version
                found[partition].append((entry.included + 1, standing))
    return found


def policies(site: Site) -> dict[str, Policy]:
    """Every policy that was published, by fingerprint."""
    events = [decode_event(record.headers, record.value) for record in site.records(POLICIES)]
    texts = [event.data for event in events if isinstance(event.data, PolicyText)]
    return {text.fingerprint: policy_from_text(text.text) for text in texts}


def policy_schedule(site: Site, suffix: str) -> dict[int, list[tuple[int, Policy]]]:
    """Per partition: from which offset on which policy was in force, by the adoption records."""
    known = policies(site)
    found: dict[int, list[tuple[int, Policy]]] = {}
    for partition, entries in changelog(site, suffix).items():
        adopted = sorted((each for each in entries if each.key == POLICY_KEY), key=lambda each: each.place)
        found[partition] = [(entry.included + 1, known[(entry.value or b"").decode()]) for entry in adopted]
    return found


def put_in_force(stage: SessionStage | SystemStage, due: list[tuple[int, Policy]], offset: int) -> bool:
    """Give the stage the policy that was in force at the offset; whether it is another."""
    before = stage.policy.fingerprint
    while due and due[0][0] <= offset:
        _, policy = due.pop(0)
        if policy.fingerprint != stage.policy.fingerprint:
            stage.policy = policy
    return stage.policy.fingerprint != before


def fold_sessions(site: Site, default_system: str | None = None) -> tuple[Decided, dict[int, MemoryStates]]:
    """What the session stage decides on the recorded interactions, and the states it is left with."""
    options = IngestOptions(max_bytes=site.max_record_bytes, default_system=default_system)
    by_partition: dict[int, list[Record]] = defaultdict(list)
    for record in site.records(INTERACTIONS):
        by_partition[record.at.partition].append(record)
    decided: Decided = {}
    states: dict[int, MemoryStates] = {}
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
            for output in stage.decide(stage.prepare([record])).outputs:
                decided[output.id] = _payload(output)
        _settle(stage, states[partition])
    return decided, states


def fold_systems(site: Site) -> tuple[Decided, dict[int, MemoryStates], Decided]:
    """What the system stage decides on the recorded log, the states it is left with, and breakers it may repeat.

    A lease is renewed under the policy in force, whether the system was seen under it or not.
    """
    by_partition: dict[int, list[Record]] = defaultdict(list)
    for record in site.records(OBSERVATIONS):
        by_partition[record.at.partition].append(record)
    decided: Decided = {}
    renewed: Decided = {}
    states: dict[int, MemoryStates] = {}
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
            for output in stage.decide([record]).outputs:
                decided[output.id] = _payload(output)
        _settle(stage, states[partition])
    return decided, states, renewed


def _settle(stage: SessionStage | SystemStage, states: MemoryStates) -> None:
    for write in stage.writes():
        if write.value is None:
            states.pop(write.key, None)
        else:
            states[write.key] = write.value
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
    expected, session_states = fold_sessions(site, default_system)
    expected_system, system_states, renewed = fold_systems(site)
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
