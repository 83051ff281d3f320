"""Train ``monitor/annotate/models/support.tsv``: how surely the sources of an answer carry it.

    python -m training.support ../shared/data

reads ``begin.dev.jsonl.gz`` (chat answers and the passage they were given; the corpora wow and cmu, CC BY 4.0; tc is
left out for its licence and only measured) and ``factcheck_gpt.dev.jsonl.gz`` (claims with web evidence, Apache-2.0),
prints AUC by cross-validation over sessions through the very signal, and writes the table. A label is met by no model
that saw its session.
"""

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np

from monitor.annotate.claims import claims_of
from monitor.annotate.passages import bundle_of
from monitor.annotate.sentences import own_words
from monitor.annotate.support import rows_of
from monitor.annotate.tokens import tokenise
from monitor.annotate.wording import FEATURES, Row, is_talk
from monitor.core.annotation import Claim
from monitor.core.interaction import Source
from monitor.core.signals.evidence import UnsupportedClaim, substantial, unsupported
from monitor.evaluate.figures import auc
from monitor.evaluate.labelled import HELD_OUT, TUNED, half_of
from training.logistic import Array, fit, fold_of

FILES = ("begin", "factcheck_gpt")
MEASURED_ONLY = "tc"
REPORTED = ("begin", MEASURED_ONLY, "factcheck_gpt")
FOLDS = 5
PENALTY = 10.0
CAUTION = 2.0
"""Added to the log-odds of being carried: the shipped bound of 0.65 then asks for odds of thirteen to one."""
TABLE = Path(__file__).parents[1] / "monitor" / "annotate" / "models" / "support.tsv"


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled answer; ``carried`` None: small talk that nobody judged."""

    file: str
    corpus: str
    session: str
    carried: bool | None
    claims: tuple[Claim, ...]
    whole: Row
    spans: tuple[Row, ...]


def cases(folder: Path) -> Iterator[Case]:
    """The labelled answers with sources in which there is any matter."""
    for file in FILES:
        with gzip.open(folder / f"{file}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                found = _case(file, json.loads(line))
                if found is not None:
                    yield found


def _case(file: str, turn: dict[str, Any]) -> Case | None:
    label = turn["label"]
    if not turn.get("sources") or "grounded" not in label:
        return None
    tokens = tokenise(own_words(turn["text"]))
    claims = claims_of(tokens)
    bundle = bundle_of(tuple(Source(text) for text in turn["sources"]))
    if not tokens.words or not bundle.statements:
        return None
    _, whole, spans = rows_of(claims, bundle, tokens)
    if whole is None:
        return None
    return Case(file, label.get("corpus", ""), turn["session_id"], label["grounded"], claims, whole, tuple(spans))


def model(found: list[Case]) -> tuple[float, Array]:
    """The intercept and weights learnt from the answers with a label."""
    known = [case for case in found if case.carried is not None and case.corpus != MEASURED_ONLY]
    rows = np.array([case.whole for case in known])
    truth = np.array([float(bool(case.carried)) for case in known])
    intercept, weights = fit(rows, truth, np.ones(len(known)), PENALTY)
    return intercept + CAUTION, weights


def value_of(case: Case, intercept: float, weights: Array) -> float:
    """What the signal says of an answer under a model."""

    def carried(row: Row) -> float:
        return float(1.0 / (1.0 + np.exp(-(intercept + weights @ np.array(row)))))

    claims = [
        msgspec.structs.replace(claim, support=carried(span))
        for claim, span in zip(case.claims, case.spans, strict=True)
        if substantial(claim) and not is_talk(claim)
    ]
    signal = UnsupportedClaim
    value, _ = unsupported(claims, carried(case.whole), share=signal.share, hedged=signal.hedged, talk=signal.talk)
    return value or 0.0


def crossed(found: list[Case]) -> list[float]:
    """The value of each answer by a model that saw none of its session's fold."""
    values = [0.0] * len(found)
    for fold in range(FOLDS):
        learnt = model([case for case in found if fold_of(case.session, FOLDS) != fold])
        for index, case in enumerate(found):
            if fold_of(case.session, FOLDS) == fold:
                values[index] = value_of(case, *learnt)
    return values


def report(found: list[Case], values: list[float], bound: float = 0.65) -> Iterator[str]:
    """AUC of the unseen answers, tuned and held out, and what the shipped bound does."""
    for name in REPORTED:
        pairs = [(case, value) for case, value in zip(found, values, strict=True) if name in {case.file, case.corpus}]
        known = [(not case.carried, value, half_of(case.session)) for case, value in pairs if case.carried is not None]
        areas = [
            auc(
                [bad for bad, _, half in known if half in halves], [value for _, value, half in known if half in halves]
            )
            or 0.0
            for halves in ((TUNED, HELD_OUT), (TUNED,), (HELD_OUT,))
        ]
        fired = [bad for bad, value, _ in known if value >= bound]
        talk = [value >= bound for case, value in pairs if case.carried is None]
        yield (
            f"{name}: n {len(known)}, AUC {areas[0]:.4f} (tuned {areas[1]:.3f}, held out {areas[2]:.3f}); at {bound}: "
            f"precision {sum(fired) / max(1, len(fired)):.3f}, recall {sum(fired) / sum(bad for bad, *_ in known):.3f}"
            + (f"; of {len(talk)} of small talk {sum(talk)} fire" if talk else "")
        )


def table(folder: Path, lines: list[str], intercept: float, weights: Array) -> str:
    """The data file: how it came about, then name and number."""
    digests = [hashlib.sha256((folder / f"{file}.dev.jsonl.gz").read_bytes()).hexdigest()[:16] for file in FILES]
    head = [
        "# How surely the sources carry an answer: weights of a logistic model on the numbers of wording.py.",
        "# Made by: python -m training.support ../shared/data",
        "# From: begin (wow and cmu, CC BY 4.0) and factcheck_gpt (Apache-2.0); no text of theirs is in it.",
        *(f"# {file}.dev.jsonl.gz sha256 {digest}..." for file, digest in zip(FILES, digests, strict=True)),
        *(f"# Cross-validated over sessions: {line}" for line in lines),
    ]
    rows = [("intercept", intercept), *zip(FEATURES, weights.tolist(), strict=True)]
    return "\n".join([*head, *(f"{name}\t{number:.5f}" for name, number in rows)]) + "\n"


def main() -> None:
    """Train, report and write."""
    folder = Path(sys.argv[1])
    found = list(cases(folder))
    lines = list(report(found, crossed(found)))
    click.echo("\n".join(lines))
    TABLE.write_text(table(folder, lines, *model(found)), "utf-8")


if __name__ == "__main__":
    main()
