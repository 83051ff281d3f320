"""What a rule's verdicts hang on: every part of the policy that a signal was seen to look at."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from monitor.annotate import annotate
from monitor.core.annotation import Annotation
from monitor.core.policy.model import SystemPolicy
from monitor.core.signals import SIGNALS
from monitor.core.system.verdicts import PARTS, READS
from monitor.core.vocabulary import Autonomy
from monitor.ingest import IngestOptions, decode
from tests.builders import Fold
from tests.signals.cases import SEEN, SYSTEM, WRITTEN, policy_of, read, records


class Watched:
    """A policy that notes which of its parts are looked at."""

    def __init__(self, policy: SystemPolicy) -> None:
        self._policy = policy
        self.seen: set[str] = set()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the policy has
        self.seen.add(name)
        return getattr(self._policy, name)


def sessions(signal: str) -> Iterator[tuple[SystemPolicy, list[Annotation]]]:
    """The written cases of a signal, annotated, with the policy of each."""
    for case in read(signal, SEEN):
        turns = [annotate(decode(record, IngestOptions())) for record in records(case)]
        yield policy_of(msgspec.json.encode(case.policy)).of(SYSTEM), turns


@pytest.fixture(scope="module")
def looked_at() -> dict[str, set[str]]:
    """Signal -> the parts of the policy it looked at in any written case of any signal."""
    found: dict[str, set[str]] = {signal.name: set() for signal in SIGNALS}
    for policy, turns in (session for name in WRITTEN for session in sessions(name)):
        for signal in SIGNALS:
            watched = Watched(policy)
            fold = Fold((signal,), policy=watched, ceiling=Autonomy.ACT, granted=Autonomy.ACT)
            for turn in turns:
                fold.add(turn)
            found[signal.name] |= watched.seen
    return found


@pytest.mark.parametrize("signal", [signal.name for signal in SIGNALS])
def test_part_of_the_policy_that_a_signal_looks_at_makes_a_rule_on_it_another_one(
    signal: str, looked_at: dict[str, set[str]]
) -> None:
    assert looked_at[signal] & PARTS <= set(READS.get(signal, ()))


def test_signals_that_look_at_the_policy_are_met_in_the_cases(looked_at: dict[str, set[str]]) -> None:
    assert {"beyond_policy", "ambiguity", "irreversible_action", "limit_exceeded"} <= {
        signal for signal, seen in looked_at.items() if seen & PARTS
    }
