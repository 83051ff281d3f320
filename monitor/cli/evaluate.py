"""``oversight evaluate``: how well the signals do on labelled conversations and traces, your own too."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from monitor.annotate.scorers import scorer_of
from monitor.cli.scorer_options import scorer_options
from monitor.core.errors import OperatorError
from monitor.evaluate.cards import cards
from monitor.evaluate.escalations import page
from monitor.evaluate.evaluation import Heard, Request
from monitor.evaluate.evaluation import evaluate as evaluated
from monitor.evaluate.fields import mapped
from monitor.evaluate.inputs import inputs_of
from monitor.evaluate.labelled import HALVES
from monitor.evaluate.lines import lines
from monitor.evaluate.markdown import write_page
from monitor.evaluate.outcomes import outcomes
from monitor.policy_file import load_policy
from monitor.policy_names import named_policy
from monitor.replay.engine import Standings

__all__ = ["evaluate"]

OUT = click.Path(dir_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_EVERY = 256


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--signal", "signals", multiple=True, metavar="NAME", help="Only rows of this signal; may be repeated.")
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="SIGNAL=FIELD",
    help="A label field of your own: =FIELD, =!FIELD, =FIELD=VALUE, =FIELD<=NUMBER; session.FIELD for whole sessions.",
)
@click.option("--half", type=click.Choice(HALVES), help="Only the sessions that a hash of their id puts there.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only so many sessions a file, always the same.")
@click.option("--policy", metavar="FILE", help="Policy file or directory, or a shipped one by name, as airline.")
@click.option(
    "--standings",
    type=click.Choice(["pinned", "live"]),
    default="pinned",
    show_default=True,
    help="Whether what is learned of a system bears on its later turns; pinned judges every session alone.",
)
@scorer_options
@click.option("--show-text", is_flag=True, help="Print the text of the worst mistakes.")
@click.option("--json", "json_file", type=OUT, help="Write everything here as JSON.")
@click.option("--markdown", type=OUT, help="Write quality cards here; of an existing page the part between its marks.")
@click.option("--escalations", type=OUT, help="Write here what the policy escalates on calm and bad sessions.")
def evaluate(  # noqa: PLR0913 - one parameter an option
    *,
    files: tuple[Path, ...],
    signals: tuple[str, ...],
    labels: tuple[str, ...],
    half: str | None,
    sample: int | None,
    policy: str | None,
    standings: Standings,
    scorer: str,
    scorer_model: str | None,
    show_text: bool,
    json_file: Path | None,
    markdown: Path | None,
    escalations: Path | None,
) -> None:
    """Measure signals on labelled JSONL (.gz too): turns as for replay, with a `label` beside each; drift on series.

    The labels are taken off before the engine sees a turn. Per signal and data: AUC, average precision, and F1,
    precision and recall at the policy's bound with 95 % intervals (bootstrapped over sessions, seeded), beside rules
    that understand nothing; then the ten worst misses and false alarms, of the `tuned` half alone: the other half is
    for counting.
    """
    request = Request(
        load_policy(None) if policy is None else named_policy(policy),
        half=half,
        sample=sample,
        signals=signals,
        fields=tuple(mapped(text) for text in labels),
        standings=standings,
        texts=show_text,
        scorer=scorer_of(scorer, scorer_model),
    )
    inputs = inputs_of(files)
    with _counter() if sys.stderr.isatty() else _named() as heard:
        report = evaluated(inputs, request, heard)
    for line in report.left_out:
        click.echo(line, err=True)
    for line in lines(report):
        click.echo(line)
    if json_file is not None:
        _write(json_file, msgspec.json.format(msgspec.json.encode(report), indent=2))
    if markdown is not None:
        write_page(markdown, cards(report))
    if escalations is not None:
        found = outcomes(inputs.sessions, request.policy, half=half, sample=sample)
        write_page(escalations, page(found))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}; name another file") from error


@contextmanager
def _named() -> Iterator[Heard]:
    """A line on standard error for all data that is folded."""
    begun: set[str] = set()

    def heard(data: str, _turns: int) -> None:
        if data not in begun:
            begun.add(data)
            click.echo(f"folding {data}", err=True)

    yield heard


@contextmanager
def _counter() -> Iterator[Heard]:
    """On a terminal: a moving count."""
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.progress import Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    columns = (TextColumn("{task.description}: {task.fields[turns]:,} turns"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("evaluate", total=None, turns=0)

        def heard(data: str, turns: int) -> None:
            if turns % _EVERY == 0:
                progress.update(task, description=data, turns=turns)

        yield heard
