"""Rows of words: each column is what its own table says, and rows are bounded in number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate import lexicon
from monitor.annotate.annotator import annotate
from monitor.annotate.lexicon import GAPS, MOST_GAPS, MOST_WORDS, WORDS, word_of
from monitor.annotate.tokens import tokenise
from tests.annotate.turns import turn


@given(st.text(max_size=80))
def test_tokens_kinds_are_those_of_their_words(text: str) -> None:
    tokens = tokenise(text)
    assert [word.plain for word in tokens.known] == list(tokens.words)
    assert all(word.kinds & ~tokens.kinds == 0 for word in tokens.known)
    assert [index for index, word in enumerate(tokens.known) if word.kinds & lexicon.LOUD] == list(tokens.caps)


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        ("Bob", lexicon.CAPITAL),
        ("NASA", lexicon.CAPITAL | lexicon.LOUD),
        ("12.50", lexicon.DIGIT | lexicon.QUANTITY),
        ("seven", lexicon.QUANTITY),
        ("great", lexicon.RATED),
        ("very", lexicon.DEGREE),
        ("don\u2019t", lexicon.NEGATES | lexicon.DENIES | lexicon.ENGLISH),
        ("myeslf", lexicon.SLIP),
        ("table", 0),
    ],
)
def test_word_has_the_kinds_of_its_tables(raw: str, kinds: int) -> None:
    assert word_of(raw).kinds == kinds


def test_words_and_gaps_kept_are_bounded() -> None:
    for number in range(0, 3 * MOST_WORDS, 1000):
        text = " ".join(f"w{each}" for each in range(number, number + 1000))
        annotate(turn(text[:12_000]))
        tokenise("".join(f"x{'-' * (each % 15)}{chr(0x2600 + each % 900)}" for each in range(number, number + 1000)))
    assert 0 < WORDS.kept() <= MOST_WORDS
    assert 0 < GAPS.kept() <= MOST_GAPS
