"""Handle of one transport worker (see transport_worker.py) that a test started, and what it has told so far."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.worker.transport_worker import Orders

PATIENCE_SECONDS = 90.0
"""How long a test waits before it gives up; nothing is measured by it."""

Happening = dict[str, Any]


class WorkerProcess:
    """A context manager: the worker is gone when it ends, however it ends."""

    def __init__(self, orders: Orders) -> None:
        arguments = [sys.executable, "-m", "tests.worker.transport_worker", msgspec.json.encode(orders).decode()]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.happenings: list[Happening] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def all_of(self, what: str) -> list[Happening]:
        with self._news:
            return [each for each in self.happenings if each["what"] == what]

    def batches(self, partition: int | None = None) -> list[Happening]:
        return [each for each in self.all_of("batch") if partition in (None, each["partition"])]

    def wait_until(self, holds: Callable[[], object], what: str) -> None:
        with self._news:
            if not self._news.wait_for(lambda: holds() or self._ended(), PATIENCE_SECONDS) or not holds():
                last = [{k: v for k, v in each.items() if not isinstance(v, list)} for each in self.happenings[-20:]]
                raise AssertionError(f"the worker did not come to {what}; the last it told: {last}")

    def wait_for(self, what: str, count: int = 1) -> list[Happening]:
        self.wait_until(lambda: len(self.all_of(what)) >= count, f"{count} x {what}")
        return self.all_of(what)

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self) -> int:
        """Stop it in good order; its exit code."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return code

    def _ended(self) -> bool:
        return not self._reader.is_alive() and self.process.poll() is not None

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.happenings.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE_SECONDS)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None and not stream.closed:
                stream.close()
