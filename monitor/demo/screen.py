"""Screens without terminal control: one line an event for logs, one JSON object an event for programs."""

import sys
from types import TracebackType
from typing import Any, Protocol, Self

import click
import msgspec

from monitor.cli.lines import line_of
from monitor.codec import structured
from monitor.core.events import BreakerTransition, Escalation, Output
from monitor.core.log import Command, Observation
from monitor.demo import summary
from monitor.demo.tally import DeadLetter, Heard, Tally, named


class Screen(Protocol):
    """Where the demo shows what it hears."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave the terminal as it was."""
        ...

    def note(self, text: str) -> None:
        """A word about the demo itself."""
        ...

    def show(self, heard: Heard) -> None:
        """One record."""
        ...

    def refresh(self, tally: Tally, sent: int) -> None:
        """The state after a batch of records."""
        ...

    def close_with(self, found: dict[str, Any]) -> None:
        """The summary, after the end."""
        ...


class _Written:
    """What both kinds of lines share."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """To standard error: standard output is for events."""
        click.echo(text, err=True)

    def refresh(self, tally: Tally, sent: int) -> None:
        """Nothing: the lines are there already."""


class PlainScreen(_Written):
    """One line for each escalation, breaker transition, command and dead letter."""

    def show(self, heard: Heard) -> None:
        """Turns on which nothing happened are not worth a line."""
        match heard:
            case Output(data=Escalation() as it):
                what = f"{it.severity.value:<8} {it.status.value:<8} {it.situation.value} {it.subject}"
                click.echo(f"{what}: {it.human_role.value} by {it.owner}: {named(it.reasons)}. {it.next_step}")
            case Output(data=BreakerTransition()):
                click.echo(line_of(heard))
            case Command():
                click.echo(f"command  {heard.action} on {heard.system_id} by {heard.issued_by}: {heard.reason}")
            case DeadLetter():
                click.echo(f"rejected {heard.code}: {heard.message}")

    def close_with(self, found: dict[str, Any]) -> None:
        """For a person."""
        click.echo("\n".join(summary.lines(found)))


class JsonScreen(_Written):
    """Every event as one JSON object, the summary last."""

    def show(self, heard: Heard) -> None:
        """Events in structured form, log records and dead letters as they are."""
        match heard:
            case Output():
                click.echo(structured(heard).decode())
            case Observation() | Command():
                click.echo(msgspec.json.encode(heard).decode())
            case DeadLetter():
                click.echo(msgspec.json.encode({"kind": "dead_letter", **heard._asdict()}).decode())

    def close_with(self, found: dict[str, Any]) -> None:
        """For a program."""
        click.echo(msgspec.json.encode({"summary": found}).decode())
