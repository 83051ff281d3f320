"""The demo from end to end: broker, topics, worker, producer, listener, screen, and an orderly end."""

import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from monitor.core.events import Heartbeat
from monitor.demo.broker import EmbeddedBroker
from monitor.demo.desk import Desk
from monitor.demo.listener import Listener
from monitor.demo.plan import Plan, played
from monitor.demo.player import Player
from monitor.demo.processes import WorkerProcess, sheltered
from monitor.demo.progress import Progress
from monitor.demo.screen import Screen
from monitor.demo.script import answers
from monitor.demo.summary import summary
from monitor.demo.tally import Tally
from monitor.topics import topic_specs

APP_ID = "oversight-demo"
PARTITIONS = 4
POLL_SECONDS = 0.1
SILENCE_SECONDS = 60.0
"""Nothing new for so long while something is under way: the demo says so and ends."""


class WorkerDied(Exception):  # noqa: N818 - named for what happened
    """The worker ended by itself; the message holds its exit code and last words."""


class Demo:
    """One run of a plan on a screen."""

    def __init__(self, plan: Plan, screen: Screen) -> None:
        self._plan = plan
        self._screen = screen
        self._tally = Tally()
        self._progress = Progress()
        self._desk: Desk | None = None
        self._beaten = False
        self._complete = False
        self._ended = False

    def run(self) -> int:
        """Play to the end, or until Ctrl-C; the summary is shown either way. Returns the exit code.

        0: all was decided, or the user ended it. 1: the worker died, or not everything was heard of.
        """
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._interrupt)
        player: Player | None = None
        began = time.monotonic()
        code = 1
        try:
            with ExitStack() as stack:
                worker, listener, player = self._started(stack)
                self._until(lambda: self._beaten, worker, listener, player)
                began = time.monotonic()
                player.start(played(self._plan))
                stack.callback(player.stop)
                self._complete = self._until(lambda: self._over(listener, player), worker, listener, player)
                code = 0 if self._complete else 1
                self._screen.note("done; stopping the worker ...")
        except KeyboardInterrupt:
            self._screen.note("interrupted; everything is stopped.")
            code = 0
        except WorkerDied as error:
            self._screen.note(str(error))
        self._close(player, time.monotonic() - began)
        return code

    def _started(self, stack: ExitStack) -> tuple[WorkerProcess, Listener, Player]:
        """Everything that runs besides this process, each with its end on the stack."""
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oversight-demo-")))
        stack.enter_context(self._screen)
        self._screen.note("starting a broker and a worker ...")
        with sheltered():
            broker = stack.enter_context(EmbeddedBroker())
            partitions = {each.name: each.partitions for each in topic_specs(partitions=PARTITIONS, app_id=APP_ID)}
            for name, number in partitions.items():
                broker.create_topic(name, number)
            settings = worker_settings(self._plan, broker.bootstrap_servers, folder)
            worker = stack.enter_context(WorkerProcess(settings, folder / "worker.log"))
        listener = Listener(broker.bootstrap_servers, partitions)
        stack.callback(listener.close)
        self._desk = Desk(broker.bootstrap_servers, answers() if self._plan.data is None else ())
        stack.callback(self._desk.close)
        rate, limit = self._plan.turns_per_second, self._plan.minutes * 60
        return worker, listener, Player(broker.bootstrap_servers, self._progress, rate=rate, limit_seconds=limit)

    def _until(self, over: Callable[[], bool], worker: WorkerProcess, listener: Listener, player: Player) -> bool:
        """Listen until it is over; False when nothing new came for too long."""
        news = time.monotonic()
        while not over():
            if self._ended:  # the client's C code can lose what a signal raised
                raise KeyboardInterrupt
            if worker.exit_code is not None:
                raise WorkerDied(
                    f"the worker ended with exit code {worker.exit_code}; its last lines:\n{worker.last_lines()}"
                )
            before = (self._tally.turns, player.sent, self._beaten)
            self._listen(listener, player)
            if (self._tally.turns, player.sent, self._beaten) != before:
                news = time.monotonic()
            elif time.monotonic() - news > SILENCE_SECONDS:
                self._screen.note(
                    f"nothing new for {SILENCE_SECONDS:g} s; the worker's last lines:\n{worker.last_lines()}"
                )
                return False
        return True

    def _listen(self, listener: Listener, player: Player) -> None:
        player.settle()
        for heard, partition, offset in listener.hear(POLL_SECONDS):
            self._progress.heard(heard, partition, offset)
            self._beaten = self._beaten or isinstance(heard, Heartbeat)
            self._tally.fold(heard)
            self._screen.show(heard)
            if self._desk is not None:
                self._desk.hear(heard, time.monotonic())
        if self._desk is not None:
            self._desk.answer(time.monotonic())
        self._screen.refresh(self._tally, player.sent)

    def _over(self, listener: Listener, player: Player) -> bool:
        """Whether all is played, decided and heard."""
        if not player.done.is_set():
            return False
        player.settle()
        return self._progress.drained and listener.caught_up

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        self._ended = True
        raise KeyboardInterrupt

    def _close(self, player: Player | None, seconds: float) -> None:
        whole = self._complete and player is not None and not player.cut_short
        sent = player.sent if player is not None else 0
        self._screen.close_with(summary(self._tally, sent=sent, complete=whole, seconds=seconds))


def worker_settings(plan: Plan, bootstrap_servers: str, folder: Path) -> dict[str, object]:
    """The worker's settings by name: all in memory, quick clocks."""
    settings: dict[str, object] = {
        "bootstrap_servers": bootstrap_servers,
        "app_id": APP_ID,
        "partitions": PARTITIONS,
        "replication": 1,
        "store": "memory",
        "datadir": folder,
        "tick_interval": 1,
        "policy": plan.policy_file,
        "default_system": plan.system,
    }
    return {name: value for name, value in settings.items() if value is not None}
