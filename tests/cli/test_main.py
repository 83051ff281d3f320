"""The command line as a whole: what it lists, what it loads, whose fault an error is."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import monitor.cli
from monitor import __version__
from monitor.cli import COMMANDS, main
from monitor.core.errors import OperatorError, OversightError, PolicyError

HEAVY = ("faust", "river", "numpy", "confluent_kafka", "aiokafka", "rich", "yaml", "monitor.annotate", "monitor.worker")


def loaded(*arguments: str) -> set[str]:
    """What is imported after the command line ran with these arguments."""
    code = f"import sys\nfrom monitor.cli import main\nmain({list(arguments)!r}, standalone_mode=False)\n"
    code += f"print('loaded', *[name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines()[-1].split()[1:])


def test_module_runs_as_the_command() -> None:
    run = subprocess.run([sys.executable, "-m", "monitor", "--version"], capture_output=True, text=True, check=True)
    assert run.stdout == f"oversight {__version__}\n"


@pytest.mark.parametrize("argument", ["--help", "-h", "--version"])
def test_help_loads_nothing_heavy(argument: str) -> None:
    assert loaded(argument) == set()


@pytest.mark.parametrize("command", ["worker", "tail", "topics"])
def test_help_of_a_command_starts_no_stage(command: str) -> None:
    assert not loaded(command, "--help") & {"faust", "river", "confluent_kafka", "aiokafka", "monitor.annotate"}


def test_help_lists_the_commands_in_the_tables_order() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    places = [text.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_has_help(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Usage:")


def test_unknown_command_is_answered_with_the_known_ones() -> None:
    result = CliRunner().invoke(main, ["repaly"])
    assert result.exit_code == 2
    assert "replay" in result.output


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (PolicyError(["a: wrong", "b: wrong"]), 2, "error: a: wrong\nerror: b: wrong\n"),
        (OperatorError("no broker; start it"), 2, "error: no broker; start it\n"),
        (OversightError("ours"), 70, "error: ours\n"),
    ],
)
def test_exit_code_says_whose_fault_it_is(
    monkeypatch: pytest.MonkeyPatch, error: OversightError, code: int, told: str
) -> None:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(monitor.cli.Commands, "get_command", lambda *_: failing)
    result = CliRunner().invoke(main, ["settings"])
    assert result.exit_code == code
    assert result.stderr == told


def test_ctrl_c_ends_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(monitor.cli.Commands, "get_command", lambda *_: interrupted)
    result = CliRunner().invoke(main, ["settings"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
