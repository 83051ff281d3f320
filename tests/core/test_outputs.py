import msgspec
import pytest

from monitor.core import outputs
from monitor.core.channels import BREAKERS, ESCALATIONS, OBSERVATIONS
from monitor.core.events import Breaker, BreakerTransition, PolicyReload, PolicyText, Standing
from monitor.core.interaction import Position
from monitor.core.vocabulary import Autonomy, BreakerStatus, EscalationStatus, OnStale, Severity
from tests.core.fakes import TOPIC, escalations, make, observation, run

AT = Position(TOPIC, 0, 5)
BREAKER = Breaker(
    system_id="bot",
    capability="pay",
    state=BreakerStatus.OPEN,
    ceiling=Autonomy.RECOMMEND,
    granted=Autonomy.ACT,
    epoch=3,
    since=9.0,
    lease_seconds=90,
    on_stale=OnStale.FAIL_CLOSED,
    reason="overreach",
)


def test_escalation_output_raising_event_has_the_escalations_own_id() -> None:
    sent = run([make(0, {"dispute": 0.9})])[1][0]
    (escalation,) = escalations(sent)
    assert (sent[0].id, sent[0].channel, sent[0].key) == (
        escalation.escalation_id,
        ESCALATIONS,
        escalation.subject,
    )
    assert sent[0].type == "oversight.escalation.raised.v1"
    assert sent[0].severity is Severity.WARNING


@pytest.mark.parametrize("status", list(EscalationStatus))
def test_escalation_output_every_status_has_a_type_and_an_id_of_its_own(status: EscalationStatus) -> None:
    (escalation,) = escalations(run([make(0, {"dispute": 0.9})])[1][0])
    output = outputs.escalation_output(msgspec.structs.replace(escalation, status=status), AT)
    assert output.type == f"oversight.escalation.{status}.v1"
    assert (output.id == escalation.escalation_id) == (status is EscalationStatus.RAISED)


def test_observation_output_is_keyed_by_system() -> None:
    output = run([make(0)])[1][0][-1]
    assert (output.channel, output.key, output.subject) == (OBSERVATIONS, "bot", "bot/s")
    assert outputs.observation_output(observation((output,))) == output


@pytest.mark.parametrize(
    ("state", "ceiling", "severity"),
    [
        (BreakerStatus.CLOSED, Autonomy.ACT, Severity.INFO),
        (BreakerStatus.OPEN, Autonomy.RECOMMEND, Severity.WARNING),
        (BreakerStatus.FORCED_OPEN, Autonomy.NONE, Severity.CRITICAL),
    ],
)
def test_breaker_output_is_as_loud_as_its_ceiling(state: BreakerStatus, ceiling: Autonomy, severity: Severity) -> None:
    output = outputs.breaker_output(msgspec.structs.replace(BREAKER, state=state, ceiling=ceiling), AT)
    assert (output.channel, output.key, output.severity) == (BREAKERS, "bot/pay", severity)


def test_output_ids_same_cause_repeats_and_other_cause_differs() -> None:
    first = outputs.breaker_output(BREAKER, AT).id
    assert outputs.breaker_output(BREAKER, AT).id == first
    assert outputs.breaker_output(BREAKER, Position(TOPIC, 0, 6)).id != first
    assert outputs.breaker_output(BREAKER, AT, ordinal=1).id != first
    assert outputs.breaker_output(msgspec.structs.replace(BREAKER, epoch=4), AT).id != first


def test_other_outputs_have_their_channel_type_and_key() -> None:
    standing = outputs.standing_output(Standing(system_id="bot", version=2, at=7.0), AT)
    assert (standing.type, standing.key, standing.time) == ("oversight.standing.v1", "bot", 7.0)
    policy = outputs.policy_output(PolicyText(fingerprint="f" * 16, name="n", text="t"), 1.0)
    assert (policy.type, policy.key) == ("oversight.policy.v1", "f" * 16)
    refused = PolicyReload(worker="w-1", outcome="refused", trigger="file", fingerprint="f", wall=3.0)
    reload = outputs.reload_output(refused)
    assert (reload.channel, reload.key, reload.severity) == (policy.channel, "reload/w-1", Severity.WARNING)
    assert outputs.reload_retired("w-1", 4.0).key == reload.key
    transition = BreakerTransition(
        system_id="bot",
        capability="",
        from_state=BreakerStatus.CLOSED,
        to_state=BreakerStatus.OPEN,
        from_ceiling=Autonomy.ACT,
        to_ceiling=Autonomy.NONE,
        trigger="trip",
        epoch=1,
        at=2.0,
        reason="r",
    )
    found = outputs.transition_output(transition, AT)
    assert (found.type, found.key, found.severity) == (
        "oversight.breaker.transition.v1",
        "bot",
        Severity.CRITICAL,
    )
