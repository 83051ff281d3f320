"""The watch is on, looks at what the core really calls, and raises."""

from collections import Counter

import pytest

from monitor.core import events, outputs
from monitor.core.interaction import Position
from monitor.core.vocabulary import Autonomy
from tests.contracts import watch

AT = Position("oversight.observations.v1", 0, 7)


def test_every_builder_is_watched() -> None:
    assert set(watch.watched()) >= {
        "escalation_output",
        "observation_output",
        "breaker_output",
        "transition_output",
        "standing_output",
        "policy_output",
    }


def test_event_that_breaks_its_schema_raises_where_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_built", Counter())  # as at the start: later only one in many is looked at
    standing = events.Standing(system_id="watched", version=-7, ceilings={"": Autonomy.ACT})
    with pytest.raises(AssertionError, match=r"standing\.v1: at \$\.version: -7"):
        outputs.standing_output(standing, AT)


def test_event_as_declared_passes() -> None:
    standing = events.Standing(system_id="watched", version=7, ceilings={"": Autonomy.ACT})
    assert outputs.standing_output(standing, AT).data is standing
