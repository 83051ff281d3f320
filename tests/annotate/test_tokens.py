"""Tokens, sentences and folding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.sentences import own_words, quoted_ranges
from monitor.annotate.tokens import HEAD, TAIL, content_terms, tokenise
from monitor.core.words import fold


@given(st.text(max_size=200))
def test_tokenise_any_text_spans_lie_in_order_and_sentences_cover_all(text: str) -> None:
    tokens = tokenise(text)
    assert len(tokens.words) == len(tokens.starts) == len(tokens.ends) == len(tokens.gaps)
    edges = [edge for pair in zip(tokens.starts, tokens.ends, strict=True) for edge in pair]
    assert edges == sorted(edges)
    assert [index for first, past in tokens.sentences for index in range(first, past)] == list(range(len(tokens.words)))


@given(st.lists(st.sampled_from(['"', "'", "\u201c", "\u201d", "a", "don't", "\n", "."]), max_size=40).map(" ".join))
def test_is_quoted_says_of_each_word_whether_a_range_holds_it(text: str) -> None:
    tokens = tokenise(text)
    held = [any(first <= start < past for first, past in tokens.quoted) for start in tokens.starts]
    assert [tokens.is_quoted(index) for index in range(len(tokens.words))] == held


def test_tokenise_long_text_reads_its_beginning_and_end() -> None:
    text = "first " + "middle " * 10_000 + "last"
    tokens = tokenise(text)
    assert (tokens.words[0], tokens.words[-1]) == ("first", "last")
    assert tokens.ends[-1] == len(text)
    assert len(tokens.words) < HEAD + TAIL


def test_tokenise_curly_apostrophe_reads_as_straight() -> None:
    assert tokenise("I don\u2019t").words == ("i", "don't")


@pytest.mark.parametrize(
    ("one", "other"),
    [("refund", "refunded"), ("cancel", "cancelling"), ("policy", "policies"), ("charge", "charges"), ("try", "tried")],
)
def test_fold_inflections_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=80))
def test_fold_any_word_is_stable_text(word: str) -> None:
    assert len(fold(word)) <= len(word) * 3
    assert fold(word) == fold(word)


def test_content_terms_are_limited_and_unique() -> None:
    terms = content_terms(tokenise(" ".join(f"word{index} word{index}" for index in range(100))), limit=10)
    assert len(terms) == len(set(terms)) == 10


@given(st.text(alphabet="ab`>\n ", max_size=60))
def test_own_words_keep_every_position(text: str) -> None:
    kept = own_words(text)
    assert len(kept) == len(text)
    assert all(new in (" ", old) for new, old in zip(kept, text, strict=True))


def test_quoted_ranges_without_quotes_are_none() -> None:
    assert quoted_ranges("it's not the boys' fault, don't say so") == ()


def test_quoted_ranges_single_quotes_hold_words_with_apostrophes() -> None:
    text = "She sings \u2018I can\u2019t go on\u2019 and 'it's over'."
    assert [text[first:past] for first, past in quoted_ranges(text)] == [
        "\u2018I can\u2019t go on\u2019",
        "'it's over'",
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("See example.org now", 1),
        ("Made in the U.S. by hand", 1),
        ("Dr. Lind is here", 1),
        ("It came.Then it broke", 2),
        ("It came. It broke", 2),
        ("One.\ntwo", 2),
    ],
)
def test_sentences_a_full_stop_inside_a_name_ends_none(text: str, sentences: int) -> None:
    assert len(tokenise(text).sentences) == sentences
