"""The command line: one file per command, imported when it is called.

``--help`` and a mistyped option answer at once: no Kafka client, no numeric library is loaded for them.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from monitor import __version__
from monitor.core.errors import OperatorError, OversightError, PolicyError

__all__ = ["main"]

EXIT_OPERATOR = 2
EXIT_INTERNAL = 70

COMMANDS = {
    "demo": "A day of AI systems on a broker in the process, watched live. Needs nothing else.",
    "worker": "Watch a Kafka topic of interactions.",
    "replay": "The same engine offline: readings, decisions, a report.",
    "diff": "What another policy would change on recorded turns, coverage first.",
    "evaluate": "How well the signals do on labelled turns, your own too.",
    "explain": "Why an escalation exists, why at this level, and what would have kept it silent.",
    "tail": "Follow an output topic.",
    "topics": "Create the topics, or compare a cluster with the contract.",
    "policy": "Check a policy file, or show what is in force.",
    "settings": "Print every setting with its variable and default.",
}
"""Command -> what ``--help`` says of it; ``monitor/cli/<command>.py`` holds a click command of that name."""


class Commands(click.Group):
    """A group that imports a command when it is called, and says whose fault an error is by its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's contract
        """In the table's order: what a newcomer needs first comes first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command, imported now."""
        if name not in COMMANDS:
            return None
        found = getattr(import_module(f"monitor.cli.{name}"), name)
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """An unknown name is answered with the known ones."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"no command {args[0]!r}; there are {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The table, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever the command returns
        """Run the command. An operator's error is printed without a traceback and exits with 2."""
        try:
            return super().invoke(ctx)
        except PolicyError as error:
            _say(error.problems)
            ctx.exit(EXIT_OPERATOR)
        except OversightError as error:
            _say([str(error)])
            ctx.exit(EXIT_OPERATOR if isinstance(error, OperatorError) else EXIT_INTERNAL)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="oversight-monitor", message="oversight %(version)s")
def main() -> None:
    """Tell, while it is happening, when an AI needs a human and when it must be held back."""


def _say(problems: Sequence[str]) -> None:
    for problem in problems:
        click.echo(f"error: {problem}", err=True)
