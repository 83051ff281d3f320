"""The policy reference says all of the code and nothing else."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.cli.policy_reference import SHAPES, TOP, reference
from monitor.cli.policy_words import LAYER, PARTS
from monitor.core.policy.axes import AXES, Axis
from monitor.core.policy.schema import POLICY
from monitor.core.rules import SYSTEM_SIGNALS
from monitor.core.signals import SIGNALS
from monitor.ingest.fields import OPTIONAL_FIELDS

OF_DECISION = {"decision.type", "decision.final", "decision.reversible"}
DOCUMENT = Path(__file__).parents[2] / "docs" / "policy.md"


def test_reference_every_key_of_the_language_has_its_meaning_and_no_other() -> None:
    assert set(LAYER) == set(TOP.fields)
    assert {path: set(words) for path, words in PARTS.items()} == {path: set(it.fields) for path, it in SHAPES.items()}


def test_reference_the_committed_document_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(main, ["policy", "reference"]).stdout
    assert printed.splitlines() == list(reference())
    assert DOCUMENT.read_text(encoding="utf-8") == printed


def test_axes_every_signal_feeds_at_least_one() -> None:
    named = {name for axis in AXES for name in axis.signals}
    assert named == {signal.name for signal in SIGNALS} | set(SYSTEM_SIGNALS)


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.name)
def test_axis_is_fed_by_fields_and_keys_that_exist(axis: Axis) -> None:
    known = {each.name for each in OPTIONAL_FIELDS} | OF_DECISION
    assert axis.signals
    assert axis.turn
    assert set(axis.turn) <= known
    assert {key.partition(".")[0] for key in axis.policy} <= set(POLICY.fields)
