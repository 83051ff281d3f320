"""Everything that moves a standing at once, under faults: people answer, silence falls due, bounds move, storms merge.

The traffic of the other fault runs under a policy that makes all of it happen within a minute. What the workers left
must still be what an offline fold of their own log decides; and the run proves something only if all of it happened.
"""

import json
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from monitor.codec import decode_event
from monitor.core.channels import COMMANDS, DEAD_LETTERS, ESCALATIONS, REVIEWS, STANDINGS
from monitor.core.errors import RejectCode
from monitor.core.events import Escalation, Standing
from monitor.core.vocabulary import EscalationStatus
from tests.brokers import Broker, broker
from tests.integration.fleet import Fleet
from tests.integration.offline import assert_equivalent
from tests.integration.site import PATIENCE_SECONDS, Site
from tests.integration.turns import turns

__all__ = ["broker"]

pytestmark = pytest.mark.cluster

POLICY = """
name: {name}
owner: care
budget: {{soft_per_1000: 50, step: 0.1, max_shift: 0.3, step_seconds: 30, min_sessions: 5}}
storm: {{raised: 4, window_seconds: 600}}
precision: {{floor: 0.95, min_verdicts: 1}}
situations:
  support_resolution: {{response_seconds: 2, repeat_seconds: 2, backup_owner: night, cooldown_seconds: 30}}
  low_risk_task: {{response_seconds: 3, backup_owner: night, cooldown_seconds: 30, severity: {severity}}}
  system_behaviour: {{response_seconds: 2, cooldown_seconds: 30}}
"""
PORTIONS, PORTION = 6, 250
FAULTS = {1: "kill", 2: "join", 3: "freeze", 4: "edit"}
"""Portion of the traffic -> what happens while it is folded."""


class People:
    """Answers some of what was raised since it looked last: well, badly, and in ways that must be refused."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._seen: set[str] = set()

    def answer(self) -> None:
        events = [decode_event(record.headers, record.value).data for record in self._site.records(ESCALATIONS)]
        raised = [each for each in events if isinstance(each, Escalation) and each.status is EscalationStatus.RAISED]
        for number, each in enumerate(each for each in raised if each.escalation_id not in self._seen):
            self._seen.add(each.escalation_id)
            review = {"escalation_id": each.escalation_id, "system_id": each.system_id, "reviewer": "ada"}
            self._site.produce([(None, json.dumps(review | HABITS[number % len(HABITS)]).encode())], topic=REVIEWS)
        self._site.produce([(None, b"{broken")], topic=REVIEWS)


HABITS: tuple[dict[str, str], ...] = (
    {},
    {"verdict": "not_justified", "outcome": "no_effect", "reason": "nothing was wrong"},
    {"verdict": "not_justified", "outcome": "no_effect", "reason": "nothing was wrong"},
    {"verdict": "justified"},
    {"escalation_id": "of-nobody"},
    {"verdict": "too_late", "outcome": "changed", "reason": "they had hung up"},
)


def test_whole_life_under_faults_is_what_a_fold_of_its_own_log_decides(broker: Broker, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY.format(name="first", severity="info"))
    site = Site(broker, policy=path)
    people = People(site)
    order = {"action": "force_open", "system_id": "shop-bot", "issued_by": "ada", "reason": "drill", "level": "support"}
    feed = list(turns(PORTIONS * PORTION, seed=3))
    with Fleet(site, tmp_path) as fleet:
        first = fleet.join()
        fleet.await_assigned()
        for portion in range(PORTIONS):
            site.produce(feed[portion * PORTION : (portion + 1) * PORTION])
            match FAULTS.get(portion):
                case "kill":
                    first.signal(signal.SIGKILL)
                case "join":
                    fleet.join()
                case "freeze":
                    first.signal(signal.SIGSTOP)
                    time.sleep(8)  # longer than the session timeout: the others take over
                    first.signal(signal.SIGCONT)
                case "edit":
                    path.write_text(POLICY.format(name="second", severity="warning"))
                case _:
                    site.produce([(b"shop-bot", json.dumps(order).encode())], topic=COMMANDS)
            time.sleep(2)
            people.answer()
        site.await_drained()
        await_overdue(site)
    compared = assert_equivalent(site)
    assert compared["session events"] >= len(feed)
    assert_all_of_it_happened(site)


def await_overdue(site: Site) -> None:
    """Nobody answers any more: wait until silence has said so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not fates(site)[EscalationStatus.OVERDUE]:
        assert time.monotonic() < deadline, fates(site)
        time.sleep(1)


def fates(site: Site) -> Counter[str]:
    events = (decode_event(record.headers, record.value).data for record in site.records(ESCALATIONS))
    return Counter(each.status for each in events if isinstance(each, Escalation))


def assert_all_of_it_happened(site: Site) -> None:
    seen = fates(site)
    for status in EscalationStatus:
        assert seen[status], f"no escalation was ever {status}: {seen}"
    standings = [decode_event(record.headers, record.value).data for record in site.records(STANDINGS)]
    found = [each for each in standings if isinstance(each, Standing)]
    assert any(each.storms for each in found), "no storm"
    assert any(each.shift for each in found), "no bound moved"
    assert any(each.shadowed for each in found), "no rule was taken out of service"
    events = [decode_event(record.headers, record.value).data for record in site.records(ESCALATIONS)]
    assert any(isinstance(each, Escalation) and each.merged_into for each in events), "nothing was merged"
    assert len({each.policy for each in events if isinstance(each, Escalation)}) == 2, "one policy only"
    codes = {dict(record.headers).get("dlq.error.code") for record in site.records(DEAD_LETTERS)}
    for code in (RejectCode.UNKNOWN_ESCALATION, RejectCode.INVALID_REVIEW, RejectCode.INVALID_JSON):
        assert str(code).encode() in codes, f"nothing was refused as {code}: {codes}"
