"""``oversight demo``: a day of AI systems on a broker in the process, watched live."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.demo.screen import Screen

__all__ = ["demo"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
POLICY = click.Path(exists=True, path_type=Path)


@click.command()
@click.option("--minutes", type=click.FloatRange(0.1, 600), default=2.0, show_default=True, help="Time to play it in.")
@click.option("--rate", type=click.FloatRange(0.1), help="Turns per second; by default all fits into --minutes.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another day.")
@click.option("--plain", is_flag=True, help="One line an event; so it is without a terminal.")
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line, the summary last.")
@click.option("--data", type=FILE, help="Play a JSONL file of your own turns instead of the script.")
@click.option("--system", metavar="ID", help="With --data: system_id for lines without one.")
@click.option("--policy", type=POLICY, help="A policy of your own; by default the demo's, with --data the shipped one.")
def demo(*, plain: bool, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the fields of a Plan
    """Watch eight AI systems through a scripted day: who must act, why, and what is held back.

    Starts a broker and a worker of its own, and stops them at the end or at Ctrl-C. Needs no Kafka.
    """
    from monitor.demo.plan import Plan  # noqa: PLC0415 - `--help` answers without a Kafka client
    from monitor.demo.run import Demo  # noqa: PLC0415 - as above

    if options["system"] is not None and options["data"] is None:
        raise click.UsageError("--system goes with --data: the script names its own systems")
    raise SystemExit(Demo(Plan(**options), _screen(plain=plain or not sys.stdout.isatty(), as_json=as_json)).run())


def _screen(*, plain: bool, as_json: bool) -> "Screen":
    from monitor.demo.screen import JsonScreen, PlainScreen  # noqa: PLC0415 - as above

    if as_json or plain:
        return JsonScreen() if as_json else PlainScreen()
    from monitor.demo.view import LiveScreen  # noqa: PLC0415 - as above

    return LiveScreen()
