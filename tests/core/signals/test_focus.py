"""Answers over records, in the light of the talk before them."""

import pytest

from monitor.annotate.annotator import annotate
from monitor.core.interaction import Interaction, Source
from monitor.core.signals import signal
from monitor.core.table import table_of
from monitor.core.vocabulary import Role
from tests.builders import Fold, ai, claim, told, user

FIRES = 0.7
INNS = (
    "inn: the golden hart; street: 12 mill lane; distance: 3 miles; parking: no parking",
    "inn: the blue heron; street: 48 harbour road; distance: 7 miles; parking: free parking",
    "inn: the old ferry; street: 90 castle street; distance: 5 miles; parking: paid parking",
)
TALK = ("which inn is nearest", "the golden hart is 3 miles away")


def scores(*texts: str, sources: tuple[str, ...] = INNS) -> tuple[float | None, float | None]:
    """What the two signals make of the last of these turns, user and assistant in turn; it has the sources."""
    fold = Fold([signal("self_contradiction"), signal("source_contradiction")])
    for index, text in enumerate(texts):
        last = index == len(texts) - 1
        turn = Interaction(
            id=str(index),
            ts=float(index),
            system_id="bot",
            session_id="s",
            role=Role.ASSISTANT if index % 2 else Role.USER,
            text=text,
            sources=tuple(Source(text=one) for one in sources) if last else (),
        )
        found = fold.add(annotate(turn))
    return found["self_contradiction"].value, found["source_contradiction"].value


@pytest.mark.parametrize(
    ("asked", "answered", "itself", "record"),
    [
        ("how far is it", "it is 3 miles away", False, False),
        ("how far is it", "it is 7 miles away", True, True),
        ("take me there", "setting out for the blue heron", True, False),
        ("what about the blue heron instead", "the blue heron is 7 miles away", False, False),
        ("where is it", "it is at 12 mill lane", False, False),
        ("where is it", "it is at 48 harbour road", False, True),
        ("where is it", "it is at 77 mill lane", False, True),
        ("can i park there", "the golden hart has free parking", False, True),
        ("can i park there", "the golden hart has no parking", False, False),
        ("anything else", "drive carefully and enjoy your stay", False, False),
        ("take me there", "setting out for the brigantine", False, True),
    ],
)
def test_records_are_read_in_the_light_of_the_talk(asked: str, answered: str, *, itself: bool, record: bool) -> None:
    found = scores(*TALK, asked, answered)
    assert [(value or 0.0) >= FIRES for value in found] == [itself, record]


@pytest.mark.parametrize("shape", [str.capitalize, lambda text: f"{text}.", lambda text: f"okay, {text}, thank you"])
def test_records_punctuation_and_courtesy_turn_nothing(shape: object) -> None:
    for answered, fires in (("it is 3 miles away", False), ("it is 7 miles away", True)):
        itself, record = scores(*TALK, "how far is it", shape(answered))  # type: ignore[operator]
        assert [(value or 0.0) >= FIRES for value in (itself, record)] == [fires, fires]


def test_records_a_name_elsewhere_in_prose_is_not_judged() -> None:
    _, record = scores(*TALK, "take me there", "setting out for the brigantine", sources=(*INNS, "Inns are old."))
    assert (record or 0.0) < FIRES


def test_records_the_reading_says_what_was_found() -> None:
    talk = [ai(claims=(claim("golden hart", "3 mil"),)), user()]
    table = table_of([{"inn": frozenset(("golden", "hart"))}, {"inn": frozenset(("blu", "heron"))}])
    strayed = told("self_contradiction", *talk, ai(claims=(claim("blue heron"),), table=table))
    assert "another record" in strayed.told
    assert [pointer.turn for pointer in strayed.evidence] == [0, 2]
    unknown = told(
        "source_contradiction", *talk, ai(claims=(claim("brigantine"),), table=table, strange=("brigantin",))
    )
    assert "none of its records" in unknown.told


def test_records_one_record_tells_nothing_apart() -> None:
    itself, _ = scores(*TALK, "take me there", "setting out for the blue heron", sources=INNS[1:2])
    assert (itself or 0.0) < FIRES
