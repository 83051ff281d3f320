"""The policy is edited while workers run: every partition turns at one offset, and a kill does not move that offset."""

import json
import os
import signal
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from monitor.codec import decode_event
from monitor.core.channels import HEARTBEATS, OBSERVATIONS, POLICIES
from monitor.core.events import Heartbeat, PolicyReload, PolicyText
from monitor.policy_file import load_policy
from tests.brokers import Broker, sternest_broker
from tests.integration.fleet import Fleet
from tests.integration.offline import assert_equivalent
from tests.integration.site import Site
from tests.integration.turns import turns

__all__ = ["sternest_broker"]

pytestmark = pytest.mark.cluster

TEXTS = (
    "name: first\nowner: care\n",
    "name: second\nowner: desk\ngranted: recommend\n",
    "name: third\nowner: night\ngranted: support\nbounds: {dispute: {raise: 0.9, clear: 0.5}}\n",
)
BAD = "name: fourth\nowner: care\nbouns: {}\ngranted: ac\n"


def edit(path: Path, text: str) -> str:
    """Replace the file as an editor does; the fingerprint of what it says now."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    os.replace(fresh, path)  # noqa: PTH105 - the point is that it replaces
    return load_policy(path).fingerprint if text != BAD else ""


def by_partition(site: Site) -> dict[int, list[str]]:
    """The policies of the turns in the order of their offsets, equal neighbours as one, per input partition."""
    places: dict[int, dict[int, str]] = defaultdict(dict)
    for record in site.records(OBSERVATIONS):
        entry = json.loads(record.value or b"{}")
        if entry.get("kind") == "observation" and not entry["final"]:
            places[entry["source"]["partition"]][entry["source"]["offset"]] = entry["policy"]
    return {number: distinct(found[offset] for offset in sorted(found)) for number, found in places.items()}


def distinct(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        if not found or found[-1] != name:
            found.append(name)
    return found


def reloads(site: Site) -> list[PolicyReload]:
    events = [decode_event(record.headers, record.value) for record in site.records(POLICIES)]
    return [event.data for event in events if isinstance(event.data, PolicyReload)]


def test_policy_edited_under_load_turns_each_partition_at_one_offset(sternest_broker: Broker, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    prints = [edit(path, TEXTS[0])]
    site = Site(sternest_broker, policy=path)
    with Fleet(site, tmp_path) as fleet:
        fleet.join()
        fleet.join()
        fleet.await_assigned()
        for number, text in enumerate(TEXTS):
            if number:
                prints.append(edit(path, text))
                fleet.await_logged(f"policy {prints[-1]} follows", 2)
            site.produce(turns(300, seed=number))
            site.await_drained()
        assert_equivalent(site)
        fleet.await_logged(f"policy {prints[-1]} in force", 2 * site.partitions)
    assert by_partition(site) == dict.fromkeys(range(site.partitions), prints)
    beats = [json.loads(record.value or b"") for record in site.records(HEARTBEATS)]
    last = {beat["partition"]: beat["policy"] for beat in sorted(beats, key=lambda beat: float(beat["wall"]))}
    assert last == dict.fromkeys(range(site.partitions), prints[-1])
    assert [reload.outcome for reload in reloads(site)] == ["adopted"] * 4


@pytest.mark.parametrize("told", [False, True], ids=["before-it-was-read", "after-it-was-offered"])
def test_policy_edited_and_worker_killed_decides_as_the_control_records_say(
    sternest_broker: Broker, tmp_path: Path, *, told: bool
) -> None:
    path = tmp_path / "policy.yaml"
    prints = [edit(path, TEXTS[0])]
    site = Site(sternest_broker, policy=path)
    with Fleet(site, tmp_path) as fleet:
        member = fleet.join()
        fleet.await_assigned()
        for number, text in enumerate(TEXTS[1:]):
            site.produce(turns(400, seed=2 * number))
            prints.append(edit(path, text))
            if told:
                fleet.await_logged(f"policy {prints[-1]} follows")
            member.signal(signal.SIGKILL)
            site.produce(turns(400, seed=2 * number + 1))
            site.await_drained()
        site.produce(turns(100, seed=7))  # what lay in the log at the restart may be decided under the policy before
        site.await_drained()
        assert_equivalent(site)
    assert member.exits.count(-signal.SIGKILL) == 2
    for found in by_partition(site).values():
        assert found == [each for each in prints if each in found], "a policy came back"
        assert found[-1] == prints[-1]


def test_policy_edited_badly_is_refused_and_the_last_good_one_stays(sternest_broker: Broker, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    first = edit(path, TEXTS[0])
    site = Site(sternest_broker, policy=path)
    with Fleet(site, tmp_path) as fleet:
        member = fleet.join()
        fleet.await_assigned()
        site.produce(turns(200, seed=1))
        edit(path, BAD)
        fleet.await_logged("policy refused")
        site.produce(turns(200, seed=2))
        member.signal(signal.SIGHUP)
        fleet.await_logged("policy refused", 2)
        path.unlink()
        fleet.await_logged("cannot be read")
        site.produce(turns(200, seed=3))
        site.await_drained()
        refused = reloads(site)
        second = edit(path, TEXTS[1])
        fleet.await_logged(f"policy {second} follows {first}")
        site.produce(turns(200, seed=4))
        site.await_drained()
        assert_equivalent(site)
        assert fleet.retire(member) == 0
    assert member.exits == []
    assert by_partition(site) == {number: [first, second] for number in range(site.partitions)}
    assert [(reload.outcome, reload.trigger, reload.fingerprint) for reload in refused] == [
        ("refused", "file", first),
        ("refused", "signal", first),
        ("refused", "file", first),
    ]
    assert [word for word in ("bouns: unknown key", '"ac"') if word not in "\n".join(refused[0].problems)] == []
    assert_told_and_retired(site)


def assert_told_and_retired(site: Site) -> None:
    """The worker's last reload ends with a tombstone; policies are read past it."""
    records = site.records(POLICIES)
    assert records[-1].value is None
    assert (records[-1].key or b"").startswith(b"reload/")
    texts = [decode_event(record.headers, record.value).data for record in records if record.value is not None]
    assert sum(isinstance(text, PolicyText) for text in texts) == 2
    assert not any(isinstance(text, Heartbeat) for text in texts)
