"""The learned mood: its packed sums equal the plain ones, and what bears no meaning does not turn it."""

import hashlib
from collections.abc import Callable, Mapping
from importlib import resources
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate import annotate
from monitor.annotate.mood import BY_LENGTH, CHANCES, grams, likely, moods_of, toned
from monitor.annotate.mood_table import MODELS, table
from monitor.annotate.tokens import tokenise
from monitor.core.annotation import Fact
from monitor.core.interaction import Interaction
from monitor.core.vocabulary import Role

MODELS_DIR = resources.files("monitor.annotate").joinpath("models")
TSV = MODELS_DIR.joinpath("mood.tsv").read_bytes()
ROWS = [line.split("\t") for line in TSV.decode().splitlines() if not line.startswith("#")]
WEIGHTS = {gram: tuple(map(int, weights)) for gram, *weights in ROWS}
THIRD = 1 / 3


def facts(text: str, role: Role = Role.USER) -> Mapping[str, Fact]:
    return annotate(Interaction(id="1", ts=0.0, system_id="bot", session_id="s", role=role, text=text)).facts


def summed(text: str) -> dict[str, float]:
    """The models by their definition, gram by gram."""
    found = {gram for gram in grams(tokenise(text)) if gram in WEIGHTS}
    return {
        name: bias
        + step
        * sum(WEIGHTS[gram][lane] for gram in found)
        * ((1 / sqrt(len(found)) if found else 0.0) if name in BY_LENGTH else 1.0)
        for lane, (name, bias, step) in enumerate(table().models)
    }


@given(st.lists(st.sampled_from([*sorted({gram.split(" ")[-1] for gram in WEIGHTS}), "17", "qwxyz", ".", "?!"])))
def test_moods_of_any_words_equal_the_plain_sums(words: list[str]) -> None:
    text = " ".join(words)
    assert moods_of(tokenise(text)) == pytest.approx(summed(text))


@given(st.text(max_size=300))
def test_moods_of_any_text_are_chances(text: str) -> None:
    assert all(0.0 <= likely(mood) <= 1.0 for mood in moods_of(tokenise(text)).values())
    assert -1.0 <= toned(moods_of(tokenise(text)), Fact(0.0)).score <= 1.0


GLAD = ("Wow, that is fantastic!", "Great, that was quick. I love it.", "Thank you so much, you made my day!")
DARK = ("This is a terrible answer.", "I hate this, nothing works.", "What a mess, I am so disappointed.")
PLAIN = ("The meter is in the hall.", "I moved to another address in May.", "My number is 4711.")


@pytest.mark.parametrize(("texts", "low", "high"), [(GLAD, THIRD, 1.0), (DARK, -1.0, -THIRD), (PLAIN, -THIRD, THIRD)])
@pytest.mark.parametrize("shape", [str, str.upper, lambda text: f"{text} ", lambda text: text.replace(".", " .")])
def test_valence_of_plain_turns_is_read_in_any_case(
    texts: tuple[str, ...], low: float, high: float, shape: Callable[[str], str]
) -> None:
    for text in texts:
        assert low <= facts(shape(text))["valence"].score <= high, text


@pytest.mark.parametrize("text", DARK)
@pytest.mark.parametrize("wrapped", ["Hello. {}", "Excuse me. {}", "{} Please reply."])
def test_courtesy_does_not_turn_a_complaint(text: str, wrapped: str) -> None:
    assert facts(wrapped.format(text))["valence"].score < -THIRD


@pytest.mark.parametrize("text", DARK)
def test_what_others_said_is_not_the_speakers_mood(text: str) -> None:
    quoted = moods_of(tokenise(f'The note on the parcel reads: "{text}"'))
    assert quoted == moods_of(tokenise("The note on the parcel reads:"))


def test_only_people_are_heard() -> None:
    assert set(CHANCES) <= facts("I see.", Role.STAFF).keys()
    assert not set(CHANCES) & facts("I see.", Role.ASSISTANT).keys()


def test_rows_are_of_one_width_and_no_word_is_there_twice() -> None:
    assert {len(row) for row in ROWS} == {1 + len(MODELS)}
    assert len(WEIGHTS) == len(ROWS)


def test_readme_names_the_file_that_is_here() -> None:
    assert hashlib.sha256(TSV).hexdigest() in MODELS_DIR.joinpath("README.md").read_text("utf-8")
