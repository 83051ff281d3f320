"""Learn which pairs of statements contradict each other: ``python -m training.contradiction DATA [--write]``.

DATA is the folder of labelled conversations. Pairs that contradict come from chatprotect (Apache-2.0); pairs that do
not come from chatprotect (its consistent pairs, and what the assistant said before), tau_airline and agentdojo (MIT),
whose answers are taken as consistent. Which statement of the earlier turn is contradicted is not labelled: the one the
model itself thinks likeliest is taken, three times over; of a consistent turn the two likeliest.

Printed are cross-validated figures (five parts, whole sessions). With --write the trees go to
``monitor/core/signals/pair_trees.py``. Needs scikit-learn (extra ``training``).
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from monitor.annotate.claims import claims_of
from monitor.annotate.sentences import own_words
from monitor.annotate.tokens import tokenise
from monitor.core.signals.compare import NEARNESS
from monitor.core.signals.nearest import MAX_CLOSE, around, nearest, worth_a_look
from monitor.core.signals.pair import FEATURES, Side, compared, side_of
from monitor.core.signals.pair_model import score_of
from monitor.core.signals.statement import remembered
from monitor.evaluate.figures import auc
from training.logistic import fold_of

TARGET = Path(__file__).parents[1] / "monitor" / "core" / "signals" / "pair_trees.py"
TRAINED, MEASURED = ("chatprotect", "tau_airline", "agentdojo"), ("maia_dqe",)
"""MEASURED data is only counted: its licence lets nobody train on it here."""
SESSIONS = {"agentdojo": 500}
PARTS, ROUNDS, MEMORY, CLAIMS = 5, 3, 64, 16
CONSISTENT_PAIR, PLAIN = 6.0, 1.0
"""What a pair that chatprotect labels consistent weighs, and a pair of ordinary talk. A contradiction weighs 1."""
PLAIN_SHARES = (0.002, 0.005, 0.01, 0.02)
SPLITS, LEAVES = 7, 8


@dataclass(frozen=True)
class Turn:
    """One answer: the pairs worth comparing as (earlier turn, cover, numbers), and the truth; None: plain talk."""

    data: str
    session: str
    truth: bool | None
    against: int | None
    pairs: list[tuple[int, float, tuple[float, ...]]]
    near: list[tuple[int, float]]
    """Earlier turns that are about the same but can contradict nothing, with what they cover."""

    def numbers(self) -> np.ndarray:
        """One row per pair."""
        return np.array([pair[2] for pair in self.pairs], dtype=np.float32)


def sessions(folder: Path, data: str) -> Iterator[list[dict[str, Any]]]:
    """The sessions of one file, in order."""
    with gzip.open(folder / f"{data}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = groupby(map(json.loads, lines), itemgetter("session_id"))
        for number, (_, members) in enumerate(found):
            if number >= SESSIONS.get(data, 1 << 30):
                return
            yield list(members)


def turns(folder: Path, data: str) -> Iterator[Turn]:
    """Every answer, beside what the assistant said before it in the session."""
    for session in sessions(folder, data):
        memory: list[Side] = []
        for line in session:
            text = line.get("text") or ""
            if line["role"] != "assistant" or not text.strip():
                continue
            claims = claims_of(tokenise(own_words(text)))[:CLAIMS]
            sides = [side_of(remembered(claim, line["turn"])) for claim in claims]
            label = line.get("label") or {}
            found = list(_pairs(sides, memory))
            pairs = [(turn, cover, numbers) for turn, cover, numbers in found if numbers is not None]
            near = [(turn, cover) for turn, cover, numbers in found if numbers is None]
            yield Turn(data, line["session_id"], label.get("contradiction"), label.get("against_turn"), pairs, near)
            memory = (memory + sides)[-MEMORY:]


def _pairs(sides: list[Side], memory: list[Side]) -> Iterator[tuple[int, float, tuple[float, ...] | None]]:
    for now in sides:
        found = nearest(now, memory, {})
        for index, (cover, old) in enumerate(found[:MAX_CLOSE]):
            numbers = compared(now, old, around(found, index, memory)) if worth_a_look(now, old, cover) else None
            yield old.statement.turn, cover, numbers


def fitted(examples: Sequence[Turn]) -> GradientBoostingClassifier:
    """Trees for these turns."""
    positive = [_against(turn) for turn in examples if turn.truth]
    positive = [turn for turn in positive if turn.pairs]
    negative = [turn for turn in examples if not turn.truth and turn.pairs]
    model: GradientBoostingClassifier | None = None
    for _ in range(ROUNDS):
        rows, truth, weights = [], [], []
        for turn in (*positive, *negative):
            for index in _likeliest(turn, model)[: 1 if turn.truth or model is None else 2]:
                rows.append(turn.pairs[index][2])
                truth.append(bool(turn.truth))
                share = 1.0 if turn.truth or model is None else 0.5
                weights.append(share * (1.0 if turn.truth else PLAIN if turn.truth is None else CONSISTENT_PAIR))
        model = GradientBoostingClassifier(
            n_estimators=70, max_depth=3, learning_rate=0.11, min_samples_leaf=15, subsample=0.7, max_features=12,
            random_state=1,
        )  # fmt: skip
        model.fit(np.array(rows, dtype=np.float32), truth, sample_weight=weights)
    return model


def _against(turn: Turn) -> Turn:
    return replace(turn, pairs=[one for one in turn.pairs if one[0] == turn.against])


def _likeliest(turn: Turn, model: GradientBoostingClassifier | None) -> list[int]:
    worth = [pair[1] for pair in turn.pairs] if model is None else model.decision_function(turn.numbers())
    return sorted(range(len(turn.pairs)), key=lambda index: -worth[index])


def judged(model: GradientBoostingClassifier, found: Sequence[Turn]) -> list[tuple[float, int | None]]:
    """For each turn the weight of its likeliest pair, and the earlier turn that the signal would name."""
    rows = [turn.numbers() for turn in found if turn.pairs]
    weights = iter(model.decision_function(np.vstack(rows)) if rows else ())
    return [_answer(turn, [float(next(weights)) for _ in turn.pairs]) for turn in found]


def _answer(turn: Turn, weights: list[float]) -> tuple[float, int | None]:
    ranked = [(NEARNESS * cover, of) for of, cover in turn.near]
    for weight, (of, cover, _) in zip(weights, turn.pairs, strict=True):
        ranked.append((score_of(weight) + NEARNESS * cover, of))
    return max(weights, default=-99.0), max(ranked, default=(0.0, None), key=itemgetter(0))[1]


def cross_validated(examples: Sequence[Turn], others: Sequence[Turn]) -> list[tuple[Turn, float, int | None]]:
    """Every turn, judged by trees that did not see its session."""
    found: list[tuple[Turn, float, int | None]] = []
    for part in range(PARTS):
        model = fitted([turn for turn in examples if fold_of(turn.session, PARTS) != part])
        held = [turn for turn in (*examples, *others) if fold_of(turn.session, PARTS) == part]
        found += [(turn, *answer) for turn, answer in zip(held, judged(model, held), strict=True)]
    return found


def report(found: Sequence[tuple[Turn, float, int | None]]) -> None:
    """Print the figures."""
    pairs = [(turn, weight, named) for turn, weight, named in found if turn.truth is not None]
    truth, weights = [bool(turn.truth) for turn, _, _ in pairs], [weight for _, weight, _ in pairs]
    wrong = [(turn, named) for turn, _, named in pairs if turn.truth]
    print(f"chatprotect: n {len(pairs)}, AUC {auc(truth, weights) or 0.0:.3f}")
    print(f"turn contradicted, top 1: {sum(turn.against == named for turn, named in wrong) / len(wrong):.3f}")
    plain = {data: [weight for turn, weight, _ in found if turn.data == data] for data in (*TRAINED[1:], *MEASURED)}
    both = plain["tau_airline"] + plain["maia_dqe"]
    for share in PLAIN_SHARES:
        bound = float(np.quantile(both, 1 - share))
        recall = sum(weight > bound for weight, true in zip(weights, truth, strict=True) if true) / sum(truth)
        fires = " ".join(f"{data} {np.mean(np.array(of) > bound):.4f}" for data, of in plain.items())
        print(f"bound {bound:6.2f}: recall {recall:.3f}, fires {fires}")


def table(model: GradientBoostingClassifier) -> tuple[float, str]:
    """The trees as text, two lines each, and the weight they start from."""
    start = float(model._raw_predict_init(np.zeros((1, len(FEATURES)), dtype=np.float32))[0, 0])  # noqa: SLF001
    lines: list[str] = []
    for (grown,) in model.estimators_:
        questions, weights = [(0, 0.0)] * SPLITS, [0.0] * LEAVES
        _unroll(grown.tree_, 0, 0, questions, weights)
        lines.append(" ".join(f"{feature}:{threshold:.4g}" for feature, threshold in questions))
        lines.append(" ".join(f"{weight * model.learning_rate:.4f}" for weight in weights))
    return round(start, 4), "\n".join(lines) + "\n"


def _unroll(
    tree: Any,  # noqa: ANN401 - a structure of scikit-learn
    node: int,
    at: int,
    questions: list[tuple[int, float]],
    weights: list[float],
) -> None:
    """A tree as a full one of depth three: a question left out is one whose answers are the same."""
    leaf = tree.children_left[node] < 0
    if at >= SPLITS:
        weights[at - SPLITS] = float(tree.value[node][0][0])
        return
    questions[at] = (0, 0.0) if leaf else (int(tree.feature[node]), float(tree.threshold[node]))
    _unroll(tree, node if leaf else tree.children_left[node], 2 * at + 1, questions, weights)
    _unroll(tree, node if leaf else tree.children_right[node], 2 * at + 2, questions, weights)


PAGE = '''"""Written by ``python -m training.contradiction DATA --write``; do not edit. The form: ``pair_model.py``.

Trained on {data}: chatprotect (eth-sri/ChatProtect, Apache-2.0), tau_airline (sierra-research/tau-bench,
MIT) and agentdojo (run logs of ethz-spylab/agentdojo, MIT). Numbers only: no text of a conversation is in here.
"""

START = {start}
SHA256 = "{digest}"
"""Of TREES, as UTF-8."""
TREES = """\\
{trees}"""
'''


def main() -> None:
    """Measure, and write where that is asked for."""
    arguments = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    examples = [turn for data in TRAINED for turn in turns(given.data, data)]
    others = [turn for data in MEASURED for turn in turns(given.data, data)]
    report(cross_validated(examples, others))
    if given.write:
        start, trees = table(fitted(examples))
        size = f"{len(examples):,} answers"
        digest = hashlib.sha256(trees.encode()).hexdigest()
        TARGET.write_text(PAGE.format(data=size, start=start, digest=digest, trees=trees), "utf-8")


if __name__ == "__main__":
    main()
