"""Make ``monitor/annotate/models/said.tsv``: ``python -m training.said``; ``--check`` prints a cross-validation.

Sentences of ``training/said.tsv`` and the seen half of ``tests/signals`` say a fact or do not; all were written for
this project. Real turns without any label (tau_airline, agentdojo and citod, MIT; goemotions and chatprotect,
Apache-2.0) are weak examples of not saying it, so that the models stay calm on what people mostly say.
"""

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from monitor.annotate.said import SCALE, sentences_of
from monitor.annotate.said_table import BIAS
from monitor.annotate.tokens import tokenise
from monitor.core.vocabulary import Role
from tests.signals.cases import SEEN, WrittenCase, read

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
TARGET = ROOT / "monitor" / "annotate" / "models" / "said.tsv"
USER, ASSISTANT = Role.USER, Role.ASSISTANT
FACTS = {
    USER: (
        "dispute",
        "accountability",
        "urgency",
        "new_problem",
        "control_loss",
        "exception",
        "judgement_request",
    ),
    ASSISTANT: ("final_decision", "consequence", "concession", "publication", "recommendation"),
}
OF_SIGNAL = {
    "dispute": "dispute",
    "accountability_request": "accountability",
    "urgency": "urgency",
    "new_problem": "new_problem",
    "loss_of_control": "control_loss",
    "beyond_policy": "exception",
    "judgement_call": "judgement_request",
    "final_decision": "final_decision",
    "unauthorised_promise": "concession",
    "publish_without_review": "publication",
    "no_recourse": "consequence",
    "opaque_recommendation": "recommendation",
}
ONLY_POSITIVE = frozenset(("no_recourse", "opaque_recommendation"))
"""Signals whose near misses may say the fact all the same, and say something else beside it."""
WEAK, OTHERS = 0.02, 0.2
"""What a real turn without a label, and what a sentence that was written against another fact, weigh."""
RIDGE = 0.1
SEED = 7
LEAST_COUNT, LEAST_WEIGHT = 2, 60
FOLDS = 5
FALSE = 0.01
"""Share of plain sentences on which a model may speak."""
EVEN = 1.0
"""Added to every logit: the written examples are few beside the plain ones, so an even chance comes too late."""


class Example:
    """One sentence, or short turn, and how surely it says the fact."""

    def __init__(self, role: Role, fact: str, says: bool, text: str) -> None:  # noqa: FBT001 - a truth is a plain value here
        self.role, self.fact, self.says = role, fact, says
        self.features = features(text)


def features(text: str) -> list[str]:
    """The features of a text of one sentence or two: of all its sentences, each once."""
    return list(dict.fromkeys(feature for sentence in sentences_of(tokenise(text)) for feature in sentence))


def written() -> Iterator[Example]:
    """The sentences written for the facts, and the last turns of the seen cases."""
    for line in (ROOT / "training" / "said.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        fact, says, text = line.split("\t")
        for role, facts in FACTS.items():
            if fact in facts or fact == role.value:
                yield Example(role, fact, says == "1", text)
    for signal, fact in OF_SIGNAL.items():
        for case in read(signal, SEEN):
            yield from _of_case(signal, fact, case)


def _of_case(signal: str, fact: str, case: WrittenCase) -> Iterator[Example]:
    last = case.turns[-1]
    if not last.text or last.tool or last.decision or last.delivery or last.sources or case.policy:
        return
    if any(turn.role in {Role.STAFF, Role.TOOL} for turn in case.turns) or (signal in ONLY_POSITIVE and not case.fires):
        return
    if fact in FACTS.get(last.role, ()):
        yield Example(last.role, fact, case.fires, last.text)


def plain(role: Role, count: int) -> list[list[str]]:
    """Sentences of real turns of a role, sampled."""
    files = {
        USER: ("tau_airline", "goemotions", "citod", "agentdojo"),
        ASSISTANT: ("tau_airline", "agentdojo", "citod", "chatprotect"),
    }[role]
    found = []
    for name in files:
        texts = set()
        with gzip.open(DATA / f"{name}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                turn = json.loads(line)
                if name == "goemotions" or turn["role"] == role.value:
                    texts.add((turn.get("text") or "")[:1200])
        sample = random.Random(SEED).sample(sorted(texts), min(len(texts), count))  # noqa: S311 - a seeded sample, no secret
        sentences = [sentence for text in sample for sentence in sentences_of(tokenise(text))]
        found += random.Random(SEED).sample(sentences, min(len(sentences), count))  # noqa: S311 - a seeded sample, no secret
    return found


def fit(rows: list[tuple[list[str], float, float]]) -> dict[str, float]:
    """Ridge-penalised logistic regression: feature -> weight. ``rows``: features, truth, weight."""
    counts = Counter(feature for features_, _, weight in rows if weight > WEAK for feature in features_)
    names = [name for name, count in counts.items() if count >= LEAST_COUNT]
    index = {name: at for at, name in enumerate(names)}
    places = [(at, index[each]) for at, row in enumerate(rows) for each in row[0] if each in index]
    x = csr_matrix((np.ones(len(places)), tuple(zip(*places, strict=True))), shape=(len(rows), len(names)))
    truth, weight = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    free = np.array([0.0 if name == BIAS else RIDGE for name in names])

    def loss(w: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        logits = x @ w
        p = 1.0 / (1.0 + np.exp(-logits))
        value = float((weight * (np.logaddexp(0.0, logits) - truth * logits)).sum() + (free * w * w).sum() / 2.0)
        return value, x.T @ (weight * (p - truth)) + free * w

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return dict(zip(names, found.x, strict=True))


def rows_of(fact: str, examples: list[Example], ordinary: list[list[str]]) -> list[tuple[list[str], float, float]]:
    """What a fact's model is fitted to."""
    own = [(each.features, float(each.says), 1.0) for each in examples if each.fact == fact]
    others = [(each.features, 0.0, OTHERS) for each in examples if each.fact != fact and not each.says]
    return [*own, *others, *((features_, 0.0, WEAK) for features_ in ordinary)]


def score(weights: dict[str, float], features_: list[str]) -> float:
    """The logit of one example."""
    return sum(weights.get(feature, 0.0) for feature in features_)


def check(role: Role, fact: str, examples: list[Example], ordinary: list[list[str]]) -> str:
    """Precision and recall where the model speaks, by cross-validation over the written examples."""
    own = [each for each in examples if each.fact == fact]
    random.Random(SEED).shuffle(own)  # noqa: S311 - a seeded sample, no secret
    fired: list[tuple[bool, bool]] = []
    for fold in range(FOLDS):
        held = own[fold::FOLDS]
        rest = [each for each in examples if each not in held]
        weights = fit(rows_of(fact, rest, ordinary[::2]))
        shift = calm(weights, ordinary[1::2])
        fired += [(score(weights, each.features) + shift >= 0.0, each.says) for each in held]
    hits = sum(spoke and says for spoke, says in fired)
    precision = hits / max(1, sum(spoke for spoke, _ in fired))
    recall = hits / max(1, sum(says for _, says in fired))
    return f"{role.value} {fact}: {len(own)} written, precision {precision:.2f}, recall {recall:.2f} shift {shift:.2f}"


def calm(weights: dict[str, float], ordinary: list[list[str]]) -> float:
    """What must be added to the logits so that only FALSE of plain sentences, unseen in fitting, reach 0."""
    logits = np.sort([score(weights, each) for each in ordinary])
    return min(EVEN, -float(logits[-1 - int(len(logits) * FALSE)]))


def main() -> None:
    """Fit every fact's model and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    checking = parser.parse_args().check
    lines = ["# Role, fact, feature, weight in thousandths; see README.md. Made by `python -m training.said`."]
    examples = list(written())
    for role, facts in FACTS.items():
        mine, ordinary = [each for each in examples if each.role is role], plain(role, 3000)
        for fact in facts:
            if checking:
                print(check(role, fact, mine, ordinary), flush=True)
                continue
            weights = fit(rows_of(fact, mine, ordinary[::2]))
            weights[BIAS] += calm(weights, ordinary[1::2])
            for feature, weight in sorted(weights.items()):
                if abs(round(weight * SCALE)) >= LEAST_WEIGHT or feature == BIAS:
                    lines.append(f"{role.value}\t{fact}\t{feature}\t{round(weight * SCALE)}")
    if not checking:
        TARGET.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
