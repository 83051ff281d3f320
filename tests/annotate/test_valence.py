"""The tone of a turn."""

import pytest

from monitor.annotate.tokens import tokenise
from monitor.annotate.valence import valence_of
from monitor.annotate.valence_words import lexicon

READS = 1 / 3


def valence(text: str) -> float:
    """The valence of a text."""
    return valence_of(tokenise(text)).score


@pytest.mark.parametrize("text", ["This is great, thanks!", "I love it :)", "Not bad at all, really good."])
def test_valence_kind_words_read_positive(text: str) -> None:
    assert valence(text) > READS


@pytest.mark.parametrize("text", ["This is terrible.", "I am not happy, this is awful", "I hate waiting :("])
def test_valence_harsh_words_read_negative(text: str) -> None:
    assert valence(text) < -READS


@pytest.mark.parametrize("text", ["The parcel weighs two kilos.", "", "42"])
def test_valence_plain_words_read_neutral(text: str) -> None:
    assert valence(text) == 0.0


def test_valence_negation_turns_the_word() -> None:
    assert valence("It is not good") < 0 < valence("It is good")


@pytest.mark.parametrize("text", ["It does not work, I cannot log in.", "No, no. I never ordered that."])
def test_valence_repeated_negation_without_a_rated_word_reads_negative(text: str) -> None:
    assert valence(text) < -READS


@pytest.mark.parametrize("text", ["Please help.", "Ok, sure, yes.", "I would like the red one", "I can't see it"])
def test_valence_courtesy_and_a_single_negation_read_neutral(text: str) -> None:
    assert abs(valence(text)) < READS


def test_valence_negation_ends_with_its_clause() -> None:
    assert valence("I did not, good that you asked") > 0


def test_valence_stronger_said_counts_more() -> None:
    assert valence("good") < valence("very good") < valence("very good!!")
    assert valence("this is good") < valence("this is GOOD")


def test_valence_after_but_outweighs_before() -> None:
    assert valence("The colour is good but the fit is bad") < 0 < valence("The fit is bad but the colour is good")


def test_lexicon_is_whole() -> None:
    words = lexicon()
    assert len(words) > 7_000
    assert all(-4.0 <= value <= 4.0 for value in words.values())


def test_valence_outcry_reads_negative_and_a_plain_question_does_not() -> None:
    assert valence("What?!") < -READS < valence("What?")
