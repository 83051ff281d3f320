"""Which policy and standings were in force from which offset on, as the changelogs recorded it (DESIGN.md 6.5)."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from monitor.codec import decode_event
from monitor.core.channels import POLICIES, SESSION_CHANGELOG
from monitor.core.events import PolicyText, Standing
from monitor.core.policy.model import Policy
from monitor.delivery.recovery import Entry
from monitor.policy_file import policy_from_text
from monitor.stages.session import SessionStage
from monitor.stages.system import SystemStage
from monitor.worker.store import CONTROL_KEY
from monitor.worker.work import POLICY_KEY, STANDING_PREFIX
from tests.integration.site import Site


def changelog(site: Site, suffix: str) -> dict[int, list[Entry[bytes]]]:
    """The entries of a changelog by partition, in log order."""
    found: dict[int, list[Entry[bytes]]] = defaultdict(list)
    for record in site.records(f"{site.app_id}-{suffix}"):
        headers = dict(record.headers)
        assert record.key is not None
        entry = Entry(record.key.decode(), record.value, int(headers["included"]), int(headers["tenure"]))
        found[record.at.partition].append(entry)
    return found


def in_force(entries: Iterable[Entry[bytes]], prefix: str) -> dict[str, list[Entry[bytes]]]:
    """What was asserted under a prefix and counted, by key, in the order in which it took effect.

    As tests/delivery/check.py reads it: what an owner asserts after the next one began counts for nothing, nor does
    what the next one, beginning at the same offset, did not find.
    """
    found: dict[str, list[Entry[bytes]]] = {}
    mark = (-2, -1)
    for entry in entries:
        if entry.key == CONTROL_KEY and entry.place >= mark:
            if entry.tenure > mark[1]:
                found = {key: [each for each in known if _stands(each, entry)] for key, known in found.items()}
            mark = entry.place
        elif entry.key.startswith(prefix) and entry.tenure >= mark[1]:
            known = found.setdefault(entry.key, [])
            if not known or entry.place >= known[-1].place:
                known.append(entry)
    return found


def _stands(asserted: Entry[bytes], control: Entry[bytes]) -> bool:
    return asserted.included < control.included or asserted.tenure >= control.tenure


def schedule(site: Site) -> dict[int, list[tuple[int, Standing]]]:
    """Per partition: from which offset on which standing was in force, by the adoption records."""
    found: dict[int, list[tuple[int, Standing]]] = defaultdict(list)
    for partition, entries in changelog(site, SESSION_CHANGELOG).items():
        for asserted in in_force(entries, STANDING_PREFIX).values():
            for entry in asserted:
                found[partition].append((entry.included + 1, msgspec.json.decode(entry.value or b"", type=Standing)))
    return found


def policies(site: Site) -> dict[str, Policy]:
    """Every policy that was published, by fingerprint."""
    events = [decode_event(record.headers, record.value) for record in site.records(POLICIES)]
    texts = [event.data for event in events if isinstance(event.data, PolicyText)]
    return {text.fingerprint: policy_from_text(text.text) for text in texts}


def policy_schedule(site: Site, suffix: str) -> dict[int, list[tuple[int, Policy]]]:
    """Per partition: from which offset on which policy was in force, by the adoption records."""
    known = policies(site)
    found: dict[int, list[tuple[int, Policy]]] = {}
    for partition, entries in changelog(site, suffix).items():
        adopted = in_force(entries, POLICY_KEY).get(POLICY_KEY, [])
        found[partition] = [(entry.included + 1, known[(entry.value or b"").decode()]) for entry in adopted]
    return found


def put_in_force(stage: SessionStage | SystemStage, due: list[tuple[int, Policy]], offset: int) -> bool:
    """Give the stage the policy that was in force at the offset; whether it is another."""
    before = stage.policy.fingerprint
    while due and due[0][0] <= offset:
        _, policy = due.pop(0)
        if policy.fingerprint != stage.policy.fingerprint:
            stage.policy = policy
    return stage.policy.fingerprint != before
