"""``oversight policy``: check a file before it is used, or show what is in force."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import get_terminal_size

import click

from monitor.cli.event_source import events_of
from monitor.cli.policy_map import map_of
from monitor.cli.policy_page import html, markdown, terminal
from monitor.cli.policy_reference import reference as written
from monitor.config import load_settings
from monitor.core.events import Escalation, Output
from monitor.core.policy.model import Bound, Policy
from monitor.policy_file import load_policy
from monitor.policy_names import DEFAULT, named_policy
from monitor.replay.reviewed import reviewed

__all__ = ["policy"]

_PATH = click.Path(path_type=Path)
MIN_WIDTH = 60
MAX_WIDTH = 110


@click.group()
def policy() -> None:
    """Check a policy file, or show what is in force."""


@policy.command()
@click.argument("file", type=_PATH)
def check(file: Path) -> None:
    """Load a policy file or directory. Exits with 2 and every problem, with file and line, when it is none.

    A shipped policy will do by its name: `default`, or one of the examples `airline`, `retail`, `triage`.
    """
    found = named_policy(file)
    rules = sum(len(row.rules) for row in found.base.situations)
    number = len(found.systems)
    systems = f", {number} system{'' if number == 1 else 's'} with a part of their own" if number else ""
    click.echo(f"{file}: {found.name}, fingerprint {found.fingerprint}: {rules} rules{systems}")


@policy.command()
@click.argument("file", type=_PATH, required=False)
@click.argument("system_id", metavar="[SYSTEM]", required=False)
@click.option("--system", default="", metavar="ID", help="As SYSTEM.")
@click.option("--capability", default="", metavar="NAME", help="As it applies to this capability of the system.")
@click.option("--format", "form", type=click.Choice(["terminal", "markdown", "html"]), default="terminal")
@click.option("--technical", is_flag=True, help="With names of rules and signals, bounds, conditions, fingerprint.")
@click.option("--text", is_flag=True, help="The whole policy as YAML, defaults filled in.")
@click.option("--reviews", metavar="FILE|TOPIC", help="Add what verdicts changed: events of a file or topic.")
def show(  # noqa: PLR0913 - one parameter an option
    *,
    file: Path | None,
    system_id: str | None,
    system: str,
    capability: str,
    form: str,
    technical: bool,
    text: bool,
    reviews: str | None,
) -> None:
    """Show when a person is called, who, how soon and for what, as a table people outside engineering read.

    Without FILE: what OVERSIGHT_POLICY names, or the default. `default` is the shipped policy; `airline`, `retail` and
    `triage` are shipped examples to begin from. SYSTEM alone will do.
    """
    found, named = _found(file, system_id or system)
    if text:
        click.echo(found.text)
        return
    said = None if reviews is None else reviewed(_about(named, events_of(load_settings(), reviews)))
    shown = map_of(found, named, capability, said, technical=technical)
    if form == "terminal":
        width = min(max(get_terminal_size().columns, MIN_WIDTH), MAX_WIDTH)
        click.echo("\n".join(terminal(shown, width)))
        if technical:
            _bounds(found, named, capability)
    else:
        click.echo("\n".join((markdown if form == "markdown" else html)(shown)))


@policy.command()
def reference() -> None:
    """Print every key of a policy, every signal and what feeds each axis of a decision, as Markdown."""
    for line in written():
        click.echo(line)


def _about(system: str, events: Iterable[Output]) -> Iterator[Output]:
    """The escalations of a system; "" = of every one."""
    for output in events:
        if isinstance(output.data, Escalation) and system in ("", output.data.system_id):
            yield output


def _found(file: Path | None, system: str) -> tuple[Policy, str]:
    """The policy and the system asked for. A lone argument that is no file may be a system of the policy in force."""
    if file is None:
        return load_policy(load_settings().policy), system
    if not file.exists() and not system and str(file) != DEFAULT:
        found = load_policy(load_settings().policy)
        if str(file) in found.systems:
            return found, str(file)
    return named_policy(file), system


def _bounds(found: Policy, system: str, capability: str) -> None:
    click.echo("\nsignal fires at (over at)")
    for name, bound in found.of(system, capability).bounds.items():
        sign = "<=" if bound.below else ">="
        click.echo(f"  {name:<24} {sign} {bound.raise_at:g} ({_clear(bound)})")


def _clear(bound: Bound) -> str:
    """Where it is over, or that it never is by itself."""
    return "never by itself" if not bound.below and bound.clear_at < 0 else f"{bound.clear_at:g}"
