"""Where people's judgement changed outcomes, and where review only slowed things down."""

import pytest
from msgspec.structs import replace

from monitor.core.events import Escalation, Output
from monitor.core.system.tally import Tally
from monitor.core.vocabulary import EscalationStatus, Mode, Outcome, Situation, Verdict
from monitor.replay.reviewed import Reviewed, reviewed
from tests.replay.talks import ANGRY, records, run, talk

DISPUTE = Situation.SUPPORT_RESOLUTION


def answered(output: Output, verdict: Verdict, outcome: Outcome | None) -> Output:
    assert isinstance(output.data, Escalation)
    data = replace(output.data, status=EscalationStatus.RESOLVED, settlement=1, verdict=verdict, outcome=outcome)
    return replace(output, data=data)


@pytest.fixture(scope="module")
def raised() -> list[Output]:
    """Thirty disputes of thirty sessions."""
    lines = [line for number in range(30) for line in talk(f"s{number}", ANGRY)]
    outputs = [output for turn in run(records(lines), standings="pinned") for output in turn.outputs]
    return [each for each in outputs if isinstance(each.data, Escalation) and _is_dispute(each.data)]


def _is_dispute(it: Escalation) -> bool:
    return it.situation is DISPUTE and it.status is EscalationStatus.RAISED


def test_reviewed_counts_one_answer_an_escalation(raised: list[Output]) -> None:
    answers = [answered(each, Verdict.JUSTIFIED, Outcome.CHANGED) for each in raised[:25]]
    found = reviewed([*raised, *answers, *answers])[DISPUTE]
    assert found == Reviewed(30, Tally(justified=25, changed=25))


def test_reviewed_an_event_after_the_answer_does_not_take_it_back(raised: list[Output]) -> None:
    answer = answered(raised[0], Verdict.NOT_JUSTIFIED, Outcome.NO_EFFECT)
    found = reviewed([raised[0], answer, raised[0]])[DISPUTE]
    assert (found.said.verdicts, found.said.justified, found.said.no_effect) == (1, 0, 1)


@pytest.mark.parametrize("nobody", [{"mode": Mode.SHADOW}, {"merged_into": "storm"}], ids=["shadow", "one of many"])
def test_reviewed_what_calls_nobody_is_not_counted(raised: list[Output], nobody: dict[str, object]) -> None:
    silent = [replace(each, data=replace(each.data, **nobody)) for each in raised[1:] if each.data is not None]
    assert reviewed([raised[0], *silent])[DISPUTE] == Reviewed(raised=1)


@pytest.mark.parametrize(
    ("outcome", "number", "conclusion"),
    [
        (Outcome.CHANGED, 30, "people change outcomes here"),
        (Outcome.NO_EFFECT, 30, "review mostly slows things down here"),
        (Outcome.CONFIRMED, 30, "people mostly confirm here"),
        (Outcome.CHANGED, 19, "too few answers to say more"),
    ],
)
def test_reviewed_concludes_only_from_enough_answers(
    raised: list[Output], outcome: Outcome, number: int, conclusion: str
) -> None:
    answers = [answered(each, Verdict.JUSTIFIED, outcome) for each in raised[:number]]
    found = reviewed(raised + answers)[DISPUTE]
    assert found.conclusion() == conclusion
    assert f"{number} of 30 answered" in found.words()
