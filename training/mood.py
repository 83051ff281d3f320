"""Train the models of ``monitor.annotate.mood`` on GoEmotions (Apache-2.0): ``python -m training.mood ../shared/data``.

The directory holds ``goemotions.dev.jsonl.gz``. Writes ``models/mood.tsv``; the same data give the same file. Needs the
extra ``training``. ``--check`` prints figures by cross-validation instead, a fifth of the comments held out at a time.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from monitor.annotate.mood import BY_LENGTH, grams
from monitor.annotate.mood_table import MODELS
from monitor.annotate.sentences import own_words
from monitor.annotate.tokens import tokenise
from monitor.evaluate.figures import auc

MODEL = Path(__file__).parents[1] / "monitor" / "annotate" / "models" / "mood.tsv"
SEED = 7
FOLDS = 5
MIN_COUNT = 4
"""Comments a gram must be in."""
SMALLEST = 0.03
"""A gram none of whose weights reaches this share of its model's largest is left out."""
LARGEST = 127
"""Weights are whole numbers up to this."""

_DISPLEASED = "annoyance anger disappointment disapproval disgust"
_DARK = f"{_DISPLEASED} embarrassment fear grief nervousness remorse sadness surprise confusion"
EMOTIONS = {
    "glad": "joy gratitude relief admiration love excitement amusement surprise",
    "dark": _DARK,
    "moved": "excitement surprise",
    "displeased": _DISPLEASED,
    "puzzled": "confusion",
    "sad": "sadness grief",
}
"""Model to the emotions it is taught to hear."""
STRENGTH = dict.fromkeys(EMOTIONS, 0.1) | dict.fromkeys(BY_LENGTH, 2.0)
"""Inverse of the penalty (C of the logistic regression)."""
OF_ONESELF = frozenset(("sad",))
"""Models that learn only from comments in which people speak of themselves: that others are sad is no distress."""
SELF = frozenset(("i", "i'm", "im", "my", "me", "i've", "i'd", "i'll", "myself"))


class Comment(NamedTuple):
    """One comment: its grams, each once, its words and what people heard in it."""

    grams: frozenset[str]
    words: frozenset[str]
    emotions: frozenset[str]


class Fitted(NamedTuple):
    """A model over the vocabulary."""

    weights: Any
    bias: float


def comments(path: Path) -> Iterator[Comment]:
    """The comments of the file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            turn = json.loads(line)
            tokens = tokenise(own_words(turn["text"]))
            yield Comment(frozenset(grams(tokens)), frozenset(tokens.words), frozenset(turn["label"]["emotions"]))


def vocabulary(read: Sequence[Comment]) -> dict[str, int]:
    """The grams that are common enough, in alphabetical order."""
    counts = Counter(gram for comment in read for gram in comment.grams)
    return {gram: index for index, gram in enumerate(sorted(g for g, n in counts.items() if n >= MIN_COUNT))}


def matrix(read: Sequence[Comment], known: dict[str, int]) -> Any:  # noqa: ANN401 - a sparse matrix has no common type
    """One row per comment, one column per gram."""
    rows = [sorted(known[gram] for gram in comment.grams if gram in known) for comment in read]
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([column for row in rows for column in row])
    return csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(rows), len(known)))


def shaped(found: Any, name: str) -> Any:  # noqa: ANN401 - as above
    """The rows as the model sees them."""
    if name not in BY_LENGTH:
        return found
    return diags(1.0 / np.sqrt(np.maximum(1.0, np.asarray(found.sum(axis=1)).ravel()))) @ found


def truth(read: Sequence[Comment], name: str) -> Any:  # noqa: ANN401 - as above
    """Whether each comment has one of the model's emotions."""
    wanted = set(EMOTIONS[name].split())
    return np.array([bool(wanted & comment.emotions) for comment in read])


def fit(read: Sequence[Comment], found: Any, name: str) -> Fitted:  # noqa: ANN401 - as above
    """One model by logistic regression."""
    kept = np.array([name not in OF_ONESELF or bool(SELF & comment.words) for comment in read])
    model = LogisticRegression(C=STRENGTH[name], solver="liblinear", random_state=SEED)
    model.fit(shaped(found, name)[kept], truth(read, name)[kept])
    return Fitted(model.coef_[0], float(model.intercept_[0]))


def table(known: dict[str, int], fitted: dict[str, Fitted]) -> Iterator[str]:
    """The lines of the data file: a header, a line per model (bias, step), a line per gram."""
    yield "# Made by `python -m training.mood`, see README.md. Columns: " + " ".join(MODELS)
    steps = {name: float(f"{np.abs(fitted[name].weights).max() / LARGEST:.4g}") for name in MODELS}
    for name in MODELS:
        yield f"#model\t{name}\t{fitted[name].bias:.4f}\t{steps[name]}"
    for gram, index in known.items():
        weights = [round(float(fitted[name].weights[index]) / steps[name]) for name in MODELS]
        if max(map(abs, weights)) >= SMALLEST * LARGEST and not gram.startswith("#"):
            yield "\t".join((gram, *map(str, weights)))


def unseen(read: Sequence[Comment], name: str) -> Any:  # noqa: ANN401 - as above
    """The logit of every comment by a model that was not taught it: five folds."""
    folds = np.random.default_rng(SEED).integers(0, FOLDS, len(read))
    scores = np.zeros(len(read))
    for fold in range(FOLDS):
        taught = [comment for comment, own in zip(read, folds, strict=True) if own != fold]
        held = [comment for comment, own in zip(read, folds, strict=True) if own == fold]
        known = vocabulary(taught)
        model = fit(taught, matrix(taught, known), name)
        scores[folds == fold] = shaped(matrix(held, known), name) @ model.weights + model.bias
    return scores


def checked(read: Sequence[Comment]) -> Iterator[tuple[str, float]]:
    """The area under the curve of every model on comments it was not trained on."""
    for name in MODELS:
        yield name, auc(truth(read, name), unseen(read, name)) or 0.0


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Print figures by cross-validation; write nothing.")
def main(directory: Path, *, check: bool) -> None:
    """Train and write the table, or check."""
    read = list(comments(directory / "goemotions.dev.jsonl.gz"))
    if check:
        for name, area in checked(read):
            click.echo(f"{name:12} AUC {area:.3f}")
        return
    known = vocabulary(read)
    found = matrix(read, known)
    fitted = {name: fit(read, found, name) for name in MODELS}
    lines = list(table(known, fitted))
    MODEL.write_text("\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"{MODEL.name}: {len(lines)} lines, {MODEL.stat().st_size} bytes")


if __name__ == "__main__":
    main()
