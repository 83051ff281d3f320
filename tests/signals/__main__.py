"""How the signals do on written cases: ``python -m tests.signals``; ``--check`` only reads the files.

One row per signal and half: cases, precision and recall where the shipped policy fires, and how many were missed or
fired falsely. ``--wrong`` shows the ids of the first half's misses and false alarms; those of the other half are never
shown. ``--markdown docs/quality-written.md`` writes the page instead.
"""

import sys
from pathlib import Path

import click

from monitor.evaluate.markdown import write_page
from tests.signals.card import page
from tests.signals.cases import HALVES, SEEN, WRITTEN, counted, known, played, read

HEAD = ("signal", "half", "cases", "prec", "recall", "missed", "false")
WIDTHS = (24, 8, 6, 6, 7, 7, 6)


@click.command()
@click.option("--half", "halves", type=click.Choice(HALVES), multiple=True, help="Both by default.")
@click.option("--only", multiple=True, help="Signals; all by default.")
@click.option("--check", is_flag=True, help="Only read the files, and say what is wrong with their form.")
@click.option("--wrong", is_flag=True, help="Name what went wrong in the half that may be looked at.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the page instead, all signals, both halves.")
def main(*, halves: tuple[str, ...], only: tuple[str, ...], check: bool, wrong: bool, markdown: Path | None) -> None:
    """Print one table."""
    if markdown is not None:
        write_page(markdown, page())
        return
    click.echo(_row(HEAD))
    faults = []
    for half in halves or HALVES:
        for signal in only or WRITTEN:
            try:
                _report(signal, half, check=check, wrong=wrong and half == SEEN)
            except ValueError as error:
                faults.append(str(error))
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(bool(faults))


def _report(signal: str, half: str, *, check: bool, wrong: bool) -> None:
    cases = read(signal, half)
    positives = sum(case.fires for case in cases)
    sizes = f"{positives}+{len(cases) - positives}"
    if check or not cases or not known(signal):
        click.echo(_row((signal, half, sizes, "", "", "", "" if check or known(signal) else "no such signal yet")))
        return
    outcomes = played(signal, cases)
    count = counted(outcomes)
    figures = (f"{count.precision:.2f}", f"{count.recall:.2f}", str(count.misses), str(count.false))
    click.echo(_row((signal, half, sizes, *figures)))
    for outcome in outcomes if wrong else ():
        if outcome.fired != outcome.case.fires:
            kind = "missed" if outcome.case.fires else "false "
            click.echo(f"    {kind} {outcome.case.id}: {outcome.highest}")


def _row(cells: tuple[str, ...]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


if __name__ == "__main__":
    main()
