"""``oversight replay``: recorded turns through the worker's own stages, without a broker."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TypeVar

import click

from monitor.annotate.scorers import scorer_of
from monitor.cli.scorer_options import scorer_options
from monitor.codec import structured
from monitor.core.errors import OperatorError
from monitor.core.events import Output, PolicyText
from monitor.core.outputs import policy_output
from monitor.core.policy.model import Policy
from monitor.ingest import IngestOptions
from monitor.policy_file import load_policy
from monitor.policy_names import named_policy
from monitor.replay.engine import Adoption, Engine, Standings, Turn
from monitor.replay.reader import STDIN, Inputs, read_jsonl
from monitor.replay.readings import encode, readings_of
from monitor.replay.report import Report

__all__ = ["replay"]

OUT = click.Path(dir_okay=False, allow_dash=True)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PROGRESS_EVERY = 512
T = TypeVar("T")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--system", metavar="ID", help="system_id of lines that carry none.")
@click.option("--policy", metavar="FILE", help="Policy file or directory, or a shipped one by name, as airline.")
@click.option("--outputs", type=OUT, help="Write every event here: CloudEvents in structured JSON, one a line.")
@click.option("--readings", type=OUT, help="Write one line per turn here: scores, what fired, evidence.")
@click.option("--positions", type=FILE, help="Where each line lay in Kafka: {partition, offset, timestamp} a line.")
@click.option(
    "--standings",
    type=click.Choice(["live", "pinned"]),
    default="live",
    show_default=True,
    help="Whether what is learned of a system bears on its later turns.",
)
@click.option("--schedule", type=FILE, help="Standings as a worker adopted them; replaces --standings.")
@scorer_options
@click.option("--max-bytes", type=click.IntRange(1), default=1_048_576, show_default=True, help="Longest line.")
def replay(  # noqa: PLR0913 - one parameter an option
    *,
    files: tuple[str, ...],
    system: str | None,
    policy: str | None,
    outputs: str | None,
    readings: str | None,
    positions: Path | None,
    standings: Standings,
    schedule: Path | None,
    scorer: str,
    scorer_model: str | None,
    max_bytes: int,
) -> None:
    """Run recorded turns (JSONL, .gz too, or - for standard input) through the engine and report.

    The same input gives the same bytes. With --positions, the ids are those a worker gave.
    """
    inputs = Inputs(files, positions=positions, max_bytes=max_bytes)
    engine = Engine(
        load_policy(None) if policy is None else named_policy(policy),
        IngestOptions(max_bytes=max_bytes, default_system=system),
        standings=standings,
        schedule=list(read_jsonl(schedule, Adoption)) if schedule else None,
        scorer=scorer_of(scorer, scorer_model),
    )
    report = Report()
    with ExitStack() as stack:
        events, lines = _sink(outputs, stack), _sink(readings, stack)
        if events is not None:
            events.write(structured(_policy(engine.policy)) + b"\n")
        for turn in watched(engine.run(inputs.records()), inputs, stack):
            report.add(turn)
            _write(turn, events, lines)
    beside = STDIN in (outputs, readings)
    for line in report.lines():
        click.echo(line, err=beside)


def _policy(it: Policy) -> Output:
    """The policy in force, so that `explain` can name its rules; at time 0, for a replay knows no clock."""
    return policy_output(PolicyText(fingerprint=it.fingerprint, name=it.name, text=it.text), 0.0)


def _write(turn: Turn, events: IO[bytes] | None, lines: IO[bytes] | None) -> None:
    if events is not None:
        for output in turn.outputs:
            events.write(structured(output) + b"\n")
    if lines is not None and (found := readings_of(turn)) is not None:
        lines.write(encode(found) + b"\n")


def _sink(path: str | None, stack: ExitStack) -> IO[bytes] | None:
    if path is None:
        return None
    if path == STDIN:
        return click.get_binary_stream("stdout")
    try:
        return stack.enter_context(Path(path).open("wb"))
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}; name another file") from error


def watched(turns: Iterator[T], inputs: Inputs, stack: ExitStack) -> Iterator[T]:
    """The turns; on a terminal with a bar on standard error."""
    if not sys.stderr.isatty():
        return turns
    return stack.enter_context(_bar(turns, inputs))


@contextmanager
def _bar(turns: Iterator[T], inputs: Inputs) -> Iterator[Iterator[T]]:
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    columns = (TextColumn("replay"), BarColumn(), TextColumn("{task.fields[turns]:,} turns"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replay", total=inputs.total_bytes, turns=0)

        def counted() -> Iterator[T]:
            for number, turn in enumerate(turns, 1):
                if number % _PROGRESS_EVERY == 0:
                    progress.update(task, completed=inputs.bytes_read, turns=number)
                yield turn

        yield counted()
