"""The automaton of phrase tables: anchors, gaps, contractions, and one order of hits in every process."""

import os
import subprocess
import sys

import pytest

from monitor.annotate.hits import MAX_HITS, cue_hits
from monitor.annotate.phrases import forms
from monitor.annotate.tokens import tokenise

ORDER = """
from monitor.annotate.hits import cue_hits
from monitor.annotate.tokens import tokenise
text = "I don't understand, can I talk to a human? This is terrible service, never again."
print(cue_hits(tokenise(text)))
"""


def strongest(text: str, cue: str) -> float:
    """The greatest weight among the phrases of a cue that are found; 0 for none."""
    hits = cue_hits(tokenise(text))
    return max((hit.phrase.weight for hit in hits if hit.phrase.cue == cue), default=0.0)


SPELLINGS = ["I don't understand", "I dont understand", "i do not understand", "I don\u2019t understand"]


@pytest.mark.parametrize("text", SPELLINGS)
def test_find_contraction_in_any_spelling_is_found(text: str) -> None:
    assert strongest(text, "confusion") >= 0.5


def test_find_phrase_never_crosses_a_sentence() -> None:
    assert strongest("Could I talk to a human", "human_request") > strongest(
        "Could I talk. To a human", "human_request"
    )


def test_find_gap_is_bounded() -> None:
    near, far = "transfer me to one two three agent now", "transfer me to one two three four agent now"
    assert strongest(near, "human_request") > strongest(far, "human_request")


def test_forms_class_and_alternatives_are_spelled_out() -> None:
    assert "human being" in forms("@person/colleague")
    assert "colleague" in forms("@person/colleague")


def test_find_repeated_phrases_are_capped() -> None:
    assert len(cue_hits(tokenise("I want a human. " * 700))) == MAX_HITS


def test_find_hits_have_one_order_in_every_process() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", ORDER], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1
