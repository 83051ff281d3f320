"""``oversight policy``: check a file before it is used, or show what is in force."""

from collections.abc import Iterable
from pathlib import Path

import click

from monitor.config import load_settings
from monitor.core.policy import Policy, SituationPolicy
from monitor.policy_file import load_policy

__all__ = ["policy"]

_PATH = click.Path(path_type=Path)


@click.group()
def policy() -> None:
    """Check a policy file, or show what is in force."""


@policy.command()
@click.argument("file", type=_PATH)
def check(file: Path) -> None:
    """Load a policy file or directory. Exits with 2 and every problem, with file and line, when it is none."""
    found = load_policy(file)
    rules = sum(len(row.rules) for row in found.base.situations)
    systems = f", {len(found.systems)} systems of their own" if found.systems else ""
    click.echo(f"{file}: {found.name}, fingerprint {found.fingerprint}: {rules} rules{systems}")


@policy.command()
@click.argument("file", type=_PATH, required=False)
@click.option("--system", default="", metavar="ID", help="As it applies to this system.")
@click.option("--capability", default="", metavar="NAME", help="And to this capability of it.")
@click.option("--text", is_flag=True, help="The whole policy as YAML, defaults filled in.")
def show(*, file: Path | None, system: str, capability: str, text: bool) -> None:
    """Show when a person is called, who, and for what. Without FILE: what OVERSIGHT_POLICY names, or the default."""
    found = load_policy(file or load_settings().policy)
    if text:
        click.echo(found.text)
        return
    applied = found.of(system, capability)
    click.echo(f"{found.name}, fingerprint {found.fingerprint}; granted {applied.granted}; owner {applied.owner}")
    for row in applied.situations:
        click.echo("\n" + "\n".join(_row(row)))
    if found.systems and not system:
        click.echo(f"\nsystems with a policy of their own (--system): {', '.join(sorted(found.systems))}")
    _bounds(found, system, capability)


def _row(row: SituationPolicy) -> Iterable[str]:
    yield f"{row.name}"
    yield f"  the AI may    {row.ai_may}"
    yield f"  a human when  {row.human_when}"
    yield f"  who           {row.human_role} by {row.owner}, {row.rung}, {row.severity}"
    for rule in row.rules:
        yield f"  {'rule !' if rule.hard else 'rule  '}        {rule.id}: {rule.text}"


def _bounds(found: Policy, system: str, capability: str) -> None:
    click.echo("\nsignal fires at (over at)")
    for name, bound in found.of(system, capability).bounds.items():
        sign = "<=" if bound.below else ">="
        click.echo(f"  {name:<24} {sign} {bound.raise_at:g} ({bound.clear_at:g})")
