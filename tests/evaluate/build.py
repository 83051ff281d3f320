"""Turns, cases and files for the tests of evaluation."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from monitor.core.events import Evidence
from monitor.core.signals.base import Score
from monitor.evaluate.cases import Cases
from monitor.evaluate.fold import Judged

SIGNAL = "confusion"
TUNED_ID, HELD_OUT_ID = "s1", "s2"
"""Session ids that a hash puts in either half."""


def judged(session: str = TUNED_ID, number: int = 0, score: float | None = None, **fields: Any) -> Judged:  # noqa: ANN401
    """A turn on which the signal reads that score, and fires above a half."""
    evidence = tuple(Evidence(turn) for turn in fields.pop("evidence", ()))
    told: dict[str, Any] = {"data": "data", "role": "user", "length": 10, "spoken": True, "label": {}}
    told |= fields
    signal = told.pop("signal", SIGNAL)
    fired = frozenset((signal,)) if score is not None and score > 0.5 else frozenset[str]()
    return Judged(session=session, number=number, scores={signal: Score(score, evidence=evidence)}, fired=fired, **told)


def columns(
    truth: Sequence[int],
    score: Sequence[float],
    *,
    fired: Sequence[bool] | None = None,
    sessions: Sequence[int] | None = None,
    stratum: Sequence[int] | None = None,
    length: Sequence[float] | None = None,
) -> Cases:
    """Cases as columns; every case a session of its own, all in one stratum, fired above a half."""
    n = len(truth)
    return Cases(
        truth=np.array(truth, dtype=np.int64),
        score=np.array(score, dtype=np.float64),
        fired=np.array([each > 0.5 for each in score] if fired is None else fired, dtype=np.bool_),
        length=np.array(length or [1.0] * n, dtype=np.float64),
        stratum=np.array(stratum or [0] * n, dtype=np.int64),
        session=np.array(range(n) if sessions is None else sessions, dtype=np.int64),
        tuned=np.ones(n, dtype=np.bool_),
        turns=tuple(judged(number=index) for index in range(n)),
    )


def line(session: str, turn: int, text: str, role: str = "user", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """A labelled line; ``label`` among the fields."""
    return {"session_id": session, "turn": turn, "role": role, "text": text, **fields}


def written(path: Path, lines: Iterable[Mapping[str, Any]]) -> Path:
    """The lines as a file."""
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines), "utf-8")
    return path
