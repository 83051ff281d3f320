"""Two statements side by side: what clashes, and what only looks like it."""

import msgspec
import pytest
from hypothesis import given

from monitor.core.signals.opposites import OPPOSITES
from monitor.core.signals.statement import Statement, clash, remembered
from monitor.core.words import fold
from tests.builders import claim
from tests.strategies import claims

FIRES = 0.7


def said(words: str, *numbers: str, negated: bool = False, hedged: bool = False) -> Statement:
    return remembered(claim(words, *numbers, negated=negated, hedged=hedged), 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (said("museum open monday"), said("museum open monday", negated=True)),
        (said("museum open monday"), said("museum closed monday")),
        (said("flight leave gate", "9:00"), said("flight leave gate", "10:00")),
        (said("refund take", "5 day"), said("refund take", "14 day")),
        (said("ticket cost", "30 usd"), said("ticket cost", "45 usd")),
        (said("bridge built river", "1931"), said("bridge built river", "1937")),
    ],
)
def test_clash_plain_contradiction_fires_both_ways(one: Statement, other: Statement) -> None:
    assert clash(one, other) >= FIRES
    assert clash(other, one) >= FIRES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (said("museum open monday"), said("museum open monday")),
        (said("museum open monday"), said("museum closed monday", negated=True)),
        (said("museum open monday"), said("library lend books", negated=True)),
        (said("order shipped", "4711"), said("order shipped", "4712")),
        (said("flight leave", "4711", "9:00"), said("flight leave", "4712", "11:00")),
        (said("refund take", "5 day"), said("refund take", "30 usd")),
        (said("refund take", "5 day"), said("delivery take", "14 day")),
        (said("ticket cost", "30 usd"), said("ticket cost", "30 usd", "5 day")),
        (said("wine", negated=True), said("wine")),
    ],
)
def test_clash_near_miss_does_not_fire(one: Statement, other: Statement) -> None:
    assert clash(one, other) < 0.5


def test_clash_another_word_in_the_same_place_only_ranks() -> None:
    found = clash(said("writer film ten berger"), said("writer film ten heiney"))
    assert 0.1 < found < 0.5


def test_clash_hedged_side_counts_less() -> None:
    sure = clash(said("museum open monday"), said("museum open monday", negated=True))
    assert clash(said("museum open monday", hedged=True), said("museum open monday", negated=True)) < sure


@given(claims(), claims())
def test_clash_any_two_statements_are_symmetric_and_in_range(one: object, other: object) -> None:
    first, second = remembered(one, 0), remembered(other, 1)  # type: ignore[arg-type]
    assert 0.0 <= clash(first, second) <= 1.0
    assert clash(first, second) == pytest.approx(clash(second, first))


@pytest.mark.parametrize(
    ("one", "other"),
    [("open", "closed"), ("allowed", "prohibited"), ("approved", "denied"), ("available", "unavailable")],
)
def test_opposites_are_written_as_content_words_are_folded(one: str, other: str) -> None:
    assert (fold(one), fold(other)) in OPPOSITES


def test_clash_entry_of_a_list_counts_less_unless_the_case_is_named() -> None:
    one, other = (
        Statement(0, ("price", "total"), ("20 usd",)),
        Statement(1, ("price", "total"), ("30 usd",), listed=True),
    )
    assert clash(one, other) < clash(one, Statement(1, ("price", "total"), ("30 usd",)))
    named = [msgspec.structs.replace(said, numbers=(*said.numbers, "ba204")) for said in (one, other)]
    assert clash(*named) == 1.0
