"""Claims against the sources of their turn: carried, contradicted, or neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.claims import claims_of
from monitor.annotate.passages import MAX_SENTENCES, MAX_SOURCES, bundle_of
from monitor.annotate.support import Judged, supported
from monitor.annotate.tokens import tokenise
from monitor.core.annotation import Claim
from monitor.core.interaction import Source

FIRES = 0.7
WORDS = st.sampled_from(
    ["museum", "opens", "closed", "not", "9:00", "$30", "day: monday;", "price: 3;", ".", "\n", "isn't"]
)
SENTENCES = st.lists(WORDS, max_size=30).map(" ".join)


def judged(text: str, *sources: str) -> tuple[tuple[Claim, ...], float | None]:
    tokens = tokenise(text)
    found = supported(claims_of(tokens), tuple(Source(source) for source in sources), tokens)
    return found.claims, found.conflict


MUSEUM = "The sea museum opens on Monday at 9 am and a ticket costs 12 dollars. Dogs are not allowed inside."


@pytest.mark.parametrize("text", ["The sea museum opens on Monday at 9:00.", "A ticket costs $12.", MUSEUM])
def test_supported_claim_of_the_source_is_carried(text: str) -> None:
    claims, _ = judged(text, "Parking is free of charge.", MUSEUM)
    assert all((claim.support or 0.0) > 0.8 and claim.conflict == 0.0 and claim.source == 1 for claim in claims)


def test_supported_invention_is_not_carried() -> None:
    (claim,), _ = judged("The founder sailed around Norway with seven sisters.", MUSEUM)
    assert (claim.support or 0.0) < 0.2
    assert claim.conflict == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "The sea museum opens on Monday at 11 am.",
        "A ticket costs 15 dollars.",
        "Dogs are allowed inside.",
    ],
)
def test_supported_contrary_claim_conflicts(text: str) -> None:
    (claim,), _ = judged(text, "Parking is free of charge.", MUSEUM)
    assert (claim.conflict or 0.0) >= 0.5
    assert claim.support is not None


@pytest.mark.parametrize("text", ["Dogs are not allowed.", "A coffee costs 3 dollars.", "The castle opens at 10 am."])
def test_supported_other_matter_does_not_conflict(text: str) -> None:
    (claim,), _ = judged(text, MUSEUM)
    assert (claim.conflict or 0.0) < 0.5


TABLE = (
    "event: dinner; date: the 4th; time: 7pm; party: Mara",
    "event: yoga; date: the 9th; time: 8am; party: Jo",
    "event: meeting; date: the 9th; time: 2pm",
)


@pytest.mark.parametrize(
    ("text", "conflicts"),
    [
        ("your dinner is on the 4th at 7pm", False),
        ("your yoga is on the 9th", False),
        ("your yoga is on the 4th", True),
        ("your dinner is at 8am", True),
        ("your dinner is at 6pm", True),
        ("your dinner with Jo is at 7pm", True),
    ],
)
def test_supported_records_mixed_up_conflict(text: str, *, conflicts: bool) -> None:
    (claim,), _ = judged(text, *TABLE)
    assert ((claim.conflict or 0.0) >= FIRES) is conflicts


def test_supported_denied_value_of_a_record_is_a_value() -> None:
    rows = ("place: north bridge; traffic: no delay", "place: harbour tunnel; traffic: heavy delay")
    (right,), _ = judged("there is no delay at the north bridge", *rows)
    (wrong,), _ = judged("there is no delay at the harbour tunnel", *rows)
    assert (right.conflict or 0.0) < 0.5 <= (wrong.conflict or 0.0)


def test_supported_sources_that_disagree_clash() -> None:
    _, clash = judged("We looked it up.", "The sea museum opens at 9 am.", "The sea museum opens at 11 am.")
    assert clash is not None
    assert clash >= FIRES


@pytest.mark.parametrize(
    ("sources", "expected"),
    [((), None), (("The sea museum opens at 9.",), None), ((MUSEUM, MUSEUM), 0.0), (TABLE, 0.0), ((MUSEUM, ""), None)],
)
def test_supported_sources_that_agree_do_not(sources: tuple[str, ...], expected: float | None) -> None:
    assert judged("The museum opens at 9.", *sources)[1] == expected


def test_supported_own_wording_carries_a_little_less() -> None:
    (same,), _ = judged("A ticket costs 12 dollars.", MUSEUM)
    (own,), _ = judged("You would have to pay 12 dollars for each ticket.", MUSEUM)
    assert (own.support or 0.0) < (same.support or 0.0)


def test_supported_without_sources_leaves_claims_alone() -> None:
    tokens = tokenise(MUSEUM)
    assert supported(claims_of(tokens), (), tokens) == Judged(claims_of(tokens), None, None)


@given(SENTENCES | st.text(max_size=100), st.lists(SENTENCES | st.text(max_size=100), max_size=4))
def test_supported_is_in_range_and_repeats(text: str, sources: list[str]) -> None:
    claims, clash = judged(text, *sources)
    assert (claims, clash) == judged(text, *sources)
    assert clash is None or 0.0 <= clash <= 1.0
    for claim in claims:
        for value in (claim.support, claim.conflict):
            assert value is None or 0.0 <= value <= 1.0
        assert claim.source is None or 0 <= claim.source < len(sources)


@pytest.mark.parametrize(
    ("answer", "fires"), [("I am driving to 12 mill road.", False), ("I am driving to 90 mill road.", True)]
)
def test_supported_number_no_record_has_in_such_a_place_conflicts(answer: str, fires: bool) -> None:  # noqa: FBT001
    sources = (Source("shop: bakery north; address: 12 mill road"), Source("shop: dairy; address: 48 high street"))
    tokens = tokenise(answer)
    judged = supported(claims_of(tokens), sources, tokens)
    assert (max(claim.conflict or 0.0 for claim in judged.claims) >= 0.7) is fires


def whole(text: str, *sources: str) -> float | None:
    tokens = tokenise(text)
    return supported(claims_of(tokens), tuple(Source(source) for source in sources), tokens).support


def test_supported_whole_answer_falls_with_what_no_source_has() -> None:
    taken = whole(MUSEUM, MUSEUM)
    padded = whole(f"{MUSEUM} Its founder sailed around Norway with seven sisters.", MUSEUM)
    invented = whole("Its founder sailed around Norway with seven sisters.", MUSEUM)
    assert taken is not None
    assert padded is not None
    assert invented is not None
    assert taken > 0.9 > padded > invented


def test_supported_figure_of_another_sentence_carries_less_than_its_own() -> None:
    sources = ("The sea museum has 40 rooms.", "The castle has 12 rooms and a garden.")
    (own,), _ = judged("The sea museum has 40 rooms.", *sources)
    (other,), _ = judged("The sea museum has 12 rooms.", *sources)
    assert (other.support or 0.0) < (own.support or 0.0)


@pytest.mark.parametrize("text", ["It was fun talking to you.", "Yeah, I agree with you 100 %.", "Have a great day!"])
def test_supported_small_talk_is_no_statement_to_be_carried(text: str) -> None:
    claims, _ = judged(text, MUSEUM)
    assert all(claim.support is None for claim in claims)


@pytest.mark.parametrize("text", ["Yes.", "ok", "...", ""])
def test_supported_answer_without_matter_is_not_judged(text: str) -> None:
    assert whole(text, MUSEUM) is None


def test_supported_work_is_bounded_for_many_long_sources() -> None:
    sources = tuple(f"passage {index} " + "the museum opens at nine. " * 2_000 for index in range(40))
    assert len(bundle_of(tuple(map(Source, sources))).statements) <= MAX_SOURCES * MAX_SENTENCES


def test_supported_answer_that_words_a_record_as_a_sentence_is_carried() -> None:
    carried = whole("Dinner with Mara is set for you at 7pm on the 4th.", *TABLE)
    invented = whole("The stadium opens a new bar.", *TABLE)
    assert carried is not None
    assert invented is not None
    assert invented < 0.5 < carried
