"""The demo's worker: the command an operator would run, as a child with settings of its own and a log file."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import monitor

STOP_SECONDS = 20.0
LAST_LINES = 15
ROOT = str(Path(monitor.__file__).parents[1])
FOREIGN = "OVERSIGHT_"
"""Variables that the demo does not inherit: it must not write to a cluster that somebody set up."""


@contextmanager
def sheltered() -> Iterator[None]:
    """Children started here do not hear the terminal's Ctrl-C: the demo ends them itself, in order."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class WorkerProcess:
    """``python -m monitor worker``; a context manager. ``settings``: names of OVERSIGHT_ variables -> values."""

    def __init__(self, settings: dict[str, object], log: Path) -> None:
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self._environment |= {FOREIGN + name.upper(): str(value) for name, value in settings.items()}
        self._environment["PYTHONPATH"] = os.pathsep.join(filter(None, (ROOT, os.environ.get("PYTHONPATH"))))
        self._log = log
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return None if self._child is None else self._child.poll()

    def last_lines(self) -> str:
        """The end of its log."""
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:])

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "monitor", "worker"],
                stdout=log,
                stderr=log,
                env=self._environment,
                process_group=0,  # it hears SIGINT by a handler of its own: a terminal's Ctrl-C must not reach it
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._child is not None
        if self._child.poll() is None:
            self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
