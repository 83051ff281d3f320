"""``oversight worker``: watch a Kafka topic. Every setting is an option too; an option comes before its variable."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import click

from monitor.cli.readiness import NoBroker, check_alone, check_topics, partition_counts
from monitor.config import SECRETS, SETTINGS, Settings, load_settings, misspelt
from monitor.policy_file import load_policy
from monitor.worker.leave import NO_BROKER

__all__ = ["worker"]

log = logging.getLogger(__name__)
STDIN = 0
CHATTY = ("aiokafka", "faust", "mode", "kafka")
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for row in reversed(SETTINGS):
        if row.name not in SECRETS:  # a command line is visible to everybody on the machine
            flag = "--" + row.name.replace("_", "-")
            command = click.option(flag, metavar="VALUE", help=f"{row.meaning} [{row.variable}].")(command)
    return command


@click.command()
@_options
def worker(**options: str | None) -> None:
    """Watch a Kafka topic of interactions: escalations and breaker events out.

    Runs until SIGTERM or Ctrl-C; SIGHUP reads the policy again. Exits with 2 when settings, policy or topics are
    wrong, with 75 when no broker answers, with 70 when it must be restarted.
    """
    if not os.isatty(STDIN):  # a service told to reload while it starts has nothing to read again yet
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    settings = load_settings(None, **options)
    policy = load_policy(settings.policy)
    set_up_logging(settings)
    for name, meant in misspelt(os.environ):
        log.warning("%s is read by nobody; is %s meant?", name, meant)
    from monitor.annotate.scorers import scorer_of  # noqa: PLC0415 - help need not load models

    scorer_of(settings.scorer, settings.scorer_model)  # what cannot be loaded ends the command here
    try:
        counts = partition_counts(settings)
        check_alone(counts, settings)  # first: the topics it may miss are not the ones to create
        check_topics(counts, settings)
    except NoBroker as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(NO_BROKER) from error
    from monitor.worker.app import Worker  # noqa: PLC0415 - nothing of Faust before all is known to be right

    async def run() -> None:
        await Worker(settings, policy).run()

    asyncio.run(run())


def set_up_logging(settings: Settings) -> None:
    """One line per event on standard error. The clients below only warn, unless everything is asked for."""
    logging.basicConfig(stream=sys.stderr, level=settings.log_level, format=LOG_FORMAT, force=True)
    level: Any = logging.DEBUG if settings.log_level == "DEBUG" else logging.WARNING
    for name in CHATTY:
        logging.getLogger(name).setLevel(level)
