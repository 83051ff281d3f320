"""How fast we are, beside a Faust that does nothing: ``python -m tests.bench``.

Every run measures every part once, one after the other, so that a slow minute of the machine hits all of them; the
table has the medians. Compare ratios: absolute numbers belong to the machine.
"""

import json
import sys
from pathlib import Path

import click

from monitor.worker.loaded import load
from tests.bench import annotate, memory, pipeline, signals, typical
from tests.bench.data import records, turns
from tests.bench.table import figures, rendered

WORKER_TURNS = 4_000
"""At most this many go through the worker: the embedded broker keeps 5 MB a partition, also of the changelogs."""
TYPICAL_TURNS = 1_000
"""Of each labelled file."""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PARTS = ("memory", "annotate", "signals", "typical", "worker", "noop")


@click.command()
@click.option("--turns", "count", default=8_000, show_default=True, help="Turns to score from memory.")
@click.option("--runs", default=5, show_default=True, help="Runs; the table has their medians.")
@click.option("--data", type=FILE, help="JSON lines of turns instead of the demo's day.")
@click.option("--typical", "files", type=FILE, multiple=True, help="A labelled file; its turns are measured as well.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Leave the other parts out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of the table.")
def main(
    *, count: int, runs: int, data: Path | None, files: tuple[Path, ...], only: tuple[str, ...], as_json: bool
) -> None:
    """Measure scoring from memory, a real worker on the embedded broker, and Faust doing nothing."""
    pairs = turns(count, data)
    load()
    measured = []
    for number in range(runs):
        click.echo(f"run {number + 1} of {runs}", err=True)
        measured.append(one_run(pairs, files, only or PARTS))
    found = figures(measured)
    if as_json:
        rows = [figure.as_dict() for figure in found]
        click.echo(json.dumps({"turns": len(pairs), "runs": runs, "python": sys.version.split()[0], "rows": rows}))
    else:
        click.echo(rendered(found))


def one_run(pairs: list[tuple[bytes, bytes]], files: tuple[Path, ...], parts: tuple[str, ...]) -> dict[str, float]:
    """Every part once: row id -> value."""
    found: dict[str, float] = {}
    fitting = pipeline.fitting(pairs, WORKER_TURNS)
    if "memory" in parts:
        found |= memory.measure(records(pairs))
    if "annotate" in parts:
        found |= annotate.measure(annotate.real(files) or annotate.decoded(records(pairs)))
    if "signals" in parts:
        found |= signals.measure(annotate.real(files) or annotate.decoded(records(pairs)))
    if "typical" in parts and files:
        found |= typical.measure(files, TYPICAL_TURNS)
    if "noop" in parts:
        found["noop.stock"] = pipeline.noop("stock", fitting)
    if "worker" in parts:
        found |= pipeline.worker(fitting)
    if "noop" in parts:
        found["noop.transport"] = pipeline.noop("transport", fitting)
    return found


if __name__ == "__main__":
    main()
