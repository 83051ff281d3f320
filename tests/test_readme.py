"""The README's tables and commands are those of the code."""

import re
from pathlib import Path

from monitor.cli import main
from monitor.ingest.fields import OPTIONAL_FIELDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_readme_says_of_every_optional_field_what_it_unlocks() -> None:
    for field in OPTIONAL_FIELDS:
        assert f"| `{field.name}` | {field.unlocks} |" in README


def test_readme_names_only_commands_that_exist() -> None:
    named = set(re.findall(r"\boversight (demo|[a-z]+)\b(?= |\n|`)", README)) - {"monitor"}
    assert named <= set(main.list_commands(None)) | {"worker"}  # type: ignore[arg-type]


def test_ci_runs_the_readmes_test_command_word_for_word() -> None:
    command = next(line.strip() for line in README.splitlines() if line.strip().endswith("-m pytest"))
    assert command in (ROOT / ".ci" / "run").read_text("utf-8")
