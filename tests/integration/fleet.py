"""Workers as an orchestrator runs them: started, killed, frozen, and started again when they exit."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.integration.site import PATIENCE_SECONDS, Site

SESSION_TIMEOUT = "6"
MAX_EXITS = 8
FINAL = {2}
"""Exit codes after which an orchestrator must not start a worker again: somebody has to change something."""


class Member:
    """One worker's place: the process in it is replaced when it exits."""

    def __init__(self, number: int, site: Site, folder: Path) -> None:
        self.number = number
        self.exits: list[int] = []
        self._assigned_before = 0
        self._site = site
        self._log = folder / f"worker-{number}.log"
        self._environment = self._settings(folder)
        self.process = self._start()

    def signal(self, which: signal.Signals) -> None:
        self.process.send_signal(which)

    def revive(self) -> None:
        """Start it again if it has exited."""
        code = self.process.poll()
        if code is not None:
            self.exits.append(code)
            assert code not in FINAL, self.log()
            assert len(self.exits) < MAX_EXITS, self.log()
            self.process = self._start()

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-6000:]

    def assignments(self) -> int:
        """How often this place took over partitions, over all its processes."""
        return self.logged("monitor.worker.ownership: epoch")

    def is_assigned(self) -> bool:
        """Whether the process that runs here now has taken over partitions."""
        return self.process.poll() is None and self.assignments() > self._assigned_before

    def logged(self, text: str) -> int:
        """How often this place said something."""
        return self._log.read_text(errors="replace").count(text)

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            self._assigned_before = self.assignments()
            command = [sys.executable, "-m", "tests.integration.worker_main"]
            return subprocess.Popen(command, env=self._environment, stderr=log, stdout=log)

    def _settings(self, folder: Path) -> dict[str, str]:
        site = self._site
        return {
            **os.environ,
            "OVERSIGHT_BOOTSTRAP_SERVERS": site.broker.bootstrap_servers,
            "OVERSIGHT_TOPIC_PREFIX": site.prefix,
            "OVERSIGHT_OUTPUT_PREFIX": site.output_prefix,
            "OVERSIGHT_APP_ID": site.app_id,
            "OVERSIGHT_MODE": site.mode,
            "OVERSIGHT_PARTITIONS": str(site.partitions),
            "OVERSIGHT_SESSION_TIMEOUT": SESSION_TIMEOUT,
            "OVERSIGHT_TICK_INTERVAL": "1",
            "OVERSIGHT_STORE": site.store,
            "OVERSIGHT_DATADIR": str(folder / f"data-{self.number}"),
            "OVERSIGHT_STANDINGS": site.standings,
            "OVERSIGHT_STALL_TIMEOUT": str(site.stall_timeout),
            "OVERSIGHT_MAX_RECORD_BYTES": str(site.max_record_bytes),
            "OVERSIGHT_POLICY": str(site.policy or ""),
            "OVERSIGHT_POLICY_POLL": "0.2",
            "TEST_HANG_ONCE": str(site.hang_once or ""),
            "TEST_EMBEDDED": "1" if site.embedded else "0",
        }


class Fleet:
    """A context manager over the members; a thread revives those that exit."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.members: list[Member] = []
        self._site = site
        self._folder = folder
        self._over = threading.Event()
        self._retired: set[int] = set()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def join(self) -> Member:
        """One more worker."""
        member = Member(len(self.members), self._site, self._folder)
        self.members.append(member)
        return member

    def await_assigned(self) -> None:
        """Wait until every worker has taken over partitions: an earlier fault tests the start, not the work."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not all(member.is_assigned() for member in self.members):
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.2)

    def await_logged(self, text: str, count: int = 1) -> None:
        """Wait until the workers have said something so often, over all their processes."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sum(member.logged(text) for member in self.members) < count:
            assert time.monotonic() < deadline, f"{text!r} was not logged {count} times\n{self.logs()}"
            time.sleep(0.1)

    def retire(self, member: Member) -> int:
        """SIGTERM, and no new process in its place; its exit code."""
        self._retired.add(member.number)
        member.signal(signal.SIGTERM)
        return member.process.wait(60)

    def logs(self) -> str:
        return "\n".join(f"--- worker {member.number}, exits {member.exits}\n{member.log()}" for member in self.members)

    def _keep(self) -> None:
        while not self._over.wait(0.5):
            for member in self.members:
                if member.number not in self._retired:
                    member.revive()

    def __enter__(self) -> Self:
        self._keeper.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._keeper.join(10)
        for member in self.members:
            member.process.send_signal(signal.SIGCONT)
            member.process.terminate()
        deadline = time.monotonic() + 20
        for member in self.members:
            try:
                member.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                member.process.kill()
                member.process.wait(10)
        if error is not None:
            error.add_note(self.logs())
