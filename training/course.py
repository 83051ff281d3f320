"""Train what intents say of a talk's course on betold (Apache-2.0): ``python -m training.course ../shared/data``.

The directory holds ``betold.dev.jsonl.gz``: calls to a telephone bot as intents without words, and whether the caller
hung up or asked for a person. The model is asked at the turn before the last of each call: if the talk ended about
here, did it end badly? Writes ``models/course.tsv``. ``--check`` prints the area under the curve on calls the model
has not seen, a fifth at a time, among calls whose turn before the last has the same role: of the model alone, and of
``session_risk``, of which it is one part. Needs the extra ``training``.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import click
import numpy as np
from sklearn.linear_model import LogisticRegression

from monitor.annotate import course
from monitor.annotate.course import ROLES, intent_words
from monitor.core.session.scores import RISK
from monitor.core.vocabulary import Role
from monitor.evaluate.figures import auc
from monitor.evaluate.fold import Folding
from monitor.evaluate.labelled import lines_of
from monitor.policy_file import load_policy
from training.logistic import Array, fold_of

MODEL = Path(__file__).parents[1] / "monitor" / "annotate" / "models" / "course.tsv"
FOLDS = 5
MIN_CALLS = 4
"""Calls a word must be in, in its place."""
STRENGTH = 0.5
"""Inverse of the penalty (C of the logistic regression)."""
ONCE = {"now": 1.0, "after": 1.0, "later": 1 / 3}
"""What a word counts in its place: what is said often is held back less."""
SEED = 7
PLACES = ("now", "after", "later")
"""Of the words of a turn's intent: said at this turn, at the one before, or (once each time) at any earlier one."""

Place = tuple[str, str, str]


class Call(NamedTuple):
    """One call until the turn before its last: what was said where, the role of that turn, and how the call ended."""

    session: str
    words: Counter[Place]
    role: str
    bad: bool


def calls(path: Path) -> Iterator[Call]:
    """The calls of the file."""
    sessions: dict[str, list[dict[str, object]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            turn = json.loads(line)
            sessions.setdefault(turn["session_id"], []).append(turn)
    for session, turns in sessions.items():
        said = [(str(turn["role"]), intent_words(str(turn["intent"]))) for turn in turns[:-1]]
        bad = bool(turns[-1]["label"]["session"]["escalation"])  # type: ignore[index]
        yield Call(session, Counter(_placed(said)), said[-1][0], bad)


def _placed(said: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Place]:
    yield said[-1][0], "-", "now"
    for back, (role, words) in enumerate(reversed(said)):
        places = ("now",) if back == 0 else ("after", "later") if back == 1 else ("later",)
        yield from ((role, word, place) for word in words for place in places)


def matrix(read: Sequence[Call], known: Sequence[Place]) -> Array:
    """One row per call, one column per word and place."""
    return np.array([[call.words[place] * ONCE[place[2]] for place in known] for call in read], dtype=np.float64)


def vocabulary(read: Sequence[Call]) -> list[Place]:
    """Words common enough in their place, and the user's turn itself."""
    counts = Counter(place for call in read for place in call.words)
    return sorted(
        place for place, n in counts.items() if n >= MIN_CALLS and place != (ROLES[Role.ASSISTANT], "-", "now")
    )


def trained(read: Sequence[Call], known: Sequence[Place]) -> tuple[float, Array]:
    """The intercept and the weights."""
    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=SEED)
    model.fit(matrix(read, known), np.array([call.bad for call in read]))
    return float(model.intercept_[0]), model.coef_[0]


def checked(read: Sequence[Call]) -> float:
    """The area under the curve within the role of the turn, on calls the model has not seen."""
    scores = np.zeros(len(read))
    for fold in range(FOLDS):
        held = np.array([fold_of(call.session, FOLDS) == fold for call in read])
        taught = [call for call, own in zip(read, held, strict=True) if not own]
        known = vocabulary(taught)
        bias, weights = trained(taught, known)
        scores[held] = bias + matrix([call for call, own in zip(read, held, strict=True) if own], known) @ weights
    return within_role(read, scores)


def within_role(read: Sequence[Call], scores: Iterable[float]) -> float:
    """The area under the curve over pairs of calls whose turn before the last has the same role."""
    told = [(call, float(score)) for call, score in zip(read, scores, strict=True)]
    pairs, right = 0, 0.0
    for role in ROLES.values():
        mine = [(call.bad, score) for call, score in told if call.role == role]
        bad = sum(truth for truth, _ in mine)
        pairs += bad * (len(mine) - bad)
        area = auc([truth for truth, _ in mine], [score for _, score in mine])
        right += bad * (len(mine) - bad) * (area or 0.0)
    return right / pairs


def checked_inside(read: Sequence[Call], path: Path) -> float:
    """The same of ``session_risk`` as shipped, folded with the weights of the other four fifths."""
    lines = list(lines_of(path))
    values: dict[str, list[float]] = {}
    for fold in range(FOLDS):
        taught = table([call for call in read if fold_of(call.session, FOLDS) != fold])
        given = course.weights_of(line.split("\t") for line in taught if not line.startswith("#"))
        with patch.object(course, "_weights", lambda given=given: given):
            course.course_of.cache_clear()
            held = (line for line in lines if fold_of(line.session, FOLDS) == fold)
            for turn in Folding(load_policy(None), [RISK]).judged("betold", held):
                values.setdefault(turn.session, []).append(turn.value(RISK) or 0.0)
    course.course_of.cache_clear()
    return within_role(read, (values[call.session][-2] for call in read))


def table(read: Sequence[Call]) -> Iterator[str]:
    """The lines of the data file; ``-`` stands for a turn of that role whatever its words."""
    known = vocabulary(read)
    bias, weights = trained(read, known)
    found = {place: float(weight) * ONCE[place[2]] for place, weight in zip(known, weights, strict=True)}
    own = found.pop((ROLES[Role.USER], "-", "now"))
    yield "# Learned from the calls of one telephone bot (betold) by `python -m training.course`, see README.md."
    yield "# role, word of an intent's name (- for any), log-odds at this turn, for the turn after, for all that follow"
    yield f"{ROLES[Role.USER]}\t-\t{bias + own:.3f}\t0\t0"
    yield f"{ROLES[Role.ASSISTANT]}\t-\t{bias:.3f}\t0\t0"
    for role, word in sorted({place[:2] for place in found}):
        yield "\t".join((role, word, *(f"{found.get((role, word, place), 0.0):.3f}" for place in PLACES)))


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Print the figure by cross-validation; write nothing.")
def main(directory: Path, *, check: bool) -> None:
    """Train and write the table, or check."""
    path = directory / "betold.dev.jsonl.gz"
    read = list(calls(path))
    if check:
        click.echo(f"AUC within the role: the model {checked(read):.3f}, session_risk {checked_inside(read, path):.3f}")
        return
    lines = list(table(read))
    MODEL.write_text("\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"{MODEL.name}: {len(lines)} lines, {MODEL.stat().st_size} bytes")


if __name__ == "__main__":
    main()
