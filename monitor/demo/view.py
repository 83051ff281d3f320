"""The live view: who is at risk and why, who must act, what is held back, which rows of the table occurred."""

import time
from collections import deque
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.core.events import Breaker, Escalation
from monitor.core.outputs import capability_key
from monitor.core.vocabulary import BreakerStatus, Severity, Situation
from monitor.demo import summary
from monitor.demo.tally import FATES, Heard, Tally, named

REFRESH_PER_SECOND = 4
RATE_SECONDS = 5.0
"""Window of the events per second in the header."""
SESSIONS = 5
BREAKERS = 6
DRIFTS = 3
ROW_COLUMNS = 4
FRAME = 2
"""Lines that a panel's border takes."""
COLOURS = {Severity.INFO: "cyan", Severity.WARNING: "yellow", Severity.CRITICAL: "bold red"}
CEILINGS = {"act": "green", "recommend": "yellow", "support": "dark_orange", "none": "bold red"}


class LiveScreen:
    """A screen that redraws itself a few times a second and leaves the terminal as it was."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._live = Live(console=self._console, auto_refresh=False, screen=True)
        self._heard: deque[float] = deque()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()

    def note(self, text: str) -> None:
        """Shown before the first picture, printed once the view is closed; in between the picture is worth more."""
        if not self._live.is_started:
            self._console.print(text, markup=False, highlight=False)
            return
        if not self._drawn:
            self._live.update(Panel(Text(text), title="oversight demo"), refresh=True)

    def show(self, heard: Heard) -> None:  # noqa: ARG002 - only how many there are matters here
        """Count it; the tally has the rest."""
        self._heard.append(time.monotonic())

    def refresh(self, tally: Tally, sent: int) -> None:
        """Redraw, at most a few times a second."""
        now = time.monotonic()
        if now - self._drawn < 1 / REFRESH_PER_SECOND or not sent:
            return
        self._drawn = now
        while self._heard and self._heard[0] < now - RATE_SECONDS:
            self._heard.popleft()
        self._live.update(
            picture(tally, sent, rate=len(self._heard) / RATE_SECONDS, height=self._console.height), refresh=True
        )

    def close_with(self, found: dict[str, Any]) -> None:
        """The summary, below the closed view."""
        self._console.print("\n".join(summary.lines(found)), markup=False, highlight=False)


def picture(tally: Tally, sent: int, *, rate: float, height: int) -> Group:
    """The whole view for a terminal of so many lines."""
    above = [_header(tally, sent, rate), _sessions(tally), _breakers(tally)]
    taken = (1 + FRAME) + (SESSIONS + FRAME) + (BREAKERS + DRIFTS + FRAME) + FRAME + len(Situation) // ROW_COLUMNS
    return Group(*above, _escalations(tally, max(2, height - taken)), _table_rows(tally))


def _header(tally: Tally, sent: int, rate: float) -> Panel:
    told = f"{sent} turns sent, {tally.turns} decided, {len(tally.sessions)} sessions, "
    fates = ", ".join(f"{len(tally.fated(status))} {status}" for status in FATES)
    told += f"{sum(tally.raised.values())} escalations ({fates}), {rate:.0f} events/s"
    return Panel(Text(told), title="oversight demo")


def _sessions(tally: Tally) -> Panel:
    table = _grid()
    for one in tally.at_risk[:SESSIONS]:
        table.add_row(
            Text(f"{one.risk:.2f}", "bold red" if one.risk >= 0.8 else "yellow"),
            Text(one.system_id),
            Text(one.session_id),
            Text(", ".join(one.signals) or "fading", "dim"),
        )
    for _ in range(SESSIONS - len(table.rows)):
        table.add_row("", "", "", "")
    return Panel(table, title="sessions at risk", title_align="left")


def _breakers(tally: Tally) -> Panel:
    table = _grid()
    ordered = sorted(tally.breakers.values(), key=lambda each: each.state is BreakerStatus.CLOSED)
    for each in ordered[:BREAKERS]:
        table.add_row(*_breaker_row(each))
    for subject, reason in [pair for pair in tally.readings if pair[1].signal == "drift"][-DRIFTS:]:
        table.add_row(Text("drift", "magenta"), Text(subject.partition("#")[0]), "", Text(named([reason])))
    for _ in range(BREAKERS + DRIFTS - len(table.rows)):
        table.add_row("", "", "", "")
    return Panel(table, title="breakers and drift", title_align="left")


def _breaker_row(each: Breaker) -> tuple[Text, Text, Text, Text]:
    return (
        Text(each.state.value),
        Text(capability_key(each.system_id, each.capability)),
        Text(f"may {each.ceiling.value}", CEILINGS[each.ceiling.value]),
        Text(each.reason if each.state is not BreakerStatus.CLOSED else "", "dim"),
    )


def _escalations(tally: Tally, room: int) -> Panel:
    table = _grid()
    for each in tally.escalations[-(room // 2) :]:
        table.add_row(*_escalation_row(each))
        table.add_row("", "", "", Text(f"next: {each.next_step}", "dim"))
    for _ in range(room - len(table.rows)):
        table.add_row("", "", "", "")
    return Panel(table, title="escalations: who must act, and why", title_align="left")


def _escalation_row(each: Escalation) -> tuple[Text, Text, Text, Text]:
    return (
        Text(each.severity.value, COLOURS[each.severity]),
        Text(each.situation.value),
        Text(f"{each.human_role.value}: {each.owner}", "bold"),
        Text(f"{each.session_id or each.system_id}: {named(each.reasons)}"),
    )


def _table_rows(tally: Tally) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    for _ in range(ROW_COLUMNS):
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    cells = [_table_row(row, tally.raised[row]) for row in Situation]
    for start in range(0, len(cells), ROW_COLUMNS):
        table.add_row(*cells[start : start + ROW_COLUMNS])
    return table


def _table_row(row: Situation, count: int) -> Text:
    return Text(f"{'+' if count else '-'} {row.value} {count or ''}", "green" if count else "dim")


def _grid() -> Table:
    """Columns that never wrap, so that the panels keep their height."""
    table = Table.grid(padding=(0, 1), expand=True)
    for ratio in (1, 2, 3, 7):
        table.add_column(ratio=ratio, no_wrap=True, overflow="ellipsis")
    return table
