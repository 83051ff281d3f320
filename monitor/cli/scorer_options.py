"""The options that name a scorer, of every command that reads turns."""

from collections.abc import Callable
from typing import TypeVar

import click

from monitor.annotate.scorers import NONE, SCORERS

Command = TypeVar("Command", bound=Callable[..., object])


def scorer_options(command: Command) -> Command:
    """Give a command ``--scorer`` and ``--scorer-model``."""
    model = click.option("--scorer-model", metavar="MODEL", help="Folder or hub id of the scorer's model.")
    scorer = click.option(
        "--scorer",
        type=click.Choice([NONE, *SCORERS]),
        default=NONE,
        show_default=True,
        help="Reads the sources of answers more closely than words do; an extra of that name.",
    )
    return scorer(model(command))
