"""Everything that moves a standing at once, under faults: people answer, silence falls due, bounds move, storms merge.

The traffic of the other fault runs under a policy that makes all of it happen within a minute. What the workers left
must still be what an offline fold of their own log decides; and the run proves something only if all of it happened.
"""

import json
import signal
import time
from pathlib import Path

import pytest

from monitor.codec import decode_event
from monitor.core.channels import COMMANDS, DEAD_LETTERS, ESCALATIONS, OBSERVATIONS, REVIEWS, STANDINGS
from monitor.core.errors import RejectCode
from monitor.core.events import Escalation, Standing
from monitor.core.vocabulary import EscalationStatus
from tests.brokers import Broker, sternest_broker
from tests.integration.fleet import Fleet
from tests.integration.offline import assert_equivalent
from tests.integration.site import PATIENCE_SECONDS, Site
from tests.integration.turns import turns

__all__ = ["sternest_broker"]

pytestmark = pytest.mark.cluster

POLICY = """
name: {name}
owner: care
budget: {{soft_per_1000: 50, step: 0.1, max_shift: 0.3, step_seconds: 30, min_sessions: 5}}
storm: {{raised: 4, window_seconds: 600}}
precision: {{floor: 0.75, min_verdicts: 3}}
situations:
  support_resolution: {{response_seconds: 2, repeat_seconds: 2, backup_owner: night, cooldown_seconds: 30}}
  low_risk_task: {{response_seconds: 3, backup_owner: night, cooldown_seconds: 30, severity: {severity}}}
  system_behaviour: {{response_seconds: 2, cooldown_seconds: 30}}
"""
PORTIONS, PORTION = 6, 250
REFUSALS = (RejectCode.UNKNOWN_ESCALATION, RejectCode.INVALID_REVIEW, RejectCode.INVALID_JSON, RejectCode.NULL_VALUE)
SILENCE = f"an escalation {EscalationStatus.OVERDUE}"
FAULTS = {1: "kill", 2: "join", 3: "freeze", 4: "edit"}
"""Portion of the traffic -> what happens while it is folded."""


class People:
    """Answers some of what was raised since it looked last: well, badly, and in ways that must be refused."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._seen: set[str] = set()

    def answer(self) -> None:
        events = [each for each in told(self._site, ESCALATIONS) if isinstance(each, Escalation)]
        raised = [each for each in events if each.status is EscalationStatus.RAISED]
        for number, each in enumerate(each for each in raised if each.escalation_id not in self._seen):
            self._seen.add(each.escalation_id)
            review = {"escalation_id": each.escalation_id, "system_id": each.system_id, "reviewer": "ada"}
            self._site.produce([(None, json.dumps(review | HABITS[number % len(HABITS)]).encode())], topic=REVIEWS)
        self._site.produce([(None, b"{broken"), (None, None)], topic=REVIEWS)


HABITS: tuple[dict[str, str], ...] = (
    {},
    {"verdict": "not_justified", "outcome": "no_effect", "reason": "nothing was wrong"},
    {"verdict": "not_justified", "outcome": "no_effect", "reason": "nothing was wrong"},
    {"verdict": "justified"},
    {"escalation_id": "of-nobody"},
    {"verdict": "too_late", "outcome": "changed", "reason": "they had hung up"},
)


def test_whole_life_under_faults_is_what_a_fold_of_its_own_log_decides(sternest_broker: Broker, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY.format(name="first", severity="info"))
    site = Site(sternest_broker, policy=path)
    people = People(site)
    order = {"action": "force_open", "system_id": "shop-bot", "issued_by": "ada", "reason": "drill", "level": "support"}
    feed = list(turns(PORTIONS * PORTION, seed=3))
    with Fleet(site, tmp_path) as fleet:
        first = fleet.join()
        fleet.await_assigned()
        for portion in range(PORTIONS):
            before = site.ends(OBSERVATIONS)
            site.produce(feed[portion * PORTION : (portion + 1) * PORTION])
            match FAULTS.get(portion):
                case "kill":
                    await_work(site, before)
                    first.signal(signal.SIGKILL)
                case "join":
                    fleet.join()
                    fleet.await_assigned()  # the killed one too: what freezes next must have something to hold
                case "freeze":
                    held = first.assignments()
                    first.signal(signal.SIGSTOP)
                    time.sleep(8)  # longer than the session timeout: the others take over
                    first.signal(signal.SIGCONT)
                case "edit":
                    path.write_text(POLICY.format(name="second", severity="warning"))
                case _:
                    site.produce([(b"shop-bot", json.dumps(order).encode())], topic=COMMANDS)
            time.sleep(2)
            people.answer()
        feed_until_all_happened(site, people)
        assert -signal.SIGKILL in first.exits
        assert len(first.exits) > 1 or first.assignments() > held, "a frozen process never just goes on"
    compared = assert_equivalent(site)
    assert compared["session events"] >= len(feed)
    assert missing(site) == []


def await_work(site: Site, before: dict[int, int]) -> None:
    """Wait until the first of a portion is decided: what comes now falls into the middle of a batch."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sum(site.ends(OBSERVATIONS).values()) < sum(before.values()) + PORTION // 10:
        assert time.monotonic() < deadline, "nothing is decided"


def feed_until_all_happened(site: Site, people: People) -> None:
    """What depends on when a standing is heard of may need more traffic; silence falls due by itself."""
    deadline, seed = time.monotonic() + PATIENCE_SECONDS, 100
    site.await_drained()
    while (lacking := missing(site)) and time.monotonic() < deadline:
        if lacking != [SILENCE]:
            seed += 1
            site.produce(turns(PORTION, seed=seed))
        time.sleep(2)
        people.answer()
        site.await_drained()


def missing(site: Site) -> list[str]:
    """What has not happened yet; a run without it proves nothing."""
    escalations = [each for each in told(site, ESCALATIONS) if isinstance(each, Escalation)]
    standings = [each for each in told(site, STANDINGS) if isinstance(each, Standing)]
    codes = {dict(record.headers).get("dlq.error.code") for record in site.records(DEAD_LETTERS)}
    statuses = {each.status for each in escalations}
    happened = {
        **{f"an escalation {status}": status in statuses for status in EscalationStatus},
        **{f"a refusal as {code}": str(code).encode() in codes for code in REFUSALS},
        "a storm": any(each.storms for each in standings),
        "an escalation merged into it": any(each.merged_into for each in escalations),
        "a bound that moved": any(each.shift for each in standings),
        "a rule out of service": any(each.shadowed for each in standings),
        "two policies": len({each.policy for each in escalations}) == 2,
    }
    return [name for name, seen in happened.items() if not seen]


def told(site: Site, address: str) -> list[object]:
    return [decode_event(record.headers, record.value).data for record in site.records(address)]
