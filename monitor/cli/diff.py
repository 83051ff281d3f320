"""``oversight diff``: what another policy would have decided on recorded turns, before it goes live."""

from contextlib import ExitStack
from pathlib import Path

import click

from monitor.cli.lines import printable
from monitor.cli.replay import FILE, watched
from monitor.core.errors import OperatorError
from monitor.core.vocabulary import Rung
from monitor.ingest import IngestOptions
from monitor.policy_names import named_policy
from monitor.replay.diff import MINUTES, Comparison, encoded
from monitor.replay.diff_lines import lines, result
from monitor.replay.engine import Engine, Standings, side_by_side
from monitor.replay.reader import Inputs

__all__ = ["diff"]

EXIT_DIFFERS = 1


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--system", metavar="ID", help="system_id of lines that carry none.")
@click.option("--positions", type=FILE, help="Where each line lay in Kafka: {partition, offset, timestamp} a line.")
@click.option(
    "--standings",
    type=click.Choice(["live", "pinned"]),
    default="live",
    show_default=True,
    help="Whether what is learned of a system bears on its later turns.",
)
@click.option("--max-bytes", type=click.IntRange(1), default=1_048_576, show_default=True, help="Longest line.")
@click.option(
    "--minutes",
    metavar="RUNG=N,…",
    help="A person's minutes for one escalation of a rung; an assumption. "
    f"[default: {','.join(f'{rung}={value:g}' for rung, value in MINUTES.items())}]",
)
@click.option("--examples", type=click.IntRange(0), default=5, show_default=True, help="Sessions shown that change.")
@click.option("--all", "every", is_flag=True, help="Show every session that changes.")
@click.option("--json", "as_json", is_flag=True, help="The whole result as one JSON object.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when the policies decide differently.")
def diff(  # noqa: PLR0913 - one parameter an option
    *,
    a: str,
    b: str,
    files: tuple[str, ...],
    system: str | None,
    positions: Path | None,
    standings: Standings,
    max_bytes: int,
    minutes: str | None,
    examples: int,
    every: bool,
    as_json: bool,
    exit_code: bool,
) -> None:
    """Run recorded turns (JSONL, .gz too, or -) under policies A and B and say what would be different.

    A and B are policy files or directories, or shipped ones: `default`, or the examples `airline`, `retail`, `triage`.
    The same input gives the same bytes.
    """
    table = minutes_per_rung(minutes)
    policies = (named_policy(a), named_policy(b))
    inputs = Inputs(files, positions=positions, max_bytes=max_bytes)
    options = IngestOptions(max_bytes=max_bytes, default_system=system)
    engines = [Engine(each, options, standings=standings) for each in policies]
    found = Comparison(*policies, keep=None if every else examples)
    with ExitStack() as stack:
        for one, other in watched(side_by_side(engines[0], engines[1], inputs.records()), inputs, stack):
            found.add(one, other)
    if as_json:
        click.echo(encoded(result(found, table)))
    else:
        for line in lines(found, table):
            click.echo("\n".join(printable(part) for part in line.split("\n")))
    if exit_code and found.differs:
        click.get_current_context().exit(EXIT_DIFFERS)


def minutes_per_rung(text: str | None) -> dict[Rung, float]:
    """The table with what ``rung=minutes,…`` replaces in it.

    Raises:
        OperatorError: no such rung, or no number of minutes.

    >>> minutes_per_rung("inform=0.5")[Rung.INFORM]
    0.5
    """
    table = dict(MINUTES)
    for part in filter(None, (text or "").split(",")):
        name, _, value = part.partition("=")
        try:
            rung, number = Rung(name.strip()), float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf"):
            raise OperatorError(f"--minutes {part!r}: give {' or '.join(Rung)}, =, and minutes from 0, as in inform=1")
        table[rung] = number
    return table
