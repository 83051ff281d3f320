"""What the process does when it is asked to stop."""

import asyncio
import time

import pytest

from monitor.worker import app as module


def test_asked_again_to_stop_does_not_wait_for_what_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[str] = []
    now = 100.0
    monkeypatch.setattr(module, "leave", left.append)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    stop = asyncio.Event()
    ask = module._asking(stop)
    ask()
    ask()  # the same Ctrl-C, passed on by a wrapper
    assert (stop.is_set(), left) == (True, [])
    now += module.SAME_SIGNAL_SECONDS + 1
    ask()
    assert left == ["asked twice to stop"]
