"""Words that are neither ordinary nor in the records."""

import hashlib
from importlib.resources import files

import pytest

from monitor.annotate.annotator import annotate
from monitor.annotate.ordinary import MAX_STRANGE, ordinary_words, strange
from monitor.annotate.tokens import tokenise
from monitor.core.interaction import Interaction, Source
from monitor.core.table import table_of
from monitor.core.vocabulary import Role

TABLE = table_of([{"inn": frozenset(("hart",))}, {"inn": frozenset(("heron",))}])
RECORDS = (
    Source(text="inn: the golden hart; distance: 3 miles"),
    Source(text="inn: the blue heron; distance: 7 miles"),
)


def test_words_are_as_training_wrote_them() -> None:
    text = (files("monitor.annotate") / "models" / "words.tsv").read_text("utf-8")
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    assert hashlib.sha256(body.encode()).hexdigest() in text
    assert body.split("\n")[:-1] == sorted(ordinary_words())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("we drive to the hart tonight", ()),
        ("we drive to the brigantine tonight", ("brigantin",)),
        ("We drive to the Brigantine tonight.", ("brigantin",)),
        ("We drive there by velocipede tonight.", ()),
        ("Brigantine it is.", ()),
        ("we drive to the herom tonight", ()),
        ("", ()),
    ],
)
def test_strange_is_a_name_from_elsewhere(text: str, found: tuple[str, ...]) -> None:
    assert TABLE is not None
    assert strange(tokenise(text), TABLE) == found


def test_strange_is_bounded() -> None:
    assert TABLE is not None
    text = " ".join(f"xq{chr(97 + index % 26)}{chr(97 + index // 26)}zv" for index in range(400))
    assert len(strange(tokenise(text), TABLE)) == MAX_STRANGE


@pytest.mark.parametrize(
    ("text", "sources", "found"),
    [
        ("you can go to the brigantine now", RECORDS, ("brigantin",)),
        ("you can go to the brigantine now", (*RECORDS, Source(text="Inns are old.")), ()),
        ("du kannst nicht mit dem Schiff zur Brigantine und nach Hause", RECORDS, ()),
    ],
)
def test_strange_is_asked_only_of_english_answers_over_records_alone(
    text: str, sources: tuple[Source, ...], found: tuple[str, ...]
) -> None:
    turn = Interaction(id="1", ts=0.0, system_id="bot", session_id="s", role=Role.ASSISTANT, text=text, sources=sources)
    assert annotate(turn).strange == found
