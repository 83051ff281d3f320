"""What a turn mentions: read stretch by stretch, it is what reading it as a whole finds, and it stays bounded."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.annotate.mentions import _STRETCHES, MAX_MENTIONS, MOST_STRETCHES, mentions
from monitor.annotate.values import EVERYTHING, value_digest, values_in
from monitor.core.ids import digest64

PIECES = """Ada Lind of de & Harbour View O'Neil's of, well. well) (well
    New\u2019s a-Bob/Cy (Dee) Eve, N.Y. U.S.A. Mr. I ABC node.js _x X_
    DE89 3704 0044 0532 0130 00 XY12AB34 x@y.org Ann@Example.org https://Ex.org/a?B=C www.a.b $1,250.00 12:30 A1 7th
    "Big Day" 'so it' \u201cHa la\u201d don't \u00c9a \ufb01n"""
WORDS = [*PIECES.split(), "", "\n", "\t", "\n\nBob", "\u00a0"]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))


def as_a_whole(text: str) -> tuple[int, ...]:
    found = dict.fromkeys(value_digest(value) for value, _ in values_in(text, EVERYTHING))
    return tuple(digest for digest in found if digest is not None)[:MAX_MENTIONS]


@given(TEXTS)
@settings(max_examples=500)
def test_mentions_read_in_stretches_are_those_of_the_whole_text(text: str) -> None:
    assert mentions(text) == as_a_whole(text)


def test_mentions_of_plain_words_meet_the_words_of_tool_names() -> None:
    assert digest64("transfer") in mentions("please transfer it")


def test_mentions_of_a_name_are_the_whole_and_its_parts() -> None:
    found = mentions("we met Ada of Harbour View")
    assert {digest64(form) for form in ("ada of harbour view", "harbour", "view")} <= set(found)


def test_mentions_and_what_is_remembered_are_capped() -> None:
    for first in range(0, 3 * MOST_STRETCHES, 500):
        words = " ".join(f"item{index} a{index}@e.org" for index in range(first, first + 500))
        assert len(mentions(words)) == MAX_MENTIONS
    assert 0 < _STRETCHES.kept() <= MOST_STRETCHES
