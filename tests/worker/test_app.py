"""What the process does when it is asked to stop, or to read its policy again."""

import asyncio
import os
import pty
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


def test_hangup_reads_the_policy_again_and_stops_only_when_the_terminal_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []
    outer, terminal = pty.openpty()
    monkeypatch.setattr(module, "STDIN", terminal)
    hung_up = module._on_hangup(lambda: heard.append("stop"), lambda: heard.append("reload"))
    hung_up()
    os.close(outer)
    hung_up()
    monkeypatch.setattr(module, "STDIN", os.open(os.devnull, os.O_RDONLY))
    module._on_hangup(lambda: heard.append("stop"), lambda: heard.append("reload"))()
    assert heard == ["reload", "stop", "reload"]
    os.close(terminal)
    os.close(module.STDIN)
