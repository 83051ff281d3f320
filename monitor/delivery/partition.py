"""One source partition of one stage: the order of a batch and its guards, as a state machine (DESIGN.md section 6).

The machine knows offsets, epochs and steps; it has no client and no clock. It answers each event with the actions the
shell must carry out, in order. Two offsets matter: ``applied`` (folded, its outputs acknowledged) and ``progress``
(in the control record). The session stage keeps them equal after each batch; the system stage lets ``applied`` run
ahead for up to ``write_every`` seconds (DESIGN.md 6.11). A restart begins at ``progress`` + 1.
"""

from collections.abc import Callable

from monitor.core.errors import InternalError
from monitor.delivery.order import Phase, batch_order
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

__all__ = ["MAX_GAPS", "PartitionProtocol", "Phase", "batch_order"]

MAX_GAPS = 20
"""Consecutive batches above the next record before the process ends: seeking did not help, a restart may."""


class PartitionProtocol:
    """The protocol for one partition.

    Args:
        write_every: least seconds between two writes of states (0: after every batch).
        refresh_every: most seconds until every key is written again; well below the changelog's compaction lag.
        rules: all of them, except in the tests that take one out.
    """

    def __init__(
        self, *, write_every: float = 0.0, refresh_every: float = 28_800.0, rules: frozenset[Rule] = ALL_RULES
    ) -> None:
        self.phase = Phase.UNASSIGNED
        self.epoch = -1
        self.applied = -1
        self.progress = -1
        self._rules = rules
        self._order = batch_order(rules)
        self._write_every = write_every
        self._refresh_every = refresh_every
        self._written_at = self._refreshed_at = float("-inf")
        self._bounds = (0, 0)
        self._batch = (-1, -1)
        self._known = True
        self._gaps = 0
        self._missed = False
        self._awaited: Step | None = None
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
        """Answer one event with the actions to carry out, in order.

        Raises:
            InternalError: the event cannot happen here: the shell is wrong, and must end.
        """
        return self._handlers[type(event)](event)

    @property
    def next_offset(self) -> int:
        """The next record to take."""
        return self.applied + 1

    @property
    def may_adopt(self) -> bool:
        """Whether a change may be in force from the next record on (DESIGN.md 6.5).

        No earlier owner can have decided that record, and a re-read begins there: what was decided before it under what
        was in force before is in the control record.
        """
        undecided = Rule.ADOPT_AFTER_END not in self._rules or self.next_offset >= self._bounds[1]
        written = Rule.ADOPT_WRITTEN not in self._rules or self.applied == self.progress
        return undecided and written

    # Assignment: recover, write again, control record, seek.

    def _assigned(self, event: Assigned) -> tuple[Action, ...]:
        if event.epoch < self.epoch:
            raise InternalError(f"assigned under epoch {event.epoch}, but epoch {self.epoch} was already")
        self.phase, self.epoch, self._gaps = Phase.RECOVERING, event.epoch, 0
        self._bounds = (event.log_start, event.log_end)
        return self._do(Step.RECOVER)

    def _recovered(self, event: Recovered) -> tuple[Action, ...]:
        if refusal := self._not_ours(event.epoch, "recovery"):
            return refusal
        self._expect(Step.RECOVER)
        self._known = event.progress is not None
        self.progress = self.applied = event.progress if event.progress is not None else event.initial - 1
        if self.next_offset > self._bounds[1]:
            # The initial offset may be younger than the bounds; a recorded progress may not.
            if self._known:
                return self._halt(
                    f"the log ends at {self._bounds[1]} but {self.progress} is already applied: the topic was "
                    "truncated or replaced; reset this application's state or use a new OVERSIGHT_APP_ID"
                )
            self._bounds = (self._bounds[0], self.next_offset)
        lost = self._lost_to_retention()
        if Rule.TENURE in self._rules or (event.regressed and Rule.REWRITE_REGRESSED in self._rules):
            return (*lost, *self._do(Step.REWRITE, last=self.progress))
        return (*lost, *self._begin())

    def _lost_to_retention(self) -> tuple[Action, ...]:
        """Records between the progress and the log's start are gone; nothing brings them back, so go on, loudly."""
        start = self._bounds[0]
        if self.next_offset >= start:
            return ()
        warning = Warn(f"records {self.next_offset}..{start - 1} were deleted by retention before they were read")
        self.applied = self.progress = start - 1
        return (warning,)

    def _begin(self) -> tuple[Action, ...]:
        """Say in the control record where this owner begins, before it takes anything."""
        if (Rule.TENURE if self._known else Rule.INITIAL_CONTROL) in self._rules:
            return self._do(Step.CONTROL, last=self.progress)
        return self._ready()

    def _ready(self) -> tuple[Action, ...]:
        self.phase, self._awaited, self._missed = Phase.READY, None, False
        return (Seek(self.next_offset, "assignment"), Do(Step.COMMIT, self.epoch, last=self.progress))

    # A batch.

    def _fetched(self, event: Fetched) -> tuple[Action, ...]:
        if refusal := self._refusal(event):
            return refusal
        self._gaps = 0
        self.phase = Phase.BUSY
        first = max(event.first, self.next_offset) if Rule.SKIP_BELOW in self._rules else event.first
        self._batch = (first, event.last)
        if self.may_adopt:
            # From the next offset on, even where the batch begins later: what the next owner asserts again from there
            # must not lose against it.
            return self._do(Step.ADOPT, self.next_offset, event.last)
        return self._do(self._order[0], first, event.last)

    def _refusal(self, event: Fetched) -> tuple[Action, ...]:
        """Why this batch is not taken; empty when it is."""
        if self._stale(event.epoch):
            return (Skip("batch of an older assignment"),)
        if self.phase is not Phase.READY:
            self._missed = True
            return (Skip(f"the partition is {self.phase.value}"),)
        if event.last < self.next_offset and Rule.SKIP_BELOW in self._rules:
            return (Skip("already applied"),)
        # A fetch that was asked from the next record (or before) and came back later found nothing in between:
        # transaction markers, or retention. Anything else is a hole.
        if min(event.start, event.first) > self.next_offset and Rule.DROP_ABOVE in self._rules:
            self._gaps += 1
            if self._gaps > MAX_GAPS:
                return self._exit(f"{MAX_GAPS} batches in a row began above {self.next_offset}")
            return (Seek(self.next_offset, f"batch began at {event.first}"),)
        return ()

    def _done(self, event: Done) -> tuple[Action, ...]:
        if event.step is Step.COMMIT:
            return ()
        if refusal := self._not_ours(event.epoch, event.step.name):
            return refusal
        self._expect(event.step)
        if self.phase is Phase.RECOVERING:
            return self._placed(event)
        if event.step is Step.ADOPT:
            return self._do(self._order[0], *self._batch)
        if event.step is Step.REFRESH:
            return self._do(Step.CONTROL, *self._batch)
        return self._next_step(event)

    def _placed(self, event: Done) -> tuple[Action, ...]:
        """A step between recovery and the first record is over."""
        if event.step is Step.REWRITE:
            return self._begin()
        self._refreshed_at = event.now
        return self._ready()

    def _next_step(self, event: Done) -> tuple[Action, ...]:
        if event.step is Step.CONTROL:
            self.progress = max(self.progress, self._batch[1])
        if event.step is Step.SEND:
            self.applied = max(self.applied, self._batch[1])
        following = self._order[self._order.index(event.step) + 1]
        if following is Step.CHANGELOG and event.step is Step.SEND:
            return self._write_if_due(event.now)
        if following is Step.COMMIT:
            return self._finish(event.now)
        return self._do(following, *self._batch)

    def _write_if_due(self, now: float) -> tuple[Action, ...]:
        if not self._due(now):
            return self._idle()
        self._batch = (min(self._batch[0], self.progress + 1), self._batch[1])
        return self._do(Step.CHANGELOG, *self._batch)

    def _finish(self, now: float) -> tuple[Action, ...]:
        self._written_at = now
        self.applied = max(self.applied, self.progress)
        return (*self._idle(), Do(Step.COMMIT, self.epoch, last=self.progress))

    def _idle(self) -> tuple[Action, ...]:
        """Ready for the next batch; one that came meanwhile was skipped, and must come again."""
        missed, self._missed = self._missed, False
        self.phase, self._awaited = Phase.READY, None
        return (Seek(self.next_offset, "a batch came while busy"),) if missed else ()

    # Time.

    def _wake(self, event: Wake) -> tuple[Action, ...]:
        """Write what is applied but not yet in the control record, or everything, once it is due."""
        if self.phase is not Phase.READY:
            return ()
        if self.applied > self.progress:
            return self._write() if event.flush or self._due(event.now) else ()
        if Rule.REFRESH in self._rules and event.now - self._refreshed_at >= self._refresh_every:
            self.phase, self._batch, self._refreshed_at = Phase.BUSY, (self.progress, self.progress), event.now
            return self._do(Step.REFRESH, *self._batch)
        return ()

    def _write(self) -> tuple[Action, ...]:
        self.phase = Phase.BUSY
        self._batch = (self.progress + 1, self.applied)
        return self._do(Step.CHANGELOG, *self._batch)

    def _due(self, now: float) -> bool:
        return now - self._written_at >= self._write_every

    # What ends it.

    def _failed(self, event: Failed) -> tuple[Action, ...]:
        if event.step is Step.COMMIT:
            return ()  # a hint: the control record is the truth (DESIGN.md 6.9)
        if refusal := self._not_ours(event.epoch, event.step.name):
            return refusal
        if Rule.EXIT_ON_FAILURE in self._rules:
            return self._exit(f"{event.step.name} failed: {event.reason}")
        if self.phase is Phase.RECOVERING:
            return self._ready()
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

    def _exit(self, reason: str) -> tuple[Action, ...]:
        self.phase = Phase.STOPPED
        return (Exit(reason),)

    # Guards.

    def _do(self, step: Step, first: int = -1, last: int = -1) -> tuple[Action, ...]:
        self._awaited = step
        return (Do(step, self.epoch, first, last),)

    def _expect(self, step: Step) -> None:
        if step is not self._awaited and Rule.EPOCH in self._rules:
            raise InternalError(f"{step.name} is over, but {self._awaited} is what was asked for")

    def _not_ours(self, epoch: int, what: str) -> tuple[Action, ...]:
        """A step of an older assignment, or of one that ended meanwhile, leads to nothing further."""
        if self._stale(epoch):
            return (Skip(f"{what} of an older assignment"),)
        if self.phase not in {Phase.RECOVERING, Phase.BUSY} and Rule.EPOCH in self._rules:
            return (Skip(f"{what}: the partition is {self.phase.value}"),)
        return ()

    def _stale(self, epoch: int) -> bool:
        if epoch > self.epoch:
            raise InternalError(f"event of epoch {epoch}, but epoch {self.epoch} is the newest assigned")
        return epoch != self.epoch and Rule.EPOCH in self._rules
