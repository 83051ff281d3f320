"""Hot reload: the policy's file is followed while the worker runs, and SIGHUP reads it again (DESIGN.md section 8).

A policy that does not load changes nothing: the last good one stays. One that does is published under its fingerprint
first, and only then offered to the partitions, each of which adopts it through its own control record (DESIGN.md 6.5).
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiokafka.errors import MessageSizeTooLargeError

from monitor.config import Settings
from monitor.core.errors import PolicyError
from monitor.core.events import PolicyReload
from monitor.core.policy.model import Policy
from monitor.core.vocabulary import Mode
from monitor.policy_file import SUFFIXES, load_policy, shadowed
from monitor.worker.inbox import PolicyBook

SETTLE_SECONDS = 0.5
"""A file that was just changed is read after this pause, and again until two looks find the same: half a policy may
well be valid YAML."""
READS = 20
MAX_PROBLEMS = 20
"""Problems that an event carries; the log has them all."""
MAX_PROBLEM = 300
MAX_TOLD = 256

Trigger = Literal["file", "signal"]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What the file holds: ``content`` tells contents apart; a policy, or why there is none."""

    content: str
    policy: Policy | None
    problems: tuple[str, ...] = ()


def in_mode(policy: Policy, mode: Mode) -> Policy:
    """The policy as this worker decides under it: in shadow mode every rule is in shadow."""
    return shadowed(policy) if mode is Mode.SHADOW else policy


def content_of(path: Path | None) -> str:
    """A digest over the names and bytes of the policy's files. What cannot be read is a content of its own.

    Links are followed: it tells the new target of a replaced link, and is the same for the same bytes elsewhere.
    """
    found = hashlib.sha256()
    try:
        files = [path] if path is not None else []
        if path is not None and path.is_dir():
            files = sorted(each for each in path.iterdir() if each.suffix in SUFFIXES)
    except OSError as error:
        files = []
        found.update(repr(error).encode())
    for file in files:
        found.update(file.name.encode("utf-8", "surrogateescape") + b"\0")
        try:
            data = file.read_bytes()
            found.update(b"%d\0" % len(data) + data)
        except OSError as error:
            found.update(type(error).__name__.encode())
    return found.hexdigest()


def read(path: Path | None, mode: Mode) -> Found | None:
    """Load the policy; None when the file changed meanwhile. Never raises: whatever is wrong is a problem."""
    policy: Policy | None = None
    problems: tuple[str, ...] = ()
    content = content_of(path)
    try:
        policy = in_mode(load_policy(path), mode)
    except PolicyError as error:
        problems = tuple(str(problem) for problem in error.problems)  # plain text: a Problem does not encode
    except Exception as error:  # noqa: BLE001 - the last good policy must survive whatever a file makes our code do
        problems = (f"{path}: cannot be loaded: {type(error).__name__}: {error}",)
    return Found(content, policy, problems) if content_of(path) == content else None


class PolicyWatch:
    """Follows the policy's file for one worker.

    Args:
        settings: which file, how often, which mode.
        book: where the policy goes; each partition takes it from there.
        publish: sends a policy's text and awaits the acknowledgement.
        report: tells what became of it; a failure to tell is logged and changes nothing.
        worker: this process among others.
    """

    def __init__(
        self,
        settings: Settings,
        book: PolicyBook,
        *,
        publish: Callable[[Policy], Awaitable[None]],
        report: Callable[[PolicyReload], Awaitable[None]],
        worker: str,
    ) -> None:
        self.settle_seconds = SETTLE_SECONDS
        self._settings = settings
        self._book = book
        self._publish = publish
        self._report = report
        self._worker = worker
        self._asked = asyncio.Event()
        self._seen: str | None = None
        self._told: dict[str, None] = {}

    def ask(self) -> None:
        """SIGHUP: read it again now."""
        self._asked.set()

    async def follow(self) -> None:
        """Look for as long as the worker lives."""
        while True:
            trigger = await self._due()
            try:
                await self.look(trigger)
            except Exception:  # nobody awaits this task, so it must not end unseen
                log.exception("the policy's file could not be looked at; it is looked at again")
                await asyncio.sleep(self.settle_seconds)

    async def _due(self) -> Trigger:
        """Wait for the signal, or until the file is due."""
        poll = self._settings.policy_poll if self._settings.policy is not None else None
        try:
            await asyncio.wait_for(self._asked.wait(), poll)
        except TimeoutError:
            return "file"
        self._asked.clear()
        return "signal"

    async def look(self, trigger: Trigger) -> None:
        """Look once: nothing on an unchanged file, unless a signal asked for it."""
        path, before = self._settings.policy, self._seen
        if trigger == "file":
            if await asyncio.to_thread(content_of, path) == before:
                return
            await asyncio.sleep(self.settle_seconds)
        found = await self._settled(path)
        if found is None:
            log.warning("%s changes all the time; it is looked at again", path)
            return
        self._seen = found.content
        reload = await self._take(found, trigger)
        if before is not None or trigger == "signal" or reload.outcome != "unchanged":
            await self._tell(reload)

    async def _settled(self, path: Path | None) -> Found | None:
        for _ in range(READS):
            found = await asyncio.to_thread(read, path, self._settings.mode)
            if found is not None:
                return found
            await asyncio.sleep(self.settle_seconds)
        return None

    async def _take(self, found: Found, trigger: Trigger) -> PolicyReload:
        """Put it in the book, unless it means the same or cannot be had."""
        before = self._book.current.fingerprint
        if found.policy is None:
            return self._refused(found, trigger, found.problems)
        after = found.policy.fingerprint
        if after == before:
            return self._reload("unchanged", trigger)
        try:
            await self._publish(found.policy)
        except MessageSizeTooLargeError as error:
            return self._refused(found, trigger, (f"{self._settings.policy}: is too large to be published: {error}",))
        except Exception as error:  # noqa: BLE001 - an outage passes: the next look tries again
            self._seen = ""
            return self._refused(found, trigger, (f"the policies topic did not take it: {error!r}",))
        self._book.put(found.policy)
        log.info("policy %s follows %s; each partition adopts it at its next record", after, before)
        return self._reload("adopted", trigger, previous=before)

    def _refused(self, found: Found, trigger: Trigger, problems: tuple[str, ...]) -> PolicyReload:
        """The last good policy stays. All problems are logged, once per content, or because somebody asked."""
        told = "\n".join((found.content, *problems))
        if told not in self._told or trigger == "signal":
            self._told[told] = None
            log.error("policy refused, %s stays in force:\n%s", self._book.current.fingerprint, "\n".join(problems))
        while len(self._told) > MAX_TOLD:
            del self._told[next(iter(self._told))]
        return self._reload("refused", trigger, problems=_first(problems))

    def _reload(
        self,
        outcome: Literal["adopted", "unchanged", "refused"],
        trigger: Trigger,
        *,
        previous: str | None = None,
        problems: tuple[str, ...] = (),
    ) -> PolicyReload:
        return PolicyReload(
            worker=self._worker,
            outcome=outcome,
            trigger=trigger,
            fingerprint=self._book.current.fingerprint,
            previous=previous,
            problems=problems,
            wall=round(time.time(), 3),
        )

    async def _tell(self, reload: PolicyReload) -> None:
        if reload.outcome == "unchanged":
            log.info("policy read again (%s): it means the same, %s", reload.trigger, reload.fingerprint)
        try:
            await self._report(reload)
        except Exception as error:  # noqa: BLE001 - the log has it; the policy is decided
            log.warning("the reload could not be told: %r", error)


def _first(problems: tuple[str, ...]) -> tuple[str, ...]:
    """The first problems, each cut, and how many more there are.

    >>> _first(("a",) * 22)[-2:]
    ('a', 'and 2 more: see the log of the worker')
    """
    more = len(problems) - MAX_PROBLEMS
    cut = tuple(problem if len(problem) <= MAX_PROBLEM else problem[:MAX_PROBLEM] + " …" for problem in problems)
    return cut if more <= 0 else (*cut[:MAX_PROBLEMS], f"and {more} more: see the log of the worker")
