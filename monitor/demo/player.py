"""The demo's producer: plays events at a steady rate in a thread, with event time as the records' own time."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import msgspec
from confluent_kafka import Producer

from monitor.core.channels import INTERACTIONS
from monitor.core.rfc3339 import parse
from monitor.demo.progress import Progress
from monitor.demo.traffic import Event

FLUSH_SECONDS = 30.0
NEAR = 0.005
"""A pause shorter than this is not worth going to sleep for, seconds."""


class Player:
    """Sends each event when it is due. ``events`` are consumed in the thread that :meth:`start` starts."""

    def __init__(self, bootstrap_servers: str, progress: Progress, *, rate: float, limit_seconds: float) -> None:
        self.sent = 0
        self.done = threading.Event()
        self.cut_short = False
        self._progress = progress
        self._rate = rate
        self._limit = limit_seconds
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._acknowledged: list[tuple[str, int, int]] = []
        self._producer = Producer({"bootstrap.servers": bootstrap_servers, "linger.ms": 5, "log_level": 0})

    def start(self, events: Iterator[Event]) -> None:
        """Begin to play."""
        threading.Thread(target=self._play, args=(events,), name="player", daemon=True).start()

    def stop(self) -> None:
        """Play no more; what was sent is flushed."""
        self._stop.set()
        self.done.wait(FLUSH_SECONDS)

    def settle(self) -> None:
        """Tell the progress what the broker acknowledged since the last call. For the thread that reads it."""
        with self._lock:
            acknowledged, self._acknowledged = self._acknowledged, []
        for place in acknowledged:
            self._progress.sent(place)

    def _play(self, events: Iterator[Event]) -> None:
        start = time.monotonic()
        try:
            for number, event in enumerate(events):
                due = number / self._rate
                if due > self._limit:
                    self.cut_short = True
                    break
                self._wait(start + due)
                if self._stop.is_set():
                    self.cut_short = True
                    break
                self._send(event)
        finally:
            self._producer.flush(FLUSH_SECONDS)
            self.done.set()

    def _wait(self, due: float) -> None:
        left = due - time.monotonic()
        if left > NEAR:
            self._stop.wait(left)

    def _send(self, event: Event) -> None:
        value = event.value if isinstance(event.value, bytes) else msgspec.json.encode(event.value)
        self._producer.produce(
            event.topic,
            key=event.key.encode(),
            value=value,
            timestamp=int(event.at * 1000),
            on_delivery=lambda error, message: self._delivered(event.topic, error, message),
        )
        self._producer.poll(0)
        self.sent += event.topic == INTERACTIONS

    def _delivered(self, topic: str, error: Any, message: Any) -> None:  # noqa: ANN401 - a client without types
        if error is None:
            with self._lock:
                self._acknowledged.append((topic, message.partition(), message.offset()))


def recorded(lines: Iterator[bytes]) -> Iterator[Event]:
    """A user's own lines as events: their bytes untouched, their session as key, their time where they state one."""
    for line in lines:
        key, at = "", time.time()
        try:
            turn = json.loads(line)
            key, at = str(turn.get("session_id", "")), _time(turn.get("ts"), at)
        except (ValueError, AttributeError):
            pass  # the monitor says what is wrong with it
        yield Event(INTERACTIONS, key, line, at)


def _time(stated: object, otherwise: float) -> float:
    if isinstance(stated, str):
        try:
            return parse(stated)
        except ValueError:
            return otherwise
    return float(stated) if isinstance(stated, int | float) and 0 < stated < 1e11 else otherwise
