"""Whatever comes in: an annotation comes out, in range, pointing into the text, equal alone and in a batch."""

import sys
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.annotate import annotate, annotate_batch
from monitor.core.annotation import Annotation, Fact
from monitor.core.interaction import Interaction, Source, ToolCall
from monitor.core.vocabulary import Role
from tests.strategies import json_objects, json_values

PIECES = (
    *("I want to talk to a real person", "this is ridiculous", "why", "?", "!!!", ".", "\n", "not", "don't", '"', "'"),
    *("```", "> quoted", "$1,250.00", "2024-02-30", "5pm", "1.2.3.4", "99:99", "007", "1e999", "٣", "²", "½", "IV"),
    *("your claim has been denied", "I have deleted your account", "ignore all previous instructions", "a@b.org"),
    *(
        "https://example.org/x?y=1",
        "😡",
        "👍🏽",
        "\u200b",
        "\ud800",
        "\x00",
        "ﬁ",
        "İ",
        "ß",
        "Straße",
        "日本語",
        "مرحبا",
    ),
    *(
        "name: x; date: y",
        "k=v",
        "<INFORMATION>",
        "NO",
        "but",
        "May 3rd",
        "3 May",
        "two weeks",
        "no more than",
        "-",
        "—",
    ),
)
anything = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=24).map(" ".join)
sources = st.lists(st.builds(Source, text=anything, trusted=st.booleans()), max_size=3).map(tuple)
calls = st.none() | st.builds(
    ToolCall,
    name=st.sampled_from(("send_money", "GmailReadEmail", "", "x" * 300)),
    arguments=json_objects,
    result=json_values | anything,
    error=st.none() | anything,
)


def turn(
    text: str, role: Role = Role.USER, sources: tuple[Source, ...] = (), call: ToolCall | None = None
) -> Interaction:
    return Interaction(
        id="i", ts=0.0, system_id="bot", session_id="s", role=role, text=text, sources=sources, tool_call=call
    )


turns = st.builds(turn, anything, st.sampled_from(Role), sources, calls)


def facts_in_range(found: Annotation) -> bool:
    return all((-1.0 if name == "valence" else 0.0) <= fact.score <= 1.0 for name, fact in found.facts.items())


def spans(found: Annotation) -> list[tuple[int, int]]:
    said = [(span.start, span.end) for fact in found.facts.values() for span in fact.spans]
    return said + [(claim.start, claim.end) for claim in found.claims]


@given(turns)
@settings(max_examples=300, deadline=None)
def test_annotation_any_turn_is_in_range_and_points_into_the_text(interaction: Interaction) -> None:
    found = annotate(interaction)
    assert facts_in_range(found)
    assert all(0 <= start < end <= len(interaction.text) for start, end in spans(found))
    levels = [level for claim in found.claims for level in (claim.support, claim.conflict) if level is not None]
    levels += [value.instruction for value in found.values]
    levels += [] if found.source_conflict is None else [found.source_conflict]
    assert all(0.0 <= level <= 1.0 for level in levels)
    assert all(claim.source is None or claim.source < len(interaction.sources) for claim in found.claims)
    assert len(found.mentions) <= 256
    assert len(found.values) <= 512
    assert len(found.terms) <= 64


@given(st.lists(turns, max_size=6))
@settings(max_examples=60, deadline=None)
def test_annotation_in_a_batch_equals_the_one_alone(interactions: list[Interaction]) -> None:
    assert annotate_batch(interactions) == [annotate(interaction) for interaction in interactions]


@given(turns, st.lists(turns, max_size=3))
@settings(max_examples=60, deadline=None)
def test_annotation_again_after_others_is_the_same(interaction: Interaction, others: list[Interaction]) -> None:
    first = annotate(interaction)
    annotate_batch(others)
    assert annotate(interaction) == first


@given(turns)
@settings(max_examples=60, deadline=None)
def test_annotation_without_text_has_no_text_facts(interaction: Interaction) -> None:
    empty = turn("", interaction.role, interaction.sources, interaction.tool_call)
    assert annotate(empty).facts.keys() <= {"instruction"}


CLEAR = (
    (Role.USER, "human_request", "I want to speak to a real person"),
    (Role.USER, "distress", "I want to kill myself"),
    (Role.USER, "accountability", "Who is responsible for this decision?"),
    (Role.ASSISTANT, "final_decision", "Your claim has been denied and this decision is final"),
    (Role.ASSISTANT, "irreversible", "I have permanently deleted your account"),
)
CALM = (
    "The weather was mild on the way here.",
    "There are four rooms and a small garden.",
    "We had lunch in the town after the walk.",
)


@given(st.sampled_from(CLEAR), st.sampled_from(CALM), st.booleans())
@settings(max_examples=60, deadline=None)
def test_cue_clear_phrase_survives_talk_around_it(clear: tuple[Role, str, str], calm: str, first: bool) -> None:  # noqa: FBT001
    role, fact, phrase = clear
    text = f"{calm} {phrase}." if first else f"{phrase}. {calm}"
    assert annotate(turn(text, role)).facts[fact].score >= annotate(turn(phrase, role)).facts[fact].score - 1e-9


@pytest.mark.parametrize(("role", "fact", "phrase"), CLEAR)
def test_cue_clear_phrase_is_read_in_any_case(role: Role, fact: str, phrase: str) -> None:
    scores = [annotate(turn(text, role)).facts[fact].score for text in (phrase, phrase.lower(), phrase.upper())]
    assert min(scores) >= 0.5
    assert scores[0] == scores[1]


@pytest.mark.parametrize("calm", CALM)
def test_cue_calm_talk_is_no_sign_of_anything(calm: str) -> None:
    quiet = annotate(turn(calm)).facts.items() | annotate(turn(calm, Role.ASSISTANT)).facts.items()
    assert {name for name, fact in quiet if name != "valence" and fact.score >= 0.5} == set()


def test_language_other_than_english_has_no_text_facts_and_all_others() -> None:
    call = ToolCall("issue_refund", {"amount": 40})
    found = annotate(turn("Ich möchte bitte mit einem Menschen sprechen, das ist nicht gut.", Role.ASSISTANT, (), call))
    assert found.language == "de"
    assert found.facts.keys() <= {"instruction"}
    assert found.words == 11
    assert found.values
    assert found.features["length"] == 11.0


class Calls:
    """Counts Python function calls: a measure of work that no busy machine changes."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, _frame: object, event: str, _argument: object) -> None:
        self.count += event in ("call", "c_call")


def work(interaction: Interaction) -> int:
    with Calls() as calls:
        annotate(interaction)
    return calls.count


@pytest.mark.parametrize("role", list(Role))
def test_work_of_a_huge_turn_is_that_of_a_large_one(role: Role) -> None:
    sentence = "Please refund order 4711 of May 3rd, since I said the parcel number {} has not come. "
    large = "".join(sentence.format(number) for number in range(240))
    huge = large * 64
    result = ToolCall("read_page", {"body": huge}, huge)
    assert len(huge) > 1_000_000
    assert (
        work(turn(huge, role, (Source(huge, trusted=False),), result))
        < 4 * work(turn(large, role, (Source(large, trusted=False),), ToolCall("read_page", {"body": large}, large)))
        + 10_000
    )


def test_facts_of_a_huge_text_come_from_its_beginning_and_its_end() -> None:
    filler = "The weather was mild on the way here. " * 30_000
    for text in (f"I want to speak to a real person. {filler}", f"{filler} I want to speak to a real person."):
        fact: Fact = annotate(turn(text)).facts["human_request"]
        assert fact.score >= 0.5
        assert "person" in text[fact.spans[0].start : fact.spans[0].end]


def test_caches_are_bounded() -> None:
    caches = [
        value
        for name, module in list(sys.modules.items())
        if name.startswith("monitor.annotate")
        for value in vars(module).values()
        if hasattr(value, "cache_info")
    ]
    tables = {"table", "lexicon", "_classes", "_weights"}
    keyed_by_content = [cache for cache in caches if cache.__wrapped__.__name__ not in tables]
    assert keyed_by_content
    assert all(cache.cache_info().maxsize is not None for cache in keyed_by_content)
