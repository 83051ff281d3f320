"""What must hold at the end: the proof of the promises, taken from the logs alone.

The ideal fold reads each source log once, in order, under the schedule of policies and standings that the changelog
recorded. Whatever the faults were, the outputs and the recovered states must be exactly that fold's.
"""

from collections.abc import Iterable
from typing import NamedTuple

from monitor.delivery.recovery import Entry, Merge
from tests.delivery.application import SOURCES, STAGES, Event, Force, Observation, Slot, Stage, Standing
from tests.delivery.broker import TP, Record
from tests.delivery.work import CONTROL, FORCE
from tests.delivery.world import World

Facts = dict[tuple[object, ...], tuple[object, ...]]


class Violation(Exception):  # noqa: N818 - the word for it
    """A promise that did not hold."""


class Assertion(NamedTuple):
    """In force from ``included`` + 1 on."""

    included: int
    tenure: int
    force: Force


def schedule(history: Iterable[Record]) -> dict[str, list[Assertion]]:
    """What was in force from which offset on, by key, from all that was ever written to a changelog."""
    found: dict[str, list[Assertion]] = {}
    mark = (-2, -1)
    for record in history:
        entry = record.value
        assert isinstance(entry, Entry)
        if entry.key == CONTROL and entry.place >= mark:
            if entry.tenure > mark[1]:  # what an earlier owner asserts from here on, and this one did not find
                found = {key: standing_before(entry, known) for key, known in found.items()}
            mark = entry.place
        elif entry.key.startswith(FORCE) and entry.tenure >= mark[1]:
            assert entry.value is not None, "what is in force has no tombstone"
            known = found.setdefault(entry.key[len(FORCE) :], [])
            if not known or entry.place >= known[-1][:2]:
                known.append(Assertion(*entry.place, entry.value))
    return found


def standing_before(control: Entry[object], known: list[Assertion]) -> list[Assertion]:
    """Those that a new owner's first control record leaves standing."""
    return [each for each in known if each.included < control.included or each.tenure >= control.tenure]


def ideal(world: World, name: str, partition: int) -> tuple[Stage, list[tuple[TP, object]]]:
    """The undisturbed fold of one source partition: its final stage and all it sends."""
    plan = schedule(world.broker.logs[name, partition].history)
    stage = STAGES[name](partition, world.broker.partitions, frozenset())
    stage.seen = type(stage.seen)()
    sent: list[tuple[TP, object]] = []
    source = (SOURCES[name], partition)
    for record in world.broker.logs[source].records[world.began.get(source, 0) :]:
        for key, assertions in plan.items():
            for assertion in assertions:
                if assertion.included < record.offset:
                    stage.force[key] = assertion.force
        sent += [(output.to, output.value) for output in stage.decide([record])]
    return stage, sent


def fact(value: object) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Identity and content of anything that is sent."""
    match value:
        case Event(identity, payload):
            return identity, payload
        case Observation(source, offset, ordinal):
            return ("observation", source, offset, ordinal), value
        case Standing(system, force):
            return ("standing", system, force[0]), force
    raise AssertionError(value)


def facts(values: Iterable[object]) -> Facts:
    """By identity; refuses two contents of one identity."""
    found: Facts = {}
    for value in values:
        identity, content = fact(value)
        if found.setdefault(identity, content) != content:
            raise Violation(f"conflict: {identity} says {found[identity]} and {content}")
    return found


def check_outputs(world: World, stages: dict[TP, tuple[Stage, list[tuple[TP, object]]]]) -> None:
    """Nothing lost, nothing invented, no conflict, in every topic."""
    expected: dict[str, list[object]] = {"out": [], "obs": [], "standings": []}
    for _, sent in stages.values():
        for (topic, _), value in sent:
            expected[topic].append(value)
    for topic, values in expected.items():
        wanted = facts(values)
        emitted = facts(r.value for tp, log in world.broker.logs.items() if tp[0] == topic for r in log.history)
        for identity, content in wanted.items():
            if identity not in emitted:
                raise Violation(f"lost from {topic}: {identity}")
            if emitted[identity] != content:
                raise Violation(f"wrong in {topic}: {identity} says {emitted[identity]}, should be {content}")
        for identity in emitted:
            if identity not in wanted:
                raise Violation(f"invented in {topic}: {identity}")


def check_states(world: World, changelog: TP, stage: Stage) -> None:
    """What the next owner would recover is the fold's state, and no key's highest record is lost."""
    log = world.broker.logs[changelog]
    merge: Merge[object] = Merge()
    ever: dict[str, Entry[object]] = {}
    for record in log.history:
        assert isinstance(record.value, Entry)
        entry = record.value
        if entry.key not in ever or entry.place >= ever[entry.key].place:
            ever[entry.key] = entry
    for record in log.records:
        assert isinstance(record.value, Entry)
        merge.add(record.value)
    found = {entry.key: entry for entry in merge.entries()}
    for key, entry in ever.items():
        kept = found.get(key)
        gone = kept is None and entry.value is None  # a tombstone in the end goes too
        if not key.startswith(FORCE) and not gone and (kept is None or kept.included != entry.included):
            raise Violation(f"{changelog} lost the highest record of {key}: {entry.included}, kept {kept}")
    for key, slot in stage.touched.items():
        kept = found.get(key)
        state = Slot(kept.value, kept.included) if kept else Slot(None, slot.included)
        if state != slot:
            raise Violation(f"{changelog} recovers {key} as {state}, should be {slot}")
    if strangers := [key for key in found if not key.startswith("~") and key not in stage.touched]:
        raise Violation(f"{changelog} recovers {strangers}, which never were")


def check(world: World) -> None:
    """All promises.

    Raises:
        Violation: the first that does not hold.
    """
    if not world.settle():
        raise Violation(f"stuck: {world.places()}")
    world.grow_old()
    stages = {(name, p): ideal(world, name, p) for name in SOURCES for p in range(world.broker.partitions)}
    check_outputs(world, stages)
    for changelog, (stage, _) in stages.items():
        check_states(world, changelog, stage)
