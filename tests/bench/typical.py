"""What a typical turn of real conversations costs: labelled files, each a system of its own, part by part.

A file's turns go through both stages in its order, TOGETHER at a time; the cost of a turn is that of its group. Given
is the median over the groups of all files: long documents and tool results are in the data, and are not typical.
The yardstick beside it is the package vaderSentiment, if installed: one sentiment of the same texts, nothing more.
"""

import importlib
import importlib.util
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from monitor.core.channels import INTERACTIONS
from monitor.core.interaction import Position
from monitor.evaluate.labelled import SESSIONS, LabelledFile, lines_of, opened
from monitor.ingest import IngestOptions, Record
from tests.bench.memory import PARTS, Pipeline

TOGETHER = 32
"""Turns of one group: few enough that a group is of one kind, enough that work in batches pays."""
WARM = 4
"""Groups of each file that are not counted: tables are read, and caches filled, on the first ones."""
GUIDED = ("decode", "annotate", "session", "system", "snapshot", "system_snapshot")
"""The parts whose sum has a bar."""
YARDSTICK = "vaderSentiment"


def measure(paths: Sequence[Path], count: int) -> dict[str, float]:
    """One run over the first ``count`` turns of every file: row id -> us per turn."""
    files = [file for file in map(opened, paths) if file.form == SESSIONS]
    groups = [group for file in files for group in list(_costs(file, count))[WARM:]]
    found = {f"typical.{name}": statistics.median(group[name] for group in groups) for name in PARTS}
    found["typical.sum"] = statistics.median(sum(group[name] for name in GUIDED) for group in groups)
    if importlib.util.find_spec(YARDSTICK):
        found["typical.vader"] = statistics.median(cost for file in files for cost in _yardstick(file, count))
    return found


def _costs(file: LabelledFile, count: int) -> Iterator[dict[str, float]]:
    pipeline = Pipeline(IngestOptions(default_system=file.data))
    turns = list(islice(records_of(file), count))
    for first in range(0, len(turns) - TOGETHER + 1, TOGETHER):
        before, folded = pipeline.watch.seconds.copy(), pipeline.turns
        pipeline.run(turns[first : first + TOGETHER])
        share = 1e6 / max(1, pipeline.turns - folded)
        yield {name: share * (pipeline.watch.seconds[name] - before[name]) for name in PARTS}


def _yardstick(file: LabelledFile, count: int) -> Iterator[float]:
    polarity = importlib.import_module(f"{YARDSTICK}.{YARDSTICK}").SentimentIntensityAnalyzer().polarity_scores
    texts = [str(line.body.get("text") or "") for line in islice(lines_of(file.path), count)]
    for first in range(WARM * TOGETHER, len(texts) - TOGETHER + 1, TOGETHER):
        began = time.process_time()
        for text in texts[first : first + TOGETHER]:
            polarity(text)
        yield 1e6 * (time.process_time() - began) / TOGETHER


def records_of(file: LabelledFile) -> Iterator[Record]:
    """The turns of a file as the worker reads them."""
    for offset, line in enumerate(lines_of(file.path)):
        value = msgspec.json.encode({"id": f"{line.session}-{line.number}", **line.body})
        yield Record(at=Position(INTERACTIONS, 0, offset), value=value, key=line.session.encode())
