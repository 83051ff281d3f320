"""Everyday words weigh less, never more, and no word travels as itself."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.signals.combine import likeness
from monitor.core.signals.everyday import GROUPS, MOST, alike, count_of, group_of, groups_of
from monitor.core.signals.pair import side_of
from monitor.core.signals.statement import Statement
from tests.builders import ai, claim, told, user, value

WORDS = st.sets(st.sampled_from(("book", "reference", "flight", "baggage", "lounge", "seat", "meal")), min_size=1)
WEIGHTS = st.dictionaries(
    st.sampled_from([str(group_of(word)) for word in ("book", "flight", "seat")]), st.floats(0, 1)
)
EVERYDAY = {str(group_of(word)): 0.1 for word in ("book", "reference", "flight")}
SAID = "book reference flight"


@given(st.lists(st.text(), max_size=60))
def test_groups_of_any_words_are_few_sorted_and_within_range(words: list[str]) -> None:
    found = groups_of(words)
    assert len(found) <= MOST
    assert list(found) == sorted(set(found))
    assert all(0 <= group < GROUPS for group in found)


def test_groups_of_say_nothing_of_the_order_or_number_of_words() -> None:
    assert groups_of(("flight", "late", "flight")) == groups_of(("late", "flight"))


def test_group_of_a_word_is_that_of_its_kin_in_statements() -> None:
    side = side_of(Statement(0, ("wrote", "museum", "directed", "42")))
    assert [group_of(word) for word in side.order] == [group_of(term) for term in side.statement.terms]


@given(WORDS, WORDS, WEIGHTS)
def test_alike_is_never_more_than_without_everyday_words(
    one: set[str], other: set[str], everyday: dict[str, float]
) -> None:
    assert 0.0 <= alike(one, other, everyday) <= likeness(one, other)
    assert alike(one, other, {}) == likeness(one, other)
    assert count_of(one, everyday) <= len(one)


@given(WORDS, WEIGHTS)
def test_alike_the_same_words_stay_the_same_whatever_they_are(one: set[str], everyday: dict[str, float]) -> None:
    assert alike(one, one, everyday) == 1.0


def test_repeated_request_of_everyday_words_alone_is_none_where_every_turn_has_them() -> None:
    turns = (user(SAID), ai("thanks patience"), user(f"{SAID} lounge"))
    assert value("repeated_request", *turns) >= 0.6
    assert value("repeated_request", *turns, everyday=EVERYDAY) < 0.4


def test_repeated_request_word_for_word_is_one_in_any_system() -> None:
    turns = (user(f"cancel {SAID}"), ai("thanks patience"), user(f"cancel {SAID}"))
    assert value("repeated_request", *turns, everyday=EVERYDAY) >= 0.6


def test_self_contradiction_unrelated_answers_of_everyday_words_are_not_compared() -> None:
    earlier = ai(claims=(claim(f"{SAID} lounge opens"),))
    later = ai(claims=(claim(f"{SAID} meal vegetarian", negated=True),))
    assert value("self_contradiction", earlier, user(), later) > 0.0
    apart = told("self_contradiction", earlier, user(), later, everyday=EVERYDAY)
    assert apart.value == 0.0


def test_self_contradiction_a_denial_in_everyday_words_alone_is_still_found() -> None:
    earlier, later = ai(claims=(claim(SAID),)), ai(claims=(claim(SAID, negated=True),))
    assert value("self_contradiction", earlier, user(), later, everyday=EVERYDAY) == value(
        "self_contradiction", earlier, user(), later
    )


def test_self_contradiction_another_maker_or_quantity_is_still_found_in_everyday_words() -> None:
    usual = {str(group_of(word)): 0.0 for word in ("film", "director")}
    for one, other in (("film directed arden", "film directed beck"), ("film seats 40", "film seats 50")):
        turns = (ai(claims=(claim(one),)), user(), ai(claims=(claim(other),)))
        assert value("self_contradiction", *turns, everyday=usual) == value("self_contradiction", *turns)
