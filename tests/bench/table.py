"""The rows of the bench: permanent ids, so that a number can be compared with that of another day."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

STOCK, VADER = "noop.stock", "typical.vader"
"""The yardsticks: the row that rates are compared with, and the one that typical turns are."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``unit``: "turns/s", "records/s" (higher is better) or "us/turn"."""

    id: str
    unit: str
    meaning: str

    @property
    def yardstick(self) -> str | None:
        """The row it is compared with."""
        if self.unit.endswith("/s"):
            return STOCK
        return VADER if self.id.startswith("typical.") else None


ROWS = (
    Row("memory.total", "turns/s", "every part below, one thread, no broker; CPU time"),
    Row("memory.decode", "us/turn", "bytes to an interaction"),
    Row("memory.annotate", "us/turn", "text to facts, in batches"),
    Row("memory.session", "us/turn", "fold of the session stage"),
    Row("memory.encode", "us/turn", "all outputs to CloudEvents"),
    Row("memory.system", "us/turn", "decode and fold of the system stage"),
    Row("memory.snapshot", "us/turn", "touched sessions dumped and loaded"),
    Row("memory.system_snapshot", "us/turn", "touched systems dumped and loaded"),
    Row("annotate.turn", "us/turn", "one annotation, its text and sources new; its parts, of all turns, are:"),
    Row("annotate.again", "us/turn", "one annotation, its text or its sources seen before"),
    Row("annotate.tokens", "us/turn", "words and sentences: everything"),
    Row("annotate.language", "us/turn", "whether the words may be judged: every fact of what is said"),
    Row("annotate.cues", "us/turn", "what is said: most signals, and all that ask for a person"),
    Row("annotate.valence", "us/turn", "good and bad words: frustration, drift"),
    Row("annotate.mood", "us/turn", "how people sound: frustration, confusion"),
    Row("annotate.claims", "us/turn", "statements of the AI: contradictions, unsupported claims"),
    Row("annotate.sources", "us/turn", "sources read, and answers laid over them: unsupported claims, contradictions"),
    Row("annotate.mentions", "us/turn", "values said: where the arguments of a tool come from"),
    Row("annotate.values", "us/turn", "values and instructions in data: injected instructions"),
    Row("annotate.stakes", "us/turn", "what a turn can cost somebody: risk, limits of autonomy"),
    Row("annotate.rest", "us/turn", "content words and features: loops, drift"),
    Row("signals.asked", "a turn", "signals asked, of 38: the others have nothing to say on such a turn"),
    Row("signals.experience", "us/turn", "how the user fares: frustration, confusion, a person wanted, distress"),
    Row("signals.evidence", "us/turn", "what an answer rests on, and what it takes for granted"),
    Row("signals.consistency", "us/turn", "each statement against those before it and those of tool results"),
    Row("signals.stakes", "us/turn", "what is decided, done for good, recommended, published"),
    Row("signals.boundary", "us/turn", "role, tools, limits, orders, approvals, instructions in data"),
    Row("signals.course", "us/turn", "asking again, going in circles"),
    Row("signals.risk", "us/turn", "all signals of the session together"),
    Row("signals.rest", "us/turn", "the rest of the fold: bounds, rules, escalations, the observation"),
    Row("typical.sum", "us/turn", "a median turn of the labelled files: the parts below without encode"),
    Row("typical.decode", "us/turn", "the same parts, of a median turn of the labelled files, 32 at a time"),
    *(
        Row(f"typical.{part}", "us/turn", "")
        for part in ("annotate", "session", "encode", "system", "snapshot", "system_snapshot")
    ),
    Row(VADER, "us/turn", "vaderSentiment, one sentiment of the same texts: the yardstick"),
    Row("worker.session", "turns/s", "real worker, embedded broker: sessions decided, acknowledged, stored"),
    Row("worker.pipeline", "turns/s", "the same until the system stage has folded and stored all of it"),
    Row("noop.transport", "records/s", "Faust with our transport, an agent that does nothing"),
    Row(STOCK, "records/s", "Faust's own driver and defaults, the same agent"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A row with what was measured. ``ratio``: ours / its yardstick's, where that was measured."""

    row: Row
    median: float
    lowest: float
    highest: float
    runs: int
    ratio: float | None

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.row.id,
            "unit": self.row.unit,
            "median": round(self.median, 3),
            "lowest": round(self.lowest, 3),
            "highest": round(self.highest, 3),
            "runs": self.runs,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
        }


def figures(measured: Iterable[Mapping[str, float]]) -> list[Figure]:
    """Medians over the runs, in the order of ``ROWS``; what was not measured is left out."""
    values: dict[str, list[float]] = {}
    for run in measured:
        for name, value in run.items():
            values.setdefault(name, []).append(value)
    return [_figure(row, values[row.id], values.get(row.yardstick or "")) for row in ROWS if row.id in values]


def _figure(row: Row, values: Sequence[float], yardstick: Sequence[float] | None) -> Figure:
    median = statistics.median(values)
    ratio = median / statistics.median(yardstick) if yardstick else None
    return Figure(row, median, min(values), max(values), len(values), ratio)


def rendered(found: Sequence[Figure]) -> str:
    """The table as text."""
    lines = [f"{'id':<24}{'median':>12}  {'unit':<10}{'lowest':>12}{'highest':>12}{'ratio':>9}  what"]
    for figure in found:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        numbers = f"{figure.median:>12,.1f}  {figure.row.unit:<10}{figure.lowest:>12,.1f}{figure.highest:>12,.1f}"
        lines.append(f"{figure.row.id:<24}{numbers}{ratio:>9}  {figure.row.meaning}")
    return "\n".join(lines)
