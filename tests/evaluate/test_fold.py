"""Folding: what a replay reads is what is measured, labels or not."""

import json
from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner

from monitor.annotate.scorer import Opinion, Scorer
from monitor.cli import main
from monitor.core.signals import SIGNALS
from monitor.evaluate.fold import Folding, by_session
from monitor.evaluate.labelled import lines_of
from monitor.policy_file import load_policy
from tests.evaluate.build import judged

SAMPLE = Path(__file__).parent / "sample.jsonl"
NAMES = [signal.name for signal in SIGNALS]


def test_scores_and_what_fires_are_those_of_a_replay(tmp_path: Path) -> None:
    path = tmp_path / "readings.jsonl"
    arguments = ["replay", str(SAMPLE), "--system", "data", "--standings", "pinned", "--readings", str(path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    replayed = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    turns = list(Folding(load_policy(None), NAMES).judged("data", lines_of(SAMPLE)))
    assert [(turn.session, turn.number) for turn in turns] == [(each["session_id"], each["turn"]) for each in replayed]
    assert [{name: turn.value(name) for name in NAMES} for turn in turns] == [each["scores"] for each in replayed]
    assert [turn.fired for turn in turns] == [{each["signal"] for each in line["readings"]} for line in replayed]


def test_only_what_is_asked_for_is_kept() -> None:
    turns = list(Folding(load_policy(None), ["dispute"]).judged("data", lines_of(SAMPLE, sample=3)))
    assert {name for turn in turns for name in turn.scores} == {"dispute"}
    assert not any(turn.text for turn in turns)
    kept = Folding(load_policy(None), ["dispute"], texts=True).judged("data", lines_of(SAMPLE, sample=3))
    assert any(turn.text for turn in kept)


class Doubting:
    """A scorer that finds nothing carried."""

    name, trust = "doubting", 1.0

    def opinion(self, _sentences: Sequence[str], _statement: str) -> Opinion:
        """No."""
        return Opinion(0.01, 0.0)


def test_scorer_reads_the_sources_too() -> None:
    def scores(scorer: Scorer | None) -> list[float]:
        folding = Folding(load_policy(None), ["unsupported_claim"], scorer=scorer)
        values = [turn.value("unsupported_claim") for turn in folding.judged("data", lines_of(SAMPLE))]
        return [value for value in values if value is not None]

    alone, doubted = scores(None), scores(Doubting())
    assert alone
    assert len(alone) == len(doubted)
    assert sum(doubted) > sum(alone)


def test_by_session_keeps_order_and_files_apart() -> None:
    turns = [judged("a", 0), judged("b", 0), judged("a", 1), judged("a", 0, part=1)]
    found = [[(turn.part, turn.number) for turn in each] for each in by_session(turns)]
    assert found == [[(0, 0), (0, 1)], [(0, 0)], [(1, 0)]]
