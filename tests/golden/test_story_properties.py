"""What holds of the golden stories however they are mixed, cut into batches, or watched by rules in shadow."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.events import Escalation, Output, Standing
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.policy.merge import merge
from monitor.core.policy.model import Policy
from monitor.core.policy.schema import SESSION_SIGNALS
from monitor.core.policy.tree import parse_policy
from monitor.core.vocabulary import EscalationStatus, HumanRole, Mode, Rung, Severity, Situation
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import shipped_tree
from monitor.replay.engine import Engine
from monitor.stages.decision import MemoryStates
from monitor.stages.session import SessionControl, SessionStage, load_control
from tests.golden.play import FOLDER, SHIPPED, START, STEP, SYSTEM, TOPIC, Story, stories
from tests.stages.feed import told

PLAIN = [story for path in sorted(FOLDER.glob("*.yaml")) for story in stories(path.stem) if "policy" not in story]
ROLES = tuple(HumanRole)
WORN = ("policy", "standing_version")
"""Fields that name what was in force: they differ by nature."""


@st.composite
def traffic(draw: st.DrawFn) -> list[Record]:
    """Several stories at once on one partition, each in its own order."""
    chosen = draw(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=4))
    order = draw(st.permutations([index for index, story in enumerate(chosen) for _ in story["turns"]]))
    rest = [list(enumerate(story["turns"])) for story in chosen]
    now, records = START, []
    for offset, which in enumerate(order):
        index, turn = rest[which].pop(0)
        now += turn.get("after", STEP)
        records.append(_record(offset, f"s{which}", index, now, turn))
    return records


def _record(offset: int, session: str, index: int, now: float, turn: Story) -> Record:
    fields = {"session_id": session, "system_id": SYSTEM, "turn": index, "ts": now, **turn}
    fields.pop("after", None)
    value = b"{not a turn" if fields.pop("lost", False) else json.dumps(fields).encode()
    return Record(Position(TOPIC, 0, offset), value, session.encode())


def run(records: Sequence[Record], cuts: Sequence[int], policy: Policy = SHIPPED) -> tuple[list[Output], MemoryStates]:
    """Everything the session stage says over batches cut at these indices, made anew from its store at every cut."""
    states, control, said = MemoryStates(), SessionControl(), []
    for start, end in pairwise([0, *sorted(cuts), len(records)]):
        stage = SessionStage(0, states, policy=policy, options=IngestOptions(), control=control)
        said.extend(stage.decide(stage.prepare(records[start:end])).outputs)
        states.store(stage.writes())
        control = load_control(stage.control_record(end - 1)) or control
    return said, states


@given(traffic(), st.data())
@settings(max_examples=40, deadline=None)
def test_stories_whatever_the_batching_and_restarts_say_the_same(records: list[Record], data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(records)), max_size=6))
    whole, states = run(records, [])
    parts, other = run(records, cuts)
    assert told(parts) == told(whole)
    assert other == states


@given(traffic())
@settings(max_examples=40, deadline=None)
def test_stories_an_escalation_never_falls_while_it_is_open(records: list[Record]) -> None:
    lives: dict[str, Escalation] = {}
    for output in run(records, [])[0]:
        now = output.data
        if not isinstance(now, Escalation):
            continue
        before = lives.get(now.escalation_id)
        lives[now.escalation_id] = now
        if before is None:
            assert (now.status, now.revision) == (EscalationStatus.RAISED, 1)
            continue
        assert now.revision == before.revision + 1
        assert before.status is not EscalationStatus.CLEARED
        assert (now.severity.rank, now.rung.rank) >= (before.severity.rank, before.rung.rank)
        assert now.severity.rank >= before.severity.rank
        assert ROLES.index(now.human_role) >= ROLES.index(before.human_role)
        assert set(now.reasons) >= set(before.reasons)
        if now.status is EscalationStatus.UPDATED:
            assert (now.severity, now.rung, now.human_role, now.reasons) != (
                *attrgetter("severity", "rung", "human_role", "reasons")(before),
            )


# shadow ---------------------------------------------------------------------------------------------------------------


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """A rule of any shape, in shadow."""
    optional = {
        "with_signals": st.lists(st.sampled_from(SESSION_SIGNALS), min_size=1, max_size=2, unique=True),
        "stakes": st.lists(st.sampled_from(("health", "money", "eligibility")), min_size=1, unique=True),
        "any_stakes": st.just(value=True),
        "when": st.sampled_from(("turn > 1", "size(stakes) == 0", "scores.confusion > 0.1")),
        "hard": st.just(value=True),
        "severity": st.sampled_from([str(each) for each in Severity]),
        "rung": st.sampled_from([str(each) for each in Rung]),
        "human_role": st.sampled_from([str(each) for each in HumanRole]),
    }
    names = draw(st.lists(st.sampled_from(sorted(optional)), unique=True))
    signals = draw(st.lists(st.sampled_from(SESSION_SIGNALS), min_size=1, max_size=4, unique=True))
    return {"text": "tried out", "signals": signals, "mode": "shadow", **{name: draw(optional[name]) for name in names}}


IDS = ("a_first", "tried", "zz_last")
ROWS = [str(row) for row in Situation if row is not Situation.AUTONOMY_EXPANSION]
edits = st.dictionaries(st.tuples(st.sampled_from(ROWS), st.sampled_from(IDS)), rules(), min_size=1, max_size=6)
BOUNDED = set(shipped_tree()["bounds"])


def edited(tree: dict[str, Any], edit: dict[tuple[str, str], dict[str, Any]]) -> Policy:
    """The policy with these rules added; signals that it has no bound for are left out."""
    whole = tree
    for (row, name), rule in edit.items():
        kept = {
            key: [each for each in value if each in BOUNDED] if key.endswith("signals") else value
            for key, value in rule.items()
        }
        if all(kept.values()):
            whole = merge(whole, {"situations": {row: {"rules": {name: kept}}}})
    return parse_policy({"name": "tried", "owner": "story", **whole}, base=shipped_tree())


def live(records: Sequence[Record], policy: Policy) -> Iterator[bytes]:
    """What acts: every output without the policy's name, shadow escalations and their briefs left out."""
    for turn in Engine(policy, IngestOptions()).run(records):
        for output in turn.outputs:
            data = output.data
            if isinstance(data, Escalation) and data.mode is Mode.SHADOW:
                continue
            if isinstance(data, Observation):
                briefs = tuple(each for each in data.escalations if each.mode is Mode.LIVE)
                data = msgspec.structs.replace(data, escalations=briefs)
            worn = {name: type(getattr(data, name))() for name in WORN if hasattr(data, name)}
            same = output.id if isinstance(data, Escalation) else ""  # a breaker's event names the policy in its id
            yield msgspec.json.encode((output.channel, same, msgspec.structs.replace(data, **worn) if data else None))


@given(traffic(), edits)
@settings(max_examples=40, deadline=None)
def test_stories_rules_in_shadow_change_nothing_that_acts(
    records: list[Record], edit: dict[tuple[str, str], dict[str, Any]]
) -> None:
    assert list(live(records, edited({}, edit))) == list(live(records, edited({}, {})))


@given(
    traffic(),
    st.dictionaries(st.sampled_from(sorted(BOUNDED - {"sentiment"})), st.floats(0.05, 1.0), max_size=5),
    edits,
)
@settings(max_examples=40, deadline=None)
def test_stories_no_edit_of_a_system_in_shadow_raises_anything_that_acts(
    records: list[Record], bounds: dict[str, float], edit: dict[tuple[str, str], dict[str, Any]]
) -> None:
    tree = {"mode": "shadow", "bounds": {name: {"raise": value, "clear": -1} for name, value in bounds.items()}}
    for turn in Engine(edited(tree, edit), IngestOptions()).run(records):
        for output in turn.outputs:
            if isinstance(output.data, Escalation):
                assert output.data.mode is Mode.SHADOW
            if isinstance(output.data, Standing):
                assert not output.data.shadowed


WAITING = {rule.id for row in SHIPPED.base.situations for rule in row.rules if rule.unless_called}
RULES = [(str(row.name), rule.id) for row in SHIPPED.base.situations for rule in row.rules]


def acting(records: Sequence[Record], policy: Policy) -> list[Escalation]:
    """Every live escalation event, without the names of what was in force."""
    said = (output.data for turn in Engine(policy, IngestOptions()).run(records) for output in turn.outputs)
    worn = {"policy": "", "standing_version": 0}
    return [
        msgspec.structs.replace(each, **worn)
        for each in said
        if isinstance(each, Escalation) and each.mode is Mode.LIVE
    ]


@given(traffic(), st.sampled_from(RULES))
@settings(max_examples=40, deadline=None)
def test_stories_a_rule_put_into_shadow_falls_silent_and_no_other_row_changes(
    records: list[Record], which: tuple[str, str]
) -> None:
    row, rule = which
    tree = {"situations": {row: {"rules": {rule: {"mode": "shadow"}}}}}
    with_it, without = acting(records, edited({}, {})), acting(records, edited(tree, {}))
    assert not any(reason.rule == rule for each in without if each.situation == row for reason in each.reasons)
    others = [[each for each in side if each.situation != row and not stood_back(each)] for side in (without, with_it)]
    assert others[0] == others[1]


def stood_back(each: Escalation) -> bool:
    """Whether only a rule speaks that waits for others to be silent: what falls silent gives it the word."""
    return {reason.rule for reason in each.reasons} <= WAITING
