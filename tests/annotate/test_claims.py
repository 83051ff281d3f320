"""What counts as a checkable statement, and what is kept of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.claims import MAX_CLAIMS, MAX_NUMBERS, MAX_TERMS, claims_of
from monitor.annotate.tokens import tokenise
from monitor.core.annotation import Claim

LETTERS = st.text(alphabet="abc 019.,:!?\n'-%$€nt", max_size=300)


def said(text: str) -> tuple[Claim, ...]:
    return claims_of(tokenise(text))


@pytest.mark.parametrize(
    "text",
    ["Hello there!", "Which gate do you need?", "Please enter your booking code.", "Thanks a lot.", "Okay.", "", "..."],
)
def test_claims_of_text_that_states_nothing_is_empty(text: str) -> None:
    assert said(text) == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The ferry leaves at 2 pm.", ("14:00",)),
        ("The ferry leaves at 14:00.", ("14:00",)),
        ("The ferry leaves at 2pm.", ("14:00",)),
        ("The pass costs $1,250.00 a year.", ("1250 usd",)),
        ("The pass costs 1250 dollars.", ("1250 usd",)),
        ("The fee rose by 7.5%.", ("7.5 percent",)),
        ("The fee rose by 7.5 percent.", ("7.5 percent",)),
        ("The parcel arrives on the 7th.", ("7",)),
        ("The parcel arrives within three days.", ("3 day",)),
        ("The parcel arrived on 2031-05-03.", ("05-03 date",)),
        ("The parcel arrived on May 3rd.", ("05-03 date",)),
        ("The parcel arrived on 3 May.", ("3",)),
        ("The parcel arrived on 3 June.", ("06-03 date",)),
        ("Train XK204 stops at the harbour.", ("xk204",)),
        ("The city has 2.5 million inhabitants.", ("2500000",)),
    ],
)
def test_claims_of_quantities_are_normalised(text: str, numbers: tuple[str, ...]) -> None:
    assert said(text)[0].numbers == numbers


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("The pool is heated.", False),
        ("The pool is not heated.", True),
        ("The pool isn't heated.", True),
        ("The pool isn\u2019t heated.", True),
        ("The pool was never heated.", True),
        ("The room comes without breakfast.", True),
        ("There is no heated pool.", True),
        ("the pool isn t heated", True),
        ("It is not true that the pool isn't heated.", False),
    ],
)
def test_claims_of_denial_sets_polarity(text: str, *, negated: bool) -> None:
    assert said(text)[0].negated is negated


def test_claims_of_hedge_is_marked() -> None:
    assert [claim.hedged for claim in said("The pool is probably heated. The pool is heated.")] == [True, False]


def test_claims_of_speaker_about_itself_is_personal() -> None:
    assert [claim.personal for claim in said("I love heated pools. The pool is heated.")] == [True, False]


def test_claims_of_statement_before_an_offer_is_kept() -> None:
    (claim,) = said("The harbour is 4 miles away, would you like directions?")
    assert claim.numbers == ("4 mil",)
    assert "direct" not in claim.terms


def test_claims_of_list_under_headings_names_what_each_value_belongs_to() -> None:
    first, second = said("Red ferry\nPrice: 30 dollars\nBlue ferry\nPrice: 45 dollars")
    assert set(first.terms) - set(second.terms) == {"red"}
    assert second.numbers == ("45 usd",)


def test_claims_of_span_points_at_the_sentence() -> None:
    text = "Hi! The pool opens at 9:00. Bye."
    (claim,) = said(text)
    assert text[claim.start : claim.end] == "The pool opens at 9:00"


def test_claims_of_long_text_is_bounded() -> None:
    found = said("The pool number 7 opens at 9:00 every Monday. " * 400)
    assert len(found) == MAX_CLAIMS
    (long,) = said(" ".join(f"word{index} name{chr(97 + index % 26)}x{index // 26 * 'y'}" for index in range(200)))
    assert len(long.terms) <= MAX_TERMS
    assert len(long.numbers) <= MAX_NUMBERS


@given(st.text(max_size=400) | LETTERS)
def test_claims_of_any_text_never_raises_and_repeats(text: str) -> None:
    found = said(text)
    assert found == said(text)
    assert all(0 <= claim.start < claim.end <= len(text) for claim in found)
    assert all(len(claim.terms) <= MAX_TERMS and len(claim.numbers) <= MAX_NUMBERS for claim in found)


def test_claims_of_value_under_a_label_is_an_entry_of_a_list() -> None:
    said = claims_of(tokenise("Here is the trip:\n- Price: 20 euros\n- Departs: 9:00\nThe museum opens at 9:00."))
    assert [claim.listed for claim in said] == [True, True, False]


def test_claims_of_what_is_not_meant_leaves_the_polarity() -> None:
    apart, denied = (claims_of(tokenise(text))[0] for text in ("It is the fare, not a fee.", "The fare is not a fee."))
    assert (apart.negated, denied.negated) == (False, True)


def test_claims_of_condition_is_hedged() -> None:
    assert claims_of(tokenise("If you pay by card, the balance will be 20 euros."))[0].hedged
