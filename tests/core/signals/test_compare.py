"""What was said before against what is said now, from the words: what meaning does not turn turns no reading."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.claims import claims_of
from monitor.annotate.tokens import tokenise
from monitor.core.annotation import Claim
from monitor.core.signals.compare import strongest
from monitor.core.signals.nearest import nearest, worth_a_look
from monitor.core.signals.pair import FEATURES, Around, compared, side_of
from monitor.core.signals.statement import MAX_NUMBERS, MAX_TERMS, remembered
from tests.strategies import claims

FIRES = 0.7


def said(text: str) -> tuple[Claim, ...]:
    return claims_of(tokenise(text))


def clash_of(earlier: str, now: str) -> float:
    found = strongest(said(now), [remembered(claim, 0) for claim in said(earlier)], 1)
    return found.score if found else 0.0


CONTRARY = [
    ("The bridge was designed by Anna Lindgren.", "The bridge was designed by Piet Mulder."),
    ("The capital of Norland is Ostby.", "The capital of Norland is Karvik."),
    ("Erik Halvorsen was born in Trondheim in 1912.", "Erik Halvorsen was born in Bergen in 1908."),
    ("The sea museum opens on Monday.", "The sea museum does not open on Monday."),
    ("Your refund takes 5 days.", "Your refund takes 14 days."),
    ("The pool is closed on Monday.", "The pool is open on Monday."),
]
AGREEING = [
    ("The bridge was designed by Anna Lindgren and Piet Mulder.", "The bridge was designed by Anna Lindgren."),
    ("The sea museum opens on Monday at 9 am.", "The sea museum opens on Monday at 9 am."),
    ("The sea museum is closed on Monday.", "The sea museum is not open on Monday."),
    ("The order 4711 was shipped on Monday.", "The order 4712 was shipped on Friday."),
    ("Tap Settings, then tap Device.", "Tap Repair."),
    ("The ticket costs 12 dollars.", "The train leaves at 9 am."),
]


@pytest.mark.parametrize(("earlier", "now"), CONTRARY)
def test_strongest_another_name_figure_or_denial_fires(earlier: str, now: str) -> None:
    assert clash_of(earlier, now) >= FIRES


@pytest.mark.parametrize(("earlier", "now"), AGREEING)
def test_strongest_what_agrees_or_is_about_another_case_stays_silent(earlier: str, now: str) -> None:
    assert clash_of(earlier, now) < FIRES


@pytest.mark.parametrize(("earlier", "now"), CONTRARY + AGREEING)
@pytest.mark.parametrize(
    "told_as",
    [
        lambda text: text.rstrip(".") + "!",
        lambda text: text.rstrip("."),
        lambda text: f"{text} Please tell me if you need anything else.",
        lambda text: f"Thank you for waiting. {text}",
        lambda text: text.replace(" was ", " has been ").replace(" is ", " was "),
        lambda text: f"  {text}\n",
    ],
)
def test_strongest_punctuation_politeness_and_small_words_turn_nothing(
    earlier: str, now: str, told_as: Callable[[str], str]
) -> None:
    assert (clash_of(earlier, told_as(now)) >= FIRES) is (clash_of(earlier, now) >= FIRES)


def test_strongest_names_the_turn_that_is_contradicted() -> None:
    memory = [
        *(remembered(claim, 0) for claim in said("The ferry to Norland takes two hours.")),
        *(remembered(claim, 2) for claim in said("The capital of Norland is Ostby.")),
        *(remembered(claim, 4) for claim in said("Norland has three harbours.")),
    ]
    found = strongest(said("The capital of Norland is Karvik."), memory, 6)
    assert found is not None
    assert found.turn == 2


def test_strongest_without_the_model_only_rules_speak() -> None:
    memory = [remembered(claim, 0) for claim in said(CONTRARY[0][0])]
    silent = strongest(said(CONTRARY[0][1]), memory, 1, learned=False)
    assert silent is not None
    assert silent.score < FIRES
    number = strongest(said(CONTRARY[4][1]), [remembered(claim, 0) for claim in said(CONTRARY[4][0])], 1, learned=False)
    assert number is not None
    assert number.score >= FIRES


@given(st.lists(claims(), max_size=6), st.lists(claims(), max_size=6))
def test_strongest_any_claims_give_a_score_in_range(now: list[Claim], before: list[Claim]) -> None:
    memory = [remembered(claim, 0) for claim in before]
    found = strongest(now, memory, 1)
    assert found is None or 0.0 <= found.score <= 1.0
    assert found == strongest(now, memory, 1)


@given(claims(), claims())
def test_compared_gives_one_number_per_feature(one: Claim, other: Claim) -> None:
    now, old = side_of(remembered(one, 1)), side_of(remembered(other, 0))
    assert len(compared(now, old, Around((old,)))) == len(FEATURES)
    assert all(0.0 <= cover <= 1.0 for cover, _ in nearest(now, [old], {}))


def test_worth_a_look_a_repetition_is_not() -> None:
    side = side_of(remembered(said("The sea museum opens on Monday.")[0], 0))
    assert not worth_a_look(side, side, 1.0)


def test_remembered_keeps_little_of_a_long_claim() -> None:
    claim = Claim(0, 9, tuple(f"word{index}" for index in range(90)), tuple(map(str, range(40))), names=(1 << 90) - 1)
    kept = remembered(claim, 0)
    assert (len(kept.terms), len(kept.numbers)) == (MAX_TERMS, MAX_NUMBERS)
    assert kept.names < 1 << MAX_TERMS
