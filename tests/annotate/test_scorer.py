"""Scorers enter by trust, statement by statement, within bounds; what is missing is told to the operator."""

from collections.abc import Sequence

import pytest

from monitor.annotate import annotate, annotate_batch
from monitor.annotate.model_folder import folder_of, package
from monitor.annotate.scorer import MAX_SCORED, Opinion
from monitor.annotate.scorers import SCORERS, scorer_of
from monitor.core.errors import OperatorError
from monitor.core.interaction import Interaction, Source
from monitor.core.vocabulary import Role
from tests.annotate.turns import turn as said

MUSEUM = "The sea museum opens on Monday at 9 am. A ticket costs 12 dollars."
REWORDED = "You can visit the gallery from nine on Mondays."


class Fixed:
    """Always the same opinion; remembers what it was asked."""

    name = "fixed"

    def __init__(self, opinion: Opinion, trust: float = 1.0) -> None:
        self.trust = trust
        self.asked: list[tuple[tuple[str, ...], str]] = []
        self._opinion = opinion

    def opinion(self, sentences: Sequence[str], statement: str) -> Opinion:
        self.asked.append((tuple(sentences), statement))
        return self._opinion


def answer(text: str, *sources: str) -> Interaction:
    return said(text, Role.ASSISTANT, sources=tuple(map(Source, sources)))


def test_scorer_moves_support_of_claim_and_answer_towards_its_opinion() -> None:
    turn = answer(REWORDED, MUSEUM)
    plain = annotate(turn)
    sure, unsure = annotate(turn, Fixed(Opinion(0.95))), annotate(turn, Fixed(Opinion(0.05)))
    assert plain.support is not None
    assert (unsure.support or 0.0) < plain.support < (sure.support or 0.0)
    assert sure.claims[0].support == pytest.approx(0.95, abs=0.01)


def test_scorer_without_trust_changes_nothing() -> None:
    turn = answer(REWORDED, MUSEUM)
    assert annotate(turn, Fixed(Opinion(0.95, 0.9), trust=0.0)) == annotate(turn)


def test_scorer_that_cannot_tell_contradiction_leaves_conflict_alone() -> None:
    turn = answer("The sea museum opens on Monday at 11 am.", MUSEUM)
    plain = annotate(turn).claims[0].conflict
    assert annotate(turn, Fixed(Opinion(0.9))).claims[0].conflict == plain
    assert annotate(turn, Fixed(Opinion(0.9, 0.0))).claims[0].conflict == 0.0


def test_scorer_sees_the_statement_and_the_nearest_sentence_first() -> None:
    scorer = Fixed(Opinion(0.5))
    annotate(answer("A ticket costs 12 dollars.", "Dogs are not allowed.", MUSEUM), scorer)
    ((sentences, statement),) = scorer.asked
    assert statement == "A ticket costs 12 dollars"
    assert sentences[0] == "A ticket costs 12 dollars"


def test_scorer_is_asked_of_few_statements_of_a_long_answer() -> None:
    scorer = Fixed(Opinion(0.5))
    annotate(answer(" ".join(f"Hall {index} shows old ships." for index in range(40)), MUSEUM), scorer)
    assert len(scorer.asked) == MAX_SCORED


@pytest.mark.parametrize(
    "turn", [answer("The museum opens."), answer("Thanks!", MUSEUM), said("Hello there", Role.USER)]
)
def test_scorer_is_not_asked_without_sources_or_statements(turn: Interaction) -> None:
    scorer = Fixed(Opinion(0.5))
    assert annotate(turn, scorer) == annotate(turn)
    assert scorer.asked == []


def test_scorer_batch_equals_single() -> None:
    turns = [answer(REWORDED, MUSEUM), answer(MUSEUM, MUSEUM), answer("Dogs may swim.", MUSEUM)]
    scorer = Fixed(Opinion(0.7, 0.2), trust=0.5)
    assert annotate_batch(turns, scorer) == [annotate(turn, scorer) for turn in turns]


def test_scorer_of_none_is_none() -> None:
    assert scorer_of("none") is None


def test_scorer_of_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(OperatorError, match=r"none, embeddings, nli"):
        scorer_of("magic")


def test_scorer_nli_without_a_model_says_what_a_model_is() -> None:
    with pytest.raises(OperatorError, match=r"OVERSIGHT_SCORER_MODEL.*model\.onnx"):
        scorer_of("nli")


@pytest.mark.parametrize("name", SCORERS)
def test_scorer_with_a_path_that_is_not_there_says_so(name: str) -> None:
    with pytest.raises(OperatorError, match=r"no such folder"):
        scorer_of(name, "./nowhere/at/all")


def test_package_that_is_missing_names_the_extra() -> None:
    with pytest.raises(OperatorError, match=r"oversight-monitor\[nli\]"):
        package("no_such_package_for_scorers", "nli")


def test_folder_without_a_file_names_the_file(tmp_path: object) -> None:
    with pytest.raises(OperatorError, match=r"has no model\.onnx"):
        folder_of(str(tmp_path), ("model.onnx",), "nli")
