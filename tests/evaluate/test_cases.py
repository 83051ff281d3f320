"""How one case is read off its turns, for every unit."""

from collections.abc import Sequence

from monitor.evaluate.cases import UNKNOWN, Cases, cases
from monitor.evaluate.fold import Judged
from monitor.evaluate.task import Task, Unit
from monitor.evaluate.truth import comes_from, holds, plain, said
from tests.evaluate.build import HELD_OUT_ID, SIGNAL, TUNED_ID, judged

GONE_WRONG = {"session": {"bad": True}}


def read(unit: Unit, turns: Sequence[Judged], **fields: object) -> Cases:
    told: dict[str, object] = {"truth": holds("session.bad"), **fields}
    return cases(Task((SIGNAL,), ("data",), "", unit=unit, **told), turns)  # type: ignore[arg-type]


def test_turn_counts_judged_turns_of_the_role() -> None:
    turns = [judged(score=0.7), judged(number=1, role="assistant", score=0.2), judged(number=2, label={"bad": None})]
    assert len(read(Unit.TURN, turns, truth=plain, roles=("user",))) == 2
    assert len(read(Unit.TURN, turns, truth=holds("bad"))) == 0


def test_turn_that_cannot_be_judged_scores_below_all_others() -> None:
    found = read(Unit.TURN, [judged(score=None), judged(number=1, score=0.0)], truth=plain)
    assert found.score.tolist() == [UNKNOWN, 0.0]
    assert found.fired.tolist() == [False, False]


def test_turn_bound_of_its_own_and_sign_replace_the_policy_bound() -> None:
    found = read(Unit.TURN, [judged(score=0.9), judged(number=1, score=-0.9)], truth=plain, sign=-1.0, bound=0.5)
    assert found.fired.tolist() == [False, True]


def test_said_leaves_out_turns_without_text() -> None:
    assert len(read(Unit.TURN, [judged(spoken=False), judged(number=1)], truth=said)) == 1


def test_session_is_its_worst_turn_though_others_lie_between() -> None:
    turns = [
        judged("a", 0, 0.9),
        judged("b", 0, 0.1),
        judged("a", 1, 0.3, label=GONE_WRONG),
        judged("b", 1, None, label={"session": {"bad": False}}),
    ]
    found = read(Unit.SESSION, turns)
    assert (found.truth.tolist(), found.score.tolist()) == ([1, 0], [0.9, 0.1])
    assert found.fired.tolist() == [True, False]
    assert [turn.number for turn in found.turns] == [0, 0]
    assert found.length.tolist() == [20.0, 20.0]


def test_session_truth_may_stand_on_any_line_or_be_where_it_comes_from() -> None:
    turns = [judged("a", 0, label=GONE_WRONG), judged("a", 1)]
    assert read(Unit.SESSION, turns).truth.tolist() == [1]
    assert read(Unit.SESSION, turns, truth=comes_from("data")).truth.tolist() == [1]
    assert read(Unit.SESSION, turns, truth=comes_from("other")).truth.tolist() == [0]


def test_before_last_what_comes_with_the_last_turn_does_not_count() -> None:
    turns = [judged("a", 0, 0.2), judged("a", 1, None), judged("a", 2, 0.9, label=GONE_WRONG)]
    found = read(Unit.BEFORE_LAST, turns)
    assert (found.score.tolist(), found.fired.tolist(), found.length.tolist()) == ([0.2], [False], [20.0])


def test_before_last_session_of_one_turn_has_no_before() -> None:
    assert len(read(Unit.BEFORE_LAST, [judged("a", 0, 0.2, label=GONE_WRONG)])) == 0


def test_before_last_stratum_is_of_the_turn_before_the_last() -> None:
    turns = [
        turn
        for name, role in (("a", "user"), ("b", "assistant"), ("c", "user"))
        for turn in (judged(name, 0, 0.1, role=role), judged(name, 1, 0.1, label=GONE_WRONG))
    ]
    found = read(Unit.BEFORE_LAST, turns, stratum=lambda turn: turn.role)
    assert found.stratum.tolist() == [0, 1, 0]


def test_pick_is_right_where_the_evidence_names_the_turn_of_the_label() -> None:
    def session(name: str, named: int) -> list[Judged]:
        last = judged(name, 3, 0.4, label={"bad": True, "against_turn": 1}, evidence=(3, named))
        return [*(judged(name, number) for number in range(3)), last]

    found = read(Unit.PICK, session("a", 1) + session("b", 2), truth=holds("bad"), roles=("user",))
    assert found.fired.tolist() == [True, False]
    assert found.length.tolist() == [0.0, 0.0]


def test_cases_know_their_half_and_their_third() -> None:
    turns = [judged(TUNED_ID, 0, 0.1, length=9), judged(HELD_OUT_ID, 0, 0.1, length=1), judged("s0", 0, 0.1, length=5)]
    found = read(Unit.TURN, turns, truth=plain)
    assert found.tuned.tolist() == [True, False, True]
    assert found.stratum.tolist() == [2, 0, 1]
    assert found.of(found.tuned).turns == (turns[0], turns[2])
