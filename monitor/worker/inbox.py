"""What reaches a worker besides its partitions: standings of systems, and policies by fingerprint.

Both topics are compacted and read by everybody, without a group. What arrives here is not yet in force: a partition
adopts it through its own control records (DESIGN.md 6.5).
"""

import asyncio
import logging
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from monitor.config import Settings
from monitor.core.channels import POLICIES, STANDINGS
from monitor.core.errors import PolicyError
from monitor.core.events import PolicyText, Standing
from monitor.core.outputs import RELOAD_KEY
from monitor.core.policy.model import Policy
from monitor.policy_file import policy_from_text
from monitor.worker.clients import aiokafka_options

RETRY_SECONDS = 2.0
MAX_KNOWN = 64
"""Policies kept by fingerprint; one that was dropped is read from the topic again."""
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding foreign bytes may raise."""

log = logging.getLogger(__name__)


class StandingInbox:
    """The newest standing of every system, as far as it has arrived."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pinned = settings.standings == "pinned"
        self._newest: dict[str, Standing] = {}

    def newer(self, system_id: str, known: Standing | None) -> Standing | None:
        """The newest standing of a system, if it is newer than the known one."""
        newest = self._newest.get(system_id)
        if newest is None or (known is not None and newest.version <= known.version):
            return None
        return newest

    def put(self, value: bytes) -> None:
        """Take one record of the standings topic; what does not decode is logged and left out."""
        try:
            standing = msgspec.json.decode(value, type=Standing)
        except UNREADABLE as error:
            log.error("a standing does not decode and is left out: %s", error)  # noqa: TRY400 - the message says it all
            return
        known = self._newest.get(standing.system_id)
        if known is None or standing.version > known.version:
            self._newest[standing.system_id] = standing

    async def follow(self) -> None:
        """Read the topic for as long as the worker lives; an outage is waited out."""
        while not self._pinned:
            try:
                await self._follow_once()
            except Exception as error:  # noqa: BLE001 - nobody awaits this task, so it must not end unseen
                log.warning("standings: %r; reading again in %.0f s", error, RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow_once(self) -> None:
        async with _reader(self._settings) as consumer:
            await _assign_all(consumer, self._settings.topic(STANDINGS))
            async for record in consumer:
                if record.value is not None:
                    self.put(record.value)


class PolicyBook:
    """The current policy, and earlier ones by fingerprint from the policies topic."""

    def __init__(self, settings: Settings, current: Policy) -> None:
        self.current = current
        self._settings = settings
        self._known = {current.fingerprint: current}

    def put(self, policy: Policy) -> None:
        """Make it the current one. It is not in force by that: each partition adopts it (worker/work.py)."""
        self.current = policy
        self._keep(policy)

    async def named(self, fingerprint: str | None) -> Policy:
        """The policy with this fingerprint; the current one, loudly, when it cannot be found."""
        if fingerprint is None or fingerprint in self._known:
            return self._known.get(fingerprint or "", self.current)
        for text in await self._published():
            self._learn(text)
        if fingerprint not in self._known:
            log.warning(
                "policy %s is in force here but not in the policies topic: using %s",
                fingerprint,
                self.current.fingerprint,
            )
        return self._known.get(fingerprint, self.current)

    def _learn(self, text: PolicyText) -> None:
        try:
            policy = policy_from_text(text.text)
        except PolicyError as error:
            log.warning("published policy %s does not load here: %s", text.fingerprint, error)
            return
        if policy.fingerprint != text.fingerprint:
            log.warning("published policy %s reads as %s here", text.fingerprint, policy.fingerprint)
            return
        self._keep(policy)

    def _keep(self, policy: Policy) -> None:
        self._known[policy.fingerprint] = policy
        for fingerprint in list(self._known)[:-MAX_KNOWN]:
            if fingerprint not in (policy.fingerprint, self.current.fingerprint):
                del self._known[fingerprint]

    async def _published(self) -> list[PolicyText]:
        """Every policy text in the topic now."""
        texts = []
        async with _reader(self._settings) as consumer:
            partitions = await _assign_all(consumer, self._settings.topic(POLICIES))
            ends = await consumer.end_offsets(partitions)
            while any([await consumer.position(tp) < end for tp, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    texts += [text for each in records if (text := _policy_text(each.key, each.value)) is not None]
        return texts


def _policy_text(key: bytes | None, value: bytes | None) -> PolicyText | None:
    """A policy among the records of its topic, which carries reloads too; what does not decode is logged, left out."""
    if value is None or (key or b"").startswith(RELOAD_KEY.encode()):
        return None
    try:
        return msgspec.json.decode(value, type=PolicyText)
    except UNREADABLE as error:
        log.warning("a published policy does not decode and is left out: %s", error)
        return None


def _reader(settings: Settings) -> Any:  # noqa: ANN401 - aiokafka ships no types
    return AIOKafkaConsumer(
        **aiokafka_options(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )


async def _assign_all(consumer: Any, topic: str) -> list[TopicPartition]:  # noqa: ANN401 - aiokafka ships no types
    """Assign every partition of the topic from its beginning."""
    metadata = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - the public call sees subscribed topics only
    partitions = [TopicPartition(topic, number) for number in sorted(metadata.partitions_for_topic(topic) or ())]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    return partitions
