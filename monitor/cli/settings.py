"""``oversight settings``: the settings table."""

import click

from monitor.config import SETTINGS, Settings

__all__ = ["settings"]


@click.command()
def settings() -> None:
    """Print every setting: its variable, its default and what it means, as a Markdown table.

    The environment comes before the file named by OVERSIGHT_CONFIG (YAML, the same names in lower case and without
    prefix), that before the default.
    """
    defaults = Settings()
    click.echo("| variable | default | meaning |\n|---|---|---|")
    for row in SETTINGS:
        default = getattr(defaults, row.name)
        click.echo(f"| `{row.variable}` | {'none' if default in (None, '') else f'`{default}`'} | {row.meaning} |")
