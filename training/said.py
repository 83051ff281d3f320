"""Make ``monitor/annotate/models/said.tsv``: ``python -m training.said``; ``--check`` prints a cross-validation.

One ridge-penalised logistic regression a fact, over the words and pairs of single sentences. What it is taught stands
in ``training/said_examples.py``. Checked are the cases of one author by models that have not seen them, and sentences
in folds; and how often the models speak on real turns they have not seen.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack, vstack

from monitor.annotate.said import SCALE
from monitor.annotate.said_table import BIAS
from monitor.core.vocabulary import Role
from training.said_examples import FACTS, FIRST, ROOT, SECOND, SEED, SENTENCES, Example, Text, plain, written
from training.word_vectors import DIRECTIONS, vectors

TARGET = ROOT / "monitor" / "annotate" / "models" / "said.tsv"
PLAIN, OTHERS = 0.1, 0.2
"""What a sentence of a real turn without a label, and what one that was written against another fact, weigh."""
RIDGE = 0.1
LEAST_COUNT, LEAST_WEIGHT = 2, 0.25
"""Sentences a gram must be in, and the weight it must have, to be kept."""
FOLDS = 4
FALSE = 0.01
"""Share of plain turns on which a model may speak."""
NEARNESS = 0.05
"""How much a word tells of words with a like meaning."""
EVEN = 1.0
"""Added to every logit at most: examples are few beside the plain turns, so an even chance comes too late."""
MOST_PLAIN = 4000
"""Turns of one file."""

MOST_SHARE = 10.0
"""Times that a turn of a file with few counts what one of MOST_PLAIN does."""

Floats = npt.NDArray[np.float64]
Check = Callable[[Example], bool]


class Texts(NamedTuple):
    """Sentences as rows of a matrix, and the first row of each text."""

    matrix: csr_matrix
    starts: npt.NDArray[np.intp]

    def logits(self, weights: Floats) -> Floats:
        """What a model makes of each text: of its strongest sentence, for many sentences are many chances."""
        counts = np.diff([*self.starts, self.matrix.shape[0]])
        return np.maximum.reduceat(self.matrix @ weights, self.starts) - np.log(counts)


class Corpus:
    """All texts of a role over one vocabulary: examples, and plain turns for teaching and for calming."""

    def __init__(self, role: Role, examples: Sequence[Example]) -> None:
        self.examples = [each for each in examples if each.role is role]
        counts = Counter(gram for each in self.examples for sentence in each.text for gram in sentence)
        nearness = vectors(gram for gram in counts if " " not in gram)
        self.taught = [gram for gram, count in counts.items() if count >= LEAST_COUNT]
        self.grams = [*self.taught, *sorted(nearness.keys() - set(self.taught))]
        self._index = {gram: at for at, gram in enumerate(self.grams)}
        self._near = np.array([nearness.get(gram, np.zeros(DIRECTIONS)) for gram in self.grams]) * NEARNESS
        self.bias = self._index[BIAS]
        self.texts = self.rows([each.text for each in self.examples])
        turns = plain(role, MOST_PLAIN)
        self.plain = {name: self.rows(texts) for name, texts in turns.items()}
        sampled = [(text, _share(len(texts))) for texts in turns.values() for text in texts]
        random.Random(SEED).shuffle(sampled)  # noqa: S311 - a seeded sample, no secret
        self._every, self._half = self._weighed(sampled), self._weighed(sampled[::2])
        self._calming = self.rows([text for text, _ in sampled[1::2]])

    def rows(self, texts: Iterable[Text]) -> Texts:
        """Texts as rows of what is known of them."""
        at: list[int] = []
        ends, starts = [0], []
        for text in texts:
            starts.append(len(ends) - 1)
            for sentence in text:
                at += [self._index[gram] for gram in sentence if gram in self._index]
                ends.append(len(at))
        shape = (len(ends) - 1, len(self.grams))
        return Texts(csr_matrix((np.ones(len(at)), at, ends), shape=shape), np.array(starts))

    def _weighed(self, sampled: Sequence[tuple[Text, float]]) -> tuple[Texts, Floats]:
        """Plain turns, and what each of their sentences weighs."""
        return self.rows([text for text, _ in sampled]), np.repeat(*_columns(sampled))

    def _wide(self, texts: Texts) -> csr_matrix:
        """What is taught of each sentence: its grams, and where its words point together."""
        return hstack([texts.matrix[:, : len(self.taught)], csr_matrix(texts.matrix @ self._near)]).tocsr()

    def fit(self, fact: str, held: Check = lambda _: False) -> Floats:
        """The weights of a fact's model, taught what is not held out, and calmed."""
        weights = self._fit(fact, held, *self._half)
        weights[self.bias] += _calm(self._calming.logits(weights))
        return weights

    def final(self, fact: str) -> Floats:
        """The same taught everything, calmed as if it had not been; as it is kept."""
        half = self._fit(fact, lambda _: False, *self._half)
        weights = self._fit(fact, lambda _: False, *self._every)
        weights[self.bias] += _calm(self._calming.logits(half))
        return weights

    def _fit(self, fact: str, held: Check, plain: Texts, plain_weight: Floats) -> Floats:
        counts = np.diff([*self.texts.starts, self.texts.matrix.shape[0]])
        pairs = zip(self.examples, counts, strict=True)
        weight = [_weight(each, fact, length) * (not held(each)) for each, length in pairs]
        truth = [float(each.says and each.fact == fact) for each in self.examples]
        fitted = _fitted(
            vstack([self._wide(self.texts), self._wide(plain)]).tocsr(),
            np.concatenate([np.repeat(truth, counts), np.zeros(len(plain_weight))]),
            np.concatenate([np.repeat(weight, counts), plain_weight]),
            self.bias,
        )
        weights = self._near @ fitted[len(self.taught) :]
        weights[: len(self.taught)] += fitted[: len(self.taught)]
        weights[np.abs(weights) < LEAST_WEIGHT] = 0.0
        return np.asarray(weights)


def _share(texts: int) -> float:
    """What a sentence of a file's turns weighs: more where there are few."""
    return PLAIN * min(MOST_SHARE, MOST_PLAIN / texts)


def _columns(sampled: Sequence[tuple[Text, float]]) -> tuple[list[float], list[int]]:
    return [weight for _, weight in sampled], [len(text) for text, _ in sampled]


def _weight(example: Example, fact: str, sentences: int) -> float:
    """What each sentence of an example weighs: of one that says the fact, only some say it."""
    if example.fact == fact:
        return 1.0 / sentences if example.says else 1.0
    return 0.0 if example.says else OTHERS


def _fitted(x: csr_matrix, truth: Floats, weight: Floats, bias: int) -> Floats:
    held = np.full(x.shape[1], RIDGE)
    held[bias] = 0.0
    turned = x.T.tocsr()

    def loss(w: Floats) -> tuple[float, Floats]:
        logits = x @ w
        p = 1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))
        value = float((weight * (np.logaddexp(0.0, logits) - truth * logits)).sum() + (held * w * w).sum() / 2.0)
        return value, turned @ (weight * (p - truth)) + held * w

    found: Floats = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return found


def _calm(logits: Floats) -> float:
    """What must be added to the logits so that only FALSE of plain turns, unseen in fitting, reach 0."""
    ordered = np.sort(logits)
    return min(EVEN, -float(ordered[-1 - int(len(ordered) * FALSE)]))


def check(corpus: Corpus, fact: str) -> str:
    """Precision and recall of where a model speaks on examples it was not taught: by author, and by fold."""
    cells = [_counted(corpus, fact, [_by(author)]) for author in (FIRST, SECOND)]
    own = [each for each in corpus.examples if each.fact == fact and each.author == SENTENCES]
    random.Random(SEED).shuffle(own)  # noqa: S311 - a seeded sample, no secret
    cells.append(_counted(corpus, fact, [_one_of(own[fold::FOLDS]) for fold in range(FOLDS)]))
    spoke = {name: (texts.logits(corpus.fit(fact)) >= 0.0).mean() for name, texts in corpus.plain.items()}
    return f"{fact:18} {' | '.join(cells)} | {', '.join(f'{name} {share:.3f}' for name, share in spoke.items())}"


def _one_of(examples: Iterable[Example]) -> Check:
    held = set(map(id, examples))
    return lambda each: id(each) in held


def _by(author: str) -> Check:
    return lambda each: each.author == author


def _counted(corpus: Corpus, fact: str, parts: Iterable[Check]) -> str:
    hits = spoke = says = 0
    for held in parts:
        logits = corpus.texts.logits(corpus.fit(fact, held))
        for each, logit in zip(corpus.examples, logits, strict=True):
            if each.fact == fact and held(each):
                hits += bool(logit >= 0.0 and each.says)
                spoke += bool(logit >= 0.0)
                says += each.says
    return f"P {hits / spoke if spoke else 0.0:.2f} R {hits / says if says else 0.0:.2f} n {says:3}"


def lines_of(corpus: Corpus, role: Role) -> Iterable[str]:
    """The rows of a role: its facts, then each gram and what it weighs for each of them; nothing is 0."""
    table = np.array([corpus.final(fact) for fact in FACTS[role]]).T
    yield "\t".join((f"[{role.value}]", *FACTS[role]))
    for gram, weights in sorted(zip(corpus.grams, (table * SCALE).round().astype(int).tolist(), strict=True)):
        if any(weights):
            yield "\t".join((gram, *(str(weight) if weight else "" for weight in weights))).rstrip("\t")


def main() -> None:
    """Fit every fact's model and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    checking = parser.parse_args().check
    lines = ["# Gram, weights in hundredths by fact; see README.md. Made by `python -m training.said`."]
    examples = list(written())
    for role, facts in FACTS.items():
        corpus = Corpus(role, examples)
        if checking:
            print(f"{role.value}: cases of the first author | of the second | sentences | speaks on plain turns")
            for fact in facts:
                print(check(corpus, fact), flush=True)
        else:
            lines += lines_of(corpus, role)
    if not checking:
        Path(TARGET).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
