"""One source partition of one stage: the order of a batch and its guards, as a state machine (DESIGN.md section 6).

The machine knows offsets, epochs and steps; it has no client and no clock. It answers each event with the actions the
shell must carry out, in order. Two offsets matter: ``applied`` (folded, its outputs acknowledged) and ``progress``
(in the control record). The session stage keeps them equal after each batch; the system stage lets ``applied`` run
ahead for up to ``write_every`` seconds (DESIGN.md 6.11). A restart begins at ``progress`` + 1.
"""

from collections.abc import Callable
from enum import Enum

from monitor.core.errors import InternalError
from monitor.delivery.rules import ALL_RULES, Rule
from monitor.delivery.steps import (
    Action,
    Assigned,
    Do,
    Done,
    Event,
    Exit,
    Failed,
    Fetched,
    Halt,
    Recovered,
    Revoked,
    Seek,
    Skip,
    Step,
    Wake,
    Warn,
)

MAX_GAPS = 20
"""Consecutive batches above the next record before the process ends: seeking did not help, a restart may."""


class Phase(Enum):
    """Where the partition is in its life."""

    UNASSIGNED = "unassigned"
    RECOVERING = "recovering"
    READY = "ready"
    BUSY = "busy"
    STOPPED = "stopped"


def batch_order(rules: frozenset[Rule] = ALL_RULES) -> tuple[Step, ...]:
    """The steps of a batch. Without a rule: the order that rule forbids.

    >>> [step.name for step in batch_order()]
    ['DECIDE', 'SEND', 'CHANGELOG', 'STORE', 'CONTROL', 'COMMIT']
    """
    order = [Step.DECIDE, Step.SEND, Step.CHANGELOG, Step.STORE, Step.CONTROL, Step.COMMIT]
    if Rule.OUTPUTS_BEFORE_STATES not in rules:
        order = [Step.DECIDE, Step.CHANGELOG, Step.STORE, Step.SEND, Step.CONTROL, Step.COMMIT]
    if Rule.STATES_BEFORE_CONTROL not in rules:
        order.remove(Step.CONTROL)
        order.insert(order.index(Step.CHANGELOG), Step.CONTROL)
    return tuple(order)


class PartitionProtocol:
    """The protocol for one partition.

    Args:
        write_every: least seconds between two writes of states (0: after every batch).
        rules: all of them, except in the tests that take one out.
    """

    def __init__(self, *, write_every: float = 0.0, rules: frozenset[Rule] = ALL_RULES) -> None:
        self.phase = Phase.UNASSIGNED
        self.epoch = -1
        self.applied = -1
        self.progress = -1
        self._rules = rules
        self._order = batch_order(rules)
        self._write_every = write_every
        self._written_at = float("-inf")
        self._bounds = (0, 0)
        self._batch = (-1, -1)
        self._gaps = 0
        self._handlers: dict[type, Callable[..., tuple[Action, ...]]] = {
            Assigned: self._assigned,
            Recovered: self._recovered,
            Fetched: self._fetched,
            Done: self._done,
            Failed: self._failed,
            Revoked: self._revoked,
            Wake: self._wake,
        }

    def on(self, event: Event) -> tuple[Action, ...]:
        """Answer one event with the actions to carry out, in order."""
        return self._handlers[type(event)](event)

    @property
    def next_offset(self) -> int:
        """The next record to take."""
        return self.applied + 1

    @property
    def may_adopt(self) -> bool:
        """Whether the next record is one that no earlier owner can have decided (DESIGN.md 6.5)."""
        return Rule.ADOPT_AFTER_END not in self._rules or self.next_offset >= self._bounds[1]

    def _assigned(self, event: Assigned) -> tuple[Action, ...]:
        self.phase, self.epoch, self._gaps = Phase.RECOVERING, event.epoch, 0
        self._bounds = (event.log_start, event.log_end)
        return (Do(Step.RECOVER, event.epoch),)

    def _recovered(self, event: Recovered) -> tuple[Action, ...]:
        if self._stale(event.epoch):
            return (Skip("recovery of an older assignment"),)
        known = event.progress is not None
        self.progress = self.applied = event.progress if event.progress is not None else event.initial - 1
        if self.next_offset > self._bounds[1]:
            return self._halt(
                f"the log ends at {self._bounds[1]} but {self.progress} is already applied: the topic was "
                "truncated or replaced; reset this application's state or use a new OVERSIGHT_APP_ID"
            )
        lost = self._lost_to_retention()
        if event.regressed and Rule.REWRITE_REGRESSED in self._rules:
            return (*lost, Do(Step.REWRITE, self.epoch, last=self.progress))
        return (*lost, *self._begin(known=known))

    def _lost_to_retention(self) -> tuple[Action, ...]:
        """Records between the progress and the log's start are gone; nothing brings them back, so go on, loudly."""
        start = self._bounds[0]
        if self.next_offset >= start:
            return ()
        warning = Warn(f"records {self.next_offset}..{start - 1} were deleted by retention before they were read")
        self.applied = start - 1
        return (warning,)

    def _begin(self, *, known: bool) -> tuple[Action, ...]:
        if not known and Rule.INITIAL_CONTROL in self._rules:
            self.phase = Phase.BUSY
            self._batch = (-1, -1)
            return (Do(Step.CONTROL, self.epoch, last=self.progress),)
        self.phase = Phase.READY
        return (Seek(self.next_offset, "assignment"), Do(Step.COMMIT, self.epoch, last=self.progress))

    def _fetched(self, event: Fetched) -> tuple[Action, ...]:
        refusal = self._refusal(event)
        if refusal:
            return refusal
        self._gaps = 0
        self.phase = Phase.BUSY
        first = max(event.first, self.next_offset) if Rule.SKIP_BELOW in self._rules else event.first
        self._batch = (first, event.last)
        if self.may_adopt:
            return (Do(Step.ADOPT, self.epoch, first, event.last),)
        return (Do(self._order[0], self.epoch, first, event.last),)

    def _refusal(self, event: Fetched) -> tuple[Action, ...]:
        """Why this batch is not taken; empty when it is."""
        if self._stale(event.epoch):
            return (Skip("batch of an older assignment"),)
        if self.phase is not Phase.READY:
            return (Skip(f"the partition is {self.phase.value}"),)
        if event.last < self.next_offset and Rule.SKIP_BELOW in self._rules:
            return (Skip("already applied"),)
        # A fetch that was asked from the next record (or before) and came back later found nothing in between:
        # transaction markers, or retention. Anything else is a hole.
        if min(event.start, event.first) > self.next_offset and Rule.DROP_ABOVE in self._rules:
            self._gaps += 1
            if self._gaps > MAX_GAPS:
                return (Exit(f"{MAX_GAPS} batches in a row began above {self.next_offset}"),)
            return (Seek(self.next_offset, f"batch began at {event.first}"),)
        return ()

    def _done(self, event: Done) -> tuple[Action, ...]:
        if self._stale(event.epoch):
            return (Skip(f"{event.step.name} of an older assignment"),)
        if event.step is Step.REWRITE:
            return self._begin(known=self.progress >= 0)
        if event.step is Step.ADOPT:
            return (Do(self._order[0], self.epoch, *self._batch),)
        if event.step is Step.COMMIT:
            return ()
        return self._next_step(event)

    def _next_step(self, event: Done) -> tuple[Action, ...]:
        if event.step is Step.CONTROL:
            self.progress = max(self.progress, self._batch[1])
        if event.step is Step.SEND:
            self.applied = max(self.applied, self._batch[1])
        following = self._order[self._order.index(event.step) + 1]
        if following is Step.CHANGELOG and not self._due(event.now):
            self.phase = Phase.READY
            return ()
        if following is Step.COMMIT:
            return self._finish(event.now)
        return (Do(following, self.epoch, *self._batch),)

    def _finish(self, now: float) -> tuple[Action, ...]:
        self._written_at = now
        self.applied = max(self.applied, self.progress)
        first_control = self._batch == (-1, -1)
        self.phase = Phase.READY
        commit = Do(Step.COMMIT, self.epoch, last=self.progress)
        return (Seek(self.next_offset, "assignment"), commit) if first_control else (commit,)

    def _wake(self, event: Wake) -> tuple[Action, ...]:
        """Write what is applied but not yet in the control record, once it is due."""
        waiting = self.phase is Phase.READY and self.applied > self.progress
        if not waiting or not (event.flush or self._due(event.now)):
            return ()
        self.phase = Phase.BUSY
        self._batch = (self.progress + 1, self.applied)
        return (Do(Step.CHANGELOG, self.epoch, *self._batch),)

    def _due(self, now: float) -> bool:
        return now - self._written_at >= self._write_every

    def _failed(self, event: Failed) -> tuple[Action, ...]:
        if event.step is Step.COMMIT:
            return ()  # a hint: the control record is the truth (DESIGN.md 6.9)
        if self._stale(event.epoch):
            return (Skip(f"{event.step.name} of an older assignment failed"),)
        if Rule.EXIT_ON_FAILURE in self._rules:
            self.phase = Phase.STOPPED
            return (Exit(f"{event.step.name} failed: {event.reason}"),)
        self.phase, self.applied = Phase.READY, max(self.applied, self._batch[1])
        return ()

    def _revoked(self, event: Revoked) -> tuple[Action, ...]:
        self.epoch = max(self.epoch, event.epoch)
        if self.phase is not Phase.STOPPED:
            self.phase = Phase.UNASSIGNED
        return ()

    def _halt(self, reason: str) -> tuple[Action, ...]:
        self.phase = Phase.STOPPED
        return (Halt(reason),)

    def _stale(self, epoch: int) -> bool:
        if epoch > self.epoch:
            raise InternalError(f"event of epoch {epoch}, but epoch {self.epoch} is the newest assigned")
        return epoch != self.epoch and Rule.EPOCH in self._rules
