import cel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.annotation import Annotation, Fact, ToolUse
from monitor.core.policy.conditions import VARIABLES, context_of, evaluate, floors, named, problems, reads
from monitor.core.vocabulary import Autonomy, Role, Stake

TURN = Annotation(
    id="1",
    ts=0.0,
    system_id="bot",
    session_id="s",
    role=Role.ASSISTANT,
    turn=3,
    capability="refunds",
    tool=ToolUse("refund", 1, {"amount": 120.5, "to": {"iban": "x"}}),
    facts={"denial": Fact(0.9)},
    evaluations={"confidence": 0.4},
    decision_type="refund",
    attributes={"tier": "gold", "cart": {"items": 3}},
)
CONTEXT = context_of(
    TURN,
    index=3,
    ceiling=Autonomy.RECOMMEND,
    granted=Autonomy.ACT,
    stakes=frozenset({Stake.MONEY}),
    scores={"dispute": 0.7, "urgency": None},
    incomplete=False,
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('tool.name == "refund" && tool.arguments.amount > 100', True),
        ("tool.arguments.amount > 500", False),
        ("tool.arguments.currency == 'EUR'", None),
        ("has(tool.arguments.currency) && tool.arguments.currency == 'EUR'", False),
        ("tool.arguments.amount > 'x'", None),
        ("1 / (turn - 3) > 0", None),
        ("turn", None),
        ("stakes.exists(s, s == 'money')", True),
        ("scores.dispute >= 0.6", True),
        ("scores.urgency > 0.0", None),
        ("'urgency' in scores", False),
        ("facts.denial > 0.5 && decision.type == 'refund'", True),
        ("ceiling == 'recommend' && granted == 'act'", True),
        ("evaluations.confidence < 0.5", True),
        ("attributes.tier == 'gold' && attributes.cart.items < 5", True),
        ("attributes.region == 'EU'", None),
        ("tool.name.matches('(')", None),
    ],
)
def test_evaluate_condition_answers_or_says_it_cannot_know(expression: str, expected: bool | None) -> None:  # noqa: FBT001
    assert evaluate(expression, CONTEXT) is expected


@pytest.mark.parametrize(
    ("expression", "looks_up"),
    [
        ("scores.dispute > 0.5", True),
        ("has(scores.dispute) && scores . dispute > 0.5", True),
        ("!('urgency' in scores) || scores.urgency < 0.6", True),
        ('"dispute" in scores ? scores.dispute > 0.9 : true', True),
        ("scores['dispute'] > 0.5", False),
        ("'dis' + 'pute' in scores", False),
        ("r'dispute' in scores", False),
        ("'\\x64ispute' in scores", False),
        ("'dispute' in scores && size(scores) == 1", False),
        ("scores.exists(name, name == 'dis' + 'pute')", False),
        ("scores == {'dispute': 0.7}", False),
    ],
)
def test_evaluate_what_is_left_out_of_the_context_changes_no_answer(expression: str, *, looks_up: bool) -> None:
    assert ("scores" in reads(expression).entries) is looks_up
    assert evaluate(expression, CONTEXT) is cel.compile(expression).execute(CONTEXT)


def test_evaluate_what_a_condition_does_not_read_may_be_anything() -> None:
    assert evaluate("turn == 3", {**CONTEXT, "attributes": {"order": 10**30}}) is True


def test_context_of_has_exactly_the_documented_names() -> None:
    assert set(CONTEXT) == set(VARIABLES)


def test_named_does_not_count_the_variables_of_a_macro_or_words_in_strings() -> None:
    assert named("stakes.exists(s, s == 'tool.map(x, ')") == {"stakes"}


@pytest.mark.parametrize("expression", ["a +", "nope > 1", "size(tool", "frobnicate(turn)", ""])
def test_problems_bad_condition_is_named(expression: str) -> None:
    assert problems(expression)


@given(st.text(max_size=30))
def test_problems_any_text_is_judged_without_a_crash(expression: str) -> None:
    problems(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("scores.dispute >= 0.8", {"dispute": 0.8}),
        ("words > 3 && scores.dispute >= 0.8 && facts.dispute >= 0.7", {"dispute": 0.8}),
        ("scores.dispute >= 0.8 && stakes.exists(s, s == 'money' || s == 'health')", {"dispute": 0.8}),
        ("scores.dispute >= 0.8 || words > 3", {}),
        ("words > 3 ? true : scores.dispute >= 0.8", {}),
        ("!(words > 3 && scores.dispute >= 0.8 && turn > 0)", {}),
        ("[words > 3 && scores.dispute >= 0.8 && turn > 0][0] == false", {}),
        ("scores.dispute > 0.8", {}),
        ("intent == ' && scores.dispute >= 0.8 && '", {}),
        ("intent == '\\' && scores.dispute >= 0.8 && '", {}),
        ("words > 3 // && scores.dispute >= 0.8", {}),
        ("'''a' && scores.dispute >= 0.8 && ''' == intent", {}),
    ],
)
def test_floors_are_of_parts_without_which_the_whole_cannot_hold(expression: str, expected: dict[str, float]) -> None:
    assert problems(expression) == []
    assert floors(expression) == expected
