"""Both stages over records: the worker's decisions, in whatever order partitions interleave, fed back or pinned."""

from itertools import chain, zip_longest

import msgspec
import pytest

from monitor.core.channels import OBSERVATIONS
from monitor.core.events import Output, Standing
from monitor.core.interaction import Position
from monitor.core.log import Observation
from monitor.core.policy.model import Policy
from monitor.core.policy.tree import parse_policy
from monitor.core.vocabulary import Autonomy
from monitor.ingest import IngestOptions
from monitor.policy_file import load_policy, shipped_tree
from monitor.replay import engine as module
from monitor.replay.engine import Adoption, Engine, Standings, Turn
from monitor.stages.decision import MemoryStates
from monitor.stages.session import SessionStage
from monitor.stages.system import SystemStage
from tests.contracts.schemas import assert_valid
from tests.replay.talks import ANGRY, CALM, day, line, records, run, talk


def outputs(turns: list[Turn]) -> list[Output]:
    return [output for turn in turns for output in turn.outputs]


def session_outputs(turns: list[Turn]) -> list[Output]:
    return [each for each in outputs(turns) if isinstance(each.data, Observation) or "/" in each.subject]


def test_every_record_becomes_one_turn_in_order() -> None:
    given = records(day())
    turns = run(given)
    assert [turn.record for turn in turns] == given
    assert [turn.rejected.code for turn in turns if turn.rejected] == ["invalid_json", "empty_turn"]
    assert all((turn.observation is None) == (turn.rejected is not None) for turn in turns)


def test_angry_talk_escalates_and_calm_talk_does_not() -> None:
    kinds = {
        name: [each.type for each in outputs(run(records(talk("s", said)))) if "escalation" in each.type]
        for name, said in (("calm", CALM), ("angry", ANGRY))
    }
    assert kinds["calm"] == []
    assert "oversight.escalation.raised.v1" in kinds["angry"]


def test_every_output_is_valid_under_the_contract() -> None:
    found = outputs(run(records(day())))
    assert found
    for output in found:
        assert_valid(output)


def test_ids_of_outputs_are_unique() -> None:
    ids = [each.id for each in outputs(run(records(day())))]
    assert len(ids) == len(set(ids))


def test_session_decisions_equal_those_of_the_workers_stage_in_one_batch() -> None:
    given = records(day())
    stage = SessionStage(0, MemoryStates(), policy=load_policy(None), options=IngestOptions())
    decided = stage.decide(stage.prepare(given)).outputs
    by_id = {each.id: each for each in outputs(run(given, standings="pinned"))}
    assert decided
    assert [by_id.get(each.id) for each in decided] == decided


def test_system_decisions_equal_the_fold_of_the_published_observations() -> None:
    turns = run(records(day(), first=100), standings="pinned")
    observed = [each.data for each in outputs(turns) if isinstance(each.data, Observation)]
    stage = SystemStage(0, MemoryStates(), policy=load_policy(None))
    folded: list[Output] = []
    for offset, observation in enumerate(observed):
        copy = msgspec.json.decode(msgspec.json.encode(observation), type=Observation)
        folded += stage.fold(copy, Position(OBSERVATIONS, 0, offset))
    decided = {each.id: each for each in outputs(turns)}
    assert folded
    assert [decided.get(each.id) for each in folded] == folded


def test_positions_name_the_outputs_and_order_of_partitions_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    one, two = records(talk("a", ANGRY), partition=1, first=7), records(talk("b", ANGRY), partition=2, first=90)
    woven = [each for each in chain.from_iterable(zip_longest(one, two)) if each is not None]
    in_turn = {each.id: each for each in session_outputs(run([*one, *two], standings="pinned"))}
    mixed = {each.id: each for each in session_outputs(run(woven, standings="pinned"))}
    moved = {each.id for each in session_outputs(run(records(talk("a", ANGRY), partition=1), standings="pinned"))}
    assert in_turn == mixed
    assert not moved & in_turn.keys()


@pytest.mark.parametrize("size", [1, 2, 7])
def test_size_of_a_batch_changes_nothing(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    given = records(day())
    whole = run(given)
    monkeypatch.setattr(module, "BATCH", size)
    assert [turn.outputs for turn in run(given)] == [turn.outputs for turn in whole]


def test_record_folded_before_yields_nothing() -> None:
    given = records(talk("a", CALM))
    turns = run([*given, given[1]])
    assert turns[-1].observation is None
    assert turns[-1].outputs == ()


def test_duplicate_has_no_scores_and_no_evidence() -> None:
    said = line(session_id="a", role="user", text="I want to talk to a human!", id="x")
    turns = run(records([said, said]))
    assert turns[1].observation is not None
    assert turns[1].observation.scores == {}
    assert turns[1].noticed is None


def overreach(count: int) -> list[bytes]:
    """Sessions of one system that acts although it may only recommend."""
    return [
        line(session_id=f"s{number}", role="assistant", text="I have booked it.", autonomy="act")
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def recommending() -> Policy:
    tree = {"name": "narrow", "owner": "desk", "granted": "recommend"}
    return parse_policy(tree, base=shipped_tree())


def test_standing_learned_bears_on_later_turns_unless_pinned(recommending: Policy) -> None:
    given = records(overreach(120))
    modes: tuple[Standings, ...] = ("live", "pinned")
    seen = {
        standings: [
            turn.observation.ceiling
            for turn in Engine(recommending, IngestOptions(), standings=standings).run(given)
            if turn.observation
        ]
        for standings in modes
    }
    assert set(seen["pinned"]) == {Autonomy.RECOMMEND}
    assert seen["live"][0] is Autonomy.RECOMMEND
    assert seen["live"][-1].rank < Autonomy.RECOMMEND.rank


def test_recorded_adoptions_give_the_decisions_they_were_recorded_from(recommending: Policy) -> None:
    given = records(overreach(120))
    live = list(Engine(recommending, IngestOptions()).run(given))
    schedule = [
        Adoption(0, output.data.system_id, turn.record.at.offset + 1, output.data)
        for turn in live
        for output in turn.outputs
        if isinstance(output.data, Standing)
    ]
    again = list(Engine(recommending, IngestOptions(), schedule=schedule).run(given))
    assert schedule
    assert [turn.outputs for turn in again] == [turn.outputs for turn in live]


def test_schedule_is_in_force_from_its_offset_on() -> None:
    standing = Standing(system_id="shop-bot", version=4, ceilings={"": Autonomy.SUPPORT})
    adoption = Adoption(partition=0, system_id="shop-bot", from_offset=1, standing=standing)
    turns = run(records(talk("a", CALM)), schedule=[adoption])
    ceilings = [turn.observation.ceiling for turn in turns if turn.observation]
    assert ceilings == [Autonomy.ACT, Autonomy.SUPPORT, Autonomy.SUPPORT]


def test_schedule_of_another_partition_is_not_adopted() -> None:
    standing = Standing(system_id="shop-bot", version=4, ceilings={"": Autonomy.SUPPORT})
    adoption = Adoption(partition=5, system_id="shop-bot", from_offset=0, standing=standing)
    turns = run(records(talk("a", CALM)), schedule=[adoption])
    assert {turn.observation.ceiling for turn in turns if turn.observation} == {Autonomy.ACT}


def test_both_stages_store_their_states_after_every_batch_so_that_memory_stays_bounded() -> None:
    engine = Engine(load_policy(None), IngestOptions())
    given = records(day())
    assert list(engine.decide(given, engine.prepare(given)))
    stages: list[SessionStage | SystemStage] = [engine._system, *engine._sessions.values()]
    assert [stage.writes() for stage in stages] == [[], []]
    assert engine._system._since == {}
